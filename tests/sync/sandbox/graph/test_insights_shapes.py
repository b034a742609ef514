"""Action lists, filters, sorting, restatement and rankings of insights."""

from __future__ import annotations

import json

import pytest

from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.server import sandbox_in_thread
from tests.sync.sandbox.graph.conftest import SHORT
from tests.sync.sandbox.graph.graph_client import Caller, Json

WEEK = '{"since":"2026-03-02","until":"2026-03-08"}'
EVERY_PARAMETER = {
    "level": "campaign",
    "fields": "spend",
    "breakdowns": "[]",
    "action_breakdowns": '["action_type"]',
    "action_attribution_windows": '["default"]',
    "action_report_time": "mixed",
    "date_preset": "last_7d",
    "time_range": WEEK,
    "time_ranges": f"[{WEEK}]",
    "time_increment": "all_days",
    "filtering": "[]",
    "sort": '["spend_descending"]',
    "limit": "2",
    "summary": '["spend"]',
    "default_summary": "true",
    "summary_action_breakdowns": '["action_type"]',
    "product_id_limit": "5",
    "use_account_attribution_setting": "true",
    "use_unified_attribution_setting": "true",
    "export_columns": '["spend"]',
    "export_format": "csv",
    "export_name": "x",
    "graph_cache": "false",
    "cpas_only": "false",
}


def rows_of(caller: Caller, **params: str) -> list[Json]:
    asked = {"time_range": WEEK, "limit": "5000", **params}
    return caller.every(f"{caller.account()}/insights", **asked)


def conditions(*rows: tuple[str, str, object]) -> str:
    return json.dumps([{"field": f, "operator": o, "value": v} for f, o, v in rows])


def test_all_24_parameters_are_understood(shared: Caller) -> None:
    path = f"{shared.account()}/insights"

    assert len(EVERY_PARAMETER) == 24
    for name, value in EVERY_PARAMETER.items():
        assert shared.raw("GET", path, **{name: value}).status_code == 200, name
    assert shared.get(path, **EVERY_PARAMETER)["data"]


@pytest.mark.parametrize(
    "preset",
    "today yesterday this_month last_month this_quarter last_quarter this_year last_year "
    "last_3d last_7d last_14d last_28d last_30d last_90d last_week_mon_sun last_week_sun_sat "
    "this_week_mon_today this_week_sun_today maximum data_maximum LAST_7D".split(),
)
def test_every_preset_is_understood(shared: Caller, preset: str) -> None:
    answer = shared.raw("GET", f"{shared.account()}/insights", date_preset=preset)

    assert answer.status_code == 200


def test_lifetime_was_replaced(shared: Caller) -> None:
    answer = shared.raw("GET", f"{shared.account()}/insights", date_preset="lifetime")

    assert shared.refusal(answer)["code"] == 100


def test_several_ranges_leave_no_room_for_an_increment(shared: Caller) -> None:
    ranges = f'[{WEEK},{{"since":"2026-03-01","until":"2026-03-08"}}]'
    rows = shared.get(
        f"{shared.account()}/insights", time_ranges=ranges, time_increment="1", fields="spend"
    )["data"]

    assert [row["date_start"] for row in rows] == ["2026-03-02", "2026-03-01"]


def test_the_purchase_family_overlaps_on_one_row(shared: Caller) -> None:
    row = rows_of(shared, fields="actions")[0]
    counts = {action["action_type"]: action["value"] for action in row["actions"]}
    family = [
        "purchase",
        "omni_purchase",
        "onsite_web_purchase",
        "onsite_web_app_purchase",
        "web_in_store_purchase",
        "offsite_conversion.fb_pixel_purchase",
    ]

    assert {counts[name] for name in family} == {counts["purchase"]}
    assert int(counts["page_engagement"]) >= int(counts["link_click"])


@pytest.mark.parametrize(
    ("window", "present"),
    [
        ("1d_click", True),
        ("7d_click", True),
        ("28d_click", True),
        ("1d_view", True),
        ("dda", True),
        ("incrementality", True),
        ("incrementality_first_conversion", True),
        ("7d_view", False),
        ("28d_view", False),
        ("28d_view_all_conversions", False),
        ("skan_click", False),
        ("default", False),
    ],
)
def test_windows_gone_are_dropped_without_a_word(
    shared: Caller, window: str, present: bool
) -> None:
    row = rows_of(shared, fields="actions", action_attribution_windows=f'["{window}"]')[0]
    purchase = next(a for a in row["actions"] if a["action_type"] == "purchase")

    assert (window in purchase) is present
    assert "value" in purchase


def test_windows_gone_may_be_refused(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    fresh.control("POST", "limits", {"refuse_ended_windows": True})
    answer = fresh.raw("GET", path, action_attribution_windows='["28d_view"]')

    assert fresh.refusal(answer)["code"] == 100
    assert fresh.raw("GET", path, action_attribution_windows='["7d_click"]').status_code == 200


def test_actions_break_down_into_parts_that_add_up(shared: Caller) -> None:
    whole = rows_of(shared, fields="actions,action_values")[0]
    by_device = rows_of(
        shared, fields="actions,action_values", action_breakdowns='["action_type","action_device"]'
    )[0]

    for field in ("actions", "action_values"):
        for action in whole[field]:
            parts = [a for a in by_device[field] if a["action_type"] == action["action_type"]]
            assert all("action_device" in part for part in parts)
            assert round(sum(float(p["value"]) for p in parts), 2) == float(action["value"])
    named = rows_of(shared, fields="actions", action_breakdowns="action_target_id")[0]["actions"]
    assert all(set(a) == {"action_type", "action_target_id", "value"} for a in named)


def test_conditions_may_choose_action_types(shared: Caller) -> None:
    row = rows_of(
        shared,
        fields="actions,cost_per_action_type",
        filtering=conditions(("action_type", "IN", ["link_click"])),
    )[0]

    assert [a["action_type"] for a in row["actions"]] == ["link_click"]
    assert [a["action_type"] for a in row["cost_per_action_type"]] == ["link_click"]


def test_conditions_below_the_level_choose_what_is_counted(shared: Caller) -> None:
    campaigns = rows_of(shared, level="campaign", fields="campaign_id,spend")
    ads = rows_of(shared, level="ad", fields="ad_id,adset_id,spend")
    first = campaigns[0]
    account = rows_of(
        shared, fields="spend", filtering=conditions(("campaign.id", "IN", [first["campaign_id"]]))
    )
    by_ad = rows_of(
        shared,
        level="adset",
        fields="adset_id,spend",
        filtering=conditions(("ad.id", "EQUAL", ads[0]["ad_id"])),
    )

    assert [row["spend"] for row in account] == [first["spend"]]
    assert [(row["adset_id"], row["spend"]) for row in by_ad] == [
        (ads[0]["adset_id"], ads[0]["spend"])
    ]


@pytest.mark.parametrize(
    ("operator", "value", "keeps"),
    [
        ("GREATER_THAN", 5, lambda n: n > 5),
        ("GREATER_THAN_OR_EQUAL", 5, lambda n: n >= 5),
        ("LESS_THAN", 5, lambda n: n < 5),
        ("LESS_THAN_OR_EQUAL", 5, lambda n: n <= 5),
        ("IN_RANGE", [3, 9], lambda n: 3 <= n <= 9),
        ("NOT_IN_RANGE", [3, 9], lambda n: not 3 <= n <= 9),
        ("EQUAL", 5, lambda n: n == 5),
        ("NOT_EQUAL", 5, lambda n: n != 5),
        ("IN", [4, 5], lambda n: n in (4, 5)),
        ("NOT_IN", [4, 5], lambda n: n not in (4, 5)),
    ],
)
def test_conditions_on_metrics_keep_rows(
    shared: Caller, operator: str, value: object, keeps: Json
) -> None:
    asked = {"level": "ad", "time_increment": "1", "fields": "clicks"}
    every = [int(row["clicks"]) for row in rows_of(shared, **asked)]
    kept = [
        int(row["clicks"])
        for row in rows_of(shared, filtering=conditions(("ad.clicks", operator, value)), **asked)
    ]

    assert kept == [n for n in every if keeps(n)]


def test_sorting_takes_several_keys_and_actions(shared: Caller) -> None:
    rows = rows_of(
        shared,
        level="ad",
        fields="ad_id,spend,actions",
        time_increment="1",
        sort='["date_start_descending","spend_ascending"]',
    )
    by_clicks = rows_of(shared, level="ad", fields="actions", sort="actions:link_click_descending")

    keys = [(row["date_start"], float(row["spend"])) for row in rows]
    assert keys == sorted(keys, key=lambda k: (-int(k[0].replace("-", "")), k[1]))
    counts = [
        next((int(a["value"]) for a in row.get("actions", []) if a["action_type"] == "link_click"),
             0)
        for row in by_clicks
    ]  # fmt: skip
    assert counts == sorted(counts, reverse=True)


def test_rankings_are_words_of_ads_with_many_impressions(shared: Caller) -> None:
    rows = rows_of(shared, level="ad", fields="impressions,quality_ranking")
    known = {row["quality_ranking"] for row in rows if int(row["impressions"]) >= 500}
    few = {row["quality_ranking"] for row in rows if int(row["impressions"]) < 500}

    assert known <= {
        "ABOVE_AVERAGE",
        "AVERAGE",
        "BELOW_AVERAGE_10",
        "BELOW_AVERAGE_20",
        "BELOW_AVERAGE_35",
    }
    assert few <= {"UNKNOWN"}
    campaign = rows_of(shared, level="campaign", fields="quality_ranking")
    assert {row["quality_ranking"] for row in campaign} == {"UNKNOWN"}


def test_results_name_their_indicator_and_windows(shared: Caller) -> None:
    rows = rows_of(shared, level="campaign", fields="results,cost_per_result")
    shown = [row["results"][0] for row in rows if "results" in row]

    assert shown
    for result in shown:
        assert set(result) == {"indicator", "values"}
        assert set(result["values"][0]) == {"value", "attribution_windows"}
        assert isinstance(result["values"][0]["value"], str)


def test_a_curve_of_plays_has_an_item_without_a_value(shared: Caller) -> None:
    rows = rows_of(shared, level="ad", fields="video_play_curve_actions,video_play_actions")
    curves = [r["video_play_curve_actions"] for r in rows if "video_play_curve_actions" in r]

    assert curves
    assert all(curve == [{"action_type": "video_view"}] for curve in curves)


def test_hours_know_no_people_and_no_video(shared: Caller) -> None:
    rows = rows_of(
        shared,
        breakdowns="hourly_stats_aggregated_by_advertiser_time_zone",
        fields="reach,frequency,unique_clicks,unique_actions,video_play_actions,impressions",
    )

    assert {(row["reach"], row["frequency"]) for row in rows} == {("0", "0")}
    assert not any(name.startswith(("unique_", "video_")) for row in rows for name in row)
    assert all(int(row["impressions"]) > 0 for row in rows)


def test_days_are_restated_for_28_days_and_never_after(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    day = '{"since":"2026-03-08","until":"2026-03-08"}'

    def seen() -> Json:
        return fresh.get(
            path, time_range=day, level="ad", fields="ad_id,actions,spend", limit="500"
        )["data"]

    first = seen()
    fresh.control("POST", "advance", {"hours": 28 * 24})
    restated = seen()
    assert restated != first
    assert [row["spend"] for row in restated] == [row["spend"] for row in first]
    for _ in range(3):
        fresh.control("POST", "advance", {"hours": 9 * 24})
        assert seen() == restated


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"action_breakdowns": "colour"}, "action_breakdowns[0]"),
        ({"action_attribution_windows": "2d_click"}, "action_attribution_windows[0]"),
        ({"action_report_time": "tomorrow"}, "action_report_time"),
        ({"graph_cache": "maybe"}, "graph_cache"),
        ({"product_id_limit": "x"}, "product_id_limit"),
        ({"summary_action_breakdowns": "x"}, "summary_action_breakdowns"),
        ({"summary": '["colour"]'}, "colour"),
        ({"sort": "colour_ascending"}, "colour"),
    ],
)
def test_a_wrong_parameter_is_named(shared: Caller, params: dict[str, str], word: str) -> None:
    error = shared.refusal(shared.raw("GET", f"{shared.account()}/insights", **params))

    assert error["code"] == 100
    assert word in error["message"]


def test_a_day_of_25_hours_counts_the_repeated_one_once_more() -> None:
    autumn = {**SHORT, "start": "2026-11-03T12:00:00Z", "history_days": 5}
    hour = "hourly_stats_aggregated_by_advertiser_time_zone"
    day = '{"since":"2026-11-01","until":"2026-11-01"}'
    with sandbox_in_thread(parse_scenario(autumn)) as address:
        caller = Caller(address)
        path = f"{caller.account()}/insights"
        whole = caller.get(path, time_range=day, fields="impressions,spend")["data"][0]
        rows = caller.every(path, time_range=day, fields="impressions,spend", breakdowns=hour)
        caller.http.close()

    assert len({row[hour] for row in rows}) == len(rows) == 24
    assert sum(int(row["impressions"]) for row in rows) == int(whole["impressions"])
    repeated = next(row for row in rows if row[hour].startswith("01"))
    before = next(row for row in rows if row[hour].startswith("00"))
    assert int(repeated["impressions"]) > 1.3 * int(before["impressions"])


def test_what_an_account_spent_is_its_insights_in_minor_units(shared: Caller) -> None:
    account = shared.account()
    spent = shared.get(account, fields="amount_spent")["amount_spent"]
    row = shared.get(f"{account}/insights", date_preset="maximum", fields="spend")["data"][0]

    assert spent == str(round(100 * float(row["spend"])))
