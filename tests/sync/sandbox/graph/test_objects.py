"""What accounts, campaigns, ad sets and ads tell about themselves."""

from __future__ import annotations

import json

import pytest

from sync.sandbox.graph.statuses import DELIVERIES
from tests.sync.sandbox.graph.graph_client import Caller, Json
from tests.sync.sandbox.graph.test_samples import sample

ISSUE = {
    "level": "AD",
    "error_code": 1815869,
    "error_summary": "Ad post is not available",
    "error_message": "The post that the ad shows was removed.",
    "error_type": "HARD_ERROR",
}
ACCOUNT_TYPES = {
    "id": str,
    "account_id": str,
    "name": str,
    "account_status": int,
    "disable_reason": int,
    "currency": str,
    "timezone_name": str,
    "timezone_id": int,
    "timezone_offset_hours_utc": float,
    "min_daily_budget": int,
    "min_campaign_group_spend_cap": str,
    "amount_spent": str,
    "balance": str,
    "spend_cap": str,
    "business": dict,
    "owner": str,
    "end_advertiser": str,
    "created_time": str,
    "funding_source": str,
    "funding_source_details": dict,
    "capabilities": list,
    "user_tasks": list,
    "is_prepay_account": bool,
    "tos_accepted": dict,
    "attribution_spec": list,
}


def first_ad(caller: Caller) -> Json:
    fields = "id,adset_id,campaign_id,effective_status"
    rows = caller.every(f"{caller.account()}/ads", fields=fields)
    return next(row for row in rows if row["effective_status"] == "ACTIVE")


def test_account_fields_have_their_wire_types(shared: Caller) -> None:
    account = shared.get(shared.account(), fields=",".join(ACCOUNT_TYPES))

    assert {name: type(value) for name, value in account.items()} == ACCOUNT_TYPES
    assert account["spend_cap"] == "0"
    assert set(account["user_tasks"]) == {"DRAFT", "ANALYZE", "ADVERTISE", "MANAGE", "AA_ANALYZE"}
    assert account["funding_source_details"].keys() == {"id", "type", "display_string"}


def test_all_recorded_account_fields_are_told(shared: Caller) -> None:
    recorded = sample("objects_airbyte_expected_records.json")["ad_account"]
    retyped = {n for n, value in recorded.items() if isinstance(value, float)}
    account = shared.get(shared.account(), fields=",".join(recorded))

    assert set(recorded) - {"business_country_code"} <= set(account)
    for name in set(recorded) - retyped - {"business_country_code"}:
        assert type(account[name]) is type(recorded[name]), name


def test_how_an_account_pays_is_told_to_managers_only(fresh: Caller) -> None:
    user = fresh.get("me")["id"]
    body = {"user": user, "scopes": ["ads_read"]}
    reader = fresh.control("POST", "tokens", body)["access_token"]
    answer = fresh.http.get(
        f"/v26.0/{fresh.account()}",
        params={"access_token": reader, "fields": "funding_source,funding_source_details,name"},
    )

    assert answer.json().keys() == {"id", "name"}


def test_the_offset_of_a_zone_follows_the_clock(fresh: Caller) -> None:
    fields = {"fields": "timezone_offset_hours_utc"}
    winter = fresh.get(fresh.account(1), **fields)["timezone_offset_hours_utc"]
    fresh.control("POST", "advance", {"hours": 24 * 30})

    summer = fresh.get(fresh.account(1), **fields)["timezone_offset_hours_utc"]
    assert (winter, summer) == (1.0, 2.0)


@pytest.mark.parametrize("status", [2, 3, 7, 9, 100])
def test_an_account_may_be_anything_but_active(fresh: Caller, status: int) -> None:
    account = fresh.account()
    body = {"object_id": account, "account_status": status, "disable_reason": 3}
    fresh.control("POST", "objects", body)

    found = fresh.get(account, fields="account_status,disable_reason")
    assert (found["account_status"], found["disable_reason"]) == (status, 3)


def test_issues_show_in_status_and_detail(fresh: Caller) -> None:
    ad = first_ad(fresh)
    for one in (ad["id"], ad["adset_id"], ad["campaign_id"]):
        assert "issues_info" not in fresh.get(one, fields="issues_info")
        fresh.control("POST", "objects", {"object_id": one, "issues": [ISSUE]})
        found = fresh.get(one, fields="status,effective_status,issues_info")
        assert (found["status"], found["effective_status"]) == ("ACTIVE", "WITH_ISSUES")
        assert found["issues_info"] == [ISSUE]
    listed = fresh.every(f"{fresh.account()}/ads", effective_status='["WITH_ISSUES"]')
    assert [row["id"] for row in listed] == [ad["id"]]
    fresh.post(ad["campaign_id"], status="PAUSED")
    assert fresh.get(ad["id"], fields="effective_status")["effective_status"] == "CAMPAIGN_PAUSED"


@pytest.mark.parametrize(
    "review", ["PENDING_REVIEW", "PREAPPROVED", "PENDING_BILLING_INFO", "IN_PROCESS", "DISAPPROVED"]
)
def test_a_review_shows_unless_something_is_paused(fresh: Caller, review: str) -> None:
    ad = first_ad(fresh)
    fresh.control("POST", "objects", {"object_id": ad["id"], "review": review})

    def status() -> str:
        return str(fresh.get(ad["id"], fields="effective_status")["effective_status"])

    assert status() == review
    assert ("ad_review_feedback" in fresh.get(ad["id"], fields="ad_review_feedback")) == (
        review == "DISAPPROVED"
    )
    fresh.post(ad["adset_id"], status="PAUSED")
    assert status() == ("DISAPPROVED" if review == "DISAPPROVED" else "ADSET_PAUSED")
    fresh.post(ad["campaign_id"], status="PAUSED")
    assert status() == ("DISAPPROVED" if review == "DISAPPROVED" else "CAMPAIGN_PAUSED")
    fresh.post(ad["campaign_id"], status="ARCHIVED")
    assert status() == "ARCHIVED"


def test_deliveries_walk_every_object_exactly_once(fresh: Caller) -> None:
    account = fresh.account()
    ad = first_ad(fresh)
    fresh.control("POST", "objects", {"object_id": ad["id"], "review": "DISAPPROVED"})
    fresh.delete(fresh.with_campaign_budget()["id"])
    every = json.dumps(
        "ACTIVE PAUSED DELETED ARCHIVED CAMPAIGN_PAUSED ADSET_PAUSED PENDING_REVIEW DISAPPROVED "
        "PREAPPROVED PENDING_BILLING_INFO IN_PROCESS WITH_ISSUES".split()
    )
    whole = [row["id"] for row in fresh.every(f"{account}/ads", effective_status=every)]
    walked: list[str] = []
    for start in range(0, len(DELIVERIES), 3):
        value = DELIVERIES[start : start + 3]
        filtering = [{"field": "ad.delivery_info", "operator": "IN", "value": value}]
        rows = fresh.every(f"{account}/ads", filtering=json.dumps(filtering))
        walked += [row["id"] for row in rows]

    assert sorted(walked) == sorted(whole)
    assert len(walked) > len(fresh.every(f"{account}/ads"))


def test_default_lists_leave_out_what_is_gone(fresh: Caller) -> None:
    account, gone = fresh.account(), fresh.with_campaign_budget()["id"]
    children = {row["id"] for row in fresh.every(f"{gone}/adsets")}
    fresh.delete(gone)

    assert gone not in {row["id"] for row in fresh.every(f"{account}/campaigns")}
    assert not children & {row["id"] for row in fresh.every(f"{account}/adsets")}
    asked = fresh.every(f"{account}/campaigns", effective_status="DELETED", fields="id,status")
    assert asked == [{"id": gone, "status": "DELETED"}]


def test_learning_tells_its_stage(shared: Caller) -> None:
    rows = shared.every(
        f"{shared.account()}/adsets", fields="learning_stage_info,recommendations,status"
    )

    for row in rows:
        info = row["learning_stage_info"]
        assert info["status"] in ("LEARNING", "SUCCESS", "FAIL", "WAIVING")
        assert type(info["conversions"]) is type(info["last_sig_edit_ts"]) is int
        assert info["attribution_windows"]
        advised = info["status"] == "FAIL" and row["status"] == "ACTIVE"
        assert ("recommendations" in row) == advised


@pytest.mark.parametrize(
    "edge", ["customaudiences", "adspixels", "promote_pages", "saved_audiences", "users"]
)
def test_edges_that_meta_knows_are_empty_not_unknown(shared: Caller, edge: str) -> None:
    assert shared.get(f"{shared.account()}/{edge}") == {"data": []}


def test_empty_edges_are_left_out_of_expansions(fresh: Caller) -> None:
    new = fresh.post(
        f"{fresh.account()}/campaigns",
        name="empty",
        objective="OUTCOME_SALES",
        status="PAUSED",
        special_ad_categories="[]",
        is_adset_budget_sharing_enabled="false",
    )["id"]

    found = fresh.get(new, fields="name,adsets{id},insights{spend},ads.summary(true){id}")
    assert found == {
        "id": new,
        "name": "empty",
        "ads": {"data": [], "summary": {"total_count": 0}},
    }


def test_objects_are_found_by_labels(fresh: Caller) -> None:
    account = fresh.account()
    rows = fresh.get(f"{account}/campaigns", limit="2")["data"]
    labels = [fresh.post(f"{account}/adlabels", name=name)["id"] for name in ("a", "b")]
    fresh.post(rows[0]["id"], adlabels=json.dumps([{"id": one} for one in labels]))
    fresh.post(rows[1]["id"], adlabels=json.dumps([{"id": labels[0]}]))

    def found(operator: str) -> set[str]:
        asked = {"ad_label_ids": json.dumps(labels), "operator": operator}
        return {row["id"] for row in fresh.every(f"{account}/campaignsbylabels", **asked)}

    assert found("ALL") == {rows[0]["id"]}
    assert found("ANY") == {row["id"] for row in rows}
    assert fresh.refusal(fresh.raw("GET", f"{account}/campaignsbylabels"))["code"] == 100


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"object_id": "1"}, "no object"),
        ({"object_id": "{ad}", "issues": "x"}, "issues"),
        ({"object_id": "{ad}", "review": "MAYBE"}, "review"),
        ({"object_id": "{account}", "account_status": "x"}, "account_status"),
        ({"colour": 1}, "unknown option"),
    ],
)
def test_a_wrong_change_of_an_object_is_explained(shared: Caller, body: Json, word: str) -> None:
    names = {"ad": first_ad(shared)["id"], "account": shared.account()}
    if "object_id" in body:
        body = {**body, "object_id": body["object_id"].format(**names)}
    answer = shared.http.post("/_sandbox/objects", json=body)

    assert answer.status_code == 400
    assert word in answer.json()["error"]
