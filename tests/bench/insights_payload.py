"""Hourly numbers of a large agency, drawn at run time for the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.domain.objects import Account, Level
from engine.domain.windows import Grain
from engine.ports import ACTION_SCHEMA, ROW_SCHEMA, InsightsBatch, InsightsQuery
from tests.builders import account

CLIENTS = 100
CAMPAIGNS = 100
SUMS = ("impressions", "clicks", "link_clicks", "spend", "video_plays", "thruplays")
_TOP = {"impressions": 5000, "clicks": 100, "spend": 9000, "video_plays": 800}
FIRST = date(2026, 5, 1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Sums of every hour: arrays of clients × campaigns × hours, by name."""

    days: int
    sums: dict[str, npt.NDArray[np.int64]]

    @property
    def end(self) -> datetime:
        """The end of the last hour."""
        return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=self.days)


def draw(days: int, seed: int) -> Numbers:
    """Return random numbers for all clients, campaigns and hours."""
    generator = np.random.default_rng(seed)
    shape = (CLIENTS, CAMPAIGNS, days * 24)
    return Numbers(
        days,
        {name: generator.integers(1, _TOP.get(name, 50), shape, dtype=np.int64) for name in SUMS},
    )


def hourly_batch(numbers: Numbers, client: int) -> InsightsBatch:
    """Return one client's hours as a complete batch; the account lives in UTC."""
    of = account(f"{9000 + client}", timezone="UTC")
    hours = numbers.days * 24
    ids = [f"12021{client:03d}{number:010d}" for number in range(CAMPAIGNS)]
    start = datetime(FIRST.year, FIRST.month, FIRST.day)
    moments = pl.datetime_range(start, start + timedelta(hours=hours - 1), "1h", eager=True)
    grid = pl.DataFrame({"object_id": ids}).join(
        pl.DataFrame({"hour_start": moments}).select(
            pl.col("hour_start").dt.date().alias("date"),
            pl.col("hour_start").dt.hour().alias("hour"),
            pl.col("hour_start").dt.replace_time_zone("UTC"),
        ),
        how="cross",
    )
    rows = grid.with_columns(
        *(pl.Series(name, numbers.sums[name][client].ravel()) for name in SUMS),
        pl.lit(None, dtype=pl.Int64).alias("reach"),
    )
    rows = rows.select(pl.col(name).cast(kind) for name, kind in ROW_SCHEMA.items())
    return InsightsBatch(_query(of, numbers), numbers.end, rows, pl.DataFrame(schema=ACTION_SCHEMA))


def _query(of: Account, numbers: Numbers) -> InsightsQuery:
    last = FIRST + timedelta(days=numbers.days - 1)
    return InsightsQuery(of, Level.CAMPAIGN, Grain.HOUR, FIRST, last)
