"""Asynchronous batches and request sets: states, results, refusals."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json
from tests.sync.sandbox.graph.write_cases import new_creative, refused

COUNTS = (
    "is_completed,total_count,initial_count,in_progress_count,success_count,error_count,"
    "canceled_count"
)


def an_ad(caller: Caller) -> Json:
    return caller.get(f"{caller.account()}/ads", fields="id,adset_id,creative")["data"][0]


def finished(caller: Caller, set_id: str) -> list[Json]:
    """Poll a set until it is complete and return what each look saw."""
    seen = [caller.get(set_id, fields=COUNTS)]
    while not seen[-1]["is_completed"]:
        seen.append(caller.get(set_id, fields=COUNTS))
    return seen


def test_a_session_runs_and_ends_with_the_answer_as_text(fresh: Caller) -> None:
    ad = an_ad(fresh)["id"]
    items = [
        {"method": "POST", "relative_url": f"{ad}/copies", "name": "one", "body": "locale=de_DE"},
        {"method": "POST", "relative_url": "1/copies", "name": "two"},
    ]
    answer = fresh.post("", asyncbatch=json.dumps(items))
    assert [row["name"] for row in answer["async_sessions"]] == ["one", "two"]
    good, bad = (row["id"] for row in answer["async_sessions"])

    states: list[str] = []
    while not states or states[-1] not in ("COMPLETED", "FAILED"):
        found = fresh.get(good)
        states.append(found["status"])
    assert states == ["RUNNING", "RUNNING", "COMPLETED"]
    copy = json.loads(found["result"])["copied_ad_id"]
    assert fresh.get(copy, fields="name")["name"].endswith(" – Kopie")
    assert found["complete_time"] == "2026-03-10T05:30:00-0400"
    fresh.control("POST", "advance", {"hours": 1})
    failed = fresh.get(bad)
    assert failed["status"] == "FAILED"
    assert failed["error_code"] == 100
    assert json.loads(failed["result"])["error"]["error_subcode"] == 33
    assert failed["complete_time"] == "2026-03-10T05:31:00-0400"


def test_each_call_is_in_the_request_log_once_it_is_done(fresh: Caller) -> None:
    ad = an_ad(fresh)["id"]
    item = {"method": "POST", "relative_url": f"{ad}/copies", "name": "one"}
    fresh.post("", asyncbatch=json.dumps([item]))
    fresh.control("POST", "advance", {"hours": 1})
    created = fresh.ledger()[0]

    logged = next(
        entry
        for entry in fresh.control("GET", "requests")["data"]
        if entry["request_id"] == created["request_id"]
    )
    assert (logged["path"], logged["batch_item"]) == (f"/v26.0/{ad}/copies", 0)
    assert created["time"] == "2026-03-10T09:31:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "[{",
        "[]",
        '[{"relative_url":"me"}]',
        '[{"name":"x"}]',
        '[{"name":"x","relative_url":"me","method":"PUT"}]',
        '[{"name":"x","relative_url":"me","depends_on":"y"}]',
        json.dumps([{"name": "x", "relative_url": "me"}] * 51),
    ],
)
def test_what_an_asynchronous_batch_cannot_be(shared: Caller, text: str) -> None:
    assert refused(shared, "", asyncbatch=text)[0] == 100


def test_a_set_of_new_ads_is_polled_to_its_end(fresh: Caller) -> None:
    ad = an_ad(fresh)
    good = {
        "name": "x",
        "adset_id": ad["adset_id"],
        "creative": {"creative_id": new_creative(fresh)},
        "status": "PAUSED",
    }
    path = f"{fresh.account()}/asyncadrequestsets"
    made = fresh.post(path, name="set", ad_specs=json.dumps([good, {**good, "adset_id": "1"}]))
    assert set(made) == {"id"}
    seen = finished(fresh, made["id"])

    assert [(s["initial_count"], s["in_progress_count"], s["success_count"]) for s in seen] == [
        (1, 1, 0),
        (0, 1, 1),
        (0, 0, 1),
    ]
    assert (seen[-1]["error_count"], seen[-1]["total_count"]) == (1, 2)
    assert fresh.get(made["id"]) == {
        "id": made["id"],
        "owner_id": fresh.account()[4:],
        "name": "set",
        "is_completed": True,
    }
    rows = fresh.get(f"{made['id']}/requests", fields="id,status,result,input,type")["data"]
    assert [row["status"] for row in rows] == ["SUCCESS", "ERROR"]
    assert fresh.get(rows[0]["result"]["id"], fields="name")["name"] == "x"
    assert rows[1]["result"]["error_code"] == 100
    assert rows[0]["input"] == good
    failed = fresh.get(f"{made['id']}/requests", statuses='["ERROR"]')["data"]
    assert [row["id"] for row in failed] == [rows[1]["id"]]
    assert fresh.get(rows[0]["id"]) == {
        "id": rows[0]["id"],
        "scope_object_id": ad["adset_id"],
        "status": "SUCCESS",
    }
    listed = fresh.get(path, is_completed="true")["data"]
    assert [row["id"] for row in listed] == [made["id"]]


def test_a_batch_of_writes_goes_through_an_account(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    higher = int(adset["daily_budget"]) + 500
    batch = [
        {"name": "n", "relative_url": adset["id"], "body": "name=later"},
        {"name": "b", "relative_url": adset["id"], "body": f"daily_budget={higher}"},
    ]
    path = f"{fresh.account()}/async_batch_requests"
    made = fresh.post(path, name="edits", adbatch=json.dumps(batch))["id"]

    assert finished(fresh, made)[-1]["success_count"] == 2
    shown = fresh.get(adset["id"], fields="name,daily_budget")
    assert (shown["name"], shown["daily_budget"]) == ("later", str(higher))
    rows = fresh.get(f"{made}/requests", fields="type,scope_object_id,result")["data"]
    assert rows[0]["type"] == "BATCH_API"
    assert rows[0]["scope_object_id"] == adset["id"]
    assert rows[0]["result"] == {"success": True}


def test_what_has_not_begun_can_be_canceled(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    batch = [{"name": str(n), "relative_url": adset, "body": f"name=n{n}"} for n in range(3)]
    path = f"{fresh.account()}/async_batch_requests"
    made = fresh.post(path, name="edits", adbatch=json.dumps(batch))["id"]
    rows = fresh.get(f"{made}/requests")["data"]
    fresh.delete(rows[2]["id"])

    assert fresh.get(rows[2]["id"], fields="status")["status"] == "USER_CANCELED"
    assert fresh.delete(made) == {"success": True}
    fresh.control("POST", "advance", {"hours": 1})
    last = finished(fresh, made)[-1]
    assert (last["success_count"] + last["canceled_count"], last["error_count"]) == (3, 0)
    assert last["canceled_count"] >= 1
    assert fresh.get(adset, fields="name")["name"] != "n2"


def test_a_set_tells_whom_it_will_notify(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    specs = json.dumps([{"name": "x", "adset_id": adset}])
    path = f"{fresh.account()}/asyncadrequestsets"

    assert refused(fresh, path, name="s", ad_specs=specs, notification_mode="ON_COMPLETE")[0] == 100
    form = {"notification_mode": "ON_COMPLETE", "notification_uri": "https://example.com/done"}
    made = fresh.post(path, name="s", ad_specs=specs, **form)["id"]
    assert fresh.post(made, name="other") == {"success": True}
    shown = fresh.get(made, fields="name,notification_mode,notification_uri,ad_specs")
    assert shown == {
        "id": made,
        "name": "other",
        "ad_specs": [{"name": "x", "adset_id": adset}],
        **form,
    }


@pytest.mark.parametrize(
    ("edge", "form"),
    [
        ("async_batch_requests", {"name": "x"}),
        ("async_batch_requests", {"adbatch": '[{"name":"a","relative_url":"1","body":""}]'}),
        ("async_batch_requests", {"name": "x", "adbatch": '[{"name":"a"}]'}),
        ("asyncadrequestsets", {"name": "x"}),
        ("asyncadrequestsets", {"name": "x", "ad_specs": "[1]"}),
        ("asyncadrequestsets", {"name": "x", "ad_specs": "[{}]", "notification_mode": "MAYBE"}),
    ],
)
def test_what_a_set_cannot_be(shared: Caller, edge: str, form: dict[str, str]) -> None:
    assert refused(shared, f"{shared.account()}/{edge}", **form)[0] == 100
