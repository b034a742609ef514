"""Counterfactuals share their luck with the world."""

from typing import cast

import pytest

from sync.sandbox.counterfactual import counterfactual
from sync.sandbox.records import CampaignRecord, JsonObject, JsonValue
from sync.sandbox.world import World
from tests.sync.sandbox.worlds import world_of


def running_campaign(world: World) -> CampaignRecord:
    """Return a campaign with a budget of its own that delivers."""
    return next(c for c in world.campaigns.values() if c.daily_budget and c.status == "ACTIVE")


def expected(answer: dict[str, JsonValue], side: str) -> dict[str, float]:
    """Return the expected figures of one side."""
    figures = cast(JsonObject, answer[side])
    return cast(dict[str, float], figures["expected"])


def test_no_change_changes_nothing() -> None:
    world = world_of(campaign_budget_share=1)
    answer = counterfactual(world, running_campaign(world).id, {}, 48)
    assert answer["with"] == answer["without"]
    assert expected(answer, "without")["impressions"] > 0


def test_a_pause_costs_everything_and_a_raise_brings_less_than_it_costs() -> None:
    world = world_of(campaign_budget_share=1)
    campaign = running_campaign(world)
    paused = counterfactual(world, campaign.id, {"status": "PAUSED"}, 48)
    assert expected(paused, "with")["spend_minor"] == 0
    raised = counterfactual(
        world, campaign.id, {"daily_budget": 2 * (campaign.daily_budget or 0)}, 120
    )
    plain, more = expected(raised, "without"), expected(raised, "with")
    assert 1.6 < more["spend_minor"] / plain["spend_minor"] < 2.1
    assert plain["conversions"] < more["conversions"]
    assert more["conversions"] / plain["conversions"] < more["spend_minor"] / plain["spend_minor"]


def test_the_drawn_world_without_changes_is_the_one_that_comes() -> None:
    world = world_of(campaign_budget_share=1)
    campaign = running_campaign(world)
    answer = counterfactual(world, campaign.id, {}, 24)
    before = world.amount_spent(campaign.id)
    world.clock.advance(24)
    drawn = cast(JsonObject, cast(JsonObject, answer["without"])["drawn"])
    assert drawn["spend_minor"] == world.amount_spent(campaign.id) - before


@pytest.mark.parametrize("factor", [0, 1.7])
def test_what_other_people_will_do_happens_in_both_worlds(factor: float) -> None:
    edit: dict[str, JsonValue] = {
        "kind": "foreign_edit",
        "at_hour": 3,
        "hours": 4,
        "factor": factor,
    }
    world = world_of(campaign_budget_share=1, events=[edit])
    campaign = running_campaign(world)
    budget = 2 * (campaign.daily_budget or 0)
    answer = counterfactual(world, campaign.id, {"daily_budget": budget}, 24)
    before = world.amount_spent(campaign.id)
    world.object_changed(campaign.id, "daily_budget", campaign.daily_budget, budget)
    campaign.daily_budget = budget
    world.clock.advance(24)
    drawn = cast(JsonObject, cast(JsonObject, answer["with"])["drawn"])
    assert drawn["spend_minor"] == world.amount_spent(campaign.id) - before
    assert campaign.id in {done.object_id for done in world.foreign_edits}


def test_asking_does_not_move_the_world() -> None:
    asked, left = world_of(), world_of()
    name = next(iter(asked.ads))
    counterfactual(asked, name, {"status": "PAUSED"}, 200)
    for world in (asked, left):
        world.clock.advance(30)
    account = next(iter(asked.accounts))
    assert asked.amount_spent(account) == left.amount_spent(account)


@pytest.mark.parametrize(
    ("changes", "hours", "told"),
    [
        ({"status": "ASLEEP"}, 24, "status must be one of"),
        ({"daily_budget": "12.5"}, 24, "whole minor units"),
        ({"name": "x"}, 24, "cannot be played"),
        ({}, 0, "hours must be a whole number"),
    ],
)
def test_what_cannot_be_played_is_said(
    changes: dict[str, JsonValue], hours: int, told: str
) -> None:
    world = world_of()
    with pytest.raises(ValueError, match=told):
        counterfactual(world, next(iter(world.campaigns)), changes, hours)


def test_an_unknown_object_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        counterfactual(world_of(), "1", {}, 24)
