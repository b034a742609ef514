"""A person changes an object: guarded, journalled, told when Meta is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.commands import journal, kill_switch, objects
from engine.domain.changes import Area, Changes
from engine.domain.clock import FixedClock
from engine.domain.decision import Value
from engine.domain.errors import Clash, Temporary, UserError
from engine.domain.journal import JournalState
from engine.domain.objects import Status
from engine.domain.rule import Mode
from tests.api_world import NOW, World

pytestmark = pytest.mark.anyio


async def test_two_fields_are_two_entries_by_the_person(world: World) -> None:
    values: dict[str, Value] = {"status": "PAUSED", "daily_budget": 4500}
    changed = await objects.change(world.engine, "1", values, "Desk")
    assert [(one.field, one.state) for one in changed.entries] == [
        ("status", JournalState.APPLIED),
        ("daily_budget", JournalState.APPLIED),
    ]
    assert {(one.actor, one.mode) for one in changed.entries} == {("Desk", Mode.AUTOMATIC)}
    assert Area.OBJECTS in changed.changes.areas


async def test_the_same_change_can_be_asked_for_again_later(world: World) -> None:
    for status in ("PAUSED", "ACTIVE", "PAUSED"):
        changed = await objects.change(world.engine, "1", {"status": status}, "Desk")
        assert [one.state for one in changed.entries] == [JournalState.APPLIED]


async def test_what_meta_has_now_counts_not_what_was_read_before(world: World) -> None:
    campaign = world.platform.objects["1"]
    world.platform.objects["1"] = replace(campaign, status=Status.PAUSED)
    with pytest.raises(Clash, match="already"):
        await objects.change(world.engine, "1", {"status": "PAUSED"}, "Desk")


async def test_an_archived_object_stays_as_it_is(world: World) -> None:
    campaign = world.platform.objects["1"]
    world.platform.objects["1"] = replace(campaign, status=Status.ARCHIVED)
    with pytest.raises(Clash, match="ARCHIVED"):
        await objects.change(world.engine, "1", {"status": "ACTIVE"}, "Desk")


async def test_names_and_labels_are_changed_and_taken_back(world: World) -> None:
    values: dict[str, Value] = {"name": "Better", "labels": '["scale"]'}
    changed = await objects.change(world.engine, "1", values, "Desk")
    assert [(one.action, one.state) for one in changed.entries] == [
        ("rename", JournalState.APPLIED),
        ("add_label", JournalState.APPLIED),
    ]
    assert world.engine.warehouse.find(["1"])["1"].labels == ("scale",)
    for entry in changed.entries:
        undone = await journal.undo(world.engine, entry.entry_id, "Desk")
        assert undone.entries[0].state is JournalState.APPLIED
    now = world.platform.objects["1"]
    assert (now.name, now.labels) == (changed.entries[0].before, ())


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"targeting": "all"}, "can't be changed"),
        ({"name": "  "}, "A name has 1 to"),
        ({"labels": "scale"}, "list of texts"),
        ({"creative_id": "7"}, "Only ads"),
        ({"bid_amount": 0}, "above 0"),
    ],
)
async def test_what_can_not_be_is_said(world: World, values: dict[str, Value], error: str) -> None:
    with pytest.raises(UserError, match=error):
        await objects.change(world.engine, "1", values, "Desk")


async def test_a_copy_is_journalled_under_its_unique_name(world: World) -> None:
    changed = await objects.copy(world.engine, "1", " – autumn", "Desk")
    (entry,) = changed.entries
    assert (entry.action, entry.field, entry.before) == ("duplicate", "copy", None)
    assert str(entry.after).startswith(f"{world.platform.objects['1'].name} – autumn #")
    assert entry.state is JournalState.APPLIED
    with pytest.raises(Clash, match="can't be taken back"):
        await journal.undo(world.engine, entry.entry_id, "Desk")


async def test_a_campaign_has_no_bid(world: World) -> None:
    with pytest.raises(Clash, match="no bid of its own"):
        await objects.change(world.engine, "1", {"bid_amount": 300}, "Desk")


async def test_a_refusal_for_now_leaves_the_object_as_it_was(world: World) -> None:
    world.platform.refuse = Temporary("try later")
    changed = await objects.change(world.engine, "1", {"status": "PAUSED"}, "Desk")
    assert [one.state for one in changed.entries] == [JournalState.NOT_APPLIED]
    assert world.engine.warehouse.find(["1"])["1"].status is Status.ACTIVE


async def test_the_warehouse_knows_the_change_at_once_and_the_next_sync_fits(
    world: World,
) -> None:
    later = FixedClock(NOW + timedelta(minutes=3))
    object.__setattr__(world.engine, "clock", later)
    changed = await objects.change(world.engine, "1", {"status": "PAUSED"}, "Desk")
    assert world.engine.warehouse.find(["1"])["1"].status is Status.PAUSED
    await journal.undo(world.engine, changed.entries[0].entry_id, "Desk")
    assert world.engine.warehouse.find(["1"])["1"].status is Status.ACTIVE


async def test_stopping_twice_and_resuming_twice_changes_no_more(world: World) -> None:
    engine = world.engine
    assert kill_switch.resume(engine, "Desk") == Changes()
    kill_switch.stop(engine, "Desk", "strange")
    kill_switch.stop(engine, "Lead")
    current = engine.state.stop.current()
    assert current is not None
    assert current.actor == "Lead"
    assert kill_switch.resume(engine, "Desk")
    assert engine.state.stop.current() is None
