"""How many single-object actions a second reach the sandbox while a sync runs.

10,000 budgets of 20 accounts are changed: each is read before, on disk before it is
sent, read back and settled. Beside it, in the same run and beside the same sync, stands
what the sandbox itself takes: the same three requests for each batch, prepared, from a
caller that does nothing else. Afterwards the sandbox's ledger must equal the journal.
ACTIONS in the environment makes it smaller.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from engine.domain.decision import Decision
from engine.domain.journal import JournalState
from engine.domain.objects import Account, AdObject, Level
from engine.execution.execute import execute
from engine.execution.settings import ExecutionSettings
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.state import State, open_state
from sync.credentials import Credentials
from sync.graph_client import GraphSettings
from sync.graph_fields import object_fields
from sync.graph_platform import GraphPlatform, PlatformSettings
from sync.pace import MOST_CHANGES, WINDOW
from sync.platform_clock import PlatformClock
from tests.bench.bare_caller import Step, batch, call_all, get
from tests.bench.bench_sandbox_http import sandbox, usage
from tests.deciding import decision, proposal

ACCOUNTS = 20
ACTIONS = int(os.environ.get("ACTIONS", "10000"))
# As many of each account as Meta takes in a second, however fast the sandbox is.
CEILING = min(ACTIONS // ACCOUNTS, MOST_CHANGES)
BATCH, AT_ONCE = 50, 8
SEED = 20261127
# A sandbox and what asks it share the machine's cores with each other.
WANTED_RATE, WANTED_SHARE = 300.0, 0.6
EXECUTION = replace(ExecutionSettings.for_sandbox(), batch=BATCH)


@dataclass(slots=True)
class Sync:
    """A sync that runs beside, and how often it came around."""

    accounts: int = 0
    objects: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured: actions a second, processor seconds in all."""

    states: Counter[str]
    rate: float
    ceiling: float
    bare_writes: float
    synced: int
    own_processor: float
    sandbox_processor: float


def world(folder: Path) -> Path:
    """Write a scenario of campaigns with budgets of their own."""
    plan = {
        "client": "Bench",
        "currency": "USD",
        "timezone": "Europe/Kyiv",
        "campaigns": max(1, ACTIONS // ACCOUNTS),
        "campaign_budget_share": 1.0,
        "paused_share": 0.0,
        "adsets_per_campaign": [1, 1],
        "ads_per_adset": [1, 1],
        "daily_budget": [40, 60],
    }
    document = {"start": "2026-03-10T09:30:00Z", "history_days": 1, "accounts": [plan] * ACCOUNTS}
    path = folder / "scenario.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@asynccontextmanager
async def syncing(platform: GraphPlatform, accounts: list[Account]) -> AsyncIterator[Sync]:
    """Read account after account for as long as the block lasts."""
    found = Sync()

    async def read() -> None:
        while True:
            for account in accounts:
                found.objects += len((await platform.structure(account)).objects)
                found.accounts += 1

    task = asyncio.create_task(read())
    try:
        yield found
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def prepared(url: str, token: str, chosen: list[list[AdObject]], cents: int) -> list[Step]:
    """Return for each batch the three requests that changing it takes.

    Accounts take turns, because Meta takes 100 changes a second of each.
    """
    host = urlsplit(url).netloc
    fields = ",".join(object_fields(Level.CAMPAIGN))
    steps: list[Step] = []
    starts = range(0, max(map(len, chosen)), BATCH)
    parts = [some[start : start + BATCH] for start in starts for some in chosen]
    for some in filter(None, parts):
        read = get(host, token, [one.object_id for one in some], fields)
        forms = [
            (one.object_id, {"daily_budget": str((one.daily_budget or 0) + cents)}) for one in some
        ]
        steps.append((read, batch(host, token, forms), read))
    return steps


async def campaigns_of(platform: GraphPlatform, accounts: list[Account]) -> list[list[AdObject]]:
    """Return every account's campaigns that are to be changed."""
    found = []
    for account in accounts:
        structure = await platform.structure(account)
        found.append([one for one in structure.objects if one.level is Level.CAMPAIGN])
    return found


def decisions_of(campaigns: list[list[AdObject]], clock: PlatformClock) -> list[Decision]:
    """Return one rise of the budget for every campaign."""
    now = clock.now()
    return [
        decision(proposal(one, (one.daily_budget or 0) + 200), f"d-{one.object_id}", decided_at=now)
        for of_account in campaigns
        for one in of_account
    ]


async def ceiling(url: str, token: str, platform: GraphPlatform, cents: int) -> tuple[float, float]:
    """Return the actions a second the sandbox takes beside a sync, and writes alone."""
    accounts = list(await platform.accounts())
    some = [one[:CEILING] for one in await campaigns_of(platform, accounts)]
    count = sum(map(len, some))
    async with syncing(platform, accounts):
        await asyncio.sleep(WINDOW)
        whole = await call_all(url, prepared(url, token, some, cents), AT_ONCE)
        alone = [step[1:2] for step in prepared(url, token, some, 2 * cents)]
        await asyncio.sleep(WINDOW)
        writes = await call_all(url, alone, AT_ONCE)
    return count / whole, count / writes


async def measure(url: str, token: str, state: State, process: int) -> Run:
    """Measure our actions, and the sandbox's ceiling before and after."""
    clock = PlatformClock()
    graph = PlatformSettings(graph=GraphSettings(base_url=url, writes=AT_ONCE))
    platform = GraphPlatform(Credentials(token), graph, clock=clock, server_clock=clock)
    try:
        accounts = list(await platform.accounts())
        before = await ceiling(url, token, platform, 100)
        made = decisions_of(await campaigns_of(platform, accounts), clock)
        began = time.perf_counter()
        await asyncio.to_thread(state.accounts.remember, accounts, clock.now())
        entries = await asyncio.to_thread(state.journal.record, made)
        recorded = time.perf_counter() - began
        print(f"\nrecorded {len(entries):,} decisions in {recorded:.1f} s")
        ids = [entry.entry_id for entry in entries]
        async with syncing(platform, accounts) as beside:
            own, theirs, began = time.process_time(), usage(process)[1], time.perf_counter()
            settled = await execute(ids, state, platform, clock, EXECUTION)
            took = time.perf_counter() - began
            own, theirs = time.process_time() - own, usage(process)[1] - theirs
        after = await ceiling(url, token, platform, 100)
        states = Counter(f"{one.state}/{one.reason_code}" for one in settled)
        most, alone = ((one + two) / 2 for one, two in zip(before, after, strict=True))
        return Run(states, len(ids) / took, most, alone, beside.accounts, own, theirs)
    finally:
        await platform.close()


def ledger(url: str, after: int) -> list[dict[str, object]]:
    """Return the writes that took effect after a number."""
    got = httpx.get(f"{url}/_sandbox/ledger?after={after}", timeout=600, trust_env=False).json()
    return list(got["data"] if isinstance(got, dict) else got)


def test_actions_reach_the_sandbox_at_the_wanted_rate(tmp_path: Path) -> None:
    with sandbox(world(tmp_path), SEED, "real") as (process, url, token):
        state = open_state(tmp_path / "state.db")
        try:
            run = asyncio.run(measure(url, token, state, process.pid))
            applied = state.reader.find(JournalFilter(states=[JournalState.APPLIED]))
            whole = state.reader.first_broken_seal() is None
        finally:
            state.close()
        rows = ledger(url, 0)
    ours = {(one.object_id, one.field, one.before, one.after) for one in applied}
    theirs = Counter(
        (str(row["object_id"]), row["field"], row["before"], row["after"]) for row in rows
    )
    share = run.rate / run.ceiling
    print(
        f"{sum(run.states.values()):,} actions over {ACCOUNTS} accounts: {dict(run.states)}\n"
        f"ours               {run.rate:8.0f} actions/s (read, on disk, sent, read back, settled)\n"
        f"sandbox's ceiling  {run.ceiling:8.0f} actions/s (the same requests, prepared)\n"
        f"its writes alone   {run.bare_writes:8.0f} actions/s\n"
        f"share of ceiling   {100 * share:8.0f} %; beside it {run.synced} accounts were read\n"
        f"processor          {run.own_processor:8.1f} s ours, {run.sandbox_processor:.1f} s its"
    )
    assert run.states == {"applied/read_back": len(applied)}
    assert len(applied) == ACTIONS // ACCOUNTS * ACCOUNTS
    assert all(theirs[row] == 1 for row in ours), "every applied entry has its row"
    others = sum(theirs.values()) - len(ours)
    assert others == 4 * CEILING * ACCOUNTS, "the rest are the bare caller's, once each"
    assert whole
    assert run.synced > 0, "a sync ran beside"
    assert run.rate >= WANTED_RATE or share >= WANTED_SHARE
