"""The quota plan: what is read how often, and what it costs.

Freshness goes where money moves. Accounts that spend are read every few minutes,
those that could spend less often, sleeping ones hourly; today more often than
yesterday, and the days that Meta still restates once a day. The plan is a pure
function of what is known, so it can be shown, checked and followed alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from engine.domain.objects import Level
from engine.domain.readings import LastReads
from engine.domain.windows import Grain

PAGE_ROWS = 5000
OBJECT_ROWS = 1000
# A part is due after this share of its time, so that no tick is just missed.
_ALMOST = 0.8
_RETRY = timedelta(hours=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Above the first share of Meta's limits left nothing slows; below the second most.
_CALM, _SCARCE, _SLOWEST = 50.0, 10.0, 6.0


class Pace(StrEnum):
    """How much moves in an account."""

    SPENDING = "spending"
    QUIET = "quiet"
    ASLEEP = "asleep"


class Part(StrEnum):
    """A part of an account that is read by itself."""

    OBJECTS = "objects"
    TODAY = "today"
    YESTERDAY = "yesterday"
    RESTATED = "restated"
    LIFETIME = "lifetime"


ALL_PARTS: frozenset[Part] = frozenset(Part)


@dataclass(frozen=True, slots=True)
class Paces:
    """How often parts are read, in minutes, and our calls an hour.

    `calls_per_hour` bounds each account by itself.
    """

    spending: float = 5.0
    quiet: float = 15.0
    asleep: float = 60.0
    yesterday: float = 60.0
    restated: float = 1440.0
    lifetime: float = 60.0
    calls_per_hour: float = 600.0

    def of(self, pace: Pace) -> float:
        """Return the minutes between readings of today."""
        return {
            Pace.SPENDING: self.spending,
            Pace.QUIET: self.quiet,
            Pace.ASLEEP: self.asleep,
        }[pace]


@dataclass(frozen=True, slots=True)
class AccountLoad:
    """What the plan needs to know of an account.

    `objects` counts all of each level; `rows_a_day` is what readings had by level and
    grain, `remaining` the per cent of Meta's limits left.
    """

    account_id: str
    name: str
    spends: bool
    delivers: bool
    levels: Sequence[Level]
    objects: Mapping[Level, int]
    rows_a_day: Mapping[tuple[Level, Grain], int] = field(default_factory=dict)
    remaining: float = 100.0

    @property
    def pace(self) -> Pace:
        """How much moves here."""
        if self.spends:
            return Pace.SPENDING
        return Pace.QUIET if self.delivers else Pace.ASLEEP


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One part: how often it is read, and the calls of each reading."""

    part: Part
    every_minutes: float
    calls: int

    @property
    def calls_per_hour(self) -> float:
        """The calls of this part in an hour."""
        return self.calls * 60.0 / self.every_minutes


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The plan of one account; `slowed` is how many times rarer than wished."""

    account_id: str
    name: str
    pace: Pace
    lines: tuple[PlanLine, ...]
    slowed: float
    remaining: float

    @property
    def calls_per_hour(self) -> float:
        """The account's calls in an hour."""
        return sum(line.calls_per_hour for line in self.lines)

    def every(self, part: Part) -> timedelta:
        """Return the time between two readings of a part."""
        minutes = next(line.every_minutes for line in self.lines if line.part is part)
        return timedelta(minutes=minutes)

    def due(
        self, last: LastReads, now: datetime, tried: Mapping[Part, datetime] | None = None
    ) -> frozenset[Part]:
        """Return the parts that are to be read now; empty when nothing is.

        Objects come with every reading. A part that was `tried` in vain is not tried
        again before its time, or an hour, has passed.
        """
        moments = {
            Part.TODAY: _older(last.hours, last.days),
            Part.YESTERDAY: last.yesterday,
            Part.RESTATED: last.restated,
            Part.LIFETIME: last.lifetime,
        }
        found = {
            part
            for part, moment in moments.items()
            if (moment is None or now - moment >= _ALMOST * self.every(part))
            and now - (tried or {}).get(part, _LONG_AGO) >= _ALMOST * min(self.every(part), _RETRY)
        }
        today = Part.TODAY in found
        return frozenset(found | {Part.OBJECTS, Part.TODAY}) if today else frozenset()


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """The plans of all accounts."""

    accounts: tuple[AccountPlan, ...]

    @property
    def calls_per_hour(self) -> float:
        """All calls in an hour."""
        return sum(plan.calls_per_hour for plan in self.accounts)


def plan_sync(loads: Sequence[AccountLoad], paces: Paces) -> SyncPlan:
    """Return the plan of all accounts."""
    return SyncPlan(tuple(_plan(load, paces) for load in loads))


def expected_rows(load: AccountLoad, level: Level, grain: Grain) -> int:
    """Return the rows a day to expect: as last read, else at most."""
    known = load.rows_a_day.get((level, grain))
    if known is not None:
        return known
    return load.objects.get(level, 0) * (24 if grain is Grain.HOUR else 1)


def _plan(load: AccountLoad, paces: Paces) -> AccountPlan:
    now = paces.of(load.pace)
    wished = (
        PlanLine(Part.OBJECTS, now, _object_calls(load)),
        PlanLine(Part.TODAY, now, _calls(load, Grain.HOUR, 1) + _calls(load, Grain.DAY, 1)),
        PlanLine(
            Part.YESTERDAY,
            max(paces.yesterday, now),
            _calls(load, Grain.HOUR, 1) + _calls(load, Grain.DAY, 1),
        ),
        PlanLine(Part.RESTATED, max(paces.restated, now), _calls(load, Grain.DAY, 28)),
        PlanLine(Part.LIFETIME, max(paces.lifetime, now), _calls(load, Grain.LIFETIME, 1)),
    )
    slowed = _slowed(load, sum(line.calls_per_hour for line in wished), paces)
    lines = tuple(PlanLine(line.part, _slower(line, slowed, paces), line.calls) for line in wished)
    return AccountPlan(load.account_id, load.name, load.pace, lines, slowed, load.remaining)


def _slower(line: PlanLine, slowed: float, paces: Paces) -> float:
    """Return a part's minutes; what is read once a day stays so."""
    most = max(line.every_minutes, paces.restated)
    return round(min(line.every_minutes * slowed, most), 2)


def _object_calls(load: AccountLoad) -> int:
    """The change history, and a list of each level."""
    return 1 + sum(max(1, -(-load.objects.get(level, 0) // OBJECT_ROWS)) for level in Level)


def _calls(load: AccountLoad, grain: Grain, days: int) -> int:
    """Return the pages of one reading over all levels."""
    rows = (expected_rows(load, level, grain) * days for level in load.levels)
    return sum(max(1, -(-count // PAGE_ROWS)) for count in rows)


def _slowed(load: AccountLoad, calls_per_hour: float, paces: Paces) -> float:
    """Return how many times rarer to read: to keep our share, and when limits run out."""
    share = max(1.0, calls_per_hour / paces.calls_per_hour)
    scarce = (_CALM - load.remaining) / (_CALM - _SCARCE)
    return share * (1.0 + (_SLOWEST - 1.0) * min(max(scarce, 0.0), 1.0))


def _older(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one is not None and other is not None else None
