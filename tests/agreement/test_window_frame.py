"""DuckDB's window frame and a plain-Python one agree on every cell."""

from __future__ import annotations

import random
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.frame import FrameColumn
from engine.domain.objects import Account, Level
from engine.domain.windows import WINDOW_NAMES, Grain
from engine.ports import InsightsBatch
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.agreement.plain_frame import PlainFrame
from tests.builders import (
    account,
    action,
    batch,
    campaign,
    day_row,
    hour_row,
    hours_of,
    structure,
)

SUMS = (
    "impressions",
    "spend",
    "reach",
    "video_plays",
    "conversions",
    "revenue",
    "leads",
    "conversions:lead",
)
COLUMNS = [FrameColumn(s, w, b) for s in SUMS for w in WINDOW_NAMES for b in (False, True)]
TYPES = ("purchase", "omni_purchase", "lead", "link_click")
# Zones with the clock change at night, at midnight, by half an hour, and without one.
ZONES = (
    "Europe/Kyiv",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
)
AROUND = (date(2026, 3, 30), date(2026, 3, 9), date(2026, 10, 26), date(2026, 11, 2))
OBJECTS = ("1", "2")
ALWAYS = "3"
DAY = timedelta(days=1)


class World:
    """Draws what Meta might say, sync after sync, from a seed."""

    def __init__(self, of: Account, seed: int) -> None:
        self.account = of
        self.draw = random.Random(seed)

    def sync(self, now: datetime) -> list[InsightsBatch]:
        """Return the three batches of one sync at `now`."""
        today = now.astimezone(self.account.zone).date()
        complete = self.draw.random() < 0.9
        hourly = (today - 2 * DAY, today)
        daily = (today - self.draw.choice([3, 28, 69]) * DAY, today)
        facts = [self._hour(moment) for moment in self._some_hours(hourly, now)]
        days = [(today - n * DAY) for n in range((today - daily[0]).days + 1)]
        # One object always has a row: a day that empties is another story (gone days).
        facts += [
            hour_row(ALWAYS, hours_of(hourly[0] + n * DAY, self.account)[0], self.account, clicks=1)
            for n in range(3)
        ]
        return [
            batch(self.account, Grain.HOUR, hourly, facts=facts, known_at=now),
            batch(
                self.account,
                Grain.DAY,
                daily,
                facts=[
                    *(day_row(ALWAYS, day, clicks=1) for day in days),
                    *(self._day(day) for day in days if self.draw.random() < 0.4),
                ],
                events=[self._action(day) for day in days if self.draw.random() < 0.4],
                known_at=now + timedelta(seconds=20),
                complete=complete,
            ),
            batch(
                self.account,
                Grain.LIFETIME,
                daily,
                facts=[self._day(today)],
                events=[self._action(today)],
                known_at=now,
            ),
        ]

    def _some_hours(self, days: tuple[date, date], now: datetime) -> list[datetime]:
        span = [days[0] + number * DAY for number in range((days[1] - days[0]).days + 1)]
        hours = [hour for day in span for hour in hours_of(day, self.account) if hour < now]
        return [hour for hour in hours if self.draw.random() < 0.5]

    def _hour(self, moment: datetime) -> dict[str, object]:
        sums = {name: self.draw.randrange(1, 50) for name in ("impressions", "spend")}
        row = hour_row(self.draw.choice(OBJECTS), moment, self.account, **sums)
        return {**row, "video_plays": None, "thruplays": None}

    def _day(self, day: date) -> dict[str, object]:
        names = ("impressions", "spend", "reach", "video_plays")
        sums = {name: self.draw.randrange(1, 500) for name in names}
        return day_row(self.draw.choice(OBJECTS), day, **sums)

    def _action(self, day: date) -> dict[str, object]:
        count, value = self.draw.choice([1, 2.5, 0.1, 3]), self.draw.randrange(900)
        return action(self.draw.choice(OBJECTS), day, self.draw.choice(TYPES), count, value)


@settings(max_examples=12)
@given(
    zone=st.sampled_from(ZONES),
    around=st.sampled_from(AROUND),
    gaps=st.lists(st.sampled_from([15, 60, 95, 180, 720, 1500]), min_size=1, max_size=7),
    start_minute=st.integers(0, 3 * 24 * 60),
    back=st.sampled_from([0, 0, 30, 200, 2000]),
    seed=st.integers(0, 2**32),
)
def test_every_window_agrees_with_plain_python(
    zone: str, around: date, gaps: list[int], start_minute: int, back: int, seed: int
) -> None:
    of = account(timezone=zone)
    world, plain = World(of, seed), PlainFrame(of.zone)
    now = datetime(around.year, around.month, around.day, tzinfo=UTC) - 2 * DAY
    now += timedelta(minutes=start_minute)
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(Path(folder) / "warehouse.duckdb")
        warehouse.store_structure(structure(*map(campaign, OBJECTS), as_of=now - 200 * DAY))
        for gap in gaps:
            for read in world.sync(now):
                warehouse.store_insights(read)
                plain.add(read)
            now += timedelta(minutes=gap)
        as_of = now - timedelta(minutes=back)
        frame = warehouse.frame(of, Level.CAMPAIGN, COLUMNS, as_of)
        warehouse.close()

    for row in frame.to_dicts():
        for column in COLUMNS:
            expected = plain.cell(row["object_id"], column.sum, column.window, column.before, as_of)
            found = row[column.name]
            if expected is None:
                assert found is None, column.name
            else:
                assert found == pytest.approx(expected, abs=1e-5), column.name
