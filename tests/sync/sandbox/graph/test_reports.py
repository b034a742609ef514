"""Asynchronous insights reports."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller

ASKED = {"level": "ad", "date_preset": "last_7d", "time_increment": "1"}


def finished(caller: Caller, run: str) -> list[str]:
    """Poll until done; returns the states seen."""
    states: list[str] = []
    while not states or states[-1] != "Job Completed":
        polled = caller.get(run)
        states.append(polled["async_status"])
        assert (polled["async_percent_completion"] == 100) == (states[-1] == "Job Completed")
        assert len(states) < 10
    return states


def test_a_report_passes_through_its_states(fresh: Caller) -> None:
    run = fresh.post(f"{fresh.account()}/insights", fields='["ad_id","spend"]', **ASKED)
    early = fresh.refusal(fresh.raw("GET", f"{run['report_run_id']}/insights"))
    states = finished(fresh, run["report_run_id"])

    assert early["code"] == 2601
    assert states == ["Job Started", "Job Running", "Job Completed"]
    done = fresh.get(run["report_run_id"], fields="date_start,date_stop,time_completed,is_running")
    assert (done["date_start"], done["date_stop"]) == ("2026-03-03", "2026-03-09")
    assert done["time_completed"] > 0
    assert done["is_running"] is False


def test_a_reports_rows_are_those_of_the_direct_answer(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    run = fresh.post(path, fields='["ad_id","spend","actions"]', **ASKED)["report_run_id"]
    finished(fresh, run)

    direct = fresh.every(path, fields="ad_id,spend,actions", limit="500", **ASKED)
    assert fresh.every(f"{run}/insights", limit="7") == direct


def test_slow_reports_take_more_polls(fresh: Caller) -> None:
    fresh.control("POST", "limits", {"report_polls": 4})
    run = fresh.post(f"{fresh.account()}/insights")["report_run_id"]

    assert len(finished(fresh, run)) == 5


def test_wrong_report_parameters_are_refused_at_once(fresh: Caller) -> None:
    answer = fresh.post_raw(f"{fresh.account()}/insights", fields='["spendd"]')

    assert fresh.refusal(answer)["code"] == 100


def test_a_report_is_insights_quota(fresh: Caller) -> None:
    run = fresh.post(f"{fresh.account()}/insights")["report_run_id"]
    answer = fresh.raw("GET", run)

    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    assert usage[fresh.account()[4:]][0]["type"] == "ads_insights"
    assert "x-fb-ads-insights-throttle" in answer.headers


def test_a_long_report_waits_before_it_starts(fresh: Caller) -> None:
    fresh.control("POST", "limits", {"report_polls": 4})
    run = fresh.post(f"{fresh.account()}/insights")["report_run_id"]

    assert finished(fresh, run) == [
        "Job Not Started",
        "Job Not Started",
        "Job Started",
        "Job Running",
        "Job Completed",
    ]


@pytest.mark.parametrize(("version", "tells"), [("v24.0", False), ("v25.0", True), ("v26.0", True)])
def test_too_large_a_report_fails_and_says_why_from_v25_on(
    fresh: Caller, version: str, tells: bool
) -> None:
    fresh.control("POST", "limits", {"report_rows": 5})
    run = fresh.post(f"{fresh.account()}/insights", **ASKED)["report_run_id"]
    states: list[str] = []
    while not states or states[-1] in ("Job Started", "Job Running"):
        polled = fresh.http.get(
            f"/{version}/{run}", params={"access_token": fresh.address.access_token}
        ).json()
        states.append(polled["async_status"])

    assert states == ["Job Started", "Job Running", "Job Failed"]
    assert polled["async_percent_completion"] == 0
    told = {name: polled[name] for name in polled if name.startswith("error_")}
    assert set(told) == (
        {
            "error_code",
            "error_subcode",
            "error_message",
            "error_user_title",
            "error_user_msg",
        }
        if tells
        else set()
    )
    if tells:
        assert (told["error_code"], told["error_subcode"]) == (-3, 1504045)
        assert told["error_user_title"] == "Report Too Large"


def test_a_report_is_forgotten_after_30_days(fresh: Caller) -> None:
    run = fresh.post(f"{fresh.account()}/insights")["report_run_id"]
    fresh.control("POST", "advance", {"hours": 29 * 24})
    assert fresh.raw("GET", run).status_code == 200
    fresh.control("POST", "advance", {"hours": 2 * 24})

    error = fresh.refusal(fresh.raw("GET", run))
    assert (error["code"], error["error_subcode"]) == (100, 33)


def test_a_poll_has_the_recorded_types(fresh: Caller) -> None:
    run = fresh.post(f"{fresh.account()}/insights")["report_run_id"]
    finished(fresh, run)
    polled = fresh.get(run)

    assert {name: type(polled[name]) for name in polled} == {
        "id": str,
        "account_id": str,
        "time_ref": int,
        "time_completed": int,
        "async_status": str,
        "async_percent_completion": int,
        "is_running": bool,
        "date_start": str,
        "date_stop": str,
    }


def test_a_summary_holds_only_what_the_report_was_made_of(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    run = fresh.post(path, fields='["ad_id","spend"]', **ASKED)["report_run_id"]
    finished(fresh, run)

    assert set(fresh.get(f"{run}/insights", summary='["spend"]')["summary"]) >= {"spend"}
    error = fresh.refusal(fresh.raw("GET", f"{run}/insights", summary='["clicks"]'))
    assert error["code"] == 100
    assert error["message"].startswith("(#100) Cannot include clicks in summary param because")
