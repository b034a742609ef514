"""Whoever plays an account's history, it comes out the same."""

import multiprocessing
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from sync.sandbox.market.insights import InsightsTable, insights
from sync.sandbox.playing_ahead import spare_cores
from sync.sandbox.world import World
from tests.sync.sandbox.worlds import world_of

if "fork" not in multiprocessing.get_all_start_methods():
    pytest.skip("processes cannot be forked here", allow_module_level=True)


def by_hour(world: World, account: str) -> InsightsTable:
    since, until = date(2026, 2, 25), date(2026, 3, 5)
    return insights(world, account, "ad", None, since, until, "daily", hourly=True)


def assert_same(first: World, second: World) -> None:
    for account in first.accounts:
        one, other = by_hour(first, account), by_hour(second, account)
        assert len(one) > 0
        for name in (f.name for f in fields(InsightsTable)):
            value = getattr(one, name)
            if isinstance(value, np.ndarray):
                assert value.tobytes() == getattr(other, name).tobytes(), name
        assert one.object_id == other.object_id


def test_histories_played_by_other_processes_are_the_same_to_the_byte() -> None:
    alone, helped = world_of(accounts=4), world_of(accounts=4)
    helped.play_ahead(2)
    assert_same(alone, helped)


def test_they_go_on_alike_after_edits_and_a_day() -> None:
    alone, helped = world_of(accounts=3), world_of(accounts=3)
    helped.play_ahead(1)
    for world in (alone, helped):
        for account in world.accounts:
            campaign = world.campaigns_of(account)[0]
            world.object_changed(campaign.id, "status", campaign.status, "PAUSED")
        world.clock.advance(24)
    assert_same(alone, helped)


def test_at_most_three_cores_are_taken() -> None:
    assert 0 <= spare_cores() <= 3
