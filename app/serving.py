"""Serves the engine's API on a port and runs its cycles until stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from app import engine_file
from app.engine_file import Running
from app.paths import Home
from engine.domain.errors import UserError

if TYPE_CHECKING:
    # A taken port is told before the databases' drivers are loaded.
    from app.wiring import Parts

_GRACE_SECONDS = 3


class _Server(uvicorn.Server):
    """A server that says when it listens, and ends its streams before it stops."""

    def __init__(
        self, config: uvicorn.Config, parts: Parts, when_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._parts = parts
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._when_ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on signals without raising them again, which would skip the clean end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        watched = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.handle_exit) for number in watched}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

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

    work: list[asyncio.Task[None]] = []

    def begin() -> None:
        engine_file.write(home, Running(os.getpid(), url, parts.token))
        print(json.dumps({"url": url, "pid": os.getpid(), "home": str(home.folder)}), flush=True)
        # Recovery may wait for Meta; requests and signals are answered meanwhile.
        work.append(asyncio.create_task(parts.begin_work()))
        work[0].add_done_callback(stop_on_a_bug)

    def stop_on_a_bug(begun: asyncio.Task[None]) -> None:
        server.should_exit |= not begun.cancelled() and begun.exception() is not None

    server = _Server(config, parts, begin)
    try:
        await server.serve(sockets=[bound])
    finally:
        await _end(parts, work)
        engine_file.remove(home)


async def _end(parts: Parts, work: Sequence[asyncio.Task[None]]) -> None:
    """Stop all work; a bug that ended its beginning is raised."""
    for task in work:
        task.cancel()
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    await parts.end_work()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
