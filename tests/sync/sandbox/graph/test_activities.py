"""The change history: who, when, what, chosen by object, time and category."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.sandbox.graph.meta_names import enum_values
from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.server import sandbox_in_thread
from tests.sync.sandbox.graph.conftest import SHORT
from tests.sync.sandbox.graph.graph_client import Caller, Json
from tests.sync.sandbox.graph.write_cases import events, refused


@pytest.fixture(scope="module")
def edited(shared_short: Caller) -> Caller:
    """A sandbox in which many fields were changed."""
    caller = shared_short
    adset = caller.with_own_budget()
    ad = caller.get(f"{adset['id']}/ads", fields="id")["data"][0]["id"]
    budget = str(int(adset["daily_budget"]) + 100)
    caller.post(
        adset["id"],
        daily_budget=budget,
        status="PAUSED",
        end_time="2026-05-01",
        bid_strategy="COST_CAP",
        bid_amount="900",
        targeting='{"geo_locations":{"countries":["CA"]}}',
    )
    caller.post(adset["campaign_id"], name="n")
    caller.post(ad, name="n")
    caller.post(caller.account(), spend_cap="100000")
    return caller


def rows(caller: Caller, **params: str) -> list[Json]:
    return list(caller.every(f"{caller.account()}/activities", **params))


def test_a_row_holds_every_field_in_its_wire_type(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()
    before = int(campaign["daily_budget"])
    fresh.post(campaign["id"], daily_budget=str(before + 100))
    fields = (
        "actor_id,actor_name,application_id,application_name,date_time_in_timezone,event_time,"
        "event_type,extra_data,object_id,object_name,object_type,tool,translated_event_type"
    )
    row = rows(fresh, fields=fields)[0]

    assert json.loads(row.pop("extra_data")) == {
        "currency": "USD",
        "old_value": before,
        "new_value": before + 100,
        "type": "payment_amount",
    }
    assert row.pop("actor_id").isdigit()
    assert row.pop("application_id") == fresh.address.app_id
    assert row == {
        "actor_name": "AI-Buyer system user",
        "application_name": row["application_name"],
        "date_time_in_timezone": "03/10/2026 at 5:30 AM",
        "event_time": "2026-03-10T09:30:00+0000",
        "event_type": "update_campaign_budget",
        "object_id": campaign["id"],
        "object_name": campaign["name"],
        "object_type": "CAMPAIGN",
        "tool": "MARKETING_API",
        "translated_event_type": "Campaign budget updated",
    }


def test_rows_are_chosen_by_object_and_what_lies_below_it(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    ad = fresh.get(f"{adset['id']}/ads", fields="id")["data"][0]["id"]
    other = fresh.with_campaign_budget()["id"]
    for target in (adset["campaign_id"], adset["id"], ad, other):
        fresh.post(target, name="renamed")

    def objects(**params: str) -> set[str]:
        return {row["object_id"] for row in rows(fresh, fields="object_id", **params)}

    campaign = adset["campaign_id"]
    assert objects(oid=campaign) == {campaign}
    assert objects(oid=campaign, add_children="true") == {campaign, adset["id"], ad}
    assert objects(oid=campaign, extra_oids=json.dumps([other])) == {campaign, other}
    assert objects() == {campaign, adset["id"], ad, other}
    below = fresh.every(f"{adset['id']}/activities", fields="object_id")
    assert {row["object_id"] for row in below} == {adset["id"]}
    below = fresh.every(f"{adset['id']}/activities", fields="object_id", add_children="true")
    assert {row["object_id"] for row in below} == {adset["id"], ad}


@pytest.mark.parametrize(
    ("category", "wanted"),
    [
        ("BUDGET", {"update_ad_set_budget", "ad_account_update_spend_limit"}),
        ("STATUS", {"update_ad_set_run_status"}),
        ("BID", {"update_ad_set_bidding", "update_ad_set_bid_strategy"}),
        ("DATE", {"update_ad_set_duration"}),
        ("TARGETING", {"update_ad_set_target_spec"}),
        ("AUDIENCE", set()),
        ("CAMPAIGN", {"update_campaign_name"}),
        ("AD", {"update_ad_friendly_name"}),
        ("ACCOUNT", {"ad_account_update_spend_limit"}),
    ],
)
def test_rows_are_chosen_by_category(edited: Caller, category: str, wanted: set[str]) -> None:
    found = {row["event_type"] for row in rows(edited, category=category, fields="event_type")}

    assert found == wanted


def test_rows_are_chosen_by_time(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    for name in ("one", "two", "three"):
        fresh.post(campaign, name=name)
        fresh.control("POST", "advance", {"hours": 96})

    def names(**params: str) -> list[str]:
        found = rows(fresh, oid=campaign, fields="extra_data", **params)
        return [json.loads(row["extra_data"])["new_value"] for row in found]

    assert names() == ["three"]
    assert names(since="2026-03-10T00:00:00-0500") == ["three", "two", "one"]
    assert names(since="2026-03-01", until="2026-03-12T00:00:00-0500") == ["one"]
    assert names(since=str(1773135000 + 3600), until=str(1773135000 + 97 * 3600)) == ["two"]
    assert names(until="2026-03-11") == ["one"]


@pytest.mark.parametrize(
    "params",
    [{"category": "MONEY"}, {"data_source": "X"}, {"since": "soon"},
     {"since": "2026-03-10", "until": "2026-03-09"}],
)  # fmt: skip
def test_what_the_history_cannot_be_asked(shared: Caller, params: dict[str, str]) -> None:
    error = shared.refusal(shared.raw("GET", f"{shared.account()}/activities", **params))

    assert error["code"] == 100


def test_another_person_stands_behind_edits_of_the_scenario() -> None:
    edit: dict[str, Any] = {"kind": "foreign_edit", "at_hour": 1, "hours": 1, "account": 0}
    scenario = parse_scenario({**SHORT, "events": [edit]})
    with sandbox_in_thread(scenario) as address:
        caller = Caller(address)
        caller.control("POST", "advance", {"hours": 3})
        found = rows(caller, fields="actor_id,actor_name,application_id,tool,event_time")
        mine = caller.get("me", fields="id")["id"]
        assert rows(caller, uid=mine) == []
        assert caller.ledger() == []
        caller.http.close()

    assert found
    assert {row["actor_name"] for row in found} == {"A colleague in Ads Manager"}
    assert {row["application_id"] for row in found} == {"0"}
    assert {row["tool"] for row in found} == {"ADS_MANAGER"}
    assert all(row["event_time"] >= "2026-03-10T10:3" for row in found)


def test_every_event_type_is_one_of_metas(edited: Caller) -> None:
    found = {row["event_type"] for row in rows(edited, fields="event_type")}

    assert found <= enum_values("AdActivity", "EventType")
    assert len(found) >= 9


def test_a_refused_write_leaves_no_row(shared: Caller) -> None:
    adset = shared.with_own_budget()["id"]

    assert refused(shared, adset, daily_budget="1") == (100, 1885272)
    assert events(shared, adset) == []
