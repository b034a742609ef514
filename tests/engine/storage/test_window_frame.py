"""What a rule sees: sums over windows, zero told apart from unknown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from engine.domain.frame import TEXT_COLUMNS, FrameColumn
from engine.domain.objects import Level
from engine.domain.windows import Grain
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import (
    NOW,
    account,
    action,
    batch,
    campaign,
    day_row,
    hour_row,
    hours_of,
    structure,
)

ACCOUNT = account()
TODAY = NOW.astimezone(ACCOUNT.zone).date()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    opened.store_structure(structure(campaign("1"), campaign("2"), as_of=NOW - 300 * DAY))
    yield opened
    opened.close()


def cell(
    warehouse: DuckDBWarehouse, sum_name: str, window: str, as_of: datetime = NOW, of: str = "1"
) -> object:
    """Return one object's value of one column."""
    column = FrameColumn(sum_name, window)
    frame = warehouse.frame(ACCOUNT, Level.CAMPAIGN, [column], as_of)
    found: object = frame.filter(pl.col("object_id") == of)[column.name].item()
    return found


def store_days(
    warehouse: DuckDBWarehouse, known_at: datetime, bought: float, *, back: int = 27
) -> None:
    """Store a daily reading in which campaign 1 has sold so much today."""
    today = known_at.astimezone(ACCOUNT.zone).date()
    events = [action("1", today, "purchase", bought, int(bought * 100))]
    facts = [day_row("1", today, spend=1500, reach=40)]
    if back:
        facts.append(day_row("2", today - DAY, impressions=1))
    days = (today - back * DAY, today)
    warehouse.store_insights(
        batch(ACCOUNT, Grain.DAY, days, facts=facts, events=events, known_at=known_at)
    )


def store_hours(warehouse: DuckDBWarehouse, known_at: datetime) -> None:
    """Store an hourly reading with 10 impressions in every hour that was over."""
    today = known_at.astimezone(ACCOUNT.zone).date()
    days = (today - 2 * DAY, today)
    hours = [hour for n in range(3) for hour in hours_of(days[0] + n * DAY, ACCOUNT)]
    facts = [
        hour_row("1", hour, ACCOUNT, impressions=10, spend=3, video_plays=None)
        for hour in hours
        if hour < known_at
    ]
    warehouse.store_insights(batch(ACCOUNT, Grain.HOUR, days, facts=facts, known_at=known_at))


def test_the_frame_has_its_fixed_columns_then_those_asked(warehouse: DuckDBWarehouse) -> None:
    asked = [FrameColumn("spend", "7d"), FrameColumn("spend", "7d", before=True)]
    frame = warehouse.frame(ACCOUNT, Level.CAMPAIGN, asked, NOW)

    assert set(TEXT_COLUMNS) <= set(frame.columns)
    assert frame.columns[-2:] == ["spend@7d", "spend@7d@before"]
    assert frame["client"].to_list() == ["Bakery", "Bakery"]
    assert frame["currency_offset"].to_list() == [100, 100]


def test_nothing_read_is_unknown_and_nothing_reported_is_zero(warehouse: DuckDBWarehouse) -> None:
    assert cell(warehouse, "spend", "today") is None
    store_days(warehouse, NOW, 2)
    assert cell(warehouse, "spend", "today", of="2") == 0
    assert cell(warehouse, "conversions", "today", of="2") == 0.0


def test_rolling_windows_end_with_the_last_complete_hour_read(warehouse: DuckDBWarehouse) -> None:
    store_hours(warehouse, NOW)
    assert cell(warehouse, "impressions", "3h", NOW + 5 * HOUR) == 30
    assert cell(warehouse, "impressions", "48h") == 480
    assert cell(warehouse, "video_plays", "3h") is None, "Meta has no video by the hour"


def test_conversions_of_hours_are_what_became_known_meanwhile(warehouse: DuckDBWarehouse) -> None:
    for hours, bought in [(3, 2.0), (2, 2.0), (1, 4.5), (0, 7.0)]:
        store_days(warehouse, NOW - hours * HOUR, bought)
    store_hours(warehouse, NOW)

    assert cell(warehouse, "conversions", "1h") == 2.5
    assert cell(warehouse, "conversions", "3h") == 5.0
    assert cell(warehouse, "revenue", "3h") == 500
    assert cell(warehouse, "conversions", "6h") is None, "nothing was known near its start"
    assert cell(warehouse, "conversions", "3h", of="2") == 0.0


def test_yesterday_is_unknown_until_read_after_midnight(warehouse: DuckDBWarehouse) -> None:
    store_days(warehouse, NOW, 3)
    assert cell(warehouse, "conversions", "yesterday", NOW + DAY) is None
    store_days(warehouse, NOW + DAY, 1)
    assert cell(warehouse, "conversions", "yesterday", NOW + DAY) == 0.0, "it was restated"


def test_a_window_longer_than_what_was_read_is_unknown(warehouse: DuckDBWarehouse) -> None:
    store_days(warehouse, NOW, 3, back=7)
    assert cell(warehouse, "spend", "7d") == 0
    assert cell(warehouse, "spend", "14d") is None


def test_reach_is_known_for_single_days_only(warehouse: DuckDBWarehouse) -> None:
    store_days(warehouse, NOW, 3)
    assert cell(warehouse, "reach", "today") == 40
    assert cell(warehouse, "reach", "2d+today") is None


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_of_the_clock_change_has_all_its_hours(
    warehouse: DuckDBWarehouse, day: date, hours: int
) -> None:
    noon_after = hours_of(day + DAY, ACCOUNT)[0] + 20 * timedelta(minutes=1)
    store_hours(warehouse, noon_after)
    assert len(hours_of(day, ACCOUNT)) == hours
    assert cell(warehouse, "impressions", "24h", noon_after) == 240


def test_each_account_follows_its_own_event(warehouse: DuckDBWarehouse) -> None:
    events = [
        action("1", TODAY, "purchase", 3, 300),
        action("1", TODAY, "omni_purchase", 4, 450),
        action("1", TODAY, "lead", 8),
    ]
    warehouse.store_insights(batch(ACCOUNT, Grain.DAY, (TODAY, TODAY), events=events))

    assert cell(warehouse, "conversions", "today") == 4.0, "the widest that is present"
    assert cell(warehouse, "conversions:purchase", "today") == 3.0
    assert cell(warehouse, "revenue:purchase", "today") == 300
    assert cell(warehouse, "leads", "today") == 8.0
    chosen = account(primary_event="lead")
    frame = warehouse.frame(chosen, Level.CAMPAIGN, [FrameColumn("conversions", "today")], NOW)
    assert frame["conversions@today"].to_list() == [8.0, 0.0]


def test_the_share_of_todays_budget_is_known_without_being_asked(
    warehouse: DuckDBWarehouse,
) -> None:
    store_days(warehouse, NOW, 1)
    frame = warehouse.frame(ACCOUNT, Level.CAMPAIGN, [], NOW)
    assert frame["budget_spent_percent"].to_list() == [30.0, 0.0]


def test_a_sum_that_does_not_exist_is_refused(warehouse: DuckDBWarehouse) -> None:
    with pytest.raises(ValueError, match="'ctr' is not a base sum"):
        warehouse.frame(ACCOUNT, Level.CAMPAIGN, [FrameColumn("ctr", "7d")], NOW)


def test_screens_get_totals_movers_and_sparklines(warehouse: DuckDBWarehouse) -> None:
    facts = [day_row("1", TODAY - n * DAY, spend=100 + n) for n in range(5)]
    warehouse.store_insights(batch(ACCOUNT, Grain.DAY, (TODAY - 27 * DAY, TODAY), facts=facts))

    days = warehouse.account_days([ACCOUNT], TODAY - DAY, TODAY, NOW)
    assert days["spend"].to_list() == [101, 100]
    moved = warehouse.movers([ACCOUNT], Level.CAMPAIGN, 2, NOW, 10)
    assert moved.select("object_id", "spend", "spend_before").rows() == [("1", 203, 207)]
    lines = warehouse.sparklines([ACCOUNT], Level.CAMPAIGN, 6, NOW)
    assert lines["spend"].to_list() == [[0, 104, 103, 102, 101, 100]]
    assert warehouse.daily(ACCOUNT, Level.CAMPAIGN, TODAY, TODAY, NOW)["spend"].to_list() == [100]


def test_actions_of_an_attribution_window_are_known_once_it_is_read(
    warehouse: DuckDBWarehouse,
) -> None:
    day = TODAY - DAY
    events = [
        action("1", day, "purchase", 5, 500),
        action("1", day, "purchase@7d_click", 3, 300),
        action("1", day, "lead@7d_click", 9, 0),
    ]
    facts = [day_row("1", day, spend=1)]
    span = (TODAY - 7 * DAY, TODAY)
    before = batch(ACCOUNT, Grain.DAY, span, facts=facts, events=events[:1])
    warehouse.store_insights(before)
    assert cell(warehouse, "conversions", "yesterday") == 5
    assert cell(warehouse, "conversions~7d_click", "yesterday") is None

    later = NOW + timedelta(hours=1)
    read = batch(ACCOUNT, Grain.DAY, span, facts=facts, events=events, known_at=later)
    asked = replace(read.query, attributions=("7d_click",))
    warehouse.store_insights(replace(read, query=asked))

    seen = {
        name: cell(warehouse, name, "yesterday", later)
        for name in (
            "conversions",
            "conversions~7d_click",
            "revenue~7d_click",
            "conversions:lead~7d_click",
            "conversions~1d_view",
        )
    }
    assert seen == {
        "conversions": 5,
        "conversions~7d_click": 3,
        "revenue~7d_click": 300,
        "conversions:lead~7d_click": 9,
        "conversions~1d_view": None,
    }
