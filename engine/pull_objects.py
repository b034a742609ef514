"""Bringing an account's objects and Meta's change history up to date.

Most readings ask only for what changed; every so often all objects are read,
and what had changed without either sign of it is counted: the proof that the
small readings can be trusted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from engine.domain.objects import Account, AdObject, Structure
from engine.ports import Activity, Known, LastReadings, Platform, Warehouse

log = structlog.get_logger(__name__)
# A row of the history may show up some minutes after the edit.
_LAG = timedelta(minutes=15)
# Meta tells of a week when it is not asked for a span.
_FIRST_HISTORY = timedelta(days=7)
# What somebody edits; the rest follows from it or moves by itself.
_BY_SOMEBODY = (
    "name",
    "status",
    "daily_budget",
    "lifetime_budget",
    "bid_amount",
    "bid_strategy",
    "creative_id",
    "labels",
    "end_time",
)


@dataclass(frozen=True, slots=True)
class ReadingSpans:
    """How often everything is read, and how far back the history must reach.

    `whole_every` zero reads all objects each time. `history` is what guards look back.
    """

    whole_every: timedelta = timedelta(hours=6)
    history: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ObjectsPulled:
    """What was read: objects, new rows of the history, and what surprised.

    `count` is how many objects the account has, `drifted` how many a whole reading
    found edited without any sign of it.
    """

    structure: Structure
    count: int
    edits: tuple[Activity, ...] = ()
    drifted: int = 0


async def pull_objects(
    platform: Platform, warehouse: Warehouse, account: Account, now: datetime, spans: ReadingSpans
) -> ObjectsPulled:
    """Read history and objects of an account and store them.

    Raises PlatformError and StorageError; what was stored before stays.
    """
    history = warehouse.history
    last = await asyncio.to_thread(history.last_readings, account.account_id)
    edits = await platform.activities(account, _history_since(last, now, spans))
    new = await asyncio.to_thread(history.store_edits, account.account_id, edits, now)
    objects = await asyncio.to_thread(warehouse.objects, account.account_id)
    known = Known(last.any, objects, edits) if last.any is not None else None
    whole = known is None or _whole_is_due(last, now, spans)
    structure = await platform.structure(account, None if whole else known)
    await asyncio.to_thread(warehouse.store_structure, structure)
    drifted = 0
    if known is not None and structure.whole:
        drifted = len(unexplained(known, structure.objects))
        if drifted:
            log.info("objects changed without a sign", account=account.account_id, count=drifted)
    known_before = () if structure.whole else (one.object_id for one in objects)
    ids = {*known_before, *(one.object_id for one in structure.objects)}
    return ObjectsPulled(structure, len(ids), tuple(new), drifted)


def unexplained(known: Known, found: Iterable[AdObject]) -> list[AdObject]:
    """Return objects edited since `known` without any sign of it.

    Neither their `updated_time` nor the history tells of the edit.
    """
    before = {one.object_id: one for one in known.objects}
    told = {edit.object_id for edit in known.edits}
    return [
        one
        for one in found
        if (old := before.get(one.object_id)) is not None
        and one.object_id not in told
        and (one.updated_time is None or one.updated_time < known.at - _LAG)
        and any(getattr(one, name) != getattr(old, name) for name in _BY_SOMEBODY)
    ]


def _history_since(last: LastReadings, now: datetime, spans: ReadingSpans) -> datetime:
    """Return from when on the history is asked for."""
    first = now - max(_FIRST_HISTORY, spans.history)
    known: Sequence[datetime | None] = (last.any, last.history)
    moments = [moment for moment in known if moment is not None]
    return first if len(moments) < len(known) else min(moments) - _LAG


def _whole_is_due(last: LastReadings, now: datetime, spans: ReadingSpans) -> bool:
    """Whether all objects must be read; also when one was missed and may be gone."""
    return last.whole is None or last.missed or now - last.whole >= spans.whole_every
