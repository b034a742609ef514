"""Copies: names, states, dates, parents, limits, what the answer holds."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json
from tests.sync.sandbox.graph.write_cases import (
    new_ad,
    new_adset,
    new_campaign,
    new_creative,
    refused,
)


@pytest.fixture
def tree(fresh: Caller) -> dict[str, str]:
    """A campaign with one ad set and one ad."""
    campaign = new_campaign(fresh, name="C")
    adset = new_adset(fresh, campaign, name="S")
    ad = new_ad(fresh, adset, new_creative(fresh), name="A")
    return {"campaign": campaign, "adset": adset, "ad": ad}


def copied(answer: Json) -> dict[str, str]:
    return {row["ad_object_type"]: row["copied_id"] for row in answer["ad_object_ids"]}


def test_a_deep_copy_tells_what_was_made_of_what(fresh: Caller, tree: dict[str, str]) -> None:
    answer = fresh.post(f"{tree['campaign']}/copies", deep_copy="true")

    assert set(answer) == {"copied_campaign_id", "ad_object_ids"}
    assert [(row["ad_object_type"], row["source_id"]) for row in answer["ad_object_ids"]] == [
        ("campaign", tree["campaign"]),
        ("ad_set", tree["adset"]),
        ("ad", tree["ad"]),
    ]
    assert all(set(r) == {"ad_object_type", "source_id", "copied_id"}
               for r in answer["ad_object_ids"])  # fmt: skip
    made = copied(answer)
    assert fresh.get(made["ad"], fields="name,status,effective_status,adset_id,source_ad_id") == {
        "id": made["ad"],
        "name": "A",
        "status": "PAUSED",
        "effective_status": "PAUSED",
        "adset_id": made["ad_set"],
        "source_ad_id": tree["ad"],
    }
    assert fresh.get(made["ad_set"], fields="daily_budget,campaign_id,source_adset_id") == {
        "id": made["ad_set"],
        "daily_budget": "20000",
        "campaign_id": made["campaign"],
        "source_adset_id": tree["adset"],
    }
    created = [row for row in fresh.ledger() if row["before"] in tree.values()]
    assert {row["object_id"] for row in created} == set(made.values())


def test_a_plain_copy_leaves_the_children(fresh: Caller, tree: dict[str, str]) -> None:
    answer = fresh.post(f"{tree['campaign']}/copies")

    assert list(copied(answer)) == ["campaign"]
    assert fresh.get(f"{answer['copied_campaign_id']}/adsets")["data"] == []


@pytest.mark.parametrize(
    ("options", "locale", "names"),
    [
        ({}, "en_US", ("C - Copy", "S", "A")),
        ({}, "uk_UA", ("C – копія", "S", "A")),
        ({}, "de_DE", ("C – Kopie", "S", "A")),
        ({"rename_strategy": "NO_RENAME"}, "en_US", ("C", "S", "A")),
        ({"rename_strategy": "DEEP_RENAME"}, "en_US", ("C - Copy", "S - Copy", "A - Copy")),
        ({"rename_strategy": "DEEP_RENAME", "rename_suffix": " v2"}, "en_US",
         ("C v2", "S v2", "A v2")),
        ({"rename_prefix": "New "}, "en_US", ("New C", "S", "A")),
        ({"rename_prefix": "<", "rename_suffix": ">"}, "uk_UA", ("<C>", "S", "A")),
    ],
)  # fmt: skip
def test_copies_are_named_as_asked(
    fresh: Caller,
    tree: dict[str, str],
    options: dict[str, str],
    locale: str,
    names: tuple[str, str, str],
) -> None:
    form = {"deep_copy": "true", "rename_options": json.dumps(options), "locale": locale}
    made = copied(fresh.post(f"{tree['campaign']}/copies", **form))

    found = tuple(
        fresh.get(made[kind], fields="name")["name"] for kind in ("campaign", "ad_set", "ad")
    )
    assert found == names


@pytest.mark.parametrize(
    ("option", "status"),
    [("ACTIVE", "ACTIVE"), ("PAUSED", "PAUSED"), ("INHERITED_FROM_SOURCE", "ACTIVE")],
)
def test_copies_have_the_state_asked_for(
    fresh: Caller, tree: dict[str, str], option: str, status: str
) -> None:
    answer = fresh.post(f"{tree['ad']}/copies", status_option=option)

    assert set(answer) == {"copied_ad_id", "ad_object_ids"}
    shown = fresh.get(answer["copied_ad_id"], fields="status,effective_status")
    assert shown["status"] == status
    if status == "ACTIVE":
        fresh.post(tree["campaign"], status="ACTIVE")
        asked = {"fields": "effective_status"}
        assert fresh.get(answer["copied_ad_id"], **asked)["effective_status"] == "PENDING_REVIEW"


def test_what_is_archived_is_copied_as_paused(fresh: Caller, tree: dict[str, str]) -> None:
    fresh.post(tree["adset"], status="ARCHIVED")
    answer = fresh.post(f"{tree['adset']}/copies", status_option="INHERITED_FROM_SOURCE")

    assert fresh.get(answer["copied_adset_id"], fields="status")["status"] == "PAUSED"


def test_a_finished_ad_set_is_copied_with_its_length_from_now(
    fresh: Caller, tree: dict[str, str]
) -> None:
    end = "2026-03-12T05:30:00-0400"
    fresh.post(tree["adset"], end_time=end)
    same = fresh.post(f"{tree['adset']}/copies")["copied_adset_id"]
    fresh.control("POST", "advance", {"hours": 96})
    later = fresh.post(f"{tree['adset']}/copies")["copied_adset_id"]

    assert fresh.get(same, fields="end_time")["end_time"] == end
    assert fresh.get(later, fields="start_time,end_time") == {
        "id": later,
        "start_time": "2026-03-14T05:30:00-0400",
        "end_time": "2026-03-16T05:30:00-0400",
    }


def test_dates_and_parents_are_taken_as_given(fresh: Caller, tree: dict[str, str]) -> None:
    other = new_campaign(fresh, daily_budget="9000")
    form = {
        "campaign_id": other,
        "start_time": "2026-04-01 00:00:00-04:00",
        "end_time": "1777000000",
    }
    adset = fresh.post(f"{tree['adset']}/copies", **form)["copied_adset_id"]

    assert fresh.get(adset, fields="campaign_id,daily_budget,start_time,end_time") == {
        "id": adset,
        "campaign_id": other,
        "daily_budget": "0",
        "start_time": "2026-04-01T00:00:00-0400",
        "end_time": "2026-04-23T23:06:40-0400",
    }
    ad = fresh.post(f"{tree['ad']}/copies", adset_id=adset)["copied_ad_id"]
    assert fresh.get(ad, fields="adset_id,campaign_id") == {
        "id": ad,
        "adset_id": adset,
        "campaign_id": other,
    }


def test_copies_may_differ_from_their_source(fresh: Caller, tree: dict[str, str]) -> None:
    overrides = json.dumps({"daily_budget": 7000, "special_ad_categories": ["CREDIT"]})
    campaign = fresh.post(f"{tree['campaign']}/copies", parameter_overrides=overrides)
    creative = json.dumps({"title": "Another"})
    ad = fresh.post(f"{tree['ad']}/copies", creative_parameters=creative)

    shown = fresh.get(campaign["copied_campaign_id"], fields="daily_budget,special_ad_categories")
    assert shown["daily_budget"] == "7000"
    assert shown["special_ad_categories"] == ["CREDIT"]
    assert set(copied(ad)) == {"unique_adcreative", "ad"}
    found = fresh.get(ad["copied_ad_id"], fields="creative{title}")["creative"]
    assert found == {"id": copied(ad)["unique_adcreative"], "title": "Another"}


def test_a_copy_is_read_after_it_is_written(fresh: Caller, tree: dict[str, str]) -> None:
    answer = fresh.post(f"{tree['adset']}/copies", fields="name,status")

    assert answer["name"] == "S - Copy"
    assert answer["id"] == answer["copied_adset_id"]


def test_more_children_than_three_are_copied_later_only(
    fresh: Caller, tree: dict[str, str]
) -> None:
    for number in range(2):
        new_ad(fresh, tree["adset"], new_creative(fresh), name=f"A{number}")
    path = f"{tree['campaign']}/copies"
    before = len(fresh.every(f"{fresh.account()}/campaigns"))

    assert refused(fresh, path, deep_copy="true") == (100, 1885194)
    error = fresh.refusal(fresh.post_raw(path, deep_copy="true"))
    assert error["error_user_msg"] == ("A copy takes at most 3 child objects here; this one has 4.")
    assert len(fresh.every(f"{fresh.account()}/campaigns")) == before
    assert "copied_adset_id" in fresh.post(f"{tree['adset']}/copies", deep_copy="true")
    fresh.control("POST", "limits", {"async_copies": 3})
    item = {"method": "POST", "relative_url": path, "name": "big", "body": "deep_copy=true"}
    session = fresh.post("", asyncbatch=json.dumps([item]))["async_sessions"][0]["id"]
    fresh.control("POST", "advance", {"hours": 1})
    assert '"error_subcode":1885194' in fresh.get(session)["result"]


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"status_option": "ARCHIVED"}, (100, None)),
        ({"rename_options": '{"rename_strategy":"SOME"}'}, (100, None)),
        ({"rename_options": '{"suffix":"x"}'}, (100, None)),
        ({"campaign_id": "5"}, (100, None)),
        ({"end_time": "1700000000"}, (100, 1487033)),
        ({"adset_id": "5"}, (100, None)),
    ],
)
def test_what_copies_do_not_take(
    shared: Caller, form: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    assert refused(shared, f"{shared.with_own_budget()['id']}/copies", **form) == wanted


def test_what_is_deleted_is_not_copied(fresh: Caller, tree: dict[str, str]) -> None:
    fresh.delete(tree["ad"])

    assert refused(fresh, f"{tree['ad']}/copies") == (100, None)
