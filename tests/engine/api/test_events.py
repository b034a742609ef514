"""The event stream over a real socket, and listeners that are too slow."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest
import uvicorn

from engine.api.events import EventStream
from engine.api.messages import Event
from engine.domain.changes import Area, Changes
from tests.api_world import HOST, NOW, TOKEN, World

pytestmark = pytest.mark.anyio
_AUTHORISED = {"Authorization": f"Bearer {TOKEN}", "Host": HOST}


@asynccontextmanager
async def _serving(world: World) -> AsyncIterator[str]:
    """Serve the API on a free port of this machine and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(world.api, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        world.events.close()
        server.should_exit = True
        await serving


async def test_a_change_reaches_a_listener_over_the_wire(world: World) -> None:
    async with (
        _serving(world) as url,
        httpx.AsyncClient(base_url=url, headers=_AUTHORISED, trust_env=False) as caller,
        caller.stream("GET", "/api/v1/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert await anext(lines) == ": connected"
        await caller.put("/api/v1/settings/sync.every_minutes", json={"value": 20})
        data = [line async for line in _until_data(lines)]
    event = msgspec.json.decode(data[-1].removeprefix("data: "), type=Event)
    assert event == Event((Area.SETTINGS.value,), NOW.isoformat())


async def _until_data(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith("data: "):
            return


async def test_a_stream_needs_a_key(world: World) -> None:
    async with _serving(world) as url, httpx.AsyncClient(trust_env=False) as stranger:
        refused = await stranger.get(f"{url}/api/v1/events", headers={"Host": HOST})
        assert refused.status_code == 401


async def test_a_listener_too_slow_is_told_to_reload_everything() -> None:
    stream = EventStream()
    listening = stream.listen()
    await anext(listening)
    for _ in range(300):
        stream.publish(Changes.of(Area.RULES), NOW)
    first = (await anext(listening)).decode()
    assert all(area.value in first for area in Area)
    stream.close()
    rest = [chunk async for chunk in listening]
    assert len(rest) < 256


async def test_nothing_changed_is_not_told() -> None:
    stream = EventStream()
    listening = stream.listen()
    await anext(listening)
    stream.publish(Changes(), NOW)
    stream.close()
    assert [chunk async for chunk in listening] == []
