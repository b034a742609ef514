"""Insights through Meta's own SDK: at once, as reports, by breakdown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.user import User
from facebook_business.exceptions import FacebookRequestError

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.sdk.conftest import sdk_on

Sdk = Any  # the SDK ships no types
ASKED = {"level": "campaign", "date_preset": "last_7d", "time_increment": 1, "limit": 5}
FIELDS = ["campaign_id", "spend", "impressions", "actions"]


def finished(run: Sdk) -> list[str]:
    """Poll a report until it ends; returns the states seen."""
    states: list[str] = []
    while not states or states[-1] in ("Job Not Started", "Job Started", "Job Running"):
        run.api_get()
        states.append(run["async_status"])
        assert len(states) < 20
    return states


def test_rows_come_at_once_and_as_a_report(read_account: Sdk) -> None:
    rows = list(read_account.get_insights(fields=FIELDS, params=ASKED))
    started = read_account.get_insights(fields=FIELDS, params=ASKED, is_async=True)
    run = AdReportRun(started["report_run_id"])

    assert finished(run) == ["Job Started", "Job Running", "Job Completed"]
    assert run["async_percent_completion"] == 100
    later = list(run.get_insights(params={"limit": 4}))
    assert [row.export_all_data() for row in later] == [row.export_all_data() for row in rows]
    assert len(rows) > 5
    assert all(isinstance(row["spend"], str) for row in rows)


@pytest.mark.parametrize("level", ["get_campaigns", "get_ad_sets", "get_ads"])
def test_every_level_answers_for_itself(read_account: Sdk, level: str) -> None:
    node = getattr(read_account, level)(params={"limit": 1})[0]
    rows = node.get_insights(fields=["spend"], params={"date_preset": "maximum"})

    assert len(rows) == 1
    assert float(rows[0]["spend"]) > 0
    run = node.get_insights(params={"date_preset": "maximum"}, is_async=True)
    assert finished(AdReportRun(run["report_run_id"]))[-1] == "Job Completed"


def test_hours_and_breakdowns_carry_their_keys(read_account: Sdk) -> None:
    hour = "hourly_stats_aggregated_by_advertiser_time_zone"
    hours = read_account.get_insights(
        fields=["spend"],
        params={"date_preset": "yesterday", "breakdowns": [hour], "time_increment": 1},
    )
    people = read_account.get_insights(
        fields=["spend"], params={"date_preset": "last_7d", "breakdowns": ["age", "gender"]}
    )

    assert hours[0][hour] == "00:00:00 - 00:59:59"
    assert {(row["age"], row["gender"]) for row in people} >= {("25-34", "male")}


def test_a_summary_stands_beside_the_rows(read_account: Sdk) -> None:
    cursor = read_account.get_insights(
        fields=["spend"], params={**ASKED, "default_summary": True, "limit": 1000}
    )
    rows = list(cursor)

    summary = json.loads(cursor.summary().removeprefix("<Summary> "))
    total = sum(float(row["spend"]) for row in rows)
    assert float(summary["spend"]) == pytest.approx(total, abs=0.01)


def test_what_goes_wrong_is_an_error_of_the_sdk(read_account: Sdk) -> None:
    with pytest.raises(FacebookRequestError) as mixed:
        read_account.get_insights(params={"breakdowns": ["age", "country"]})
    with pytest.raises(FacebookRequestError) as old:
        read_account.get_insights(
            params={"time_range": {"since": "2020-01-01", "until": "2020-01-02"}}
        )

    assert mixed.value.api_error_code() == 100
    assert old.value.api_error_code() == 3018


def test_a_report_that_fails_tells_why(fresh: Caller) -> None:
    fresh.control("POST", "limits", {"report_rows": 3})
    with sdk_on(fresh):
        account = next(iter(User("me").get_ad_accounts()))
        started = account.get_insights(fields=FIELDS, params=ASKED, is_async=True)
        run = AdReportRun(started["report_run_id"])

        assert finished(run)[-1] == "Job Failed"
        assert (run["error_code"], run["error_subcode"]) == (-3, 1504045)
        with pytest.raises(FacebookRequestError):
            run.get_insights()
