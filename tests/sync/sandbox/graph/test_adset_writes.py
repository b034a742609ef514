"""Ad sets: creation, budgets by what is paid for, bids, dates, EU rules."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.write_cases import (
    adset_form,
    codes,
    events,
    new_adset,
    new_campaign,
    refused,
)


def eu(**places: object) -> str:
    return json.dumps({"geo_locations": places})


@pytest.fixture(scope="module")
def bare(shared: Caller) -> tuple[Caller, str, str]:
    """A campaign without a budget and one with, in the sandbox that is only refused."""
    rows = shared.every(f"{shared.account()}/campaigns", fields="id,daily_budget,status")
    without = next(r["id"] for r in rows if "daily_budget" not in r)
    return shared, without, shared.with_campaign_budget()["id"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"name": ""}, (100, None)),
        ({"targeting": ""}, (100, None)),
        ({"billing_event": "SMILES"}, (100, None)),
        ({"optimization_goal": ""}, (100, None)),
        ({"campaign_id": "123"}, (100, None)),
        ({"daily_budget": ""}, (100, None)),
        ({"daily_budget": "99"}, (100, 1885272)),
        ({"daily_budget": "499", "billing_event": "LINK_CLICKS"}, (100, 1885272)),
        ({"daily_budget": "499", "billing_event": "THRUPLAY"}, (100, 1885272)),
        ({"daily_budget": "3999", "billing_event": "APP_INSTALLS"}, (100, 1885272)),
        ({"daily_budget": "100000001"}, (100, 1885261)),
        ({"lifetime_budget": "50000"}, (100, None)),
        ({"daily_budget": "", "lifetime_budget": "50000"}, (100, None)),
        ({"daily_budget": "", "lifetime_budget": "900", "end_time": "2026-03-20T00:00:00-0400"},
         (100, 1885272)),
        ({"end_time": "2026-03-09T00:00:00-0400"}, (100, 1487033)),
        ({"start_time": "1780000000", "end_time": "1779000000"}, (100, None)),
        ({"bid_amount": "300"}, (100, 1885204)),
        ({"bid_strategy": "COST_CAP"}, (100, None)),
        ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}, (100, None)),
        ({"bid_strategy": "TARGET_COST", "bid_amount": "300"}, (100, None)),
        ({"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": "-3"}, (100, None)),
        ({"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": "20001"}, (100, 1885272)),
        ({"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": "4001",
          "billing_event": "LINK_CLICKS"}, (100, 1885272)),
        ({"daily_spend_cap": "5000"}, (100, None)),
        ({"status": "DELETED"}, (100, None)),
        ({"targeting": eu(countries=["DE"])}, (100, 3858079)),
        ({"targeting": eu(countries=["US", "PL"]), "dsa_payor": "p"}, (100, 3858081)),
        ({"targeting": eu(country_groups=["europe"])}, (100, 3858079)),
        ({"targeting": eu(cities=[{"key": "1", "country": "FR"}])}, (100, 3858079)),
    ],
)  # fmt: skip
def test_a_new_ad_set_must_keep_the_rules(
    bare: tuple[Caller, str, str], change: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    caller, campaign, _with_budget = bare
    form = {k: v for k, v in {**adset_form(campaign), **change}.items() if v}

    assert refused(caller, f"{caller.account()}/adsets", **form) == wanted


def test_an_ad_set_below_a_campaign_budget_has_none(bare: tuple[Caller, str, str]) -> None:
    caller, _without, campaign = bare

    path = f"{caller.account()}/adsets"
    assert refused(caller, path, **adset_form(campaign)) == (100, 1885621)
    limits = {"daily_min_spend_target": "900", "daily_spend_cap": "800", "daily_budget": ""}
    form = {k: v for k, v in adset_form(campaign, **limits).items() if v}
    assert refused(caller, path, **form) == (100, None)


def test_a_refusal_for_the_eu_is_shaped_as_recorded(bare: tuple[Caller, str, str]) -> None:
    caller, campaign, _with_budget = bare
    form = adset_form(campaign, targeting=eu(countries=["IE"]))
    error = caller.refusal(caller.post_raw(f"{caller.account()}/adsets", **form))

    assert error["type"] == "FacebookApiException"
    assert error["error_data"] == '{"blame_field_specs":[["dsa_payor"]]}'
    assert error["error_user_title"] == "No payor provided in DSA regulated region"
    assert error["is_transient"] is False


def test_the_accounts_defaults_stand_in_for_payor_and_beneficiary(fresh: Caller) -> None:
    campaign = new_campaign(fresh)
    targeting = eu(countries=["DE"])
    fresh.post(fresh.account(), default_dsa_payor="Acme", default_dsa_beneficiary="Acme")

    adset = new_adset(fresh, campaign, targeting=targeting)
    assert fresh.get(fresh.account(), fields="default_dsa_payor")["default_dsa_payor"] == "Acme"
    named = new_adset(fresh, campaign, targeting=targeting, dsa_payor="P", dsa_beneficiary="B")
    assert fresh.get(named, fields="dsa_payor,dsa_beneficiary") == {
        "id": named,
        "dsa_payor": "P",
        "dsa_beneficiary": "B",
    }
    assert fresh.post(adset, targeting=eu(countries=["FR"])) == {"success": True}


def test_targeting_the_eu_later_needs_a_payor_too(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]

    assert refused(fresh, adset, targeting=eu(countries=["ES"])) == (100, 3858079)
    fresh.post(adset, targeting=eu(countries=["ES"]), dsa_payor="p", dsa_beneficiary="b")
    assert events(fresh, adset)[-1] == "update_ad_set_target_spec"


def test_a_new_ad_set_keeps_what_it_was_given(fresh: Caller) -> None:
    adset = new_adset(
        fresh,
        new_campaign(fresh),
        bid_strategy="LOWEST_COST_WITH_BID_CAP",
        bid_amount="900",
        end_time="2026-05-01 23:59:59-07:00",
        attribution_spec='[{"event_type":"CLICK_THROUGH","window_days":7}]',
        promoted_object='{"pixel_id":"7","custom_event_type":"PURCHASE"}',
        destination_type="WEBSITE",
        frequency_control_specs='[{"event":"IMPRESSIONS","interval_days":7,"max_frequency":2}]',
        is_budget_schedule_enabled="false",
    )

    found = fresh.get(
        adset,
        fields="status,effective_status,daily_budget,lifetime_budget,bid_amount,bid_strategy,"
        "end_time,attribution_spec,promoted_object,destination_type,frequency_control_specs,"
        "billing_event,optimization_goal,source_adset_id,campaign_id,account_id,start_time",
    )
    assert found["effective_status"] == "CAMPAIGN_PAUSED"
    assert (found["daily_budget"], found["lifetime_budget"]) == ("20000", "0")
    assert (found["bid_amount"], found["bid_strategy"]) == (900, "LOWEST_COST_WITH_BID_CAP")
    assert found["end_time"] == "2026-05-02T02:59:59-0400"
    assert found["frequency_control_specs"][0]["max_frequency"] == 2
    assert found["start_time"] == "2026-03-10T05:30:00-0400"
    assert found["source_adset_id"] == "0"


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"daily_budget": "99"}, (100, 1885272)),
        ({"daily_budget": "100000001"}, (100, 1885261)),
        ({"daily_budget": "3000", "lifetime_budget": "90000"}, (100, None)),
        ({"lifetime_budget": "90000"}, (100, None)),
        ({"daily_spend_cap": "5000"}, (100, None)),
        ({"end_time": "2026-03-09T00:00:00-0400"}, (100, 1487033)),
        ({"end_time": "1773135000"}, (100, 1487033)),
        ({"bid_amount": "300"}, (100, 1885204)),
        ({"bid_strategy": "COST_CAP"}, (100, None)),
        ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}, (100, None)),
        ({"name": ""}, (100, None)),
        ({"campaign_id": "1"}, (100, None)),
    ],
)
def test_an_update_must_keep_the_rules(
    shared: Caller, form: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    assert refused(shared, shared.with_own_budget()["id"], **form) == wanted


@pytest.mark.parametrize(
    ("form", "field", "shown", "event"),
    [
        ({"name": "n"}, "name", "n", "update_ad_set_name"),
        ({"status": "PAUSED"}, "status", "PAUSED", "update_ad_set_run_status"),
        ({"end_time": "2026-05-01T00:00:00-0400"}, "end_time", "2026-05-01T00:00:00-0400",
         "update_ad_set_duration"),
        ({"bid_strategy": "COST_CAP", "bid_amount": "700"}, "bid_amount", 700,
         "update_ad_set_bidding"),
        ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS",
          "bid_constraints": '{"roas_average_floor":20000}'},
         "bid_constraints", {"roas_average_floor": 20000}, "update_ad_set_bidding"),
        ({"optimization_goal": "LINK_CLICKS"}, "optimization_goal", "LINK_CLICKS",
         "update_ad_set_optimization_goal"),
        ({"attribution_spec": '[{"event_type":"CLICK_THROUGH","window_days":1}]'},
         "attribution_spec", [{"event_type": "CLICK_THROUGH", "window_days": 1}],
         "conversion_event_updated"),
        ({"adset_schedule": '[{"days":[1],"start_minute":0,"end_minute":600}]'},
         "adset_schedule", [{"days": [1], "start_minute": 0, "end_minute": 600}],
         "update_campaign_ad_scheduling"),
        ({"max_budget_spend_percentage": "80"}, "max_budget_spend_percentage", "80", "unknown"),
    ],
)  # fmt: skip
def test_an_update_is_read_back_and_told_in_the_history(
    fresh: Caller, form: dict[str, str], field: str, shown: object, event: str
) -> None:
    adset = fresh.with_own_budget()["id"]
    fresh.control("POST", "advance", {"hours": 1})

    assert fresh.post(adset, **form) == {"success": True}
    found = fresh.get(adset, fields=f"{field},updated_time")
    assert found[field] == shown
    assert found["updated_time"] == "2026-03-10T06:30:00-0400"
    assert event in events(fresh, adset)
    assert {row["field"] for row in fresh.ledger()} >= {field}
    assert {row["object_id"] for row in fresh.ledger()} == {adset}


def test_an_end_is_taken_away_with_zero(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    fresh.post(adset, end_time="2026-05-01T00:00:00-0400")
    fresh.post(adset, end_time="0")

    assert set(fresh.get(adset, fields="end_time")) == {"id"}


def test_an_ended_ad_set_holds_its_ads_still(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    ad = fresh.get(f"{adset}/ads", fields="id")["data"][0]["id"]
    fresh.post(adset, end_time="2026-03-10T06:30:00-0400")
    fresh.control("POST", "advance", {"hours": 2})

    assert refused(fresh, ad, status="PAUSED") == (100, 1487007)
    fresh.post(ad, name="still named")
    fresh.control("POST", "advance", {"hours": 30})
    asked = {"date_preset": "today", "fields": "spend"}
    assert fresh.get(f"{adset}/insights", **asked)["data"] == []


def test_spend_limits_of_ad_sets_reach_the_market(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    adsets = fresh.every(f"{campaign}/adsets", fields="id,status")
    adset = next(row["id"] for row in adsets if row["status"] == "ACTIVE")
    fresh.post(adset, daily_spend_cap="100")
    fresh.control("POST", "advance", {"hours": 48})

    asked = {"date_preset": "yesterday", "fields": "spend"}
    spent = fresh.get(f"{adset}/insights", **asked)["data"]
    assert not spent or float(spent[0]["spend"]) <= 1.5
    assert fresh.get(adset, fields="daily_spend_cap")["daily_spend_cap"] == "100"


def test_edits_of_weight_send_an_ad_set_back_to_learning(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    budget = int(adset["daily_budget"])
    fresh.post(adset["id"], daily_budget=str(budget * 11 // 10))
    fresh.control("POST", "advance", {"hours": 1})
    before = fresh.get(adset["id"], fields="learning_stage_info")["learning_stage_info"]
    fresh.post(adset["id"], daily_budget=str(budget * 2))
    fresh.control("POST", "advance", {"hours": 1})
    after = fresh.get(adset["id"], fields="learning_stage_info")["learning_stage_info"]

    assert after["status"] == "LEARNING"
    assert after["last_sig_edit_ts"] == before["last_sig_edit_ts"] or after["conversions"] == 0
    assert after["last_sig_edit_ts"] == 1773138600
    assert isinstance(after["conversions"], int)


def test_minimum_budgets_rise_with_a_bid_cap(shared: Caller) -> None:
    path = f"{shared.account()}/minimum_budgets"

    assert shared.get(path)["data"][0] == {
        "currency": "USD",
        "min_daily_budget_imp": 100,
        "min_daily_budget_high_freq": 500,
        "min_daily_budget_low_freq": 4000,
        "min_daily_budget_video_views": 500,
    }
    assert shared.get(path, bid_amount="900")["data"][0]["min_daily_budget_high_freq"] == 4500


def test_each_budget_of_an_ad_set_counts_and_a_refusal_blocks_it(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    budget = int(adset["daily_budget"])
    for step in range(1, 5):
        fresh.post(adset["id"], daily_budget=str(budget + step))
    error = fresh.refusal(fresh.post_raw(adset["id"], daily_budget=str(budget), locale="uk_UA"))

    assert codes(error) == (613, 1487632)
    assert error["error_user_title"] == "Бюджет змінюють надто часто"
    fresh.post(adset["id"], daily_budget=str(budget + 4))
    fresh.control("POST", "advance", {"hours": 1.01})
    fresh.post(adset["id"], daily_budget=str(budget))
