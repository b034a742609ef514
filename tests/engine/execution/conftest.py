"""A state in a file of its own for tests of execution."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.storage.state.state import State, open_state
from tests.builders import NOW, account


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """Return a state that knows the account 100."""
    opened = open_state(tmp_path / "state.db")
    opened.accounts.remember([account()], NOW)
    yield opened
    opened.close()
