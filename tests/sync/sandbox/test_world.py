"""The world is the same for the same calls, and its past does not change."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from sync.sandbox.market.insights import InsightsTable, Level, insights
from sync.sandbox.world import World
from tests.sync.sandbox.worlds import days_of, hours_of, only_account, world_of

TODAY = date(2026, 3, 3)
EVER = date(2026, 1, 1)


def digest(table: InsightsTable) -> str:
    """Hash every column of a table."""
    hasher = hashlib.sha256("|".join(table.object_id).encode())
    columns = [table.date, table.date_stop, table.impressions, table.clicks, table.reach]
    columns += [table.inline_link_clicks, table.spend_minor, *table.video.values()]
    for name, (count, value) in sorted(table.conversions.items()):
        hasher.update(name.encode())
        columns += [count, value]
    if table.hour is not None:
        columns.append(table.hour)
    for column in columns:
        hasher.update(np.ascontiguousarray(column).tobytes())
    return hasher.hexdigest()


def whole(world: World, accounts: list[str]) -> dict[str, tuple[str, str]]:
    """Hash all rows of accounts, asked in the order given."""
    until = TODAY + timedelta(days=9)
    return {
        account: (
            digest(insights(world, account, "ad", None, EVER, until, "daily")),
            digest(insights(world, account, "ad", None, EVER, until, "daily", hourly=True)),
        )
        for account in accounts
    }


def test_same_seed_gives_the_same_world_to_the_byte() -> None:
    first, second = world_of(seed=7), world_of(seed=7)
    assert repr(list(first.ads.values())) == repr(list(second.ads.values()))
    assert repr(list(first.creatives.values())) == repr(list(second.creatives.values()))
    assert whole(first, list(first.accounts)) == whole(second, list(second.accounts))


def test_another_seed_gives_another_world() -> None:
    first, second = world_of(seed=7), world_of(seed=8)
    assert whole(first, list(first.accounts)) != whole(second, list(second.accounts))


def test_the_order_in_which_accounts_are_asked_does_not_matter() -> None:
    first, second = world_of(accounts=3, campaigns=4), world_of(accounts=3, campaigns=4)
    names = list(first.accounts)
    whole(first, names[:1])
    first.clock.advance(30)
    second.clock.advance(30)
    assert whole(first, names) == whole(second, names[::-1])


def test_many_small_steps_of_time_equal_one_large_one() -> None:
    steps, leap = world_of(), world_of()
    for world in (steps, leap):
        campaign = next(iter(world.campaigns.values()))
        world.object_changed(campaign.id, "status", "ACTIVE", "PAUSED")
    for _ in range(60):
        steps.clock.advance(0.75)
        steps.market_of(only_account(steps))
    leap.clock.advance(45)
    assert whole(steps, list(steps.accounts)) == whole(leap, list(leap.accounts))


def test_a_write_before_the_first_question_counts_like_one_after_it() -> None:
    early, late = world_of(), world_of()
    late.market_of(only_account(late))
    for world in (early, late):
        for campaign in world.campaigns.values():
            world.object_changed(campaign.id, "status", "ACTIVE", "PAUSED")
        world.clock.advance(10)
    assert whole(early, list(early.accounts)) == whole(late, list(late.accounts))


def test_a_pause_stops_delivery_from_then_on_and_leaves_the_past() -> None:
    world = world_of(paused_share=0)
    before = days_of(world, "ad", EVER, TODAY - timedelta(days=1))
    for campaign in world.campaigns.values():
        world.object_changed(campaign.id, "status", "ACTIVE", "PAUSED")
    world.clock.advance(48)
    after = days_of(world, "ad", EVER, TODAY - timedelta(days=1))
    assert before.impressions.tolist() == after.impressions.tolist()
    assert before.spend_minor.tolist() == after.spend_minor.tolist()
    assert len(days_of(world, "ad", TODAY + timedelta(days=1), TODAY + timedelta(days=2))) == 0


def test_part_of_an_hour_counts_for_its_part() -> None:
    whole_hour, quarter = world_of(paused_share=0), world_of(paused_share=0)
    quarter.clock.advance(0.25)
    for campaign in quarter.campaigns.values():
        quarter.object_changed(campaign.id, "status", "ACTIVE", "PAUSED")
    for world in (whole_hour, quarter):
        world.clock.advance(1)
    shown = [
        hours_of(world, "account", TODAY, TODAY).impressions[-1] for world in (whole_hour, quarter)
    ]
    assert 0.15 < shown[1] / shown[0] < 0.35


def test_a_larger_budget_spends_more_at_a_worse_rate() -> None:
    worlds = [world_of(paused_share=0, campaign_budget_share=1, seed=3) for _ in range(2)]
    for campaign in worlds[1].campaigns.values():
        before = campaign.daily_budget or 0
        worlds[1].object_changed(campaign.id, "daily_budget", before, before * 3)
    figures = []
    for world in worlds:
        world.clock.advance(24 * 12)
        table = days_of(world, "account", TODAY + timedelta(days=1), TODAY + timedelta(days=11))
        results = table.conversions["purchase"][0].sum() + table.conversions["lead"][0].sum()
        figures.append((int(table.spend_minor.sum()), int(results)))
    assert 2 < figures[1][0] / figures[0][0] < 3.5
    assert figures[1][1] / figures[0][1] < 0.85 * figures[1][0] / figures[0][0]


def test_results_come_in_late_and_restate_closed_days_until_the_window_closes() -> None:
    world = world_of(campaigns=40)
    yesterday = TODAY - timedelta(days=1)

    def results() -> int:
        table = days_of(world, "account", yesterday, yesterday)
        return int(table.conversions["purchase"][0].sum())

    counts = [results()]
    for _ in range(9):
        world.clock.advance(24)
        counts.append(results())
    assert counts == sorted(counts)
    assert counts[-1] > 1.2 * counts[0]
    assert counts[-1] == counts[-2]  # eight days later nothing moves any more


def test_hourly_rows_add_up_to_days_and_carry_no_website_results() -> None:
    world = world_of()
    first = TODAY - timedelta(days=5)
    hours = hours_of(world, "campaign", first, TODAY)
    days = days_of(world, "campaign", first, TODAY)
    assert hours.impressions.sum() == days.impressions.sum()
    assert hours.spend_minor.sum() == days.spend_minor.sum()
    assert hours.clicks.sum() == days.clicks.sum()
    assert set(hours.reach.tolist()) == {0}
    assert "purchase" not in hours.conversions
    assert "purchase" in days.conversions


def test_levels_agree_and_reach_does_not_add_up() -> None:
    world = world_of()
    since = TODAY - timedelta(days=9)
    account = only_account(world)
    levels: tuple[Level, ...] = ("account", "campaign", "adset", "ad")
    tables = {level: insights(world, account, level, None, since, TODAY, "all") for level in levels}
    assert len({int(table.spend_minor.sum()) for table in tables.values()}) == 1
    assert len({int(t.conversions["purchase"][1].sum()) for t in tables.values()}) == 1
    reached = [int(tables[level].reach.sum()) for level in levels]
    assert reached == sorted(reached)
    assert reached[0] < reached[-1]
    assert all((table.reach <= table.impressions).all() for table in tables.values())
    daily = insights(world, account, "campaign", None, since, TODAY, "daily")
    assert daily.reach.sum() > tables["campaign"].reach.sum()


def test_days_are_gathered_into_rows_as_asked() -> None:
    world = world_of()
    account, since = only_account(world), TODAY - timedelta(days=9)
    weekly = insights(world, account, "account", None, since, TODAY, 7)
    assert [str(d) for d in weekly.date] == ["2026-02-22", "2026-03-01"]
    assert [str(d) for d in weekly.date_stop] == ["2026-02-28", "2026-03-03"]
    some = list(world.campaigns)[:2]
    chosen = insights(world, account, "campaign", [*some, "1"], since, TODAY, "all")
    assert set(chosen.object_id) <= set(some)


def test_days_of_23_and_25_hours_deliver_their_hours() -> None:
    start = datetime(2026, 4, 10, 9, tzinfo=UTC)
    spring = world_of(start=start, history_days=20, timezone="Europe/Kyiv")
    hours = hours_of(spring, "account", date(2026, 3, 29), date(2026, 3, 29))
    assert hours.hour is not None
    assert hours.hour.tolist() == [h for h in range(24) if h != 3]
    autumn = world_of(start=datetime(2025, 11, 5, tzinfo=UTC), history_days=20)
    repeated = hours_of(autumn, "account", date(2025, 10, 26), date(2025, 10, 26))
    usual = hours_of(autumn, "account", date(2025, 10, 27), date(2025, 10, 27))
    assert repeated.hour is not None
    assert repeated.hour.tolist() == list(range(24))
    assert repeated.impressions[3] > 1.5 * usual.impressions[3]


def test_a_new_ad_delivers_from_its_creation_on() -> None:
    world = world_of(paused_share=0)
    model = next(iter(world.ads.values()))
    added = type(model)(
        id=world.new_id("ad"),
        account_id=model.account_id,
        campaign_id=model.campaign_id,
        adset_id=model.adset_id,
        creative_id=model.creative_id,
        name="New",
        status="ACTIVE",
        created_time=world.clock.now(),
        updated_time=world.clock.now(),
    )
    world.add_ad(added)
    assert added in world.ads_of(model.adset_id)
    world.clock.advance(72)
    table = insights(world, model.account_id, "ad", [added.id], EVER, TODAY, "daily")
    later = insights(
        world, model.account_id, "ad", [added.id], TODAY, TODAY + timedelta(days=3), "daily"
    )
    assert table.impressions.sum() < later.impressions.sum()
    assert later.impressions.sum() > 0


def test_an_ad_may_come_after_an_edit_within_the_hour() -> None:
    world = world_of(paused_share=0)
    model = next(iter(world.ads.values()))
    world.learning_stage(model.adset_id)
    world.clock.advance(0.2)
    world.object_changed(model.adset_id, "bid_amount", None, 500)
    world.clock.advance(0.2)
    world.add_ad(replace(model, id=world.new_id("ad"), created_time=world.clock.now()))
    world.clock.advance(5)
    table = insights(world, model.account_id, "ad", None, TODAY, TODAY, "daily")
    assert table.impressions.sum() > 0


def test_looking_ahead_at_a_new_ad_leaves_the_market_as_it_was() -> None:
    """What learns is looked at on a twin market; it must not share what grows."""
    looked, unseen = world_of(paused_share=0), world_of(paused_share=0)
    for world in (looked, unseen):
        model = next(iter(world.ads.values()))
        world.learning_stage(model.adset_id)
        world.add_ad(
            replace(
                model,
                id=world.new_id("ad"),
                created_time=world.clock.now(),
                updated_time=world.clock.now(),
            )
        )
    for _ in range(3):
        looked.learning_stage(model.adset_id)
    for world in (looked, unseen):
        world.clock.advance(30)
    tables = [
        insights(world, model.account_id, "ad", None, TODAY, TODAY, "daily")
        for world in (looked, unseen)
    ]
    assert tables[0].impressions.tolist() == tables[1].impressions.tolist()


def test_ids_are_large_and_names_are_in_two_languages() -> None:
    world = world_of(currency="UAH", campaigns=30)
    assert all(int(i) > 2**53 and len(i) == 18 for i in world.ads)
    names = " ".join(c.name for c in world.campaigns.values())
    assert any("а" <= letter <= "я" for letter in names)
    assert any("a" <= letter <= "z" for letter in names)
    statuses = {ad.status for ad in world.ads.values()}
    assert statuses >= {"ACTIVE", "PAUSED"}
