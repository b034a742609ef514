"""Four budget changes an hour per ad set: known before Meta has to refuse.

Counted are our own changes and those that Meta's change history tells, whoever
made them. An object that Meta refused for it rests an hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from engine.domain.decision import BUDGET_FIELDS
from engine.domain.errors import RateLimited
from engine.domain.objects import Level
from engine.ports import Activity, Write

MOST = 4
HOUR = timedelta(hours=1)


class BudgetEdits:
    """The budget changes of the last hour by object; all times aware UTC."""

    def __init__(self) -> None:
        """Know of none."""
        self._ours: dict[str, list[datetime]] = defaultdict(list)
        self._told: dict[str, set[datetime]] = defaultdict(set)
        self._rests: dict[str, datetime] = {}

    def check(self, write: Write, now: datetime) -> RateLimited | None:
        """Return why a change has to wait, none when it may be sent."""
        object_id = write.target.object_id
        rest = self._rests.get(object_id)
        if rest is not None and now < rest and write.field in BUDGET_FIELDS:
            return _resting(write, rest, "Meta refused more changes of its budget")
        if write.field not in BUDGET_FIELDS or write.target.level is not Level.ADSET:
            return None
        recent = self._recent(object_id, now)
        if len(recent) < MOST:
            return None
        free = recent[-MOST] + HOUR
        return _resting(write, free, f"its budget was changed {len(recent)} times within an hour")

    def sent(self, write: Write, now: datetime) -> None:
        """Count a change that went out; one without a known outcome counts too."""
        if write.field in BUDGET_FIELDS:
            self._ours[write.target.object_id].append(now)

    def rest(self, write: Write, until: datetime) -> None:
        """Leave the budget of an object alone that Meta refused to change again."""
        self._rests[write.target.object_id] = until

    def note(self, activities: Iterable[Activity], now: datetime) -> None:
        """Learn from the change history; our own rows only where we forgot them."""
        for object_id in [one for one, seen in self._told.items() if now - max(seen) >= HOUR]:
            del self._told[object_id]
        for row in activities:
            if row.field not in BUDGET_FIELDS or now - row.at >= HOUR:
                continue
            ours = self._ours.get(row.object_id, ())
            if not (row.by_us and any(abs(row.at - at) < timedelta(minutes=2) for at in ours)):
                self._told[row.object_id].add(row.at)

    def _recent(self, object_id: str, now: datetime) -> list[datetime]:
        ours = [at for at in self._ours.get(object_id, ()) if now - at < HOUR]
        told = {at for at in self._told.get(object_id, ()) if now - at < HOUR}
        self._ours[object_id] = ours
        return sorted([*ours, *told])


def _resting(write: Write, until: datetime, why: str) -> RateLimited:
    return RateLimited(
        f"{write.target.level} {write.target.object_id} rests until {until:%H:%M:%S} UTC: {why}. "
        "Nothing was sent.",
        until,
        object_id=write.target.object_id,
    )
