"""Tasks of a world: in order of time, each at its own moment, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from sync.sandbox.agenda import Agenda
from sync.sandbox.records import AdRecord
from tests.sync.sandbox.worlds import NOON, only_account, world_of


def test_tasks_come_in_order_of_time_and_then_of_entry() -> None:
    agenda, done = Agenda(), list[str]()
    for time, name in ((3.0, "c"), (1.0, "a"), (3.0, "d"), (2.0, "b"), (9.0, "z")):
        agenda.add(time, partial(done.append, name))

    while (due := agenda.next_due(5.0)) is not None:
        due[1]()
    assert done == ["a", "b", "c", "d"]
    assert agenda.next_due(8.9) is None


def test_a_task_sees_the_world_at_its_own_time() -> None:
    world, seen = world_of(campaigns=2), []
    for hours in (2, 1):
        due = NOON + timedelta(hours=hours)
        world.agenda.add(due.timestamp(), lambda: seen.append(world.now()))
    world.clock.advance(5)
    world.settle()

    assert seen == [NOON + timedelta(hours=hours) for hours in (1, 2)]
    assert world.now() == NOON + timedelta(hours=5)


def test_a_task_may_plan_others_and_read_the_market() -> None:
    world, spent = world_of(campaigns=2), []
    account = only_account(world)

    def look() -> None:
        spent.append(world.amount_spent(account))
        if len(spent) < 3:
            world.agenda.add((world.now() + timedelta(hours=1)).timestamp(), look)

    world.agenda.add(NOON.timestamp(), look)
    world.clock.advance(4)
    world.settle()
    assert spent == sorted(set(spent))
    assert len(spent) == 3


def test_looking_often_or_once_gives_the_same_world() -> None:
    def spent(looks: int) -> list[int]:
        world = world_of(campaigns=3)
        ad: AdRecord = world.ads_of_account(only_account(world))[0]
        due = NOON + timedelta(minutes=95)
        world.agenda.add(
            due.timestamp(),
            lambda: world.object_changed(ad.campaign_id, "status", "ACTIVE", "PAUSED"),
        )
        for _ in range(looks):
            world.clock.advance(12 / looks)
            world.amount_spent(only_account(world))
        return [world.amount_spent(c.id) for c in world.campaigns_of(only_account(world))]

    assert spent(1) == spent(6)


def test_an_object_that_is_just_there_has_spent_nothing() -> None:
    world = world_of(campaigns=2)
    old = world.adsets_of_account(only_account(world))[0]
    new = replace(old, id="999", created_time=world.now(), daily_budget=5000)
    world.add_adset(new)

    assert world.amount_spent(old.id) > 0
    assert (world.amount_spent("999"), world.budget_remaining("999")) == (0, 5000)
