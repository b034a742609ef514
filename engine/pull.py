"""Bringing one account up to date from Meta to the warehouse."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from engine.domain.frame import Freshness
from engine.domain.objects import Account, Level
from engine.domain.readings import LastReads
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery, Platform, Stored, Warehouse
from engine.pull_objects import ReadingSpans, pull_objects
from engine.sync_plan import ALL_PARTS, Part

# Meta restates numbers for 28 days. The first reading goes back far enough for the
# longest window and the one before it; hours matter for rolling windows only.
FIRST_DAYS = 70
LATER_DAYS = 28
HOURLY_DAYS = 3
_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What of an account's numbers to read.

    Campaigns are always read, `levels` names further ones that rules need.
    """

    parts: Collection[Part] = ALL_PARTS
    levels: Collection[Level] = ()
    attributions: tuple[str, ...] = ()

    @property
    def all_levels(self) -> list[Level]:
        """The levels in order, campaigns among them."""
        return [level for level in Level if level is Level.CAMPAIGN or level in self.levels]


async def pull(
    platform: Platform,
    warehouse: Warehouse,
    account: Account,
    now: datetime,
    wish: Wish | None = None,
    *,
    spans: ReadingSpans | None = None,
) -> PullReport:
    """Read an account's structure and numbers and store what changed.

    `now` is aware. Raises PlatformError and StorageError; what was stored before
    stays, whole.
    """
    wish = wish or Wish()
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
    for query in await asyncio.to_thread(_queries, warehouse, account, now, wish):
        report = await read_numbers(platform, warehouse, query, report)
    return replace(
        report,
        freshness=await asyncio.to_thread(warehouse.freshness, account.account_id),
        calls=platform.calls() - calls_before,
    )


async def read_numbers(
    platform: Platform, warehouse: Warehouse, query: InsightsQuery, report: PullReport
) -> PullReport:
    """Read the answer to one query batch by batch; return the report with it."""
    async with aclosing(platform.insights(query)) as batches:
        async for batch in batches:
            stored = await asyncio.to_thread(warehouse.store_insights, batch)
            report = _with_batch(report, batch, stored)
    return report


def _queries(
    warehouse: Warehouse, account: Account, now: datetime, wish: Wish
) -> list[InsightsQuery]:
    """Return what to ask of each level: hours, days and the lifetime."""
    today = now.astimezone(account.zone).date()
    rows = warehouse.readings.rows_a_day(account.account_id)
    queries: list[InsightsQuery] = []
    for level in wish.all_levels:
        last = warehouse.readings.last(account, [level], now)
        until = warehouse.readings.until(account.account_id, level)
        spans = _spans(wish.parts, last, until, account, today)
        for grain, since in spans:
            days = 1 if grain is Grain.LIFETIME else (today - since).days + 1
            queries.append(
                InsightsQuery(
                    account,
                    level,
                    grain,
                    since,
                    today,
                    wish.attributions,
                    expected_rows=rows.get((level, grain), 0) * days,
                )
            )
    return queries


def _spans(
    parts: Collection[Part],
    last: LastReads,
    until: date | None,
    account: Account,
    today: date,
) -> list[tuple[Grain, date]]:
    """Return from which day on each grain is read.

    Besides what the parts name, the days that began or ended since the last reading.
    """

    def since(moment: datetime | None, first: int, most: int) -> date:
        if moment is None:
            return today - (first - 1) * _DAY
        seen = moment.astimezone(account.zone).date()
        wished = today - _DAY if Part.YESTERDAY in parts else today
        return max(min(seen, wished), today - (most - 1) * _DAY)

    found: list[tuple[Grain, date]] = []
    if Part.TODAY in parts or Part.YESTERDAY in parts:
        found.append((Grain.HOUR, since(last.hours, HOURLY_DAYS, HOURLY_DAYS)))
    if Part.RESTATED in parts or until is None:
        found.append((Grain.DAY, today - (_days_to_read(until, today) - 1) * _DAY))
    elif Part.TODAY in parts or Part.YESTERDAY in parts:
        found.append((Grain.DAY, since(last.days, FIRST_DAYS, FIRST_DAYS)))
    if Part.LIFETIME in parts or last.lifetime is None:
        found.append((Grain.LIFETIME, today - (LATER_DAYS - 1) * _DAY))
    return found


def _days_to_read(last: date | None, today: date) -> int:
    """Return how many days to read: all at first, later the restated and the missed."""
    if last is None:
        return FIRST_DAYS
    return min(FIRST_DAYS, max(today - last, timedelta()).days + LATER_DAYS)


def _with_batch(report: PullReport, batch: InsightsBatch, stored: Stored) -> PullReport:
    what = f"{batch.query.level.value} numbers by {batch.query.grain.value}"
    faults = batch.faults
    if not batch.complete:
        faults = (f"The {what} could not be read whole; none of them were stored.", *faults)
    if stored.missing:
        days = ", ".join(str(day) for day in stored.missing)
        if batch.query.grain is Grain.LIFETIME:
            days = "the lifetime"
        faults = (f"The {what} came back empty for {days}; the former ones stand.", *faults)
    return replace(
        report,
        stored=report.stored + stored,
        rejected=report.rejected + batch.rejected,
        complete=report.complete and batch.complete and not stored.missing,
        faults=(*report.faults, *faults),
    )
