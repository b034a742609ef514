"""Bringing one account up to date from Meta to the warehouse."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from engine.domain.frame import Freshness
from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery, Platform, Stored, Warehouse
from engine.pull_objects import ReadingSpans, pull_objects

# Meta restates numbers for 28 days. The first reading goes back far enough for the
# longest window and the one before it; hours matter for rolling windows only.
FIRST_DAYS = 70
LATER_DAYS = 28
HOURLY_DAYS = 3


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull of one account did.

    `stored` counts fact rows added, changed and unchanged; `rejected` rows and objects
    that could not be read; `calls` calls made to Meta. `complete` is false when any part
    was: then nothing of that part's numbers was stored and its freshness stays old.
    `edits` counts new rows of Meta's change history by others, `drifted` objects that a
    whole reading found edited without any sign of it.
    """

    account_id: str
    freshness: Freshness
    objects: int = 0
    stored: Stored = field(default_factory=Stored)
    rejected: int = 0
    calls: int = 0
    complete: bool = True
    faults: tuple[str, ...] = ()
    edits: int = 0
    drifted: int = 0


async def pull(
    platform: Platform,
    warehouse: Warehouse,
    account: Account,
    now: datetime,
    *,
    levels: Iterable[Level] = (),
    spans: ReadingSpans | None = None,
) -> PullReport:
    """Read an account's structure and numbers and store what changed.

    Campaigns are always read, `levels` names further levels that rules need. `now` is
    aware. Raises PlatformError and StorageError; what was stored before stays, whole.
    """
    calls_before = platform.calls()
    fresh = await asyncio.to_thread(warehouse.freshness, account.account_id)
    objects = await pull_objects(platform, warehouse, account, now, spans or ReadingSpans())
    structure = objects.structure
    report = PullReport(
        account.account_id,
        fresh,
        objects=objects.count,
        rejected=structure.rejected,
        complete=structure.complete,
        faults=() if structure.complete else ("The structure could not be read whole.",),
        edits=sum(not edit.by_us for edit in objects.edits),
        drifted=objects.drifted,
    )
    for query in await _queries(warehouse, account, now, _in_order(levels)):
        batch = await platform.insights(query)
        stored = await asyncio.to_thread(warehouse.store_insights, batch)
        report = _with_batch(report, batch, stored)
    return replace(
        report,
        freshness=await asyncio.to_thread(warehouse.freshness, account.account_id),
        calls=platform.calls() - calls_before,
    )


def _in_order(levels: Iterable[Level]) -> list[Level]:
    wanted = {Level.CAMPAIGN, *levels}
    return [level for level in Level if level in wanted]


async def _queries(
    warehouse: Warehouse, account: Account, now: datetime, levels: Sequence[Level]
) -> list[InsightsQuery]:
    """Return what to ask: hours, days and the lifetime of each level."""
    today = now.astimezone(account.zone).date()
    queries: list[InsightsQuery] = []
    for level in levels:
        last = await asyncio.to_thread(warehouse.read_until, account.account_id, level)
        days = _days_to_read(last, today)
        for grain, length in ((Grain.HOUR, HOURLY_DAYS), (Grain.DAY, days), (Grain.LIFETIME, days)):
            since = today - timedelta(days=length - 1)
            queries.append(InsightsQuery(account, level, grain, since, today))
    return queries


def _days_to_read(last: date | None, today: date) -> int:
    """Return how many days to read: all at first, later the restated and the missed."""
    if last is None:
        return FIRST_DAYS
    return min(FIRST_DAYS, max(today - last, timedelta()).days + LATER_DAYS)


def _with_batch(report: PullReport, batch: InsightsBatch, stored: Stored) -> PullReport:
    faults = batch.faults
    if not batch.complete:
        what = f"{batch.query.level.value} numbers by {batch.query.grain.value}"
        faults = (f"The {what} could not be read whole; none of them were stored.", *faults)
    return replace(
        report,
        stored=report.stored + stored,
        rejected=report.rejected + batch.rejected,
        complete=report.complete and batch.complete,
        faults=(*report.faults, *faults),
    )
