"""What was read and when, what could not be read, what Meta works on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.objects import Level
from engine.domain.readings import LastReads, ReportRun, SetAside
from engine.domain.windows import Grain, day_start
from engine.ports import InsightsBatch, InsightsQuery
from engine.storage.readings import KEPT_ASIDE
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, batch, campaign, day_row, hour_row, structure

ACCOUNT = account()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOW.astimezone(ACCOUNT.zone).date()
CAMPAIGNS = [Level.CAMPAIGN]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    yield opened
    opened.close()


def store(warehouse: DuckDBWarehouse, grain: Grain, since: date, known_at: datetime = NOW) -> None:
    """Read the days from `since` to the day of the reading."""
    until = known_at.astimezone(ACCOUNT.zone).date()
    if grain is Grain.HOUR:
        row = hour_row("1", day_start(since, ACCOUNT.zone), ACCOUNT, spend=5)
    else:
        row = day_row("1", since, spend=5)
    warehouse.store_insights(batch(ACCOUNT, grain, (since, until), facts=[row], known_at=known_at))


def test_a_part_is_as_old_as_its_last_reading(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.readings.last(ACCOUNT, CAMPAIGNS, NOW) == LastReads()
    store(warehouse, Grain.DAY, TODAY - 27 * DAY)
    store(warehouse, Grain.HOUR, TODAY - DAY)
    store(warehouse, Grain.LIFETIME, TODAY)
    store(warehouse, Grain.DAY, TODAY, NOW + HOUR)

    last = warehouse.readings.last(ACCOUNT, CAMPAIGNS, NOW + HOUR)

    assert last == LastReads(NOW, NOW + HOUR, NOW, NOW, NOW)


def test_yesterday_counts_only_when_read_after_its_end(warehouse: DuckDBWarehouse) -> None:
    for grain in (Grain.DAY, Grain.HOUR):
        store(warehouse, grain, TODAY)
    next_day = NOW + DAY
    assert warehouse.readings.last(ACCOUNT, CAMPAIGNS, next_day).yesterday is None
    for grain in (Grain.DAY, Grain.HOUR):
        store(warehouse, grain, TODAY, next_day)
    assert warehouse.readings.last(ACCOUNT, CAMPAIGNS, next_day).yesterday == next_day


def test_the_restated_days_may_be_read_in_pieces(warehouse: DuckDBWarehouse) -> None:
    edges = [TODAY - 27 * DAY, TODAY - 10 * DAY]
    for since, until, hours in ((edges[0], edges[1] - DAY, 0), (edges[1], TODAY, 1)):
        row = day_row("1", until, spend=5)
        at = NOW + hours * HOUR
        piece = batch(ACCOUNT, Grain.DAY, (since, until), facts=[row], known_at=at)
        warehouse.store_insights(piece)
    assert warehouse.readings.last(ACCOUNT, CAMPAIGNS, NOW + HOUR).restated == NOW


def test_a_level_that_was_never_read_makes_the_account_unread(
    warehouse: DuckDBWarehouse,
) -> None:
    store(warehouse, Grain.DAY, TODAY)
    last = warehouse.readings.last(ACCOUNT, [Level.CAMPAIGN, Level.AD], NOW)
    assert last == LastReads()


def test_days_are_final_when_read_long_after_their_end(warehouse: DuckDBWarehouse) -> None:
    store(warehouse, Grain.DAY, TODAY - 40 * DAY)
    final = warehouse.readings.final_days("100", Level.CAMPAIGN, TODAY - 60 * DAY, TODAY, 28 * DAY)
    assert (min(final), max(final)) == (TODAY - 40 * DAY, TODAY - 29 * DAY)


def test_rows_a_day_are_those_of_the_widest_reading(warehouse: DuckDBWarehouse) -> None:
    facts = [day_row(str(n), TODAY - back * DAY, spend=1) for n in range(6) for back in range(4)]
    warehouse.store_insights(batch(ACCOUNT, Grain.DAY, (TODAY - 3 * DAY, TODAY), facts=facts))
    assert warehouse.readings.rows_a_day("100") == {(Level.CAMPAIGN, Grain.DAY): 6}


@pytest.mark.parametrize(
    ("status", "spend", "expected"),
    [("ACTIVE", 5, (True, True)), ("ACTIVE", 0, (False, True)), ("PAUSED", 0, (False, False))],
)
def test_what_moves_is_spend_and_delivery(
    warehouse: DuckDBWarehouse, status: str, spend: int, expected: tuple[bool, bool]
) -> None:
    warehouse.store_structure(structure(campaign("1", effective_status=status)))
    facts = [day_row("1", TODAY, spend=spend)]
    warehouse.store_insights(batch(ACCOUNT, Grain.DAY, (TODAY, TODAY), facts=facts))
    moves = warehouse.readings.moves(ACCOUNT, NOW)
    assert (moves.spends, moves.delivers) == expected
    assert moves.objects == {Level.CAMPAIGN: 1}


def broken(rows: int, known_at: datetime = NOW, kept: int = 2) -> InsightsBatch:
    """Return a batch of which some rows could not be read."""
    whole = batch(ACCOUNT, Grain.DAY, (TODAY, TODAY), known_at=known_at)
    aside = tuple(SetAside("no object id", f'{{"row": {n}}}') for n in range(kept))
    return replace(whole, rejected=rows, set_aside=aside)


def test_rows_set_aside_are_kept_and_all_of_them_counted(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(broken(5))

    kept = warehouse.readings.aside()
    counts = warehouse.readings.aside_counts(NOW - DAY)

    assert [(one.reason, one.raw) for one in kept] == [
        ("no object id", '{"row": 1}'),
        ("no object id", '{"row": 0}'),
    ]
    assert {one.reason: one.rows for one in counts} == {
        "no object id": 2,
        "more of the same reading": 3,
    }
    assert warehouse.readings.aside_counts(NOW + DAY) == []
    assert warehouse.readings.aside("200") == []


def test_rows_of_an_incomplete_batch_are_kept_aside_too(warehouse: DuckDBWarehouse) -> None:
    warehouse.store_insights(replace(broken(2), complete=False))
    assert len(warehouse.readings.aside()) == 2


def test_only_the_newest_rows_are_kept(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.storage.readings.KEPT_ASIDE", 3)
    for hour in range(3):
        warehouse.store_insights(broken(2, NOW + hour * HOUR))
    assert KEPT_ASIDE > 1000
    assert len(warehouse.readings.aside()) == 3


def test_a_report_is_found_again_until_something_newer_was_read(
    warehouse: DuckDBWarehouse,
) -> None:
    query = InsightsQuery(ACCOUNT, Level.CAMPAIGN, Grain.DAY, TODAY, TODAY)
    run = ReportRun("4711", NOW)
    warehouse.readings.keep_report(query, ReportRun("1", NOW - HOUR))
    warehouse.readings.keep_report(query, run)
    assert warehouse.readings.find_report(query) == run
    assert warehouse.readings.find_report(replace(query, since=TODAY - DAY)) is None
    store(warehouse, Grain.DAY, TODAY, NOW + HOUR)
    assert warehouse.readings.find_report(query) is None
    warehouse.readings.forget_report(query)
