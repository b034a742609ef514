"""Tests of cycles run on asyncio, as the engine does."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run tests on asyncio."""
    return "asyncio"
