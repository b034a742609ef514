"""Meta's change history is kept once, whatever is read how often."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.objects import Level
from engine.ports import Activity, EditsAsked
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, structure

HOUR = timedelta(hours=1)
EDIT = Activity(
    object_id="1",
    at=NOW,
    event="update_campaign_budget",
    field="daily_budget",
    before=5000,
    after=7000,
    actor="Olena",
    by_us=False,
    actor_id="9",
    application="Ads Manager",
    object_name="Cakes",
    level=Level.CAMPAIGN,
    words="Campaign budget updated",
    account_id="100",
)
OURS = replace(EDIT, at=NOW + HOUR, before="ACTIVE", after="PAUSED", field="status", by_us=True)
NAMELESS = replace(EDIT, at=NOW + 2 * HOUR, object_id="2", before=None, after=None, level=None)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    yield opened
    opened.close()


def test_rows_come_back_as_they_were_newest_first(warehouse: DuckDBWarehouse) -> None:
    warehouse.history.store_edits("100", [EDIT, OURS, NAMELESS], NOW + 3 * HOUR)
    assert warehouse.history.edits(EditsAsked()) == [NAMELESS, OURS, EDIT]


def test_what_is_read_twice_is_kept_once(warehouse: DuckDBWarehouse) -> None:
    history = warehouse.history
    assert history.store_edits("100", [EDIT], NOW) == [EDIT]
    renamed = replace(EDIT, object_name="Cake", actor="Olena K.")
    assert history.store_edits("100", [renamed, OURS], NOW + HOUR) == [OURS]
    assert history.store_edits("100", [EDIT, OURS], NOW + HOUR) == []
    assert len(history.edits(EditsAsked())) == 2


def test_rows_are_found_by_account_object_time_and_maker(warehouse: DuckDBWarehouse) -> None:
    history = warehouse.history
    history.store_edits("100", [EDIT, OURS], NOW)
    other = replace(NAMELESS, account_id="200")
    history.store_edits("200", [other], NOW)

    assert history.edits(EditsAsked(["100"])) == [OURS, EDIT]
    assert history.edits(EditsAsked(object_id="2")) == [other]
    assert history.edits(EditsAsked(mark=EDIT.mark)) == [EDIT]
    assert history.edits(EditsAsked(["100"], text="olena")) == [OURS, EDIT]
    assert history.edits(EditsAsked(text="nobody")) == []
    assert history.edits(EditsAsked(since=NOW + HOUR, until=NOW + 2 * HOUR)) == [OURS]
    assert history.edits(EditsAsked(["100"], foreign_only=True)) == [EDIT]
    assert history.edits(EditsAsked(limit=1)) == [other]
    assert history.edits(EditsAsked([])) == []


def test_it_is_known_until_when_the_history_was_read(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.history.last_readings("100").history is None
    warehouse.history.store_edits("100", [], NOW)
    assert warehouse.history.last_readings("100").history == NOW
    warehouse.store_structure(structure(as_of=NOW + HOUR))
    assert warehouse.history.last_readings("100").any == NOW + HOUR
