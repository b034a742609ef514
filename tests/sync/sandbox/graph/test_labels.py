"""Labels: objects of the account, put on by id or name, taken off, renamed."""

from __future__ import annotations

import json

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.write_cases import codes, new_creative, refused


def label(caller: Caller, name: str) -> str:
    return str(caller.post(f"{caller.account()}/adlabels", name=name)["id"])


def test_a_name_is_one_label(fresh: Caller) -> None:
    first = label(fresh, "x")

    assert label(fresh, "x") == first
    assert first.isdigit()
    assert int(first) > 2**53
    found = fresh.get(first, fields="name,account,created_time,updated_time")
    assert found == {
        "id": first,
        "name": "x",
        "account": {"account_id": fresh.account()[4:], "id": fresh.account()},
        "created_time": "2026-03-10T05:30:00-0400",
        "updated_time": "2026-03-10T05:30:00-0400",
    }
    assert [row["level"] for row in fresh.ledger()] == ["adlabel"]


def test_labels_are_found_on_every_level_and_followed_back(fresh: Caller) -> None:
    one = label(fresh, "x")
    campaign, adset = fresh.with_campaign_budget()["id"], fresh.with_own_budget()["id"]
    ad = fresh.get(f"{fresh.account()}/ads", fields="id")["data"][0]["id"]
    creative = new_creative(fresh)
    for target in (campaign, adset, ad, creative):
        assert fresh.post(f"{target}/adlabels", adlabels=json.dumps([{"id": one}])) == {
            "success": True
        }

    for edge, target in (
        ("campaigns", campaign),
        ("adsets", adset),
        ("ads", ad),
        ("adcreatives", creative),
    ):
        assert [row["id"] for row in fresh.get(f"{one}/{edge}")["data"]] == [target]
    asked = json.dumps([{"field": "adlabels", "operator": "ANY", "value": [one]}])
    rows = fresh.get(f"{fresh.account()}/campaigns", filtering=asked)["data"]
    assert [row["id"] for row in rows] == [campaign]


def test_a_new_name_shows_on_everything_that_carries_it(fresh: Caller) -> None:
    one = label(fresh, "x")
    other = label(fresh, "y")
    adset = fresh.with_own_budget()["id"]
    fresh.post(adset, adlabels='[{"name":"x"}]')
    assert fresh.post(one, name="z") == {"success": True}

    assert fresh.get(adset, fields="adlabels{id,name}")["adlabels"] == [{"id": one, "name": "z"}]
    assert refused(fresh, other, name="z") == (100, None)
    assert fresh.delete(one) == {"success": True}
    assert "adlabels" not in fresh.get(adset, fields="adlabels")
    assert codes(fresh.refusal(fresh.raw("GET", one))) == (100, 33)


def test_adding_keeps_what_is_there_and_removing_makes_nothing(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    fresh.post(f"{adset}/adlabels", adlabels='[{"name":"a"},{"name":"b"}]')
    fresh.post(f"{adset}/adlabels", adlabels='[{"name":"a"},{"name":"c"}]')

    names = [one["name"] for one in fresh.get(adset, fields="adlabels{name}")["adlabels"]]
    assert names == ["a", "b", "c"]
    fresh.delete(f"{adset}/adlabels", adlabels='[{"name":"b"},{"name":"never"}]')
    names = [one["name"] for one in fresh.get(adset, fields="adlabels{name}")["adlabels"]]
    assert names == ["a", "c"]
    fresh.post(adset, adlabels='[{"name":"d"}]')
    assert [one["name"] for one in fresh.get(adset, fields="adlabels{name}")["adlabels"]] == ["d"]
    all_names = {row["name"] for row in fresh.every(f"{fresh.account()}/adlabels", fields="name")}
    assert all_names == {"a", "b", "c", "d"}


def test_validation_puts_nothing_on(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    options = '["validate_only"]'

    path = f"{adset}/adlabels"
    answer = fresh.post(path, adlabels='[{"name":"x"}]', execution_options=options)
    assert answer == {"success": True}
    assert fresh.ledger() == []


def test_what_labels_cannot_be(shared: Caller) -> None:
    adset, account = shared.with_own_budget()["id"], shared.account()

    assert refused(shared, f"{adset}/adlabels", adlabels='[{"id":"1"}]') == (100, 33)
    assert refused(shared, f"{adset}/adlabels", adlabels='[{"colour":"red"}]') == (100, None)
    assert refused(shared, f"{adset}/adlabels") == (100, None)
    assert refused(shared, f"{account}/adlabels") == (100, None)
