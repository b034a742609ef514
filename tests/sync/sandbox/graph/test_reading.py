"""Nodes and object edges: fields, expansion, filters, pages."""

from __future__ import annotations

import json

import httpx
import pytest

from sync.sandbox.graph.meta_names import fields_of
from tests.sync.sandbox.graph.graph_client import Caller


@pytest.mark.parametrize("path", ["{id}", "{id}/", "/{id}", "{id}//"])
def test_slashes_do_not_matter(shared: Caller, path: str) -> None:
    campaign = shared.with_campaign_budget()["id"]

    assert shared.get(path.format(id=campaign)) == {"id": campaign}


def test_token_travels_in_query_form_or_header(shared: Caller) -> None:
    token = shared.address.access_token
    path = f"/v26.0/{shared.account()}"

    bearer = shared.http.get(path, headers={"Authorization": f"Bearer {token}"})
    form = shared.http.post("/v26.0/", data={"access_token": token, "batch": "[]"})
    assert bearer.status_code == 200
    assert shared.refusal(form)["message"].startswith("(#100) Param batch")


@pytest.mark.parametrize("version", ["v23.0", "v99.0", ""])
def test_versions_that_are_not_alive_are_refused(shared: Caller, version: str) -> None:
    answer = shared.http.get(
        f"/{version}/me".replace("//", "/"),
        params={"access_token": shared.address.access_token},
    )

    assert answer.status_code == 400
    assert shared.refusal(answer)["code"] == 2635


def test_absent_fields_are_left_out_and_budgets_are_text(shared: Caller) -> None:
    with_budget = shared.get(
        shared.with_campaign_budget()["id"], fields="daily_budget,lifetime_budget,budget_remaining"
    )
    adset = shared.get(
        shared.with_own_budget()["id"],
        fields="daily_budget,lifetime_budget,source_adset_id,campaign{daily_budget,bid_strategy}",
    )

    assert isinstance(with_budget["daily_budget"], str)
    assert "lifetime_budget" not in with_budget
    assert 0 <= int(with_budget["budget_remaining"]) <= int(with_budget["daily_budget"])
    assert adset["lifetime_budget"] == "0"
    assert adset["source_adset_id"] == "0"
    assert adset["campaign"].keys() == {"id"}


def test_account_speaks_its_own_money_and_zone(shared: Caller) -> None:
    account = shared.get(
        shared.account(1),
        fields="id,account_id,currency,timezone_name,timezone_offset_hours_utc,min_daily_budget,"
        "account_status,amount_spent,spend_cap,business{name},created_time",
    )

    assert account["id"] == f"act_{account['account_id']}"
    assert (account["currency"], account["timezone_offset_hours_utc"]) == ("HUF", 1.0)
    assert isinstance(account["min_daily_budget"], int)
    assert isinstance(account["amount_spent"], str)
    assert account["business"].keys() == {"name"}
    assert account["created_time"][-5:] in ("+0100", "+0200")


def test_unknown_field_and_bad_grammar_are_told_apart(shared: Caller) -> None:
    account = shared.account()
    unknown = shared.refusal(shared.raw("GET", account, fields="id,dayly_budget"))
    nested = shared.refusal(shared.raw("GET", account, fields="campaigns{nope}"))
    broken = shared.refusal(shared.raw("GET", account, fields="campaigns{id"))

    assert (unknown["code"], "dayly_budget" in unknown["message"]) == (100, True)
    assert (nested["code"], "Campaign" in nested["message"]) == (100, True)
    assert broken["code"] == 2500


def test_fields_expand_into_edges_with_modifiers(shared: Caller) -> None:
    found = shared.get(
        shared.account(),
        fields="name,campaigns.limit(2){id,adsets.limit(1){id,ads{id,creative{id,title}}}}",
    )

    page = found["campaigns"]
    assert len(page["data"]) == 2
    assert page["paging"]["next"].startswith(shared.address.url)
    adset = page["data"][0]["adsets"]["data"][0]
    assert adset["ads"]["data"][0]["creative"]["title"]


def test_next_address_gives_the_next_page(shared: Caller) -> None:
    path = f"{shared.account()}/ads"
    page = shared.get(path, limit="2", fields="id")
    following = httpx.get(page["paging"]["next"], trust_env=False).json()

    everything = [row["id"] for row in shared.every(path, limit="3", fields="id")]
    assert [row["id"] for row in page["data"] + following["data"]] == everything[:4]
    assert len(set(everything)) == len(everything)
    back = shared.get(path, limit="2", before=following["paging"]["cursors"]["before"])
    assert back["data"] == page["data"]


def test_pages_are_25_long_and_may_be_a_thousand(shared: Caller) -> None:
    path = f"{shared.account()}/ads"

    total = shared.get(path, summary="true")["summary"]["total_count"]
    assert len(shared.get(path)["data"]) == min(total, 25)
    assert len(shared.get(path, limit="1000")["data"]) == total
    assert shared.refusal(shared.raw("GET", path, limit="0"))["code"] == 100


@pytest.mark.parametrize("form", ['["PAUSED"]', "PAUSED", "PAUSED,ARCHIVED"])
def test_effective_status_takes_json_and_commas(shared: Caller, form: str) -> None:
    rows = shared.every(
        f"{shared.account()}/campaigns", effective_status=form, fields="effective_status"
    )

    assert rows
    assert {row["effective_status"] for row in rows} == {"PAUSED"}


def test_filters_compare_names_numbers_times_and_parents(shared: Caller) -> None:
    account = shared.account()
    campaign = shared.with_campaign_budget()

    def ids(edge: str, *conditions: tuple[str, str, object]) -> set[str]:
        filtering = [{"field": f, "operator": o, "value": v} for f, o, v in conditions]
        rows = shared.every(f"{account}/{edge}", filtering=json.dumps(filtering), fields="id")
        return {row["id"] for row in rows}

    everything = ids("campaigns")
    assert ids("campaigns", ("name", "CONTAIN", campaign["name"][:5])) >= {campaign["id"]}
    assert ids("campaigns", ("campaign.id", "IN", [campaign["id"]])) == {campaign["id"]}
    assert ids("campaigns", ("updated_time", "GREATER_THAN", 0)) == everything
    assert ids("campaigns", ("campaign.updated_time", "LESS_THAN", 1)) == set()
    budget = int(campaign["daily_budget"])
    assert campaign["id"] in ids("campaigns", ("daily_budget", "IN_RANGE", [budget, budget]))
    mine = {row["id"] for row in shared.every(f"{campaign['id']}/adsets", fields="id")}
    assert ids("adsets", ("campaign.id", "EQUAL", campaign["id"])) == mine
    assert ids("ads", ("ad.delivery_info", "IN", ["deleted"])) == set()


@pytest.mark.parametrize(
    ("edge", "params"),
    [
        ("campaigns", {"effective_status": "RUNNING"}),
        ("campaigns", {"filtering": "x"}),
        ("campaigns", {"filtering": '[{"field":"name","operator":"LIKE","value":"x"}]'}),
        ("campaigns", {"filtering": '[{"field":"nope","operator":"EQUAL","value":"x"}]'}),
        ("campaigns", {"filtering": '[{"field":"shoe.id","operator":"EQUAL","value":"x"}]'}),
        ("campaigns", {"filtering": '[{"field":"ad.id","operator":"EQUAL","value":"x"}]'}),
        ("campaigns", {"colour": "red"}),
        ("nonsense", {}),
    ],
)
def test_wrong_parameters_are_code_100(shared: Caller, edge: str, params: dict[str, str]) -> None:
    error = shared.refusal(shared.raw("GET", f"{shared.account()}/{edge}", **params))

    assert error["code"] == 100


def test_every_field_meta_knows_may_be_asked(shared: Caller) -> None:
    account = shared.account()
    edges = {"Campaign": "campaigns", "AdSet": "adsets", "Ad": "ads", "AdCreative": "adcreatives"}
    for kind, edge in edges.items():
        page = shared.get(f"{account}/{edge}", fields=",".join(sorted(fields_of(kind))))
        assert all(value is not None for row in page["data"] for value in row.values())
    assert shared.get(account, fields=",".join(sorted(fields_of("AdAccount"))))["id"] == account
    wanted = ",".join(sorted(fields_of("AdsInsights")))
    assert shared.get(f"{account}/insights", fields=wanted, level="ad")["data"]


def test_multi_get_answers_by_id_and_fails_as_a_whole(shared: Caller) -> None:
    first, second = (row["id"] for row in shared.get(f"{shared.account()}/ads", limit="2")["data"])
    both = shared.get("/", ids=f"{first},{second}", fields="name")
    bad = shared.refusal(shared.raw("GET", "/", ids=f"{first},1"))
    many = shared.refusal(shared.raw("GET", "/", ids=",".join(["1"] * 51)))

    assert set(both) == {first, second}
    assert (bad["code"], bad["error_subcode"], bad["type"]) == (100, 33, "GraphMethodException")
    assert many["code"] == 100


def test_businesses_own_their_accounts(shared: Caller) -> None:
    businesses = shared.get("me/businesses", fields="id,name")["data"]
    alpha = next(row for row in businesses if row["name"] == "Alpha")
    owned = shared.get(f"{alpha['id']}/owned_ad_accounts", fields="name")["data"]

    assert [row["name"] for row in owned] == ["Alpha US"]
    assert shared.get(f"{alpha['id']}/client_ad_accounts")["data"] == []


def test_minimum_budgets_name_the_currency(shared: Caller) -> None:
    rows = shared.get(f"{shared.account(1)}/minimum_budgets")["data"]

    assert rows[0]["currency"] == "HUF"
    assert rows[0]["min_daily_budget_imp"] > 0


def test_a_deleted_rows_cursor_dies(fresh: Caller) -> None:
    path = f"{fresh.account()}/campaigns"
    page = fresh.get(path, limit="2", fields="id")
    cursor = page["paging"]["cursors"]["after"]
    fresh.delete(page["data"][-1]["id"])

    for dead in (cursor, "%%%"):
        error = fresh.refusal(fresh.raw("GET", path, limit="2", after=dead))
        assert (error["code"], "error_subcode" in error) == (2642, False)
