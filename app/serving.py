"""Serves the engine's API on a port and runs its cycles until stopped."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Awaitable, Callable
from types import FrameType

import uvicorn

from app import engine_file
from app.engine_file import Running
from app.paths import Home
from app.wiring import Parts
from engine.domain.errors import UserError

_GRACE_SECONDS = 3


class _Server(uvicorn.Server):
    """A server that says when it listens, and ends its streams before it stops."""

    def __init__(
        self, config: uvicorn.Config, parts: Parts, when_ready: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._parts = parts
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            await self._when_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the event streams, then stop as usual."""
        self._parts.events.close()
        super().handle_exit(sig, frame)


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; UserError says why the address can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named so that asyncio switches Nagle's delay off on every connection;
    # without it each small answer takes 40 ms longer.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise UserError(
            f"Port {port} on {host} can't be used: {error.strerror}.",
            hint="Stop what uses it, or choose another one with --port (0: any free one).",
        ) from error
    found.listen(128)
    return found


def address_of(bound: socket.socket, host: str) -> str:
    """Return the http address of a listening socket."""
    port = bound.getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def serve(parts: Parts, home: Home, bound: socket.socket, url: str) -> None:
    """Serve until a signal comes; `engine.json` tells others where."""
    config = uvicorn.Config(
        parts.api,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        lifespan="off",
    )

    async def say_where() -> None:
        engine_file.write(home, Running(os.getpid(), url, parts.token))
        print(json.dumps({"url": url, "pid": os.getpid(), "home": str(home.folder)}), flush=True)
        await parts.begin_work()

    try:
        await _Server(config, parts, say_where).serve(sockets=[bound])
    finally:
        engine_file.remove(home)
        await parts.end_work()
