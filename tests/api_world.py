"""An engine with real stores on a platform that keeps its objects in a dictionary."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from app.connecting import Clocks, Wanted, open_way
from app.paths import Home
from app.settings import Environment
from engine.api.events import EventStream
from engine.api.server import build_api
from engine.cycle.runner import CycleRunner
from engine.domain.changes import Changes
from engine.domain.clock import FixedClock
from engine.domain.decision import Proposal
from engine.domain.errors import PlatformError, Temporary
from engine.domain.limits import LimitState
from engine.domain.objects import Account, AdObject, ObjectRef, Status, Structure
from engine.domain.secrets import KnownSecrets
from engine.domain.windows import Grain
from engine.domain.written import labels_in
from engine.engine import Engine
from engine.execution.settings import ExecutionSettings
from engine.ports import Activity, Confidence, InsightsBatch, InsightsQuery, Known, Write
from engine.storage.state.state import open_state
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from engine.telemetry import new_telemetry
from sync.platform_clock import PlatformClock
from tests import builders

TOKEN = "the-owner's-token-of-this-run"
HOST = "127.0.0.1:8000"
NOW = builders.NOW
LOW_CTR: dict[str, object] = {
    "name": "Auto-pause Low CTR Campaigns",
    "conditions": [
        {
            "metric": "ctr",
            "operator": "<",
            "value": 1.0,
            "time_window": "24h",
            "min_impressions": 1000,
        }
    ],
    "actions": [
        {"type": "pause_campaign", "params": {"reason": "Low CTR performance"}},
        {"type": "notify_client", "params": {"message": "Campaign paused due to low CTR"}},
    ],
    "ml_enhancement": {"use_prediction": True, "confidence_threshold": 0.8},
}
SMART_BUDGET: dict[str, object] = {
    "name": "Smart Budget Optimization",
    "conditions": [{"metric": "roas", "operator": ">", "value": 3.0, "time_window": "7d"}],
    "actions": [
        {
            "type": "increase_budget",
            "params": {"increase_by_percent": 20, "max_daily_budget": 1000},
        }
    ],
    "ml_enhancement": {
        "use_prediction": True,
        "prediction_horizon": "7d",
        "confidence_threshold": 0.75,
        "fallback_to_rule": True,
    },
}


@dataclass
class DictionaryPlatform:
    """The Platform port over objects in memory; `writes` is what took effect."""

    account_list: list[Account]
    objects: dict[str, AdObject]
    insights_rows: Mapping[Grain, list[builders.Row]] = field(default_factory=dict)
    actions: list[builders.Row] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    edits: list[Activity] = field(default_factory=list)
    refuse: PlatformError | None = None
    known_limits: Sequence[LimitState] = ()
    out_of_reach: set[str] = field(default_factory=set)

    async def accounts(self) -> Sequence[Account]:
        return self.account_list

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        if account.account_id in self.out_of_reach:
            raise Temporary("Meta is not to be reached.")
        mine = [one for one in self.objects.values() if one.account_id == account.account_id]
        return builders.structure(*mine, account_id=account.account_id)

    async def insights(self, query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        mine = {
            one.object_id
            for one in self.objects.values()
            if (one.account_id, one.level) == (query.account.account_id, query.level)
        }
        facts = [row for row in self.insights_rows.get(query.grain, []) if row["object_id"] in mine]
        events = [row for row in self.actions if row["object_id"] in mine]
        if query.grain is not Grain.DAY:
            events = []
        yield InsightsBatch(query, NOW, builders.rows(facts), builders.actions(events))

    async def read(self, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
        found = (self.objects.get(target.object_id) for target in targets)
        return {one.object_id: one for one in found if one is not None}

    async def write_many(self, writes: Sequence[Write]) -> list[PlatformError | None]:
        for write in writes:
            if self.refuse is None:
                self._change(write)
        return [self.refuse] * len(writes)

    def _change(self, write: Write) -> None:
        one = self.objects[write.target.object_id]
        if write.field == "status":
            status = Status(str(write.value))
            changed = replace(one, status=status, effective_status=status.value)
        elif write.field == "labels":
            changed = replace(one, labels=tuple(labels_in(write.value)))
        elif write.field == "copy":
            changed = replace(one, copied_as=str(write.value))
        else:
            changed = replace(one, **{write.field: write.value})  # type: ignore[arg-type]
        self.objects[one.object_id] = changed
        self.writes.append(write)

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        return self.edits

    def calls(self) -> int:
        return len(self.writes)

    def remaining(self, account_id: str) -> float:
        return 75.0

    def limits(self) -> Sequence[LimitState]:
        return self.known_limits

    async def close(self) -> None:
        """Nothing is open."""


class NoForecaster:
    """The Forecaster port without any model."""

    def confidence(self, proposal: Proposal, horizon: str) -> Confidence | None:
        return None


@dataclass
class World:
    """An engine with its API; `changes` is what the runner told."""

    engine: Engine
    platform: DictionaryPlatform
    events: EventStream
    runner: CycleRunner
    api: ASGIApp
    changes: list[Changes]

    def client(self, token: str | None = TOKEN, **headers: str) -> httpx.AsyncClient:
        """Return a client that speaks to the API without a socket."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(self.api, raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url=f"http://{HOST}", headers=headers, timeout=30
        )


def bakery() -> DictionaryPlatform:
    """Return two accounts of two clients; campaign 1 sells well, 2 is seldom clicked."""
    kyiv, warsaw = builders.account("100"), builders.account("200", currency="PLN")
    accounts = [kyiv, replace(warsaw, client="Florist", timezone_name="Europe/Warsaw")]
    objects = [
        builders.campaign("1", name="Bread [SCALE]"),
        builders.campaign("2", name="Cakes"),
        builders.campaign("3", account_id="200", name="Roses"),
    ]
    days = [NOW.astimezone(kyiv.zone).date() - timedelta(days=back) for back in range(20)]
    daily = [
        builders.day_row(one, day, impressions=10_000, clicks=clicks, link_clicks=40, spend=4000)
        for day in days
        for one, clicks in (("1", 300), ("2", 20), ("3", 250))
    ]
    hours = [NOW.replace(minute=0) - timedelta(hours=back) for back in range(48)]
    hourly = [
        builders.hour_row(one, hour, of, impressions=400, clicks=clicks, spend=160)
        for hour in hours
        for one, clicks, of in (("1", 12, kyiv), ("2", 1, kyiv), ("3", 10, accounts[1]))
    ]
    sales = [builders.action("1", day, count=5.0, value=20_000) for day in days]
    return DictionaryPlatform(
        accounts,
        {one.object_id: one for one in objects},
        {Grain.DAY: daily, Grain.HOUR: hourly},
        sales,
    )


@asynccontextmanager
async def open_world(
    folder: Path, platform: DictionaryPlatform | None = None, *, synced: bool = True
) -> AsyncIterator[World]:
    """Yield an engine in `folder`; after one cycle without rules where `synced`."""
    platform = platform or bakery()
    state = open_state(folder / "state.db")
    warehouse = DuckDBWarehouse(folder / "warehouse.duckdb")
    engine = Engine(
        state=state,
        warehouse=warehouse,
        platform=platform,
        forecaster=NoForecaster(),
        clock=FixedClock(NOW),
        telemetry=new_telemetry(),
        platform_name="sandbox",
        execution=ExecutionSettings.for_sandbox(),
    )
    events = EventStream()
    changes: list[Changes] = []

    def tell(changed: Changes) -> None:
        changes.append(changed)
        events.publish(changed, datetime.now(UTC))

    runner = CycleRunner(engine, tell)
    # The connection is real; nobody answers at its address, and no test here asks there.
    environment = Environment("http://127.0.0.1:9", access_token="a-token-of-the-environment")
    wanted = Wanted(Home(folder), environment, state, KnownSecrets(), tell, offline=True)
    way = await open_way(wanted, Clocks(engine.clock, PlatformClock()))
    api = build_api(
        engine,
        events,
        runner,
        way.connection,
        token=TOKEN,
        hosts=frozenset({HOST}),
        version="9.9",
    )
    try:
        if synced:
            await runner.run_all()
        yield World(engine, platform, events, runner, api, changes)
    finally:
        await way.close()
        await asyncio.to_thread(warehouse.close)
        state.close()
