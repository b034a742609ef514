"""What Meta said is kept with the moment it was said; only changes add rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.errors import StorageError
from engine.domain.frame import FrameColumn
from engine.domain.objects import Level
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, Stored
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, action, batch, campaign, day_row, structure

ACCOUNT = account()
TODAY = NOW.astimezone(ACCOUNT.zone).date()
DAY = timedelta(days=1)
WEEK = (TODAY - 7 * DAY, TODAY)
SPENT = FrameColumn("spend", "yesterday")
BOUGHT = FrameColumn("conversions", "yesterday")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    opened.store_structure(structure(campaign("1"), campaign("2"), as_of=NOW - 30 * DAY))
    yield opened
    opened.close()


def daily(
    spend: int, known_at: datetime = NOW, *, bought: float = 0.0, reach: int = 0
) -> InsightsBatch:
    """Return a week read whole in which campaign 1 spent so much yesterday."""
    facts = [day_row("2", TODAY - DAY, spend=7)]
    facts += [day_row("1", TODAY - DAY, spend=spend, reach=reach)] if spend or reach else []
    events = [action("1", TODAY - DAY, "purchase", bought, 700)] if bought else []
    return batch(ACCOUNT, Grain.DAY, WEEK, facts=facts, events=events, known_at=known_at)


def seen(warehouse: DuckDBWarehouse, column: FrameColumn, as_of: datetime = NOW) -> object:
    """Return campaign 1's value of one column."""
    frame = warehouse.frame(ACCOUNT, Level.CAMPAIGN, [column], as_of)
    found: object = frame.filter(object_id="1")[column.name].item()
    return found


def test_a_restated_day_shows_only_from_when_it_became_known(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(daily(1000, NOW))
    warehouse.store_insights(daily(1300, NOW + timedelta(hours=2)))

    assert seen(warehouse, SPENT, NOW + timedelta(hours=1)) == 1000
    assert seen(warehouse, SPENT, NOW + timedelta(hours=2)) == 1300


def test_a_batch_read_again_adds_nothing(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.store_insights(daily(1000, bought=2.5)) == Stored(added=3)
    again = warehouse.store_insights(daily(1000, NOW + DAY / 24, bought=2.5))

    assert again == Stored(unchanged=3)
    assert warehouse.counts()["daily"] == 2


def test_only_the_changed_row_gets_a_version(warehouse: DuckDBWarehouse) -> None:
    rows = [day_row("1", TODAY - number * DAY, spend=100) for number in range(5)]
    warehouse.store_insights(batch(ACCOUNT, Grain.DAY, WEEK, facts=rows))
    rows[2] = day_row("1", TODAY - 2 * DAY, spend=140)

    stored = warehouse.store_insights(batch(ACCOUNT, Grain.DAY, WEEK, facts=rows))

    assert stored == Stored(changed=1, unchanged=4)


def test_a_row_that_vanished_is_zero_from_then_on(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(daily(1000, bought=2))
    stored = warehouse.store_insights(daily(0, NOW + timedelta(hours=1)))

    assert stored == Stored(changed=2, unchanged=1)
    assert seen(warehouse, SPENT, NOW) == 1000
    assert seen(warehouse, SPENT, NOW + timedelta(hours=1)) == 0
    assert seen(warehouse, BOUGHT, NOW + timedelta(hours=1)) == 0


def test_fractions_of_conversions_restated_to_zero_leave_no_residue(
    warehouse: DuckDBWarehouse,
) -> None:
    for hour, bought in enumerate([0.3, 0.1, 0.7, 0.0]):
        warehouse.store_insights(daily(10, NOW + timedelta(hours=hour), bought=bought))
        assert seen(warehouse, BOUGHT, NOW + timedelta(hours=hour)) == bought


def test_days_outside_the_query_keep_what_they_had(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(daily(1000))
    today_only = batch(ACCOUNT, Grain.DAY, (TODAY, TODAY), facts=[day_row("1", TODAY, spend=5)])
    warehouse.store_insights(today_only)

    assert seen(warehouse, SPENT) == 1000


def test_an_incomplete_batch_stores_nothing_and_proves_nothing(
    warehouse: DuckDBWarehouse,
) -> None:
    assert warehouse.store_insights(replace(daily(1000), complete=False)) == Stored()
    assert warehouse.counts()["daily"] == 0
    assert warehouse.freshness("100").daily is None
    assert seen(warehouse, SPENT) is None


def test_of_rows_given_twice_the_last_counts(warehouse: DuckDBWarehouse) -> None:
    rows = [day_row("1", TODAY - DAY, spend=100), day_row("1", TODAY - DAY, spend=120)]
    assert warehouse.store_insights(batch(ACCOUNT, Grain.DAY, WEEK, facts=rows)).added == 1
    assert seen(warehouse, SPENT) == 120


def test_a_reading_older_than_what_is_stored_is_refused(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(daily(1000))
    with pytest.raises(StorageError, match="already read at 2026-06-10 12:20 UTC"):
        warehouse.store_insights(daily(900, NOW - timedelta(hours=1)))
    assert seen(warehouse, SPENT) == 1000


def test_levels_and_accounts_do_not_mix(warehouse: DuckDBWarehouse) -> None:
    other = account("200")
    warehouse.store_insights(daily(1000))
    warehouse.store_insights(batch(other, Grain.DAY, WEEK, facts=[day_row("1", TODAY - DAY)]))
    warehouse.store_insights(
        batch(ACCOUNT, Grain.DAY, WEEK, level=Level.AD, facts=[day_row("1", TODAY - DAY, spend=7)])
    )

    assert seen(warehouse, SPENT) == 1000


def test_freshness_is_the_oldest_level_in_use(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(daily(1000))
    ads = batch(ACCOUNT, Grain.DAY, WEEK, level=Level.AD, known_at=NOW - timedelta(hours=1))
    warehouse.store_insights(ads)
    assert warehouse.freshness("100").daily == NOW - timedelta(hours=1)

    warehouse.store_insights(daily(1000, NOW + 2 * DAY))
    assert warehouse.freshness("100").daily == NOW + 2 * DAY


def test_sums_in_the_lifetime_follow_the_newest_reading(warehouse: DuckDBWarehouse) -> None:
    for hour, spend in enumerate([900, 950]):
        facts = [day_row("1", TODAY + hour * DAY, spend=spend, reach=50)]
        at = NOW + timedelta(hours=hour)
        warehouse.store_insights(batch(ACCOUNT, Grain.LIFETIME, WEEK, facts=facts, known_at=at))

    assert seen(warehouse, FrameColumn("spend", "lifetime"), NOW) == 900
    assert seen(warehouse, FrameColumn("spend", "lifetime"), NOW + DAY) == 950
    assert seen(warehouse, FrameColumn("reach", "lifetime"), NOW + DAY) == 50
