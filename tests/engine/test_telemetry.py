"""Counters of the calls to Meta, as Prometheus reads them."""

from __future__ import annotations

from dataclasses import replace

from engine.domain.calls import CallRecord
from engine.domain.limits import LimitScope, LimitState
from engine.telemetry import new_telemetry

CALL = CallRecord("GET", "insights", "sync", "100", 1, 1, 200, seconds=0.2, size=1000)


def text_after(*records: CallRecord) -> list[str]:
    telemetry = new_telemetry()
    for record in records:
        telemetry.calls.count(record)
    return telemetry.text().decode().splitlines()


def test_every_call_is_counted_by_endpoint_lane_outcome_and_status() -> None:
    failed = replace(CALL, outcome="temporary", status=500, size=10)
    lines = text_after(CALL, failed, replace(CALL, attempt=2))
    labels = 'endpoint="insights",lane="sync"'
    assert f'facebook_api_requests_total{{{labels},outcome="ok",status="200"}} 2.0' in lines
    assert f'facebook_api_requests_total{{{labels},outcome="temporary",status="500"}} 1.0' in lines
    assert 'facebook_api_retries_total{endpoint="insights"} 1.0' in lines
    assert 'facebook_api_response_bytes_total{endpoint="insights"} 2010.0' in lines
    seconds = f'facebook_api_request_duration_seconds_count{{{labels},outcome="ok"}} 2.0'
    assert seconds in lines


def test_what_was_not_sent_has_no_duration() -> None:
    lines = text_after(replace(CALL, status=0, outcome="rate_limited", seconds=0.0))
    assert any(line.startswith("facebook_api_requests_total{") for line in lines)
    assert not any(
        line.startswith("facebook_api_request_duration_seconds_count{") for line in lines
    )


def test_a_limit_that_is_forgotten_is_shown_no_more() -> None:
    telemetry = new_telemetry()
    telemetry.calls.show([LimitState(LimitScope("100"), 55.0)])
    assert b'facebook_api_usage_percent{account="100",use_case="all"} 55.0' in telemetry.text()
    telemetry.calls.show([])
    assert b"facebook_api_usage_percent{" not in telemetry.text()
