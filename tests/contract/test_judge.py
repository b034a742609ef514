"""The judge of requests knows what Meta would not understand."""

from __future__ import annotations

import json

import pytest

from tests.contract.judge import Asked, judge

CLASSES = {"2": "Campaign", "3": "AdSet", "4": "Ad", "9": "AdReportRun"}
RIGHT = [
    Asked("GET", "/v26.0/me/adaccounts", {"fields": "id,currency", "limit": "200"}),
    Asked(
        "GET",
        "/v26.0/act_1/campaigns/",
        {
            "fields": "id,name,adsets.limit(5){id,ads{id,creative{id,body}}}",
            "effective_status": '["ACTIVE","PAUSED"]',
            "filtering": '[{"field":"campaign.updated_time","operator":"GREATER_THAN","value":1}]',
        },
    ),
    Asked(
        "GET",
        "/v26.0/act_1/insights",
        {
            "level": "campaign",
            "fields": "campaign_id,spend,actions",
            "time_range": '{"since":"2026-01-01","until":"2026-01-02"}',
            "time_increment": "1",
            "breakdowns": "hourly_stats_aggregated_by_advertiser_time_zone",
        },
    ),
    Asked("POST", "/v26.0/act_1/insights", {"level": "ad", "fields": '["spend"]'}),
    Asked("GET", "/v26.0/9", {}),
    Asked("GET", "/v26.0/9/insights", {"limit": "500"}),
    Asked("POST", "/v26.0/2", {"status": "PAUSED", "daily_budget": "1200"}),
    Asked("GET", "/v26.0/", {"ids": "2,3", "fields": "id,name"}),
    Asked("GET", "/v26.0/debug_token", {"input_token": "x"}),
    Asked("POST", "/v26.0/debug_token", {"method": "GET", "input_token": "x"}),
    Asked(
        "POST",
        "/v26.0/",
        {
            "include_headers": "false",
            "batch": json.dumps(
                [
                    {"method": "GET", "relative_url": "2?fields=id%2Cdaily_budget"},
                    {"method": "POST", "relative_url": "3", "body": "bid_amount=5"},
                ]
            ),
        },
    ),
]
WRONG = [
    (Asked("GET", "/me/adaccounts"), "the path names no version"),
    (Asked("GET", "/v26.0/77"), "nobody knows what 77 is"),
    (Asked("GET", "/v26.0/act_1/adsets", {"fields": "id,dayly"}), "AdSet has no field dayly"),
    (Asked("GET", "/v26.0/act_1/campaigns", {"stats": "1"}), "no parameter stats"),
    (Asked("GET", "/v26.0/act_1/horses"), "AdAccount has no GET horses"),
    (Asked("POST", "/v26.0/3", {"status": "RUNNING"}), "status: Meta knows no RUNNING"),
    (Asked("POST", "/v26.0/2", {"daily_budget": "12.50"}), "'12.50' is no unsigned int"),
    (Asked("GET", "/v26.0/act_1/ads", {"fields": "id,creative{boody}"}), "no field boody"),
    (Asked("GET", "/v26.0/act_1/ads", {"fields": "id,creative{id"}), "creative is not closed"),
    (
        Asked("GET", "/v26.0/act_1/ads", {"filtering": '[{"field":"id","operator":"IS"}]'}),
        "a filter has field",
    ),
    (
        Asked(
            "GET",
            "/v26.0/act_1/insights",
            {"filtering": '[{"field":"a","operator":"IS","value":1}]'},
        ),
        "no operator IS",
    ),
    (Asked("GET", "/v26.0/act_1/insights", {"breakdowns": "moon"}), "Meta knows no moon"),
    (Asked("GET", "/v26.0/act_1/insights", {"time_range": "today"}), "is no map"),
    (Asked("GET", "/v26.0/", {"ids": ",".join(["2"] * 51)}), "51 ids at once"),
    (Asked("POST", "/v26.0/", {"batch": "[]"}), "a batch of 1 to 50"),
    (
        Asked(
            "POST", "/v26.0/", {"batch": '[{"method":"POST","relative_url":"4","body":"bid=1"}]'}
        ),
        "item 0: Ad POST has no parameter bid",
    ),
]


@pytest.mark.parametrize("asked", RIGHT, ids=lambda one: f"{one.method} {one.path}")
def test_a_right_request_passes(asked: Asked) -> None:
    assert judge(asked, CLASSES.get) == []


@pytest.mark.parametrize(("asked", "fault"), WRONG, ids=[fault for _, fault in WRONG])
def test_a_wrong_request_is_found_out(asked: Asked, fault: str) -> None:
    assert any(fault in one for one in judge(asked, CLASSES.get))
