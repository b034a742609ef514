"""Every field and every event of a scenario can be seen in the world."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from sync.sandbox.market.insights import InsightsTable, insights
from sync.sandbox.scenario_checks import Json
from sync.sandbox.scenarios import EVENT_KINDS
from sync.sandbox.world import World
from tests.sync.sandbox.worlds import NOON, days_of, hours_of, only_account, world_of

SINCE, UNTIL = date(2026, 2, 11), date(2026, 3, 2)
Measure = Callable[[World], float]


def rows(world: World) -> InsightsTable:
    """Return the account's days of the history."""
    return days_of(world, "account", SINCE, UNTIL)


def cpm(world: World) -> float:
    """Price of a thousand impressions, major units."""
    table = rows(world)
    return float(table.spend_minor.sum() / table.impressions.sum() * 10)


def ctr(world: World) -> float:
    """Link clicks per impression."""
    table = rows(world)
    return float(table.inline_link_clicks.sum() / table.impressions.sum())


def cvr(world: World) -> float:
    """Purchases per link click."""
    table = rows(world)
    return float(table.conversions["purchase"][0].sum() / table.inline_link_clicks.sum())


def aov(world: World) -> float:
    """Value per purchase, minor units."""
    count, value = rows(world).conversions["purchase"]
    return float(value.sum() / count.sum())


def frequency(world: World) -> float:
    """Impressions per person and day."""
    table = rows(world)
    return float(table.impressions.sum() / table.reach.sum())


def hour_ratio(world: World) -> float:
    """Busiest to quietest hour."""
    hours = hours_of(world, "account", SINCE, UNTIL)
    by_hour = np.bincount(np.asarray(hours.hour), hours.impressions, 24)
    return float(by_hour.max() / by_hour.min())


def week_amplitude(world: World) -> float:
    """Spread of weekdays."""
    shown = rows(world).impressions[-14:].reshape(2, 7).mean(0)
    return float(shown.std() / shown.mean())


def price_noise(world: World) -> float:
    """Spread of log hourly prices of campaigns."""
    hours = hours_of(world, "campaign", SINCE, UNTIL)
    use = hours.impressions > 100
    ids = np.unique(np.array(hours.object_id)[use], return_inverse=True)[1]
    logs = np.log(hours.spend_minor[use] / hours.impressions[use])
    means = np.bincount(ids, logs) / np.bincount(ids)
    return float((logs - means[ids]).std())


def click_noise(world: World) -> float:
    """Mean square of daily click rates' scatter over what chance alone gives."""
    table = days_of(world, "ad", SINCE, UNTIL)
    ids = np.unique(np.array(table.object_id), return_inverse=True)[1]
    rate = np.bincount(ids, table.inline_link_clicks) / np.bincount(ids, table.impressions)
    expected = rate[ids] * table.impressions
    use = expected > 5
    gap = table.inline_link_clicks[use] - expected[use]
    return float((gap**2 / expected[use]).mean())


def ad_spread(world: World) -> float:
    """Log spread of click rates over ads."""
    table = days_of(world, "ad", SINCE, UNTIL)
    ids = np.unique(np.array(table.object_id), return_inverse=True)[1]
    shown, clicks = np.bincount(ids, table.impressions), np.bincount(ids, table.inline_link_clicks)
    return float(np.log(clicks[clicks > 30] / shown[clicks > 30]).std())


def later_share(world: World) -> float:
    """Share of yesterday's purchases that is reported only later."""
    day = UNTIL
    early = days_of(world, "account", day, day).conversions["purchase"][0].sum()
    world.clock.advance(24 * 9)
    return float(1 - early / days_of(world, "account", day, day).conversions["purchase"][0].sum())


def spread_of_results(world: World) -> float:
    """Drift: scatter of campaigns' weekly results per click between two weeks."""
    first = days_of(world, "campaign", SINCE, SINCE + timedelta(days=6))
    ratios = []
    later = days_of(world, "campaign", UNTIL - timedelta(days=6), UNTIL)
    for name in dict.fromkeys(first.object_id):
        rates = []
        for table in (first, later):
            mine = np.array(table.object_id) == name
            clicks = table.inline_link_clicks[mine].sum()
            if clicks > 100:
                rates.append(table.conversions["purchase"][0][mine].sum() / clicks)
        if len(rates) == 2 and min(rates) > 0:
            ratios.append(np.log(rates[1] / rates[0]))
    return float(np.std(ratios))


def after_doubling(world: World) -> float:
    """Clicks and results per money after all budgets are doubled, relative to before."""
    return _after_budgets(world, 2.0)


def others_price(world: World) -> float:
    """Price of the other campaigns after one takes five times the money."""
    campaigns = world.campaigns_of(only_account(world))
    largest = max(campaigns, key=lambda c: c.daily_budget or 0)
    before = largest.daily_budget or 0
    world.object_changed(largest.id, "daily_budget", before, before * 20)
    world.clock.advance(72)
    table = days_of(world, "campaign", UNTIL + timedelta(days=2), UNTIL + timedelta(days=3))
    others = np.array(table.object_id) != largest.id
    return float(table.spend_minor[others].sum() / table.impressions[others].sum())


def _after_budgets(world: World, factor: float) -> float:
    for campaign in world.campaigns.values():
        before = campaign.daily_budget or 0
        world.object_changed(campaign.id, "daily_budget", before, round(before * factor))
    world.clock.advance(24 * 3)
    day = UNTIL + timedelta(days=2)
    world.clock.advance(24 * 8)
    table = days_of(world, "account", day, day + timedelta(days=5))
    return float(table.conversions["purchase"][0].sum() / table.spend_minor.sum() * 1e5)


def first_days_after_doubling(world: World) -> float:
    """Results per money on the day after the doubling."""
    for campaign in world.campaigns.values():
        before = campaign.daily_budget or 0
        world.object_changed(campaign.id, "daily_budget", before, before * 3)
    world.clock.advance(24 * 10)
    day = UNTIL + timedelta(days=2)
    table = days_of(world, "account", day, day)
    return float(table.conversions["purchase"][0].sum() / table.spend_minor.sum() * 1e5)


def learners(world: World) -> None:
    """Send every ad set to learning."""
    for adset in world.adsets:
        world.object_changed(adset, "targeting", None, None)
    world.clock.advance(24 * 8)


def results_while_learning(world: World) -> float:
    """Results per click in the days after all ad sets were edited."""
    learners(world)
    first = UNTIL + timedelta(days=2)
    table = days_of(world, "account", first, first + timedelta(days=3))
    return float(table.conversions["purchase"][0].sum() / table.inline_link_clicks.sum())


def noise_while_learning(world: World) -> float:
    """Price noise by the hour in the days after all ad sets were edited."""
    learners(world)
    first = UNTIL + timedelta(days=2)
    hours = hours_of(world, "campaign", first, first + timedelta(days=4))
    use = hours.impressions > 100
    ids = np.unique(np.array(hours.object_id)[use], return_inverse=True)[1]
    logs = np.log(hours.spend_minor[use] / hours.impressions[use])
    means = np.bincount(ids, logs) / np.bincount(ids)
    return float((logs - means[ids]).std())


FIELDS: list[tuple[str, Json, Json, Measure, float]] = [
    ("cpm", [5, 6], [10, 12], cpm, 1.6),
    ("cpm_noise_sd", 0.05, 0.5, price_noise, 2.0),
    ("ctr", [0.01, 0.011], [0.03, 0.033], ctr, 2.0),
    ("ctr_log_sd", 0.05, 0.8, ad_spread, 1.8),
    ("cvr", [0.02, 0.02], [0.05, 0.05], cvr, 2.0),
    ("aov", [20, 22], [60, 66], aov, 2.5),
    ("saturation_alpha", [2.5, 2.5], [0.5, 0.5], lambda w: 1 / after_doubling(w), 1.02),
    ("half_saturation", [5, 5], [0.2, 0.2], lambda w: 1 / after_doubling(w), 1.2),
    ("adstock", [0, 0], [0.95, 0.95], lambda w: 1 / first_days_after_doubling(w), 1.1),
    ("audience_size", [3e5, 4e5], [3e3, 4e3], frequency, 1.5),
    ("fatigue_exponent", 0.0, 1.5, lambda w: 1 / ctr(w), 1.05),
    ("learning_efficiency", 1.0, 0.3, lambda w: 1 / results_while_learning(w), 1.5),
    ("learning_noise", 1.0, 4.0, noise_while_learning, 1.3),
    ("drift_sd", 0.0, 0.3, spread_of_results, 1.3),
    ("day_of_week_amplitude", 0.0, 0.5, week_amplitude, 1.5),
    ("hour_ratio", 1.5, 6, hour_ratio, 2.5),
    ("overdispersion", 0.0, 0.5, click_noise, 1.8),
    ("delay_minutes_share", 0.8, 0.0, later_share, 1.5),
    ("delay_hours_share", 0.55, 0.0, later_share, 1.2),
    ("delay_days_mean", 0.0, 10.0, later_share, 1.2),
    ("tracking_loss", 0.6, 0.0, cvr, 1.8),
    ("competition_inside_account", 0.0, 1.0, others_price, 1.5),
]


@pytest.mark.parametrize(
    ("field", "low", "high", "measure", "factor"), FIELDS, ids=[f[0] for f in FIELDS]
)
def test_market_field(field: str, low: Json, high: Json, measure: Measure, factor: float) -> None:
    figures = []
    for value in (low, high):
        world = world_of(
            market={field: value}, campaigns=12, paused_share=0, campaign_budget_share=1,
            objectives=["OUTCOME_SALES"], daily_budget=[200, 300],
        )  # fmt: skip
        figures.append(measure(world))
    assert figures[1] > factor * figures[0], figures


EVENTS: list[tuple[str, Measure, float, float]] = [
    ("cpm_factor", cpm, 2.0, 1.5),
    ("ctr_factor", ctr, 2.0, 1.5),
    ("cvr_factor", cvr, 2.0, 1.5),
    ("aov_factor", aov, 2.0, 1.5),
    ("tracking_outage", lambda w: 1 / (cvr(w) + 1e-6), 0.0, 20),
    ("delivery_stop", lambda w: 1 / (rows(w).impressions.sum() + 1), 0.0, 20),
    ("audience_exhausted", lambda w: 1 / ctr(w), 0.02, 1.1),
    ("creative_fatigue_jump", lambda w: 1 / ctr(w), 8.0, 1.5),
]


@pytest.mark.parametrize(("kind", "measure", "value", "factor"), EVENTS, ids=[e[0] for e in EVENTS])
def test_event(kind: str, measure: Measure, value: float, factor: float) -> None:
    event: Json = {"kind": kind, "at_hour": -24 * 21, "hours": 24 * 21, "factor": value}
    quiet = world_of(objectives=["OUTCOME_SALES"], campaigns=12)
    busy = world_of(objectives=["OUTCOME_SALES"], campaigns=12, events=[event])
    assert measure(busy) > factor * measure(quiet)


def test_an_event_touches_its_hours_its_account_and_its_share_only() -> None:
    event: Json = {"kind": "delivery_stop", "at_hour": -48, "hours": 12, "account": 1, "share": 0.5}
    world = world_of(accounts=2, campaigns=8, events=[event], paused_share=0,
                     start=datetime(2026, 3, 3, 22, tzinfo=UTC))  # fmt: skip
    calm = world_of(accounts=2, campaigns=8, paused_share=0,
                    start=datetime(2026, 3, 3, 22, tzinfo=UTC))  # fmt: skip
    stopped = date(2026, 3, 2)
    for place, account in enumerate(world.accounts):
        with_event, without = (
            insights(each, account, "campaign", None, stopped, stopped, "daily", hourly=True)
            for each in (world, calm)
        )
        silent = [
            c.id for c in world.campaigns_of(account)
            if (c.id in without.object_id and _shown(with_event, c.id, 12) == 0)
        ]  # fmt: skip
        assert len(silent) == (4 if place else 0)
        assert all(_shown(with_event, name, 24) > 0 for name in silent)


def _shown(table: InsightsTable, name: str, before_hour: int) -> int:
    assert table.hour is not None
    mine = (np.array(table.object_id) == name) & (table.hour < before_hour)
    return int(table.impressions[mine].sum())


def test_foreign_edits_change_objects_when_their_time_comes() -> None:
    event: Json = {"kind": "foreign_edit", "at_hour": 2, "hours": 4, "factor": 1.5, "share": 0.5}
    world = world_of(events=[event], campaign_budget_share=1, paused_share=0)
    budgets = {c.id: c.daily_budget for c in world.campaigns.values()}
    assert world.foreign_edits == []
    world.clock.advance(6)
    world.settle()
    assert len(world.foreign_edits) == 4
    for edit in world.foreign_edits:
        assert NOON + timedelta(hours=2) <= edit.time <= NOON + timedelta(hours=6)
        assert edit.field == "daily_budget"
        assert edit.before == budgets[edit.object_id]
        assert world.campaigns[edit.object_id].daily_budget == edit.after
        assert world.campaigns[edit.object_id].updated_time == edit.time


def test_the_shape_of_an_account_follows_its_fields() -> None:
    world = world_of(
        campaigns=40, adsets_per_campaign=[2, 3], ads_per_adset=[4, 4],
        campaign_budget_share=0.25, paused_share=0.3, daily_budget=[50, 60],
        objectives=["OUTCOME_LEADS"], name="Shaped", currency="PLN", timezone="Europe/Warsaw",
    )  # fmt: skip
    account = world.accounts[only_account(world)]
    assert (account.name, account.client, account.currency) == ("Shaped", "Northwind", "PLN")
    assert (account.timezone_name, account.offset) == ("Europe/Warsaw", 100)
    campaigns = list(world.campaigns.values())
    assert sum(c.status == "PAUSED" for c in campaigns) == 12
    assert sum(c.daily_budget is not None for c in campaigns) == 10
    assert {c.objective for c in campaigns} == {"OUTCOME_LEADS"}
    for campaign in campaigns:
        adsets = world.adsets_of(campaign.id)
        assert 2 <= len(adsets) <= 3
        whole = campaign.daily_budget or sum(s.daily_budget or 0 for s in adsets)
        assert 4990 <= whole <= 6010
        assert all(len(world.ads_of(s.id)) == 4 for s in adsets)


@pytest.mark.parametrize(
    "account",
    [
        {"adsets_per_campaign": [0, 0]},
        {"ads_per_adset": [0, 0]},
        {"timezone": "Australia/Lord_Howe"},
        {"timezone": "Asia/Kolkata"},
        {"currency": "VND"},
        {"daily_budget": [1e6, 1e6]},
        {"daily_budget": [0.01, 0.01]},
        {"paused_share": 1},
        {"market": {"cpm": [0.001, 0.001], "ctr": [0, 0], "cvr": [0, 0], "audience_size": [1, 1]}},
        {"market": {"overdispersion": 50, "drift_sd": 3, "cpm_noise_sd": 3}},
        {"market": {"saturation_alpha": [20, 20], "half_saturation": [1e-6, 1e-6]}},
    ],
    ids=str,
)
def test_extreme_scenarios_are_played_too(account: dict[str, Json]) -> None:
    world = world_of(campaigns=4, shape=account)
    world.clock.advance(30.5)
    table = days_of(world, "ad", SINCE, UNTIL + timedelta(days=3))
    assert (table.spend_minor >= 0).all()
    assert (table.inline_link_clicks <= table.clicks).all()
    assert (table.clicks <= table.impressions).all()


@pytest.mark.parametrize("factor", [0, 1e-9, 1e6, 1e300], ids=str)
def test_events_of_any_factor_keep_numbers_numbers(factor: float) -> None:
    events: list[Json] = [
        {"kind": kind, "at_hour": at, "hours": hours, "factor": factor}
        for kind in EVENT_KINDS
        for at, hours in ((-40, 20), (-30, 50), (-1e6, 1e6), (2, 0))
    ]
    for kept in (events, *([event] for event in events[1::4])):
        world = world_of(campaigns=4, history_days=5, events=kept)
        world.clock.advance(30)
        table = days_of(world, "ad", date(2026, 2, 26), UNTIL + timedelta(days=2))
        counts, values = table.conversions["purchase"]
        assert (table.spend_minor >= 0).all()
        assert (table.clicks <= table.impressions).all()
        assert (counts >= 0).all()
        assert (values >= 0).all()
        assert counts.sum() <= 3 * table.clicks.sum() + 50


def test_a_fatigue_jump_never_makes_a_creative_fresher() -> None:
    event: Json = {"kind": "creative_fatigue_jump", "at_hour": -200, "hours": 200, "factor": 0}
    assert ctr(world_of(events=[event])) < 1.2 * ctr(world_of())


def test_shares_of_results_reported_soon_may_add_up_to_more_than_all() -> None:
    assert later_share(world_of(market={"delay_minutes_share": 1.0})) == 0.0
    assert (
        later_share(world_of(market={"delay_minutes_share": 0.5, "delay_hours_share": 0.9})) < 0.3
    )
