"""When all objects are read, when only what changed, and what surprises."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.objects import Account, AdObject, Structure
from engine.ports import Activity, EditsAsked, Known
from engine.pull_objects import ObjectsPulled, ReadingSpans, pull_objects, unexplained
from engine.storage.warehouse_duckdb import DuckDBWarehouse
from tests.builders import NOW, account, campaign
from tests.small_platform import SmallPlatform

HOUR = timedelta(hours=1)
SPANS = ReadingSpans(whole_every=6 * HOUR)
EDIT = Activity("1", NOW, "update_campaign_budget", "daily_budget", 1, 2, "Olena", by_us=False)


@dataclass
class Told(SmallPlatform):
    """A platform that remembers what it was asked."""

    asked: list[Known | None] = field(default_factory=list)
    since: list[datetime] = field(default_factory=list)

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        self.asked.append(known)
        everything = await SmallPlatform.structure(self, account)
        if known is None:
            return everything
        before = {one.object_id: one for one in known.objects}
        found = [one for one in everything.objects if before.get(one.object_id) != one]
        return replace(everything, objects=tuple(found), whole=False)

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        self.since.append(since)
        return await SmallPlatform.activities(self, account, since)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    opened = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def platform() -> Told:
    return Told(objects={one: campaign(one) for one in ("1", "2")})


def pull(
    warehouse: DuckDBWarehouse, platform: Told, after: timedelta, spans: ReadingSpans = SPANS
) -> ObjectsPulled:
    """Pull once, that long after NOW."""
    platform.clock.moment = NOW + after
    return asyncio.run(pull_objects(platform, warehouse, account(), NOW + after, spans))


def test_all_is_read_at_first_and_every_so_often(
    warehouse: DuckDBWarehouse, platform: Told
) -> None:
    for hours in (0, 1, 5, 6, 7):
        pull(warehouse, platform, hours * HOUR)
    assert [known is None for known in platform.asked] == [True, False, False, True, False]


def test_nothing_is_left_out_where_a_person_wants_it_so(
    warehouse: DuckDBWarehouse, platform: Told
) -> None:
    for hours in (0, 1, 2):
        pull(warehouse, platform, hours * HOUR, ReadingSpans(whole_every=timedelta(0)))
    assert platform.asked == [None, None, None]


def test_an_object_that_is_missed_is_looked_for_at_once(
    warehouse: DuckDBWarehouse, platform: Told
) -> None:
    pull(warehouse, platform, timedelta(0))
    del platform.objects["2"]
    for hours in (6, 6.1, 6.2):
        pull(warehouse, platform, hours * HOUR)

    assert [known is None for known in platform.asked] == [True, True, True, False]
    assert warehouse.find(["2"])["2"].status == "DELETED"


def test_the_history_is_read_from_a_little_before_the_last_reading(
    warehouse: DuckDBWarehouse, platform: Told
) -> None:
    pull(warehouse, platform, timedelta(0))
    pull(warehouse, platform, HOUR)
    pull(warehouse, platform, 2 * HOUR)

    week, quarter = timedelta(days=7), timedelta(minutes=15)
    assert platform.since == [NOW - week, NOW - quarter, NOW + HOUR - quarter]


def test_edits_are_kept_and_each_told_once(warehouse: DuckDBWarehouse, platform: Told) -> None:
    pull(warehouse, platform, timedelta(0))
    platform.change("1", "daily_budget", 7000)
    first = pull(warehouse, platform, timedelta(minutes=5))
    second = pull(warehouse, platform, timedelta(minutes=10))

    assert [edit.actor for edit in first.edits] == ["Olena"]
    assert second.edits == ()
    assert warehouse.history.edits(EditsAsked(["100"])) == list(first.edits)
    assert first.edits[0].account_id == "100"
    assert warehouse.find(["1"])["1"].daily_budget == 7000


def test_an_edit_without_any_sign_is_counted_when_all_is_read(
    warehouse: DuckDBWarehouse, platform: Told
) -> None:
    pull(warehouse, platform, timedelta(0))
    platform.objects["1"] = replace(platform.objects["1"], daily_budget=7000)
    platform.change("2", "daily_budget", 8000)

    assert pull(warehouse, platform, 6 * HOUR).drifted == 1
    assert pull(warehouse, platform, 12 * HOUR).drifted == 0


@pytest.mark.parametrize(
    ("now", "edits", "surprises"),
    [
        (campaign("1", name="new"), [], True),
        (campaign("1", name="new", updated_time=NOW), [], False),
        (campaign("1", name="new"), [EDIT], False),
        (campaign("1", learning_stage="SUCCESS"), [], False),
        (campaign("404"), [], False),
    ],
)
def test_what_has_a_sign_is_no_surprise(
    now: AdObject, edits: list[Activity], surprises: bool
) -> None:
    known = Known(NOW, [campaign("1")], edits)
    assert bool(unexplained(known, [now])) is surprises
