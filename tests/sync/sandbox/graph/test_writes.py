"""Updates, creations, copies and deletions, and what they leave behind."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json

STORY = json.dumps(
    {"page_id": "1", "link_data": {"link": "https://example.com", "message": "fresh"}}
)


def codes(error: Json) -> tuple[int, int | None]:
    return error["code"], error.get("error_subcode")


def refused(fresh: Caller, path: str, **form: str) -> tuple[int, int | None]:
    return codes(fresh.refusal(fresh.post_raw(path, **form)))


def test_budget_edit_is_in_ledger_and_history_but_not_in_updated_time(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()
    before = fresh.get(campaign["id"], fields="updated_time")["updated_time"]
    higher = int(campaign["daily_budget"]) + 500
    fresh.control("POST", "advance", {"hours": 2})

    assert fresh.post(campaign["id"], daily_budget=str(higher)) == {"success": True}
    rows = fresh.ledger()
    assert [(r["field"], r["before"], r["after"], r["level"]) for r in rows] == [
        ("daily_budget", higher - 500, higher, "campaign")
    ]
    assert rows[0]["time"] == "2026-03-10T11:30:00.000000Z"
    assert rows[0]["object_id"] == campaign["id"]
    assert fresh.get(campaign["id"], fields="updated_time")["updated_time"] == before
    row = fresh.get(f"{fresh.account()}/activities", oid=campaign["id"])["data"][0]
    assert row["event_type"] == "update_campaign_budget"
    assert json.loads(row["extra_data"])["new_value"] == higher
    fresh.post(campaign["id"], name="renamed")
    assert fresh.get(campaign["id"], fields="updated_time")["updated_time"] != before


def test_an_equal_value_leaves_no_row(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()

    fresh.post(campaign["id"], status="ACTIVE", daily_budget=campaign["daily_budget"])
    assert fresh.ledger() == []


def test_post_with_fields_answers_the_node(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()
    answer = fresh.post(campaign["id"], name="again", fields="name,status")

    assert answer == {
        "id": campaign["id"],
        "name": "again",
        "status": "ACTIVE",
        "success": True,
    }


def test_pausing_a_campaign_shows_on_its_children(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    ad = fresh.get(f"{adset['id']}/ads", fields="id,status")["data"][0]
    fresh.post(adset["campaign_id"], status="PAUSED")

    below = fresh.get("/", ids=f"{adset['id']},{ad['id']}", fields="status,effective_status")
    assert below[adset["id"]]["status"] == "ACTIVE"
    assert below[adset["id"]]["effective_status"] == "CAMPAIGN_PAUSED"
    assert below[ad["id"]]["status"] == ad["status"]
    fresh.post(adset["campaign_id"], status="ACTIVE")
    fresh.post(adset["id"], status="PAUSED")
    if ad["status"] == "ACTIVE":
        assert fresh.get(ad["id"], fields="effective_status")["effective_status"] == "ADSET_PAUSED"


def test_validate_only_changes_nothing(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    options = '["validate_only"]'

    assert fresh.post(adset, status="PAUSED", execution_options=options) == {"success": True}
    assert refused(fresh, adset, daily_budget="1", execution_options=options) == (100, 1885272)
    assert fresh.ledger() == []


def test_budget_rules_have_their_own_subcodes(fresh: Caller) -> None:
    shared, own = fresh.with_campaign_budget(), fresh.with_own_budget()
    below = fresh.get(f"{shared['id']}/adsets", fields="id")["data"][0]["id"]

    assert refused(fresh, own["id"], daily_budget="1") == (100, 1885272)
    assert refused(fresh, own["id"], daily_budget="999999999999") == (100, 1885261)
    assert refused(fresh, own["id"], daily_budget="5000", lifetime_budget="9000") == (100, None)
    assert refused(fresh, own["id"], lifetime_budget="900000") == (100, None)
    assert refused(fresh, below, daily_budget="5000") == (100, 1885621)
    error = fresh.refusal(fresh.post_raw(own["id"], daily_budget="1"))
    assert error["error_data"] == {"blame_field_specs": [["daily_budget"]]}
    assert error["error_user_title"] == "Budget Is Too Low"
    assert fresh.ledger() == []


def test_lowering_below_110_percent_of_spend_is_refused(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    fresh.control("POST", "advance", {"hours": 14})
    spent = fresh.get(f"{adset['id']}/insights", date_preset="today", fields="spend")["data"]
    minor = round(float(spent[0]["spend"]) * 100)

    assert refused(fresh, adset["id"], daily_budget=str(minor)) == (100, 1885650)
    fresh.post(adset["id"], daily_budget=str(minor * 12 // 10))


def test_a_fifth_budget_change_within_an_hour_is_refused(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    budget = int(adset["daily_budget"])
    for step in range(1, 5):
        fresh.post(adset["id"], daily_budget=str(budget + 100 * step))

    assert refused(fresh, adset["id"], daily_budget=str(budget)) == (613, 1487632)
    fresh.post(adset["id"], name="other fields still change")
    fresh.control("POST", "advance", {"hours": 0.9})
    assert refused(fresh, adset["id"], daily_budget=str(budget + 900)) == (613, 1487632)
    fresh.control("POST", "advance", {"hours": 0.2})
    fresh.post(adset["id"], daily_budget=str(budget + 900))


def test_budget_moves_between_campaign_and_ad_sets(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    campaign = adset["campaign_id"]
    siblings = [row["id"] for row in fresh.every(f"{campaign}/adsets", fields="id")]

    fresh.post(campaign, daily_budget="20000")
    assert fresh.get(adset["id"], fields="daily_budget")["daily_budget"] == "0"
    assert refused(fresh, campaign, adset_budgets="[]", daily_budget="1") == (100, 1885272)
    spread = json.dumps([{"adset_id": one, "daily_budget": 4000} for one in siblings])
    fresh.post(campaign, adset_budgets=spread)
    assert "daily_budget" not in fresh.get(campaign, fields="daily_budget")
    assert fresh.get(adset["id"], fields="daily_budget")["daily_budget"] == "4000"
    changed = {(r["object_id"], r["field"]) for r in fresh.ledger()}
    assert changed == {(one, "daily_budget") for one in [campaign, *siblings]}


def test_bids_need_a_capped_strategy_and_caps_need_a_bid(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]

    assert refused(fresh, adset, bid_amount="300") == (100, 1885204)
    assert refused(fresh, adset, bid_strategy="COST_CAP") == (100, None)
    fresh.post(adset, bid_strategy="COST_CAP", bid_amount="300")
    assert fresh.get(adset, fields="bid_amount,bid_strategy") == {
        "id": adset,
        "bid_amount": 300,
        "bid_strategy": "COST_CAP",
    }


@pytest.mark.parametrize(
    "form",
    [
        {"daily_budget": "12.50"},
        {"daily_budget": "-5"},
        {"status": "RUNNING"},
        {"budjet": "1"},
        {"targeting": "everyone"},
        {"end_time": "tomorrow"},
    ],
)
def test_wrong_parameters_are_code_100(shared: Caller, form: dict[str, str]) -> None:
    adset = shared.with_own_budget()["id"]

    assert codes(shared.refusal(shared.post_raw(adset, **form)))[0] == 100


def test_archived_and_deleted_objects_take_hardly_any_edit(fresh: Caller) -> None:
    campaign, adset = fresh.with_campaign_budget()["id"], fresh.with_own_budget()["id"]
    ad = fresh.get(f"{fresh.account()}/ads", fields="id")["data"][0]["id"]
    fresh.post(ad, status="ARCHIVED")
    fresh.post(campaign, status="ARCHIVED")
    fresh.delete(adset)

    assert refused(fresh, ad, status="ACTIVE") == (100, 1885088)
    assert refused(fresh, campaign, status="PAUSED") == (100, 1487566)
    assert refused(fresh, adset, status="PAUSED") == (100, 1487056)
    fresh.post(campaign, name="still named")
    fresh.post(campaign, status="DELETED")
    fresh.post(adset, name="still named")
    rows = fresh.every(f"{fresh.account()}/campaigns", fields="id")
    assert campaign not in {row["id"] for row in rows}
    asked = fresh.every(f"{fresh.account()}/campaigns", effective_status='["DELETED"]')
    assert campaign in {row["id"] for row in asked}


def test_creatives_do_not_change_but_ads_swap_them(fresh: Caller) -> None:
    account = fresh.account()
    ad = fresh.get(
        f"{account}/ads", fields="id,creative,effective_status", effective_status='["ACTIVE"]'
    )["data"][0]
    old = ad["creative"]["id"]
    new = fresh.post(f"{account}/adcreatives", name="k", object_story_spec=STORY)["id"]

    assert refused(fresh, old, object_story_spec=STORY) == (100, 1815573)
    fresh.post(old, name="only the name")
    assert refused(fresh, ad["id"], creative='{"creative_id":"1"}')[0] == 100
    fresh.post(ad["id"], creative=json.dumps({"creative_id": new}))
    after = fresh.get(ad["id"], fields="creative{id,body},effective_status")
    assert after["creative"] == {"id": new, "body": "fresh"}
    assert after["effective_status"] == "PENDING_REVIEW"
    fresh.control("POST", "advance", {"hours": 1})
    assert fresh.get(ad["id"], fields="effective_status")["effective_status"] == "ACTIVE"
    swap = next(row for row in fresh.ledger() if row["level"] == "ad")
    assert (swap["field"], swap["before"], swap["after"]) == ("creative_id", old, new)


def test_a_whole_campaign_is_created_and_begins_to_deliver(fresh: Caller) -> None:
    account = fresh.account()
    campaign = fresh.post(
        f"{account}/campaigns",
        name="c",
        objective="OUTCOME_SALES",
        status="ACTIVE",
        special_ad_categories="[]",
        is_adset_budget_sharing_enabled="false",
    )["id"]
    form = {
        "name": "s",
        "campaign_id": campaign,
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "billing_event": "IMPRESSIONS",
        "targeting": '{"geo_locations":{"countries":["US"]}}',
        "status": "ACTIVE",
    }
    assert refused(fresh, f"{account}/adsets", **form) == (100, None)
    made = fresh.post(f"{account}/adsets", daily_budget="20000", **form)
    creative = fresh.post(f"{account}/adcreatives", object_story_spec=STORY)["id"]
    ad = fresh.post(
        f"{account}/ads",
        name="a",
        adset_id=made["id"],
        creative=json.dumps({"creative_id": creative}),
        status="ACTIVE",
    )

    assert made["success"] is True
    assert set(ad) == {"id"}
    assert fresh.get(ad["id"], fields="effective_status")["effective_status"] == "PENDING_REVIEW"
    fresh.control("POST", "advance", {"hours": 1})
    fresh.get(ad["id"])
    fresh.control("POST", "advance", {"hours": 6})
    rows = fresh.get(f"{campaign}/insights", date_preset="today", fields="impressions")["data"]
    assert int(rows[0]["impressions"]) > 0


def test_creation_asks_for_what_meta_requires(fresh: Caller) -> None:
    account = fresh.account()
    form = {"name": "c", "objective": "OUTCOME_SALES", "status": "PAUSED"}

    assert refused(fresh, f"{account}/campaigns", **form)[0] == 100
    error = fresh.refusal(
        fresh.post_raw(f"{account}/campaigns", special_ad_categories="[]", **form)
    )
    assert "Must specify True or False in is_adset_budget_sharing_enabled" in error["message"]
    adset = {
        "name": "s",
        "campaign_id": fresh.with_campaign_budget()["id"],
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "billing_event": "IMPRESSIONS",
        "targeting": '{"geo_locations":{"countries":["DE"]}}',
    }
    assert refused(fresh, f"{account}/adsets", **adset) == (100, 3858079)
    assert refused(fresh, f"{account}/adsets", dsa_payor="p", **adset) == (100, 3858081)
    assert fresh.ledger() == []


def test_copies_answer_with_what_was_made(fresh: Caller) -> None:
    adsets = fresh.every(f"{fresh.account()}/adsets", fields="id,name,ads{id}")
    small = next(s for s in adsets if 1 <= len(s.get("ads", {"data": []})["data"]) <= 3)
    answer = fresh.post(f"{small['id']}/copies", deep_copy="true", locale="uk_UA")

    assert set(answer) == {"copied_adset_id", "ad_object_ids"}
    copied = fresh.get(
        answer["copied_adset_id"], fields="name,status,source_adset_id,ads{status,source_ad_id}"
    )
    assert copied["name"] == f"{small['name']} – копія"
    assert copied["status"] == "PAUSED"
    assert copied["source_adset_id"] == small["id"]
    assert {ad["source_ad_id"] for ad in copied["ads"]["data"]} == {
        ad["id"] for ad in small["ads"]["data"]
    }
    plain = fresh.post(f"{small['id']}/copies", status_option="INHERITED_FROM_SOURCE")
    assert fresh.get(plain["copied_adset_id"], fields="name")["name"].endswith(" - Copy")
    listed = fresh.every(f"{small['id']}/copies")
    assert len(listed) == 2


def test_copies_rename_as_asked(fresh: Caller) -> None:
    ad = fresh.get(f"{fresh.account()}/ads", fields="name")["data"][0]
    options = json.dumps({"rename_strategy": "ONLY_TOP_LEVEL_RENAME", "rename_prefix": "B: "})
    copied = fresh.post(f"{ad['id']}/copies", rename_options=options)

    assert fresh.get(copied["copied_ad_id"], fields="name")["name"] == f"B: {ad['name']}"


def test_more_than_three_children_do_not_copy_at_once(fresh: Caller) -> None:
    rows = fresh.every(f"{fresh.account()}/campaigns", fields="id,ads.summary(true){id}")
    large = max(rows, key=lambda row: len(row["ads"]["data"]))
    before = fresh.get(f"{fresh.account()}/ads", summary="true")["summary"]

    assert refused(fresh, f"{large['id']}/copies", deep_copy="true") == (100, 1885194)
    assert fresh.get(f"{fresh.account()}/ads", summary="true")["summary"] == before


def test_labels_are_added_and_removed(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    fresh.post(adset, adlabels='[{"name":"x"}]')
    fresh.post(f"{adset}/adlabels", adlabels='[{"name":"y"}]')

    labels = fresh.get(adset, fields="adlabels{name}")["adlabels"]
    assert labels == [{"name": "x"}, {"name": "y"}]
    fresh.delete(f"{adset}/adlabels", adlabels='[{"name":"x"}]')
    assert fresh.get(adset, fields="adlabels{name}")["adlabels"] == [{"name": "y"}]
    assert {row["name"] for row in fresh.get(f"{fresh.account()}/adlabels", fields="name")["data"]}


def test_method_override_deletes(fresh: Caller) -> None:
    ad = fresh.get(f"{fresh.account()}/ads", fields="id")["data"][0]["id"]

    fresh.post(ad, method="delete")
    assert fresh.get(ad, fields="status")["status"] == "DELETED"


def test_many_campaigns_are_deleted_by_strategy(fresh: Caller) -> None:
    path = f"{fresh.account()}/campaigns"
    answer = fresh.delete(path, delete_strategy="DELETE_OLDEST", object_count="2")

    assert len(answer["deleted_object_ids"]) == 2
    assert answer["objects_left_to_delete_count"] == 5
    assert len(fresh.every(path)) == 5


def test_images_come_as_parts_of_a_form(fresh: Caller) -> None:
    answer = fresh.http.post(
        f"/v26.0/{fresh.account()}/adimages",
        params={"access_token": fresh.address.access_token},
        files={"filename": ("a.png", b"\x89PNG1234\r\nmore")},
    ).json()

    assert set(answer["images"]["a.png"]) == {"hash", "url"}
    rows = fresh.get(f"{fresh.account()}/adimages", fields="hash,name")["data"]
    assert rows[0]["hash"] == answer["images"]["a.png"]["hash"]


def test_an_eleventh_spend_cap_within_a_day_is_refused(fresh: Caller) -> None:
    for step in range(10):
        fresh.post(fresh.account(), spend_cap=str(1000 + step))

    assert refused(fresh, fresh.account(), spend_cap="5000") == (17, 1885172)
    fresh.control("POST", "advance", {"hours": 25})
    fresh.post(fresh.account(), spend_cap="5000")


def test_account_spend_cap_is_given_in_major_units(fresh: Caller) -> None:
    fresh.post(fresh.account(), spend_cap="1234.5")

    assert fresh.get(fresh.account(), fields="spend_cap")["spend_cap"] == "123450"
