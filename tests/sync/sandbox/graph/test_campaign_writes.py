"""Campaigns: creation, budgets of both levels, bids, sharing, end states."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.write_cases import (
    codes,
    events,
    new_adset,
    new_campaign,
    refused,
)

GIVEN = {
    "name": "c",
    "objective": "OUTCOME_SALES",
    "status": "PAUSED",
    "special_ad_categories": "[]",
    "is_adset_budget_sharing_enabled": "false",
}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"special_ad_categories": ""}, (100, None)),
        ({"special_ad_categories": '["PETS"]'}, (100, None)),
        ({"objective": "OUTCOME_FAME"}, (100, None)),
        ({"objective": "CONVERSIONS"}, (100, None)),
        ({"status": "ARCHIVED"}, (100, None)),
        ({"name": ""}, (100, None)),
        ({"is_adset_budget_sharing_enabled": ""}, (100, None)),
        ({"is_adset_budget_sharing_enabled": "true"}, (100, 4834005)),
        ({"bid_strategy": "COST_CAP"}, (100, None)),
        ({"daily_budget": "50"}, (100, 1885272)),
        ({"daily_budget": "100000001"}, (100, 1885261)),
        ({"daily_budget": "5000", "lifetime_budget": "90000"}, (100, None)),
        ({"spend_cap": "9999"}, (100, 2446307)),
        ({"daily_budget": "5000", "stop_time": "2026-03-01T00:00:00-0500"}, (100, 1487033)),
        (
            {
                "daily_budget": "5000",
                "start_time": "2026-03-20T00:00:00-0400",
                "stop_time": "2026-03-19T00:00:00-0400",
            },
            (100, None),
        ),
        ({"lifetime_budget": "500", "stop_time": "2026-04-10T00:00:00-0400"}, (100, 1885272)),
        ({"budget_reset_period": "DAY"}, (100, None)),
        ({"adlabels": '[{"id":"1"}]'}, (100, 33)),
    ],
)
def test_a_new_campaign_must_keep_the_rules(
    shared: Caller, change: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    form = {name: value for name, value in {**GIVEN, **change}.items() if value}

    assert refused(shared, f"{shared.account()}/campaigns", **form) == wanted


def test_a_new_campaign_keeps_what_it_was_given(fresh: Caller) -> None:
    made = new_campaign(
        fresh,
        name="spring",
        daily_budget="5000",
        bid_strategy="LOWEST_COST_WITHOUT_CAP",
        spend_cap="10000",
        special_ad_categories='["HOUSING"]',
        special_ad_category_country='["US"]',
        promoted_object='{"pixel_id":"7"}',
        adlabels='[{"name":"q2"}]',
        stop_time="2026-05-01T00:00:00-0400",
    )

    assert fresh.get(
        made,
        fields="name,daily_budget,bid_strategy,spend_cap,special_ad_categories,status,"
        "special_ad_category_country,promoted_object,adlabels{name},stop_time,objective,"
        "effective_status,source_campaign_id,buying_type,lifetime_budget",
    ) == {
        "id": made,
        "name": "spring",
        "daily_budget": "5000",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "spend_cap": "10000",
        "special_ad_categories": ["HOUSING"],
        "special_ad_category_country": ["US"],
        "promoted_object": {"pixel_id": "7"},
        "adlabels": [{"name": "q2"}],
        "stop_time": "2026-05-01T00:00:00-0400",
        "objective": "OUTCOME_SALES",
        "status": "PAUSED",
        "effective_status": "PAUSED",
        "source_campaign_id": "0",
        "buying_type": "AUCTION",
    }
    assert events(fresh, made) == ["create_campaign_group"]


def test_validation_of_a_new_campaign_makes_nothing(fresh: Caller) -> None:
    path = f"{fresh.account()}/campaigns"
    dry = {**GIVEN, "adlabels": '[{"name":"dry"}]', "execution_options": '["validate_only"]'}
    before = len(fresh.every(path))

    assert fresh.post(path, **dry) == {"success": True}
    assert len(fresh.every(path)) == before
    assert fresh.get(f"{fresh.account()}/adlabels")["data"] == []
    assert fresh.ledger() == []


def test_recommendations_come_when_asked_for(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    options = '["validate_only","include_recommendations"]'

    answer = fresh.post(campaign, name="x", execution_options=options)
    assert answer == {"success": True, "recommendations": []}


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"daily_budget": "1"}, (100, 1885272)),
        ({"daily_budget": "100000001"}, (100, 1885261)),
        ({"lifetime_budget": "900000"}, (100, None)),
        ({"spend_cap": "5"}, (100, 2446307)),
        ({"stop_time": "1700000000"}, (100, 1487033)),
        ({"bid_strategy": "COST_CAP"}, (100, None)),
        ({"adset_bid_amounts": '{"5":100}'}, (100, None)),
        ({"adset_budgets": "[]"}, (100, None)),
        ({"objective": "LINK_CLICKS"}, (100, None)),
        ({"status": "IN_PROCESS"}, (100, None)),
        ({"dayly_budget": "5000"}, (100, None)),
        ({"is_adset_budget_sharing_enabled": "true"}, (100, 3858418)),
    ],
)
def test_an_update_must_keep_the_rules(
    shared: Caller, form: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    assert refused(shared, shared.with_campaign_budget()["id"], **form) == wanted


def test_a_campaign_budget_covers_what_its_ad_sets_need(fresh: Caller) -> None:
    campaign = new_campaign(fresh, daily_budget="5000")
    for _ in range(3):
        new_adset(fresh, campaign, daily_budget="")
    adset = new_adset(fresh, campaign, daily_budget="", daily_min_spend_target="700")

    assert refused(fresh, campaign, daily_budget="999") == (100, 2238055)
    fresh.post(campaign, daily_budget="1000")
    shown = fresh.get(adset, fields="daily_min_spend_target,daily_spend_cap,daily_budget")
    assert shown == {"id": adset, "daily_min_spend_target": "700", "daily_budget": "0"}


def test_bids_come_with_the_strategy_of_a_campaign(fresh: Caller) -> None:
    campaign = new_campaign(fresh, daily_budget="50000")
    adset = new_adset(fresh, campaign, daily_budget="")

    assert refused(fresh, campaign, bid_strategy="COST_CAP") == (100, None)
    assert refused(fresh, adset, bid_amount="500") == (100, 1885204)
    fresh.post(campaign, bid_strategy="COST_CAP", adset_bid_amounts=json.dumps({adset: 900}))
    assert fresh.get(adset, fields="bid_amount,bid_strategy") == {
        "id": adset,
        "bid_amount": 900,
        "bid_strategy": "COST_CAP",
    }
    assert refused(fresh, adset, bid_strategy="LOWEST_COST_WITH_BID_CAP") == (100, None)


def test_the_budget_goes_to_the_campaign_and_back_with_its_strategy(fresh: Caller) -> None:
    campaign = new_campaign(fresh)
    adset = new_adset(fresh, campaign, bid_strategy="COST_CAP", bid_amount="900")
    fresh.control("POST", "advance", {"hours": 1})

    assert "last_budget_toggling_time" not in fresh.get(
        campaign, fields="last_budget_toggling_time"
    )
    fresh.post(campaign, daily_budget="30000")
    assert fresh.get(campaign, fields="bid_strategy,last_budget_toggling_time") == {
        "id": campaign,
        "bid_strategy": "COST_CAP",
        "last_budget_toggling_time": "2026-03-10T06:30:00-0400",
    }
    assert events(fresh, campaign)[0] == "update_campaign_budget_optimization_toggling_status"
    budgets = json.dumps([{"adset_id": adset, "daily_budget": "4000"}])
    fresh.post(campaign, adset_budgets=budgets)
    assert set(fresh.get(campaign, fields="bid_strategy,daily_budget")) == {"id"}
    assert fresh.get(adset, fields="daily_budget,bid_strategy") == {
        "id": adset,
        "daily_budget": "4000",
        "bid_strategy": "COST_CAP",
    }


def test_each_ad_set_needs_a_budget_when_the_campaign_gives_its_own_up(fresh: Caller) -> None:
    campaign = new_campaign(fresh, daily_budget="50000")
    first, second = (new_adset(fresh, campaign, daily_budget="") for _ in range(2))

    for budgets in (
        [{"adset_id": first, "daily_budget": 4000}],
        [{"adset_id": first}, {"adset_id": second, "daily_budget": 4000}],
        [{"adset_id": first, "daily_budget": 1}, {"adset_id": second, "daily_budget": 4000}],
        [{"adset_id": one, "lifetime_budget": 99000} for one in (first, second)],
        [{"adset_id": first, "daily_budget": "x"}, {"adset_id": second, "daily_budget": 4000}],
    ):
        assert refused(fresh, campaign, adset_budgets=json.dumps(budgets))[0] == 100
    assert fresh.get(campaign, fields="daily_budget")["daily_budget"] == "50000"


def test_too_many_ad_sets_hold_the_budget_where_it_is(fresh: Caller) -> None:
    campaign = new_campaign(fresh)
    for _ in range(2):
        new_adset(fresh, campaign)
    fresh.control("POST", "limits", {"switchable_adsets": 1, "adsets_per_campaign": 2})

    assert refused(fresh, campaign, daily_budget="50000") == (100, None)
    with_form = {"campaign_id": campaign, "name": "s"}
    error = fresh.refusal(
        fresh.post_raw(
            f"{fresh.account()}/adsets",
            optimization_goal="REACH",
            billing_event="IMPRESSIONS",
            targeting='{"geo_locations":{"countries":["US"]}}',
            daily_budget="5000",
            **with_form,
        )
    )
    assert error["error_user_title"] == "Too Many Ad Sets"


def test_sharing_is_switched_on_while_paused_and_with_a_strategy(fresh: Caller) -> None:
    campaign = new_campaign(fresh)
    field = "is_adset_budget_sharing_enabled"

    assert refused(fresh, campaign, **{field: "true"}) == (100, 4834005)
    fresh.post(campaign, bid_strategy="LOWEST_COST_WITHOUT_CAP", **{field: "true"})
    assert fresh.get(campaign, fields=f"{field},bid_strategy") == {
        "id": campaign,
        field: True,
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
    }


def test_the_largest_number_takes_a_spend_cap_away(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    before = fresh.get(campaign, fields="updated_time")
    fresh.control("POST", "advance", {"hours": 1})
    fresh.post(campaign, spend_cap="250000")

    assert fresh.get(campaign, fields="spend_cap")["spend_cap"] == "250000"
    assert fresh.get(campaign, fields="updated_time") == before
    fresh.post(campaign, spend_cap="922337203685478")
    assert set(fresh.get(campaign, fields="spend_cap")) == {"id"}
    assert events(fresh, campaign) == ["update_campaign_group_spend_cap"] * 2


def test_a_lowered_lifetime_budget_stays_above_what_was_spent(fresh: Caller) -> None:
    campaign = new_campaign(fresh)
    end = "2026-03-30T00:00:00-0400"
    form = {"daily_budget": "", "lifetime_budget": "400000", "end_time": end}
    adset = new_adset(fresh, campaign, **form)

    assert refused(fresh, adset, end_time="0") == (100, None)
    assert refused(fresh, adset, daily_budget="5000") == (100, None)
    fresh.post(adset, lifetime_budget="300000")
    assert fresh.get(adset, fields="lifetime_budget,daily_budget,budget_remaining") == {
        "id": adset,
        "lifetime_budget": "300000",
        "daily_budget": "0",
        "budget_remaining": "300000",
    }


@pytest.mark.parametrize(
    ("strategy", "left"), [("DELETE_ANY", 5), ("DELETE_OLDEST", 5), ("DELETE_ARCHIVED_BEFORE", 0)]
)
def test_campaigns_are_deleted_in_bulk(fresh: Caller, strategy: str, left: int) -> None:
    path = f"{fresh.account()}/campaigns"
    rows = fresh.every(path, fields="id,created_time")
    oldest = min(rows, key=lambda row: (row["created_time"], int(row["id"])))["id"]
    fresh.post(oldest, status="ARCHIVED")
    answer = fresh.delete(
        path, delete_strategy=strategy, object_count="2", before_date="2026-03-09"
    )

    assert answer["objects_left_to_delete_count"] == left
    assert oldest in answer["deleted_object_ids"]
    assert fresh.get(oldest, fields="status")["status"] == "DELETED"
    assert codes(fresh.refusal(fresh.raw("DELETE", path)))[0] == 100


def test_a_campaign_stops_when_it_was_told_to(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.post(campaign, stop_time="2026-03-10T08:00:00-0400")
    fresh.control("POST", "advance", {"hours": 40})

    rows = fresh.get(
        f"{campaign}/insights",
        date_preset="yesterday",
        fields="spend",
        breakdowns="hourly_stats_aggregated_by_advertiser_time_zone",
    )["data"]
    hours = {row["hourly_stats_aggregated_by_advertiser_time_zone"][:2] for row in rows}
    assert hours
    assert max(hours) < "08"
    assert fresh.get(f"{campaign}/insights", date_preset="today", fields="spend")["data"] == []
    assert events(fresh, campaign) == ["update_campaign_schedule"]
