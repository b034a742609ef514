"""Running the sandbox: from a port and a scenario to a served address."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import socket
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.sandbox.app import SandboxApp, build_context
from sync.sandbox.clock import SandboxClock
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.playing_ahead import spare_cores
from sync.sandbox.scenarios import Scenario, ScenarioError, default_scenario, load_scenario
from sync.sandbox.world import World

HOST = "127.0.0.1"
STOPPED, FAILED, WRONG_USAGE = 0, 1, 2
KEEP_ALIVE_SECONDS = 75
MANY_CAMPAIGNS = 500
"""Worlds of so many campaigns are played ahead by the cores that are free."""


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    """Where a running sandbox is and how to log in to it."""

    url: str
    access_token: str
    app_id: str
    app_secret: str

    def line(self) -> str:
        """Return the one JSON line that announces readiness."""
        return json.dumps(
            {
                "url": self.url,
                "access_token": self.access_token,
                "app_id": self.app_id,
                "app_secret": self.app_secret,
            }
        )


def run_sandbox(
    port: int = 0,
    seed: int | None = None,
    scenario_path: Path | None = None,
    clock_mode: str = "real",
) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code.

    Prints one JSON line when ready. A scenario or clock that cannot be used
    gives 2, a taken port 1, each with one line on standard error.
    """
    try:
        scenario = default_scenario() if scenario_path is None else load_scenario(scenario_path)
        name = "default" if scenario_path is None else str(scenario_path)
        context = make_context(scenario, seed, clock_mode)
    except (ScenarioError, ValueError, OSError) as error:
        _complain(_one_line(error))
        return WRONG_USAGE
    _prepare_for_many(context.world)
    try:
        listener = bind(port)
    except (OSError, OverflowError) as error:
        _complain(
            f"port {port} cannot be used ({_one_line(error)}); "
            "choose another with --port, or leave it out for a free one"
        )
        return FAILED
    address = address_of(context, listener)
    server = SandboxServer(context, name, announce=address.line())
    asyncio.run(server.serve(sockets=[listener]))
    return STOPPED


def make_context(scenario: Scenario, seed: int | None, clock_mode: str) -> GraphContext:
    """Build the world; `seed` overrides the scenario's, else 1 is used."""
    start = scenario.start or datetime.now(UTC)
    clock = SandboxClock(start, clock_mode)
    return build_context(scenario, _seed(scenario, seed), clock)


def _prepare_for_many(world: World) -> None:
    """Spare a large world what costs it time: sweeping its objects, and one core's pace."""
    gc.collect()
    gc.freeze()
    processes = spare_cores()
    if processes and len(world.campaigns) >= MANY_CAMPAIGNS:
        world.play_ahead(processes)


@contextmanager
def sandbox_in_thread(
    scenario: Scenario, seed: int | None = None, clock_mode: str = "manual"
) -> Iterator[SandboxAddress]:
    """Serve a sandbox on a free port beside the caller, for tests."""
    context = make_context(scenario, seed, clock_mode)
    listener = bind(0)
    server = SandboxServer(context, "given", announce=None)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(server.serve(sockets=[listener])), daemon=True
    )
    thread.start()
    server.ready.wait(timeout=60)
    try:
        yield address_of(context, listener)
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        loop.close()


def bind(port: int) -> socket.socket:
    """Return a listening socket on loopback; OSError when the port is taken."""
    # asyncio turns off Nagle only for sockets that name TCP; without it every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener


def address_of(context: GraphContext, listener: socket.socket) -> SandboxAddress:
    """Return the address and credentials of a bound sandbox."""
    tokens = context.tokens
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    return SandboxAddress(url, tokens.main_token, tokens.app_id, tokens.app_secret)


class SandboxServer(uvicorn.Server):
    """A uvicorn server that can drop connections and ends with code 0."""

    def __init__(self, context: GraphContext, scenario_name: str, announce: str | None) -> None:
        """Prepare to serve `context`; `announce` is printed when ready."""
        self._transports: dict[tuple[str, int], asyncio.BaseTransport] = {}
        self._announce = announce
        self.ready = threading.Event()
        app = SandboxApp(context, scenario_name, self._drop)
        super().__init__(
            uvicorn.Config(
                app,
                http=self._protocol(),
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=3,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then announce the address."""
        await super().startup(sockets)
        if self._announce is not None:
            sys.stdout.write(self._announce + "\n")
            sys.stdout.flush()
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGTERM and SIGINT without passing them on afterwards."""
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

    def _protocol(self) -> type[H11Protocol]:
        transports = self._transports

        class WatchedProtocol(H11Protocol):
            """Remembers its transport, so that a fault can cut it."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base class
                super().connection_made(transport)
                self._peer = transport.get_extra_info("peername")
                transports[self._peer] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(self._peer, None)
                super().connection_lost(exc)

        return WatchedProtocol

    def _drop(self, peer: tuple[str, int]) -> None:
        transport = self._transports.get(peer)
        if isinstance(transport, asyncio.Transport):
            transport.abort()


def _seed(scenario: Scenario, seed: int | None) -> int:
    if seed is not None:
        return seed
    return scenario.seed if scenario.seed is not None else 1


def _complain(text: str) -> None:
    sys.stderr.write(f"ai-buyer sandbox: {text}\n")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
