"""Budgets hold by day and week; ad sets learn and learn again."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from sync.sandbox.market.insights import insights
from sync.sandbox.market.pacing import hold_to_limits, planned_fractions
from sync.sandbox.scenario_checks import Json
from sync.sandbox.world import World
from tests.sync.sandbox.worlds import only_account, world_of

SUNDAY = date(2026, 2, 15)


def holders(world: World) -> dict[str, int]:
    """Daily budget per object that holds one, minor units."""
    campaigns = {c.id: c.daily_budget for c in world.campaigns.values() if c.daily_budget}
    adsets = {s.id: s.daily_budget for s in world.adsets.values() if s.daily_budget}
    return campaigns | adsets


def spends(world: World, since: date, increment: int) -> dict[str, list[int]]:
    """Spend per object and stretch of days."""
    found: dict[str, list[int]] = {}
    for level in ("campaign", "adset"):
        until = since + timedelta(days=13)
        table = insights(world, only_account(world), level, None, since, until, increment)
        for name, amount in zip(table.object_id, table.spend_minor.tolist(), strict=True):
            found.setdefault(name, []).append(amount)
    return found


def test_no_day_costs_more_than_1_75_budgets_and_no_week_more_than_seven() -> None:
    wild: dict[str, Json] = {
        "day_of_week_amplitude": 1.0,
        "learning_noise": 4.0,
        "cpm_noise_sd": 0.5,
    }
    world = world_of(campaigns=40, market=wild, start=datetime(2026, 3, 3, tzinfo=UTC))
    budgets = holders(world)
    by_day, by_week = spends(world, SUNDAY, 1), spends(world, SUNDAY, 7)
    checked = [name for name in budgets if name in by_day]
    assert len(checked) > 20
    for name in checked:
        assert max(by_day[name]) <= 1.75 * budgets[name]
        assert max(by_week[name]) <= 7 * budgets[name]
    assert max(max(by_day[n]) / budgets[n] for n in checked) > 1.2


def test_planning_by_slot_or_at_once_is_the_same() -> None:
    wanted = np.array([[30.0, 10.0], [40.0, 10.0], [50.0, 10.0]])
    limit, week = np.array([100.0, 100.0]), np.array([1000.0, 1000.0])
    part, after = planned_fractions(wanted, np.zeros(2), limit, week)
    assert part is not None
    assert (wanted * part)[:, 0].tolist() == [30.0, 40.0, 27.0]
    assert after.tolist() == [120.0, 30.0]
    first, middle = planned_fractions(wanted[:1], np.zeros(2), limit, week)
    rest, end = planned_fractions(wanted[1:], middle, limit, week)
    assert first is None
    assert rest is not None
    assert (wanted[1:] * rest)[:, 0].tolist() == [40.0, 27.0]
    assert end.tolist() == after.tolist()


def test_spend_beyond_the_limit_is_taken_back() -> None:
    spend = np.array([[40, 20], [40, 20], [40, 20]])
    held = hold_to_limits(spend, np.array([0, 0]), np.array([10.0]), np.array([100.0]))
    assert held.sum() <= 90
    assert held[0].tolist() == [40, 20]
    assert held[2].tolist() == [0, 0]


def test_a_large_budget_change_sends_an_ad_set_back_to_learning() -> None:
    world = world_of(campaigns=20, paused_share=0, campaign_budget_share=0)
    learned = [
        s for s in world.adsets.values() if world.learning_stage(s.id)["status"] == "SUCCESS"
    ]
    small, large = learned[0], learned[1]
    for adset, factor in ((small, 1.1), (large, 1.5)):
        before = adset.daily_budget or 0
        adset.daily_budget = round(before * factor)
        world.object_changed(adset.id, "daily_budget", before, adset.daily_budget)
    assert world.learning_stage(small.id)["status"] == "SUCCESS"
    stage = world.learning_stage(large.id)
    assert stage["status"] == "LEARNING"
    assert stage["conversions"] == 0
    assert stage["last_sig_edit_ts"] == int(world.clock.now().timestamp())


def test_learning_ends_after_fifty_results_or_fails_after_a_week() -> None:
    world = world_of(campaigns=6, paused_share=0, campaign_budget_share=0,
                     daily_budget=[400, 900], adsets_per_campaign=[1, 1])  # fmt: skip
    for adset in world.adsets.values():
        world.object_changed(adset.id, "targeting", None, None)
    assert {world.learning_stage(s)["status"] for s in world.adsets} == {"LEARNING"}
    world.clock.advance(24 * 8)
    stages = [world.learning_stage(s) for s in world.adsets]
    assert {s["status"] for s in stages} <= {"SUCCESS", "FAIL"}
    assert "SUCCESS" in {s["status"] for s in stages}


def test_todays_spend_and_the_rest_of_the_budget_are_known() -> None:
    world = world_of(paused_share=0, campaign_budget_share=1)
    account = only_account(world)
    campaign = world.campaigns_of(account)[0]
    assert world.amount_spent_today(account) > 0
    parts = sum(world.amount_spent_today(c.id) for c in world.campaigns_of(account))
    assert parts == world.amount_spent_today(account) < world.amount_spent(account)
    left = world.budget_remaining(campaign.id)
    assert left == max(0, (campaign.daily_budget or 0) - world.amount_spent_today(campaign.id))


def test_a_lifetime_budget_is_never_exceeded() -> None:
    world = world_of(paused_share=0, campaign_budget_share=1)
    campaign = next(iter(world.campaigns.values()))
    spent = world.amount_spent(campaign.id)
    budget = campaign.daily_budget or 0
    world.object_changed(campaign.id, "daily_budget", budget, None)
    world.object_changed(campaign.id, "lifetime_budget", None, spent + 3000)
    campaign.daily_budget, campaign.lifetime_budget = None, spent + 3000
    world.clock.advance(24 * 60)
    assert spent < world.amount_spent(campaign.id) <= spent + 3000
