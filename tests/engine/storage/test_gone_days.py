"""A day without any row, where there were rows, is not zero but not whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.frame import FrameColumn
from engine.domain.objects import Level
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, Stored
from engine.storage.gone_days import LIFETIME
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, batch, campaign, day_row, structure

ACCOUNT = account()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TODAY = NOW.astimezone(ACCOUNT.zone).date()
YESTERDAY = TODAY - DAY
WEEK = (TODAY - 7 * DAY, TODAY)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    opened.store_structure(structure(campaign("1"), as_of=NOW - 30 * DAY))
    yield opened
    opened.close()


def week(known_at: datetime, *days: date, grain: Grain = Grain.DAY) -> InsightsBatch:
    """Return a week in which campaign 1 spent 10 on each of `days`."""
    facts = [day_row("1", day, spend=10) for day in days]
    return batch(ACCOUNT, grain, WEEK, facts=facts, known_at=known_at)


def spent(warehouse: DuckDBWarehouse, window: str, as_of: datetime) -> object:
    """Return what campaign 1 spent, none when it is not known."""
    asked = [FrameColumn("spend", window)]
    found: object = warehouse.frame(ACCOUNT, Level.CAMPAIGN, asked, as_of)[asked[0].name].item()
    return found


def test_an_emptied_day_keeps_its_numbers_and_counts_as_unread(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(week(NOW, YESTERDAY, TODAY))

    stored = warehouse.store_insights(week(NOW + HOUR, TODAY))

    assert stored == Stored(unchanged=1, missing=(YESTERDAY,))
    assert spent(warehouse, "yesterday", NOW + HOUR) == 10


def test_days_around_an_emptied_day_are_read(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(week(NOW, YESTERDAY, TODAY))
    later = NOW + DAY
    emptied = batch(
        ACCOUNT,
        Grain.DAY,
        (WEEK[0], TODAY + DAY),
        facts=[day_row("1", YESTERDAY, spend=10)],
        known_at=later,
    )

    assert warehouse.store_insights(emptied).missing == (TODAY,)
    assert spent(warehouse, "yesterday", later) is None, "it was last read before its end"
    assert spent(warehouse, "today", later) == 0


def test_a_day_that_stays_empty_for_a_day_is_believed(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(week(NOW, YESTERDAY, TODAY))
    warehouse.store_insights(week(NOW + HOUR, TODAY))

    stored = warehouse.store_insights(week(NOW + HOUR + DAY, TODAY))

    assert stored == Stored(changed=1, unchanged=1)
    assert spent(warehouse, "yesterday", NOW + 2 * HOUR) == 10, "it was not known then"


def test_rows_that_come_back_end_the_suspicion(warehouse: DuckDBWarehouse) -> None:
    for hours, days in ((0, [YESTERDAY]), (1, []), (2, [YESTERDAY]), (26, [])):
        stored = warehouse.store_insights(week(NOW + hours * HOUR, TODAY, *days))

    assert stored.missing == (YESTERDAY,), "the day of waiting began anew"


def test_a_lifetime_that_vanishes_is_left_as_it_was(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(week(NOW, TODAY, grain=Grain.LIFETIME))

    stored = warehouse.store_insights(week(NOW + HOUR, grain=Grain.LIFETIME))

    assert stored.missing == (LIFETIME,)
    assert spent(warehouse, "lifetime", NOW + HOUR) == 10


def test_a_day_that_never_had_rows_is_zero(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.store_insights(week(NOW, TODAY)) == Stored(added=1)
    assert spent(warehouse, "yesterday", NOW) == 0
