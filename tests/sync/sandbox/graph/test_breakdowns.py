"""Breakdowns of insights: allowed mixes, exact parts, what they drop."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json

HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
OF_AUDIENCE = "hourly_stats_aggregated_by_audience_time_zone"
WEEK = '{"since":"2026-03-02","until":"2026-03-08"}'
ALLOWED = {
    "age": ["age"],
    "gender": ["gender"],
    "age,gender": ["age", "gender"],
    '["gender","age"]': ["age", "gender"],
    "country": ["country"],
    "region": ["region"],
    "publisher_platform": ["publisher_platform"],
    "publisher_platform,platform_position": ["publisher_platform", "platform_position"],
    "product_id": ["product_id"],
    HOURLY: [HOURLY],
}


def rows_of(caller: Caller, **params: str) -> list[Json]:
    asked = {"time_range": WEEK, "limit": "5000", **params}
    return caller.every(f"{caller.account()}/insights", **asked)


def total(rows: list[Json], name: str) -> float:
    return round(sum(float(row.get(name, 0)) for row in rows), 2)


@pytest.mark.parametrize(("breakdowns", "keys"), ALLOWED.items())
@pytest.mark.parametrize("level", ["account", "ad"])
def test_parts_carry_their_keys_and_add_up(
    shared: Caller, breakdowns: str, keys: list[str], level: str
) -> None:
    fields = "impressions,clicks,spend,campaign_id,objective"
    rows = rows_of(shared, breakdowns=breakdowns, level=level, fields=fields)
    whole = rows_of(shared, level=level, fields=fields)
    if breakdowns == "product_id":
        whole = [row for row in whole if row.get("objective") == "OUTCOME_SALES"]

    assert rows
    assert all(isinstance(row[key], str) for row in rows for key in keys)
    if breakdowns != "product_id" or level == "ad":
        for name in ("impressions", "clicks", "spend"):
            assert total(rows, name) == total(whole, name)


def test_parts_are_the_same_at_every_level_and_over_days(shared: Caller) -> None:
    def by_age(**params: str) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for row in rows_of(shared, breakdowns="age", fields="impressions", **params):
            sums[row["age"]] += int(row["impressions"])
        return dict(sums)

    found = by_age(level="account")
    assert set(found) >= {"25-34", "35-44", "45-54"}
    assert by_age(level="campaign") == found
    assert by_age(level="ad", time_increment="1") == found


def test_rows_of_an_object_and_day_stand_together(shared: Caller) -> None:
    rows = rows_of(
        shared, breakdowns="gender", level="ad", fields="ad_id", time_increment="1", limit="7"
    )
    places = [(row["ad_id"], row["date_start"]) for row in rows]
    blocks = [place for n, place in enumerate(places) if n == 0 or places[n - 1] != place]

    assert len(blocks) == len(set(blocks))


def test_ages_keep_to_the_targeting(shared: Caller) -> None:
    adsets = shared.every(f"{shared.account()}/adsets", fields="id,targeting")
    young = {s["id"] for s in adsets if s["targeting"]["age_min"] < 25}
    rows = rows_of(shared, breakdowns="age", level="adset", fields="adset_id")

    assert {row["adset_id"] for row in rows if row["age"] == "18-24"} <= young
    assert "age" not in rows_of(shared, level="adset", fields="adset_id")[0]


def test_people_reached_are_at_most_the_impressions(shared: Caller) -> None:
    rows = rows_of(shared, breakdowns="age,gender", fields="impressions,reach,frequency")

    assert all(1 <= int(row["reach"]) <= int(row["impressions"]) for row in rows)


@pytest.mark.parametrize("breakdowns", ["region", HOURLY])
def test_some_breakdowns_drop_what_happened_outside_meta(shared: Caller, breakdowns: str) -> None:
    rows = rows_of(shared, breakdowns=breakdowns, fields="actions,action_values")
    types = {action["action_type"] for row in rows for action in row.get("actions", [])}

    assert "link_click" in types
    assert not any("purchase" in name or "lead" in name or "cart" in name for name in types)
    assert all("action_values" not in row for row in rows)
    kept = rows_of(shared, breakdowns="age", fields="actions")
    assert any(a["action_type"] == "purchase" for row in kept for a in row.get("actions", []))


@pytest.mark.parametrize(
    "breakdowns",
    [
        "platform_position",
        "age,country",
        "country,region",
        f"{HOURLY},age",
        "gender,publisher_platform",
        "device_platform",
        "mmm",
        "product_id,age",
        "age,image_asset",
    ],
)
def test_other_mixes_are_refused(shared: Caller, breakdowns: str) -> None:
    answer = shared.raw("GET", f"{shared.account()}/insights", breakdowns=breakdowns)
    error = shared.refusal(answer)

    assert (answer.status_code, error["code"]) == (400, 100)
    assert "Current combination of data breakdown columns" in error["message"]


def test_regions_of_television_have_ended(shared: Caller) -> None:
    error = shared.refusal(shared.raw("GET", f"{shared.account()}/insights", breakdowns="dma"))

    assert (error["code"], error["error_subcode"]) == (2, 1504041)


@pytest.mark.parametrize("asset", ["image_asset", "title_asset", "call_to_action_asset"])
def test_ads_of_one_asset_have_no_asset_rows(shared: Caller, asset: str) -> None:
    assert shared.get(f"{shared.account()}/insights", breakdowns=asset) == {"data": []}


@pytest.mark.parametrize("breakdowns", ["impression_device", OF_AUDIENCE, "frequency_value"])
def test_opt_in_breakdowns_are_empty_until_opted_in(fresh: Caller, breakdowns: str) -> None:
    path = f"{fresh.account()}/insights"
    asked = {"breakdowns": breakdowns, "fields": "impressions", "limit": "500"}

    assert fresh.get(path, **asked) == {"data": []}
    run = fresh.post(path, **asked)["report_run_id"]
    while fresh.get(run)["async_status"] != "Job Completed":
        pass
    assert fresh.get(f"{run}/insights")["data"][0][breakdowns]
    fresh.control("POST", "limits", {"opted_in": True})
    assert fresh.get(path, **asked)["data"][0][breakdowns]


def test_opt_in_reports_run_out_within_a_day(fresh: Caller) -> None:
    account = fresh.account()
    adsets = len(fresh.every(f"{account}/adsets", effective_status=json.dumps(
        ["ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ARCHIVED"])))  # fmt: skip
    fresh.control("POST", "limits", {"report_polls": 0})
    states = []
    for _ in range(min(10, adsets) + 1):
        run = fresh.post(f"{account}/insights", breakdowns="frequency_value")["report_run_id"]
        states.append(fresh.get(run)["async_status"])

    assert states == ["Job Completed"] * min(10, adsets) + ["Job Failed"]


def test_reach_by_breakdown_is_not_kept_beyond_13_months(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    fields = "impressions,reach,frequency,cpp,unique_clicks"
    asked = {"breakdowns": "age", "fields": fields, "date_preset": "maximum"}

    old = fresh.get(path, **asked)["data"][0]
    assert "impressions" in old
    assert not {"reach", "frequency", "cpp", "unique_clicks"} & set(old)
    assert "reach" in fresh.get(path, **{**asked, "breakdowns": ""})["data"][0]
    assert "reach" in fresh.get(path, **{**asked, "date_preset": "last_7d"})["data"][0]


def test_reports_get_old_reach_ten_times_a_day(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    fresh.control("POST", "limits", {"report_polls": 0, "reach_reports": 2})
    polled = []
    for _ in range(3):
        answer = fresh.post_raw(path, breakdowns="age", fields="reach", date_preset="maximum")
        assert "x-Fb-Ads-Insights-Reach-Throttle" in answer.headers
        polled.append(fresh.get(answer.json()["report_run_id"]))

    assert [p["async_status"] for p in polled] == ["Job Completed"] * 2 + ["Job Failed"]
    assert polled[2]["error_message"] == (
        "Reach-related metric breakdowns are unavailable due to rate limit threshold."
    )
    assert "reach" in fresh.get(f"{polled[0]['id']}/insights")["data"][0]
    fresh.control("POST", "advance", {"hours": 25})
    run = fresh.post(path, breakdowns="age", fields="reach", date_preset="maximum")
    assert fresh.get(run["report_run_id"])["async_status"] == "Job Completed"


def test_only_so_many_products_are_told_apart(shared: Caller) -> None:
    everything = rows_of(shared, breakdowns="product_id", level="ad", fields="spend,ad_id")
    two = rows_of(
        shared, breakdowns="product_id", level="ad", fields="spend,ad_id", product_id_limit="2"
    )

    assert len({row["product_id"] for row in two}) == 2
    assert all(row in everything for row in two)
