"""An engine opened for each test; its accounts were read once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api_world import World, open_world


@pytest.fixture
def anyio_backend() -> str:
    """Run tests on asyncio, as the engine does."""
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An engine that has read its accounts once."""
    async with open_world(tmp_path) as opened:
        yield opened
