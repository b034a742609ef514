"""Rules, scheduled budgets and asynchronous requests through Meta's own SDK."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adasyncrequestset import AdAsyncRequestSet
from facebook_business.adobjects.adrule import AdRule
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.highdemandperiod import HighDemandPeriod
from facebook_business.exceptions import FacebookRequestError

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.sdk.conftest import sdk_on

Sdk = Any  # the SDK ships no types


@pytest.fixture
def adset(account: Sdk) -> Sdk:
    rows = account.get_ad_sets(fields=["daily_budget", "effective_status", "campaign_id"])
    return next(
        row for row in rows if row["daily_budget"] != "0" and row["effective_status"] == "ACTIVE"
    )


def rule_params(adset_id: str) -> dict[str, object]:
    return {
        "name": "R",
        "evaluation_spec": {
            "evaluation_type": "SCHEDULE",
            "filters": [
                {"field": "entity_type", "operator": "EQUAL", "value": "ADSET"},
                {"field": "id", "operator": "IN", "value": [adset_id]},
            ],
        },
        "execution_spec": {
            "execution_type": "CHANGE_BUDGET",
            "execution_options": [
                {
                    "field": "change_spec",
                    "operator": "EQUAL",
                    "value": {"amount": 10, "unit": "PERCENTAGE"},
                }
            ],
        },
        "schedule_spec": {"schedule_type": "SEMI_HOURLY"},
    }


def test_a_rule_lives_from_its_making_to_its_history(
    fresh: Caller, account: Sdk, adset: Sdk
) -> None:
    rule = account.create_ad_rules_library(params=rule_params(adset["id"]))
    shown = AdRule(rule["id"]).api_get(fields=["name", "status", "schedule_spec", "created_by"])
    assert (shown["name"], shown["status"]) == ("R", AdRule.Status.enabled)
    assert shown["schedule_spec"]["schedule_type"] == "SEMI_HOURLY"
    preview = AdRule(rule["id"]).create_preview()
    assert [row["id"] for row in preview["data"]] == [adset["id"]]
    AdRule(rule["id"]).create_execute()
    fresh.control("POST", "advance", {"hours": 0.6})

    runs = list(AdRule(rule["id"]).get_history(fields=["is_manual", "results", "timestamp"]))
    assert [run["is_manual"] for run in runs] == [False, True]
    action = runs[0]["results"][0]["actions"][0]
    assert (action["action"], action["field"]) == ("CHANGED_BUDGET", "daily_budget")
    now = AdSet(adset["id"]).api_get(fields=["daily_budget"])["daily_budget"]
    assert action["new_value"] == now
    rows = list(account.get_ad_rules_history(fields=["rule_id"]))
    assert {row["rule_id"] for row in rows} == {int(rule["id"])}
    governed = AdSet(adset["id"]).get_ad_rules_governed(fields=["name"])
    assert [row["name"] for row in governed] == ["R"]
    AdRule(rule["id"]).api_update(params={"status": AdRule.Status.disabled})
    assert [row["id"] for row in account.get_ad_rules_library()] == [rule["id"]]
    AdRule(rule["id"]).api_delete()
    assert list(account.get_ad_rules_library()) == []


def test_a_malformed_rule_is_refused(account: Sdk, adset: Sdk) -> None:
    params = {**rule_params(adset["id"]), "evaluation_spec": {"evaluation_type": "SCHEDULE"}}
    with pytest.raises(FacebookRequestError) as refused:
        account.create_ad_rules_library(params=params)

    assert refused.value.api_error_code() == 100


def test_a_budget_is_scheduled_changed_and_released(account: Sdk, adset: Sdk) -> None:
    period = AdSet(adset["id"]).create_budget_schedule(
        params={
            "budget_value": 50,
            "budget_value_type": HighDemandPeriod.BudgetValueType.multiplier,
            "time_start": 1773135000 + 3600,
            "time_end": 1773135000 + 5 * 3600,
        }
    )
    HighDemandPeriod(period["id"]).api_update(params={"budget_value": 60})

    rows = list(AdSet(adset["id"]).get_budget_schedules(fields=["budget_value", "ad_object_id"]))
    assert [dict(row) for row in rows] == [
        {"id": period["id"], "budget_value": 60, "ad_object_id": adset["id"]}
    ]
    HighDemandPeriod(period["id"]).api_delete()
    assert list(AdSet(adset["id"]).get_budget_schedules()) == []


def test_ads_are_asked_for_and_polled(account: Sdk, adset: Sdk) -> None:
    ad = next(iter(AdSet(adset["id"]).get_ads(fields=["creative"])))
    spec = {
        "name": "later",
        "adset_id": adset["id"],
        "status": "PAUSED",
        "creative": {"creative_id": ad["creative"]["id"]},
    }
    asked = account.create_async_ad_request_set(params={"name": "n", "ad_specs": [spec]})
    found = AdAsyncRequestSet(asked["id"])
    fields = ["is_completed", "success_count", "total_count"]
    while not (shown := found.api_get(fields=fields))["is_completed"]:
        assert shown["success_count"] == 0

    assert (shown["success_count"], shown["total_count"]) == (1, 1)
    row = next(iter(found.get_requests(fields=["status", "result"])))
    assert row["status"] == "SUCCESS"
    names = {one["name"] for one in AdSet(adset["id"]).get_ads(fields=["name"])}
    assert "later" in names
    assert [one["id"] for one in account.get_async_ad_request_sets()] == [asked["id"]]


def test_a_batch_of_writes_is_asked_for(account: Sdk, adset: Sdk) -> None:
    asked = account.create_async_batch_request(
        params={
            "name": "n",
            "adbatch": [{"name": "a", "relative_url": adset["id"], "body": "name=later"}],
        }
    )
    found = AdAsyncRequestSet(asked["id"])
    while not found.api_get(fields=["is_completed"])["is_completed"]:
        continue

    assert AdSet(adset["id"]).api_get(fields=["name"])["name"] == "later"


def test_the_history_is_read_by_object_and_category(account: Sdk, adset: Sdk) -> None:
    AdSet(adset["id"]).api_update(params={"daily_budget": int(adset["daily_budget"]) + 100})
    AdSet(adset["id"]).api_update(params={"status": "PAUSED"})
    fields = ["event_type", "extra_data", "actor_name", "application_id"]

    rows = list(account.get_activities(fields=fields, params={"category": "BUDGET"}))
    assert [row["event_type"] for row in rows] == ["update_ad_set_budget"]
    assert json.loads(rows[0]["extra_data"])["currency"] == "USD"
    rows = list(AdSet(adset["id"]).get_activities(fields=fields))
    assert [row["event_type"] for row in rows] == [
        "update_ad_set_run_status",
        "update_ad_set_budget",
    ]


def test_a_token_without_the_right_changes_nothing(fresh: Caller) -> None:
    account = fresh.account()
    with sdk_on(fresh, "no-such-token"), pytest.raises(FacebookRequestError) as refused:
        AdAccount(account).create_ad_label(params={"name": "x"})

    assert refused.value.api_error_code() == 190
    assert fresh.ledger() == []
