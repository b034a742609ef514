"""Daily numbers of several accounts, and the sums people look at.

Frames have the columns of Warehouse.daily plus account_id: object_id, date,
impressions, clicks, link_clicks, spend, conversions, revenue; money in minor
units. Sums over accounts are made only within one currency: the caller sees to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from engine.domain.objects import Account, Level
from engine.ports import Warehouse

SUMS: tuple[str, ...] = (
    "impressions",
    "clicks",
    "link_clicks",
    "spend",
    "conversions",
    "revenue",
)
_EMPTY = pl.DataFrame(
    schema={
        "object_id": pl.String,
        "date": pl.Date,
        "impressions": pl.Int64,
        "clicks": pl.Int64,
        "link_clicks": pl.Int64,
        "spend": pl.Int64,
        "conversions": pl.Float64,
        "revenue": pl.Int64,
        "account_id": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole account days, both included."""

    since: date
    until: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length right before this one."""
        return Period(self.since - timedelta(days=self.length), self.since - timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Every day in order."""
        return [self.since + timedelta(days=index) for index in range(self.length)]


@dataclass(frozen=True, slots=True)
class Sums:
    """Base sums of something over a period; money in minor units."""

    impressions: int = 0
    clicks: int = 0
    link_clicks: int = 0
    spend: int = 0
    conversions: float = 0.0
    revenue: int = 0

    @property
    def roas(self) -> float | None:
        """Revenue per unit of spend; none without spend."""
        return self.revenue / self.spend if self.spend else None

    @property
    def cpa(self) -> float | None:
        """Minor units of spend per conversion; none without conversions."""
        return self.spend / self.conversions if self.conversions else None

    @property
    def ctr(self) -> float | None:
        """Clicks per hundred impressions; none without impressions."""
        return 100 * self.clicks / self.impressions if self.impressions else None


def load(
    warehouse: Warehouse, accounts: Iterable[Account], level: Level, period: Period, as_of: datetime
) -> pl.DataFrame:
    """Return the daily numbers of `accounts` in `period` as known at `as_of`."""
    frames = [
        warehouse.daily(account, level, period.since, period.until, as_of).with_columns(
            account_id=pl.lit(account.account_id)
        )
        for account in accounts
    ]
    filled = [frame.select(_EMPTY.columns).cast(_EMPTY.schema) for frame in frames]
    return pl.concat([_EMPTY, *filled])


def within(frame: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return the rows of `period`."""
    return frame.filter(pl.col("date").is_between(period.since, period.until))


def total(frame: pl.DataFrame) -> Sums:
    """Return the sums over all rows."""
    row = frame.select(pl.col(name).sum() for name in SUMS).row(0)
    return Sums(*(value or 0 for value in row))


def by_day(frame: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Return one row per day of `period`, zeros where nothing happened."""
    days = pl.DataFrame({"date": period.days}, schema={"date": pl.Date})
    sums = frame.group_by("date").agg(pl.col(name).sum() for name in SUMS)
    return days.join(sums, on="date", how="left").fill_null(0).sort("date")


def by_object(frame: pl.DataFrame) -> dict[str, Sums]:
    """Return the sums of each object that has any row."""
    grouped = frame.group_by("object_id").agg(pl.col(name).sum() for name in SUMS)
    return {row[0]: Sums(*row[1:]) for row in grouped.select("object_id", *SUMS).iter_rows()}


def trends(frame: pl.DataFrame, column: str, days: Sequence[date]) -> dict[str, list[float]]:
    """Return each object's `column` day by day, zeros where nothing happened."""
    place = {day: index for index, day in enumerate(days)}
    result: dict[str, list[float]] = {}
    rows = frame.filter(pl.col("date").is_in(list(days))).select("object_id", "date", column)
    for object_id, day, value in rows.iter_rows():
        line = result.setdefault(object_id, [0.0] * len(days))
        line[place[day]] += float(value or 0)
    return result
