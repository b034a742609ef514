"""Objects are kept as known; one is deleted only when two whole readings miss it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.objects import Creative, Level, Status
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, adset, campaign, structure

HOUR = timedelta(hours=1)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    yield opened
    opened.close()


def column(
    warehouse: DuckDBWarehouse, name: str, as_of: datetime = NOW, level: Level = Level.CAMPAIGN
) -> list[object]:
    """Return one fixed column of the frame, ordered by object."""
    return warehouse.frame(account(), level, [], as_of)[name].to_list()


def test_objects_come_back_as_they_were(warehouse: DuckDBWarehouse) -> None:
    full = campaign(
        "1",
        labels=("scale", "ua"),
        bid_amount=120,
        end_time=NOW + HOUR,
        learning_stage="SUCCESS",
        roas_floor=15_000,
        optimization_goal="OFFSITE_CONVERSIONS",
        billing_event="IMPRESSIONS",
        attribution=("CLICK_THROUGH:7", "VIEW_THROUGH:1"),
        issues=("Payment failed",),
        source_id="9",
    )
    warehouse.store_structure(structure(full, adset("11", "1")))

    assert warehouse.objects("100") == [full, adset("11", "1")]
    assert warehouse.objects("100", Level.ADSET) == [adset("11", "1")]
    assert warehouse.find(["1", "404"]) == {"1": full}


def test_unchanged_objects_add_no_version(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_structure(structure(campaign("1"), campaign("2")))
    warehouse.store_structure(structure(campaign("1"), campaign("2", name="new"), as_of=NOW + HOUR))

    assert warehouse.counts()["objects"] == 3


def test_an_older_moment_sees_the_older_version(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_structure(structure(campaign("1", daily_budget=5000)))
    later = structure(campaign("1", daily_budget=6000), as_of=NOW + 2 * HOUR)
    warehouse.store_structure(later)

    assert column(warehouse, "budget", NOW + HOUR) == [5000]
    assert column(warehouse, "budget", NOW + 2 * HOUR) == [6000]
    assert column(warehouse, "budget", NOW - HOUR) == []


def test_only_two_whole_readings_delete(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_structure(structure(campaign("1"), campaign("2")))
    warehouse.store_structure(structure(campaign("1"), as_of=NOW + HOUR, complete=False))
    assert warehouse.find(["2"])["2"].status is Status.ACTIVE
    assert warehouse.freshness("100").structure == NOW

    warehouse.store_structure(structure(campaign("1"), as_of=NOW + 2 * HOUR))
    assert warehouse.find(["2"])["2"].status is Status.ACTIVE
    assert warehouse.history.last_readings("100").missed

    part = replace(structure(campaign("1"), as_of=NOW + 3 * HOUR), whole=False)
    warehouse.store_structure(part)
    assert warehouse.find(["2"])["2"].status is Status.ACTIVE, "a part proves nothing"

    warehouse.store_structure(structure(campaign("1"), as_of=NOW + 4 * HOUR))
    gone = warehouse.find(["2"])["2"]
    assert gone == replace(campaign("2"), status=Status.DELETED, effective_status="DELETED")
    assert column(warehouse, "status", NOW + 4 * HOUR) == ["ACTIVE", "DELETED"]
    assert not warehouse.history.last_readings("100").missed


def test_an_object_that_comes_back_begins_anew(warehouse: DuckDBWarehouse) -> None:
    both = (campaign("1"), campaign("2"))
    for hours, seen in enumerate([both, both[:1], both, both[:1]]):
        warehouse.store_structure(structure(*seen, as_of=NOW + hours * HOUR))
    assert warehouse.find(["2"])["2"].status is Status.ACTIVE


def test_a_level_that_vanished_as_a_whole_is_not_deleted(warehouse: DuckDBWarehouse) -> None:
    """A token that lost a permission sees an empty list, not deleted objects."""
    warehouse.store_structure(structure(campaign("1"), adset("11", "1"), adset("12", "1")))
    for hours in (1, 2, 3):
        warehouse.store_structure(structure(campaign("1"), as_of=NOW + hours * HOUR))
    assert {one.status for one in warehouse.objects("100")} == {Status.ACTIVE}


def test_a_reading_of_changes_counts_as_fresh(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_structure(structure(campaign("1"), campaign("2")))
    part = replace(structure(campaign("2", name="new"), as_of=NOW + HOUR), whole=False)
    warehouse.store_structure(part)

    assert warehouse.freshness("100").structure == NOW + HOUR
    last = warehouse.history.last_readings("100")
    assert (last.any, last.whole) == (NOW + HOUR, NOW)
    assert [one.name for one in warehouse.objects("100")] == ["Campaign 1", "new"]


def test_creatives_are_kept_as_read_last(warehouse: DuckDBWarehouse) -> None:
    old = Creative("7", "100", name="Cake", body="Fresh", thumbnail_url="https://a/1")
    new = replace(old, name="Cakes", thumbnail_url="https://a/2")
    other = Creative("8", "100", name="Bread")
    for hours, creatives in enumerate([(old, other), (new,)]):
        read = structure(campaign("1"), as_of=NOW + hours * HOUR)
        warehouse.store_structure(replace(read, creatives=creatives))

    assert warehouse.history.creatives(["7", "8", "404"]) == {"7": new, "8": other}


def test_an_edit_seen_by_us_counts_even_if_meta_keeps_its_time(warehouse: DuckDBWarehouse) -> None:
    """Meta does not touch `updated_time` when a campaign's budget changes."""
    warehouse.store_structure(structure(campaign("1", updated_time=NOW - 9 * HOUR)))
    edited = campaign("1", updated_time=NOW - 9 * HOUR, daily_budget=7000)
    warehouse.store_structure(structure(edited, as_of=NOW + HOUR))

    assert column(warehouse, "hours_since_edit", NOW) == [9.0]
    assert column(warehouse, "hours_since_edit", NOW + 3 * HOUR) == [2.0]


def test_an_ad_set_shows_what_stands_on_its_campaign(warehouse: DuckDBWarehouse) -> None:
    parent = campaign("1", bid_strategy="COST_CAP")
    warehouse.store_structure(structure(parent, adset("11", "1", lifetime_budget=90_000)))

    assert column(warehouse, "objective", level=Level.ADSET) == ["OUTCOME_SALES"]
    assert column(warehouse, "bid_strategy", level=Level.ADSET) == ["COST_CAP"]
    assert column(warehouse, "budget_kind", level=Level.ADSET) == ["lifetime_budget"]
    assert column(warehouse, "campaign_id") == ["1"]
    assert column(warehouse, "hours_since_creation") == [40 * 24.0]
