"""Old versions grow coarser by the policy; what counts stays exact."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.frame import FrameColumn
from engine.domain.objects import Level
from engine.domain.thinning import DAILY, FINAL, ThinningPolicy
from engine.domain.windows import Grain
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, action, batch, campaign, day_row, structure

ACCOUNT = account(timezone="UTC")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
START = NOW.replace(hour=0, minute=0) - 20 * DAY
WINDOWS = [
    FrameColumn(name, window)
    for name in ("spend", "conversions")
    for window in ("7d", "today", "yesterday")
]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    """A warehouse with twenty days of readings, four a day, each a little different."""
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    opened.store_structure(structure(campaign("1"), campaign("2"), as_of=START))
    draw = random.Random(3)
    for number in range(80):
        at = START + number * 6 * HOUR + HOUR
        days = [at.date() - back * DAY for back in range(8)]
        facts = [day_row(one, day, spend=draw.randrange(99)) for day in days for one in "12"]
        events = [action("1", day, "purchase", draw.randrange(9), 100) for day in days]
        span = (days[-1], days[0])
        opened.store_insights(
            batch(ACCOUNT, Grain.DAY, span, facts=facts, events=events, known_at=at)
        )
    yield opened
    opened.close()


def seen(warehouse: DuckDBWarehouse, as_of: datetime) -> list[tuple[object, ...]]:
    """Return both campaigns' windows as known at a moment."""
    frame = warehouse.frame(ACCOUNT, Level.CAMPAIGN, WINDOWS, as_of)
    return frame.sort("object_id").select(column.name for column in WINDOWS).rows()


def ends_of_days() -> list[datetime]:
    return [START + number * DAY - timedelta(seconds=1) for number in range(9, 21)]


def test_one_version_a_day_leaves_the_ends_of_days_as_they_were(
    warehouse: DuckDBWarehouse,
) -> None:
    before = [seen(warehouse, moment) for moment in ends_of_days()]
    rows = warehouse.counts()["daily"]

    warehouse.readings.thin(ThinningPolicy(5 * DAY, None), NOW)

    assert [seen(warehouse, moment) for moment in ends_of_days()] == before
    assert warehouse.counts()["daily"] < rows
    (step,) = warehouse.readings.thinned()
    assert (step.kept, step.until) == (DAILY, (NOW - 5 * DAY).replace(hour=0, minute=0))
    assert step.taken > 0


def test_versions_of_the_last_days_stay_whole(warehouse: DuckDBWarehouse) -> None:
    moments = [NOW - number * 6 * HOUR for number in range(16)]
    before = [seen(warehouse, moment) for moment in moments]
    warehouse.readings.thin(ThinningPolicy(5 * DAY, 10 * DAY), NOW)
    assert [seen(warehouse, moment) for moment in moments] == before


def test_in_the_end_only_the_final_number_is_kept(warehouse: DuckDBWarehouse) -> None:
    now = seen(warehouse, NOW)
    warehouse.readings.thin(ThinningPolicy(1 * DAY, 1 * DAY), NOW + 40 * DAY)

    assert seen(warehouse, NOW) == now
    # 27 days of two campaigns, each with one version.
    assert warehouse.counts()["daily"] <= 27 * 2
    assert [step.kept for step in warehouse.readings.thinned()] == [FINAL, DAILY]


def test_thinning_again_the_same_day_does_nothing(warehouse: DuckDBWarehouse) -> None:
    policy = ThinningPolicy(5 * DAY, 10 * DAY)
    warehouse.readings.thin(policy, NOW)
    rows, steps = warehouse.counts(), warehouse.readings.thinned()
    warehouse.readings.thin(policy, NOW + HOUR)
    assert (warehouse.counts(), warehouse.readings.thinned()) == (rows, steps)


def test_without_a_policy_every_version_is_kept(warehouse: DuckDBWarehouse) -> None:
    rows = warehouse.counts()
    warehouse.readings.thin(ThinningPolicy(None, None), NOW + 400 * DAY)
    assert (warehouse.counts(), warehouse.readings.thinned()) == (rows, [])
