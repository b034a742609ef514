"""Pulling one account: what is asked, what is stored, what a failure leaves."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.errors import PlatformError, Temporary
from engine.domain.objects import Account, AdObject, Level, ObjectRef, Structure
from engine.domain.windows import Grain
from engine.ports import Activity, InsightsBatch, InsightsQuery, Known, Write
from engine.pull import PullReport, Wish, pull
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from engine.sync_plan import Part
from tests.builders import NOW, account, batch, campaign, day_row, hour_row, rows, structure

ACCOUNT = account()
TODAY = NOW.astimezone(ACCOUNT.zone).date()
DAY = timedelta(days=1)
Answer = Callable[[InsightsQuery], InsightsBatch]


def whole(query: InsightsQuery, known_at: datetime = NOW, complete: bool = True) -> InsightsBatch:
    """Answer a query with one row."""
    hour = NOW.replace(minute=0) - timedelta(hours=2)
    by_hour = query.grain is Grain.HOUR
    facts = [hour_row("1", hour, ACCOUNT, spend=5) if by_hour else day_row("1", TODAY, spend=9)]
    return batch(
        query.account,
        query.grain,
        (query.since, query.until),
        level=query.level,
        facts=facts,
        known_at=known_at,
        complete=complete,
    )


class ScriptedPlatform:
    """A way to Meta that answers from memory and remembers what it was asked."""

    def __init__(self, answer: Answer, objects: Structure) -> None:
        self.answer, self.objects = answer, objects
        self.asked: list[InsightsQuery] = []

    async def accounts(self) -> Sequence[Account]:
        return [ACCOUNT]

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        return self.objects

    async def insights(self, query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        self.asked.append(query)
        yield self.answer(query)

    async def read(self, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
        return {}

    async def write_many(self, writes: Sequence[Write]) -> list[PlatformError | None]:
        raise AssertionError("a pull never writes")

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        return []

    def calls(self) -> int:
        return len(self.asked)

    async def close(self) -> None:
        return None


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    yield opened
    opened.close()


def run(
    warehouse: DuckDBWarehouse,
    answer: Answer = whole,
    now: datetime = NOW,
    wish: Wish | None = None,
) -> tuple[PullReport, list[InsightsQuery]]:
    """Pull once; return the report and what was asked."""
    platform = ScriptedPlatform(answer, structure(campaign("1"), as_of=now))
    report = asyncio.run(pull(platform, warehouse, ACCOUNT, now, wish))
    return report, platform.asked


def spans(asked: list[InsightsQuery]) -> dict[str, int]:
    """Return how many days were asked for, by grain."""
    return {query.grain.value: (query.until - query.since).days + 1 for query in asked}


def test_the_first_pull_reads_seventy_days_and_later_ones_what_meta_restates(
    warehouse: DuckDBWarehouse,
) -> None:
    _, first = run(warehouse)
    _, second = run(warehouse)
    later = NOW + 5 * DAY
    _, third = run(warehouse, lambda query: whole(query, later), later)

    assert spans(first) == {"hour": 3, "day": 70, "lifetime": 28}
    assert spans(second)["day"] == 28
    assert spans(third)["day"] == 33, "the days missed meanwhile are read too"
    assert all(query.until == TODAY for query in first)


def test_between_restatements_only_new_days_are_read(warehouse: DuckDBWarehouse) -> None:
    run(warehouse)
    _, today = run(warehouse, wish=Wish({Part.TODAY}))
    _, both = run(warehouse, wish=Wish({Part.TODAY, Part.YESTERDAY}))

    assert spans(today) == {"hour": 1, "day": 1}
    assert spans(both) == {"hour": 2, "day": 2}


def test_what_began_since_the_last_reading_is_read_to_its_end(warehouse: DuckDBWarehouse) -> None:
    run(warehouse)
    next_day, much_later = NOW + DAY, NOW + 9 * DAY
    _, asked = run(warehouse, lambda query: whole(query, next_day), next_day, Wish({Part.TODAY}))
    _, later = run(
        warehouse, lambda query: whole(query, much_later), much_later, Wish({Part.TODAY})
    )

    assert spans(asked) == {"hour": 2, "day": 2}
    assert spans(later) == {"hour": 3, "day": 9}


def test_a_level_that_is_new_is_read_from_the_beginning(warehouse: DuckDBWarehouse) -> None:
    run(warehouse)
    _, asked = run(warehouse, wish=Wish({Part.TODAY}, levels={Level.AD}))
    ads = [query for query in asked if query.level is Level.AD]
    assert spans(ads) == {"hour": 3, "day": 70, "lifetime": 28}


def test_windows_and_the_rows_to_expect_travel_with_the_question(
    warehouse: DuckDBWarehouse,
) -> None:
    run(warehouse)
    _, asked = run(warehouse, wish=Wish(attributions=("7d_click",)))
    assert {query.attributions for query in asked} == {("7d_click",)}
    assert {query.grain.value: query.expected_rows for query in asked} == {
        "hour": 2,
        "day": 28,
        "lifetime": 1,
    }


def test_a_day_that_came_back_empty_makes_the_pull_incomplete(
    warehouse: DuckDBWarehouse,
) -> None:
    run(warehouse)
    later = NOW + timedelta(minutes=15)

    def empty(query: InsightsQuery) -> InsightsBatch:
        return replace(whole(query, later), rows=rows())

    report, _ = run(warehouse, empty, later)

    assert not report.complete
    assert f"came back empty for {TODAY}" in " ".join(report.faults)
    assert "came back empty for the lifetime" in " ".join(report.faults)


def test_a_pull_reports_what_it_stored(warehouse: DuckDBWarehouse) -> None:
    report, _ = run(warehouse)

    assert report.complete
    assert (report.objects, report.stored.added, report.calls) == (1, 3, 3)
    assert report.freshness.oldest == NOW


def test_levels_that_rules_need_are_read_after_campaigns(warehouse: DuckDBWarehouse) -> None:
    _, asked = run(warehouse, wish=Wish(levels=(Level.AD,)))
    assert [query.level for query in asked] == [Level.CAMPAIGN] * 3 + [Level.AD] * 3


def test_an_incomplete_answer_leaves_its_freshness_old(warehouse: DuckDBWarehouse) -> None:
    run(warehouse)
    later = NOW + timedelta(hours=1)
    report, _ = run(
        warehouse,
        lambda query: whole(query, later, complete=query.grain is not Grain.HOUR),
        later,
    )

    assert not report.complete
    assert "numbers by hour could not be read whole" in report.faults[0]
    assert report.freshness.hourly == NOW
    assert report.freshness.daily == later


def test_a_failure_in_the_middle_keeps_what_was_stored_before(warehouse: DuckDBWarehouse) -> None:
    def fails_by_day(query: InsightsQuery) -> InsightsBatch:
        if query.grain is Grain.DAY:
            raise Temporary("Meta is busy")
        return whole(query)

    with pytest.raises(Temporary):
        run(warehouse, fails_by_day)
    fresh = warehouse.freshness("100")
    assert (fresh.hourly, fresh.daily) == (NOW, None)
