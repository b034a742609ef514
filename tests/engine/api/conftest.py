"""An engine with its API, opened for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
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


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's client."""
    async with world.client() as opened:
        yield opened
