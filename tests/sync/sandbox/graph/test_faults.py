"""Every scripted fault, seen as a client sees it."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from sync.sandbox.faults import KINDS
from tests.sync.sandbox.graph.graph_client import Caller, Json


def test_error_is_answered_and_not_applied(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.fault("error", path=f"/{campaign}$", method="POST", http_status=500, code=1, subcode=99)

    answer = fresh.post_raw(campaign, status="PAUSED")
    assert answer.status_code == 500
    assert fresh.refusal(answer)["error_subcode"] == 99
    assert fresh.ledger() == []
    fresh.post(campaign, status="PAUSED")
    assert len(fresh.ledger()) == 1


def test_nth_and_times_choose_the_matches(fresh: Caller) -> None:
    account = fresh.account()
    fresh.fault("error", path="/campaigns$", method="GET", nth=2, times=2, code=2)

    statuses = [fresh.raw("GET", f"{account}/campaigns").status_code for _ in range(5)]
    assert statuses == [200, 400, 400, 200, 200]
    assert fresh.raw("GET", f"{account}/ads").status_code == 200


@pytest.mark.parametrize(("code", "status"), [(80004, 400), (80000, 400), (17, 400), (4, 403)])
def test_rate_limit_says_how_long_to_wait(fresh: Caller, code: int, status: int) -> None:
    account = fresh.account()
    fresh.fault("rate_limit", path="/insights$", code=code, minutes=12)

    answer = fresh.raw("GET", f"{account}/insights")
    assert answer.status_code == status
    assert fresh.refusal(answer)["code"] == code
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])[account[4:]][0]
    if code != 4:
        assert usage["estimated_time_to_regain_access"] == 12
        assert json.loads(answer.headers["X-Ad-Account-Usage"])["reset_time_duration"] == 720
    assert fresh.raw("GET", f"{account}/insights").status_code == 200


def test_token_expired_is_190_with_463(fresh: Caller) -> None:
    fresh.fault("token_expired", times=0)
    answer = fresh.raw("GET", "me")

    assert (answer.status_code, fresh.refusal(answer)["error_subcode"]) == (400, 463)
    assert fresh.control("DELETE", "faults") == {"removed": 1}
    assert fresh.raw("GET", "me").status_code == 200


def test_slow_answers_late_and_right(fresh: Caller) -> None:
    fresh.fault("slow", path="/me$", seconds=0.3)
    began = time.monotonic()

    assert fresh.get("me", fields="id")["id"]
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(("fault", "applied"), [("drop_before_apply", 0), ("drop_after_apply", 1)])
def test_dropped_connections_leave_the_outcome_open(
    fresh: Caller, fault: str, applied: int
) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.fault(fault, path=f"/{campaign}$", method="POST")

    with pytest.raises(httpx.TransportError):
        fresh.post_raw(campaign, status="PAUSED")
    assert len(fresh.ledger()) == applied
    status = fresh.get(campaign, fields="status")["status"]
    assert status == ("PAUSED" if applied else "ACTIVE")
    logged = fresh.control("GET", "requests")["data"]
    assert [entry["status"] for entry in logged if entry["fault"] == fault] == [None]


def test_html_502_is_not_json(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.fault("html_502", method="POST")
    answer = fresh.post_raw(campaign, status="PAUSED")

    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert fresh.ledger() == []


def test_truncated_json_ends_in_the_middle(fresh: Caller) -> None:
    account = fresh.account()
    fresh.fault("truncated_json", path="/campaigns$")
    answer = fresh.raw("GET", f"{account}/campaigns", fields="name")

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_wrong_types_turn_numbers_around(fresh: Caller) -> None:
    account = fresh.account()
    fresh.fault("wrong_types", path="/insights$")
    row = fresh.get(f"{account}/insights", fields="spend,impressions")["data"][0]

    assert isinstance(row["spend"], float)
    assert isinstance(row["date_start"], str)


@pytest.mark.parametrize("edge", ["campaigns", "insights"])
def test_an_empty_page_with_next_hides_nothing(fresh: Caller, edge: str) -> None:
    path = f"{fresh.account()}/{edge}"
    asked = {"level": "campaign", "fields": "campaign_id"} if edge == "insights" else {}
    whole = fresh.every(path, limit="2", **asked)
    for nth in (1, 2):
        fresh.fault("empty_page_with_next", path=f"/{edge}$", nth=nth)

    pages = fresh.get(path, limit="2", **asked)
    assert pages["data"] == []
    assert pages["paging"]["next"]
    fresh.control("DELETE", "faults")
    fresh.fault("empty_page_with_next", path=f"/{edge}$", nth=2)
    assert fresh.every(path, limit="2", **asked) == whole


def test_a_paging_loop_comes_back_to_the_same_page(fresh: Caller) -> None:
    path = f"{fresh.account()}/campaigns"
    fresh.fault("paging_loop", path="/campaigns$", times=0)
    first = fresh.get(path, limit="2")
    second = fresh.get(path, limit="2", after=first["paging"]["cursors"]["after"])

    assert second["data"] == first["data"]
    assert second["paging"]["cursors"]["after"] == first["paging"]["cursors"]["after"]


def test_duplicate_rows_repeat_the_first(fresh: Caller) -> None:
    path = f"{fresh.account()}/campaigns"
    whole = fresh.get(path)["data"]
    fresh.fault("duplicate_rows", path="/campaigns$")

    assert fresh.get(path)["data"] == [*whole, whole[0]]


def test_missing_fields_are_gone(fresh: Caller) -> None:
    path = f"{fresh.account()}/campaigns"
    fresh.fault("missing_fields", path="/campaigns$")
    fresh.fault("missing_fields", path="/campaigns$", nth=2, fields=["status"])

    assert {frozenset(row) for row in fresh.get(path, fields="id,name,status")["data"]} == {
        frozenset({"id"})
    }
    assert {frozenset(row) for row in fresh.get(path, fields="id,name,status")["data"]} == {
        frozenset({"id", "name"})
    }


def test_a_failed_report_says_so(fresh: Caller) -> None:
    account = fresh.account()
    fresh.fault("report_failed", path="/insights$", method="POST")
    run = fresh.post(f"{account}/insights", level="campaign")["report_run_id"]

    polled = fresh.get(run)
    assert polled["async_status"] == "Job Failed"
    assert (polled["error_code"], polled["error_subcode"]) == (-2, 2490547)
    assert fresh.refusal(fresh.raw("GET", f"{run}/insights"))["code"] == 2601


def test_a_raced_report_does_not_exist_at_first(fresh: Caller) -> None:
    account = fresh.account()
    fresh.fault("report_race", path="/insights$", method="POST")
    run = fresh.post(f"{account}/insights", level="campaign")["report_run_id"]

    error = fresh.refusal(fresh.raw("GET", run))
    assert (error["code"], error["error_subcode"]) == (100, 33)
    assert fresh.get(run)["async_status"] != "Job Failed"


def test_a_null_batch_item_was_not_carried_out(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.fault("batch_item_null", method="POST")
    fresh.fault("error", path=f"/{campaign}$", method="GET", nth=1, code=2)
    items = [
        {"method": "POST", "relative_url": f"{campaign}/", "body": "status=PAUSED"},
        {"method": "GET", "relative_url": f"{campaign}?fields=status"},
        {"method": "GET", "relative_url": f"{campaign}?fields=status"},
    ]

    answers = fresh.batch(*items)
    assert answers[0] is None
    assert answers[1]["code"] == 400
    assert json.loads(answers[2]["body"])["status"] == "ACTIVE"
    assert fresh.ledger() == []


@pytest.mark.parametrize(
    ("described", "word"),
    [
        ({"fault": "earthquake"}, "fault must be one of"),
        ({"fault": "slow", "speed": 3}, "unknown option 'speed'"),
        ({"fault": "slow", "seconds": "3"}, "seconds must be"),
        ({"fault": "slow", "path": "("}, "regular expression"),
        ({"fault": "slow", "nth": 0}, "nth must be at least 1"),
    ],
)
def test_a_wrong_fault_is_explained(
    shared: Caller, described: dict[str, object], word: str
) -> None:
    answer = shared.http.post("/_sandbox/faults", json=described)

    assert answer.status_code == 400
    assert word in answer.json()["error"]


def test_all_kinds_are_offered_once() -> None:
    assert len(KINDS) == len(set(KINDS)) == 18


@pytest.mark.parametrize("edge", ["campaigns", "ads", "insights"])
def test_a_short_page_leaves_its_rest_to_the_next(fresh: Caller, edge: str) -> None:
    path = f"{fresh.account()}/{edge}"
    asked = {"level": "ad", "fields": "ad_id"} if edge == "insights" else {"fields": "id"}
    whole = fresh.every(path, limit="4", **asked)
    fresh.fault("short_page_with_next", path=f"/{edge}$", times=2)
    page = fresh.get(path, limit="4", **asked)

    assert len(page["data"]) == 2
    assert page["paging"]["next"]
    assert fresh.every(path, limit="4", **asked) == whole


def test_a_skipped_report_says_so_and_has_no_rows(fresh: Caller) -> None:
    fresh.fault("report_skipped", path="/insights$", method="POST")
    run = fresh.post(f"{fresh.account()}/insights")["report_run_id"]

    polled = fresh.get(run)
    assert (polled["async_status"], polled["async_percent_completion"]) == ("Job Skipped", 0)
    assert fresh.refusal(fresh.raw("GET", f"{run}/insights"))["code"] == 2601


def test_an_html_page_may_have_another_status(fresh: Caller) -> None:
    fresh.fault("html_502", http_status=503)

    assert fresh.raw("GET", "me").status_code == 503


def test_an_error_may_be_given_word_for_word(fresh: Caller) -> None:
    body = {"message": "m", "code": 1, "error_subcode": 99, "odd": {"x": [1]}}
    fresh.fault("error", error=body, http_status=418)
    answer = fresh.raw("GET", "me")

    assert (answer.status_code, answer.json()) == (418, {"error": body})


def test_parts_of_an_error_may_be_given(fresh: Caller) -> None:
    parts: dict[str, Json] = {
        "code": 100,
        "subcode": 1885272,
        "type": "FacebookApiException",
        "is_transient": True,
        "error_user_title": "t",
        "error_user_msg": "u",
        "error_data": '{"blame_field_specs":[["x"]]}',
    }
    fresh.fault("error", **parts)
    error = fresh.refusal(fresh.raw("GET", "me"))

    told = {**parts, "error_subcode": parts["subcode"]}
    assert {name: error[name] for name in told if name != "subcode"} == {
        name: value for name, value in told.items() if name != "subcode"
    }
