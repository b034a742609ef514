"""The composition root: here alone parts are chosen and joined."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from urllib.parse import urlsplit

import structlog
from starlette.types import ASGIApp

from app.connecting import Wanted, Way, open_clocks, open_way
from app.paths import Home
from app.settings import Environment
from engine.access.connection import Connection
from engine.api.events import EventStream
from engine.api.server import build_api
from engine.cycle.runner import CycleRunner
from engine.domain.changes import Area, Changes
from engine.domain.clock import Clock
from engine.domain.errors import PlatformError, StorageError, UserError
from engine.domain.secrets import KnownSecrets
from engine.engine import Engine
from engine.execution.approvals import expire
from engine.execution.recover import recover
from engine.execution.settings import ExecutionSettings
from engine.ports import Scheduler
from engine.scheduler import InProcessScheduler
from engine.storage.state.state import open_state
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from engine.telemetry import Telemetry, new_telemetry
from models.unserved import UnservedForecaster

log = structlog.get_logger(__name__)
_CYCLE = "cycle"
_IN_PROCESS_URL = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Parts:
    """A whole engine, wired: API, token, and the work it does by itself."""

    engine: Engine
    runner: CycleRunner
    events: EventStream
    connection: Connection
    api: ASGIApp
    scheduler: Scheduler
    token: str = field(repr=False)

    async def begin_work(self) -> None:
        """Settle what a crash left open, then run cycles for as long as we live."""
        await self.recover()
        self.scheduler.every(_CYCLE, self._pace(), self.cycle)
        self.scheduler.start()
        self._foretell()

    async def end_work(self) -> None:
        """Stop firing; a cycle that runs gets a moment to end."""
        await self.runner.history.cancel()
        await self.scheduler.stop()

    async def cycle(self) -> None:
        """Run cycles over the accounts due; the next one mends what failed.

        Logins are looked after first: one that was put right works from now on.
        """
        try:
            await self.connection.look_after()
            if not self.connection.wallet.identities():
                return
            await self.runner.run_due()
        except (PlatformError, StorageError, UserError) as error:
            log.warning("no cycle", reason=str(error))
        finally:
            self._foretell()
            self.events.publish(Changes.of(Area.ENGINE), self.engine.clock.now())

    def heed(self, changes: Changes) -> None:
        """Follow the setting of how often accounts are read."""
        if Area.SETTINGS in changes.areas:
            self.scheduler.repace(_CYCLE, self._pace())
            self._foretell()

    def _pace(self) -> float:
        """Return the seconds between cycles."""
        return self.engine.settings().number("sync.every_minutes") * 60

    def _foretell(self) -> None:
        """Say when the next cycle begins; seconds of the engine's clock are real ones."""
        due = self.scheduler.due_in(_CYCLE)
        now = self.engine.clock.now()
        self.engine.watch.next_cycle_at = now + timedelta(seconds=due) if due is not None else None

    async def recover(self) -> None:
        """Settle what a crash left open; what was sent is never sent again.

        To be called once, before the first cycle of this engine's life.
        """
        engine = self.engine
        try:
            await recover(engine.state, engine.platform, engine.clock, engine.execution)
            await asyncio.to_thread(expire, engine.state, engine.clock.now(), engine.execution)
        except PlatformError as error:
            log.warning("recovery waits for Meta", reason=str(error))


@asynccontextmanager
async def open_parts(
    home: Home,
    environment: Environment,
    *,
    known: KnownSecrets | None = None,
    url: str = _IN_PROCESS_URL,
    offline: bool = False,
) -> AsyncIterator[Parts]:
    """Yield a wired engine on `home`; closes everything it opened.

    `known` are the secrets that logs hide; tokens are added to them. `offline` is for work on our
    own files: it needs no answer from Meta. Raises StorageError when a database can't be
    used, PlatformError when a sandbox that is to tell the time does not answer.
    """
    telemetry = new_telemetry()
    state = await asyncio.to_thread(open_state, home.state)
    try:
        events, clocks = EventStream(), open_clocks(environment)

        def tell(changes: Changes) -> None:
            events.publish(changes, clocks.engine.now())

        secrets_known, meter = known or KnownSecrets(), telemetry.calls.count
        asked = Wanted(home, environment, state, secrets_known, tell, offline, meter)
        way = await open_way(asked, clocks)
        try:
            warehouse = await asyncio.to_thread(DuckDBWarehouse, home.warehouse)
            way.platform.remember_reports(warehouse.readings)
            try:
                engine = _engine(asked, way, warehouse, clocks.engine, telemetry)
                parts = _assemble(engine, way.connection, events, tell, url)
                try:
                    yield parts
                finally:
                    await parts.runner.history.cancel()
            finally:
                await asyncio.to_thread(warehouse.close)
        finally:
            await way.close()
    finally:
        state.close()


def _engine(
    asked: Wanted, way: Way, warehouse: DuckDBWarehouse, clock: Clock, telemetry: Telemetry
) -> Engine:
    environment = asked.environment
    return Engine(
        state=asked.state,
        warehouse=warehouse,
        platform=way.platform,
        forecaster=UnservedForecaster(),
        clock=clock,
        telemetry=telemetry,
        platform_name="sandbox" if environment.is_sandbox else "meta",
        only_accounts=environment.account_ids,
        execution=_execution(environment),
        access=way.connection.assignments,
    )


def _assemble(
    engine: Engine,
    connection: Connection,
    events: EventStream,
    tell: Callable[[Changes], None],
    url: str,
) -> Parts:
    runner = CycleRunner(engine, tell)
    token = secrets.token_urlsafe(32)
    api = build_api(
        engine,
        events,
        runner,
        connection,
        token=token,
        hosts=hosts_of(url),
        version=version("ai-buyer"),
    )
    parts = Parts(engine, runner, events, connection, api, InProcessScheduler(), token)
    events.watch(parts.heed)
    return parts


def _execution(environment: Environment) -> ExecutionSettings:
    """A sandbox's writes never land late, so its lost answers can be judged at once."""
    return ExecutionSettings.for_sandbox() if environment.is_sandbox else ExecutionSettings()


def hosts_of(url: str) -> frozenset[str]:
    """Return the Host headers under which `url` may be asked for."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    names = {parts.hostname or "", "127.0.0.1", "localhost", "[::1]"}
    return frozenset(f"{name}{port}" for name in names)
