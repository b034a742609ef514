"""Windows: the spans of time that metrics are taken over.

Days are days of the account's time zone, also where the clock changes and a
day has 23 or 25 hours. A resolved window is half open: start <= t < end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.domain.errors import UserError


class Grain(StrEnum):
    """Which facts answer a window."""

    HOUR = "hour"
    DAY = "day"
    LIFETIME = "lifetime"
    HOUR_OF_DAY = "hour_of_day"


ROLLING_HOURS = {"1h": 1, "3h": 3, "6h": 6, "12h": 12, "24h": 24, "48h": 48}
COMPLETE_DAYS = {"2d": 2, "3d": 3, "7d": 7, "14d": 14, "28d": 28, "30d": 30}
HOUR_OF_DAY_DAYS = 7

WINDOW_NAMES: tuple[str, ...] = (
    *ROLLING_HOURS,
    "today",
    "yesterday",
    *COMPLETE_DAYS,
    *(f"{name}+today" for name in COMPLETE_DAYS),
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "lifetime",
    "hour_of_day",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A resolved window: moments in UTC and, for whole days, account dates.

    `days` is (first, last), both included, in the account's zone.
    """

    start: datetime
    end: datetime
    days: tuple[date, date] | None = None

    @property
    def hours(self) -> float:
        """Length in hours (a day may have 23 or 25)."""
        return (self.end - self.start) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A named window such as `24h`, `7d+today` or `last_month`."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in WINDOW_NAMES:
            raise UserError(
                f"{self.name!r} is not a window.", hint=f"Use one of: {', '.join(WINDOW_NAMES)}."
            )

    @property
    def grain(self) -> Grain:
        """Which facts answer this window."""
        if self.name in ROLLING_HOURS:
            return Grain.HOUR
        if self.name == "lifetime":
            return Grain.LIFETIME
        if self.name == "hour_of_day":
            return Grain.HOUR_OF_DAY
        return Grain.DAY

    def span(self, now: datetime, zone: ZoneInfo) -> Span:
        """Return what the window covers at `now` (aware) for an account in `zone`.

        Raises ValueError for `lifetime` and `hour_of_day`, which are no single span.
        """
        if self.grain is Grain.HOUR:
            end = floor_hour(now, zone)
            return Span(end - timedelta(hours=ROLLING_HOURS[self.name]), end)
        if self.grain is Grain.DAY:
            first, last = self._days(now.astimezone(zone).date())
            return days_span(first, last, zone)
        raise ValueError(f"{self.name} is not one span of time")

    def preceding(self, now: datetime, zone: ZoneInfo) -> Span:
        """Return the span of the same length right before this one."""
        current = self.span(now, zone)
        if current.days is None:
            return Span(current.start - (current.end - current.start), current.start)
        first, last = current.days
        length = (last - first).days + 1
        return days_span(first - timedelta(days=length), first - timedelta(days=1), zone)

    def _days(self, today: date) -> tuple[date, date]:
        yesterday = today - timedelta(days=1)
        if self.name == "today":
            return today, today
        if self.name == "yesterday":
            return yesterday, yesterday
        if self.name in COMPLETE_DAYS:
            return today - timedelta(days=COMPLETE_DAYS[self.name]), yesterday
        if self.name.endswith("+today"):
            length = COMPLETE_DAYS[self.name.removesuffix("+today")]
            return today - timedelta(days=length), today
        monday = today - timedelta(days=today.weekday())
        if self.name == "this_week":
            return monday, today
        if self.name == "last_week":
            return monday - timedelta(days=7), monday - timedelta(days=1)
        month_start = today.replace(day=1)
        if self.name == "this_month":
            return month_start, today
        previous = month_start - timedelta(days=1)
        return previous.replace(day=1), previous

    def __str__(self) -> str:
        return self.name


def days_span(first: date, last: date, zone: ZoneInfo) -> Span:
    """Return the span of account days from `first` to `last`, inclusive."""
    return Span(day_start(first, zone), day_start(last + timedelta(days=1), zone), (first, last))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of an account's day, in UTC.

    Where midnight does not exist (the clock jumps over it) the day starts at
    the first moment that does.
    """
    local = datetime.combine(day, time.min, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).date() < day:
        gap = moment.astimezone(zone).utcoffset() or timedelta()
        return (local.replace(tzinfo=None) - gap).replace(tzinfo=UTC)
    return moment


def floor_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the account's hour that holds `moment`, in UTC."""
    local = moment.astimezone(zone)
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
