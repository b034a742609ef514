"""An engine with its API, opened for each test on a copy of files made once."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx
import pytest

from tests.api_world import World, open_world


@pytest.fixture
def anyio_backend() -> str:
    """Run tests on asyncio, as the engine does."""
    return "asyncio"


@pytest.fixture(scope="session")
def files_of_one_sync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the databases of an engine that has read its accounts once."""
    folder = tmp_path_factory.mktemp("read-once")

    async def read() -> None:
        async with open_world(folder):
            """The first cycle reads the accounts."""

    anyio.run(read)
    return folder


@pytest.fixture
async def world(tmp_path: Path, files_of_one_sync: Path) -> AsyncIterator[World]:
    """An engine that has read its accounts once."""
    folder = tmp_path / "engine"
    shutil.copytree(files_of_one_sync, folder)
    async with open_world(folder, synced=False) as opened:
        yield opened


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's client."""
    async with world.client() as opened:
        yield opened
