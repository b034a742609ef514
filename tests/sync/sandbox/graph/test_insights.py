"""Insights over HTTP: levels, periods, breakdowns, texts, refusals."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json

HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
WEEK = {"since": "2026-03-02", "until": "2026-03-08"}


def week(**params: str) -> dict[str, str]:
    return {"time_range": json.dumps(WEEK), "limit": "5000", **params}


def total(rows: list[Json], name: str) -> float:
    return round(sum(float(row.get(name, 0)) for row in rows), 2)


def test_every_level_adds_up_to_the_account(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    sums = {
        level: [
            total(shared.every(path, **week(level=level, fields=f"{name}")), name)
            for name in ("spend", "impressions", "clicks")
        ]
        for level in ("account", "campaign", "adset", "ad")
    }

    assert sums["account"][0] > 0
    assert all(found == sums["account"] for found in sums.values())


def test_days_and_hours_add_up_to_the_period(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    whole = shared.every(path, **week(level="campaign", fields="spend"))
    daily = shared.every(path, **week(level="campaign", fields="spend", time_increment="1"))
    hourly = shared.every(
        path, **week(level="campaign", fields="spend", time_increment="1", breakdowns=HOURLY)
    )
    by_hour = shared.every(
        path, **week(level="campaign", fields="spend", breakdowns=f'["{HOURLY}"]')
    )

    assert total(daily, "spend") == total(whole, "spend") == total(hourly, "spend")
    assert total(by_hour, "spend") == total(whole, "spend")
    assert {row["date_start"] for row in daily} == {f"2026-03-0{day}" for day in range(2, 9)}
    assert len(by_hour) <= 24 * len(whole)
    assert {(row["date_start"], row["date_stop"]) for row in by_hour} == {
        (WEEK["since"], WEEK["until"])
    }


def test_hourly_rows_have_labels_and_no_website_conversions(shared: Caller) -> None:
    rows = shared.every(
        f"{shared.account()}/insights",
        **week(level="account", fields="actions,reach,frequency", breakdowns=HOURLY),
    )

    assert rows[10][HOURLY] == "10:00:00 - 10:59:59"
    assert {(row["reach"], row["frequency"]) for row in rows} == {("0", "0")}
    types = {action["action_type"] for row in rows for action in row.get("actions", [])}
    assert types
    assert not any("purchase" in name or name == "lead" for name in types)


def test_metrics_are_text_and_ratios_follow_from_them(shared: Caller) -> None:
    fields = (
        "impressions,clicks,spend,ctr,cpc,cpm,reach,frequency,actions,action_values,purchase_roas"
    )
    row = shared.get(f"{shared.account()}/insights", **week(fields=fields))["data"][0]

    assert all(isinstance(row[name], str) for name in fields.split(",")[:8])
    assert float(row["ctr"]) == pytest.approx(
        100 * int(row["clicks"]) / int(row["impressions"]), abs=1e-6
    )
    assert float(row["cpc"]) == pytest.approx(float(row["spend"]) / int(row["clicks"]), abs=1e-6)
    value = next(v for v in row["action_values"] if v["action_type"] == "omni_purchase")
    assert float(row["purchase_roas"][0]["value"]) == pytest.approx(
        float(value["value"]) / float(row["spend"]), abs=1e-6
    )
    assert set(row["actions"][0]) == {"action_type", "value"}


def test_whole_unit_currencies_have_no_decimals(shared: Caller) -> None:
    row = shared.get(f"{shared.account(1)}/insights", **week(fields="spend,account_currency"))

    assert row["data"][0]["account_currency"] == "HUF"
    assert "." not in row["data"][0]["spend"]


def test_attribution_windows_stand_beside_the_value_when_asked(shared: Caller) -> None:
    asked = '["1d_click","7d_click","1d_view","7d_view"]'
    row = shared.get(
        f"{shared.account()}/insights",
        **week(fields="actions", action_attribution_windows=asked),
    )["data"][0]

    purchase = next(a for a in row["actions"] if a["action_type"] == "purchase")
    assert "7d_view" not in purchase
    assert int(purchase["7d_click"]) + int(purchase["1d_view"]) == int(purchase["value"])
    assert int(purchase["1d_click"]) <= int(purchase["7d_click"])


def test_default_is_the_last_30_days_without_today(shared: Caller) -> None:
    row = shared.get(f"{shared.account()}/insights")["data"][0]

    assert (row["date_start"], row["date_stop"]) == ("2026-02-08", "2026-03-09")
    assert set(row) == {"account_id", "impressions", "spend", "date_start", "date_stop"}


def test_presets_cover_the_days_they_name(shared: Caller) -> None:
    def days(preset: str) -> tuple[str, str]:
        row = shared.get(f"{shared.account()}/insights", date_preset=preset)["data"][0]
        return row["date_start"], row["date_stop"]

    assert days("yesterday") == ("2026-03-09", "2026-03-09")
    assert days("last_3d") == ("2026-03-07", "2026-03-09")
    assert days("this_month") == ("2026-03-01", "2026-03-10")
    assert days("last_week_mon_sun") == ("2026-03-02", "2026-03-08")
    assert days("maximum")[1] == "2026-03-10"


def test_several_ranges_and_months_make_a_row_each(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    ranges = json.dumps([WEEK, {"since": "2026-02-20", "until": "2026-02-21"}])
    rows = shared.get(path, time_ranges=ranges, fields="spend")["data"]
    months = shared.get(path, date_preset="last_30d", time_increment="monthly")["data"]
    weeks = shared.get(path, time_increment="7", **week(fields="spend"))["data"]

    assert [row["date_start"] for row in rows] == ["2026-03-02", "2026-02-20"]
    assert [row["date_start"] for row in months] == ["2026-02-08", "2026-03-01"]
    assert [(r["date_start"], r["date_stop"]) for r in weeks] == [("2026-03-02", "2026-03-08")]


def test_object_nodes_answer_for_themselves_and_below(shared: Caller) -> None:
    campaign = shared.with_campaign_budget()["id"]
    own = shared.get(f"{campaign}/insights", **week(fields="campaign_id,campaign_name,spend"))
    ads = shared.every(f"{campaign}/insights", **week(level="ad", fields="ad_id,adset_name,spend"))

    assert [row["campaign_id"] for row in own["data"]] == [campaign]
    assert total(ads, "spend") == total(own["data"], "spend")
    assert all(row["ad_id"] and row["adset_name"] for row in ads)


def test_filters_and_sorting_apply_to_rows(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    asked = week(level="ad", fields="ad_id,campaign_id,spend,impressions")
    rows = shared.every(path, sort="spend_descending", **asked)
    spends = [float(row["spend"]) for row in rows]
    middle = spends[len(spends) // 2]
    above = json.dumps([{"field": "spend", "operator": "GREATER_THAN", "value": middle}])
    one = json.dumps(
        [{"field": "campaign.id", "operator": "IN", "value": [rows[0]["campaign_id"]]}]
    )

    assert spends == sorted(spends, reverse=True)
    assert len(shared.every(path, filtering=above, **asked)) == sum(s > middle for s in spends)
    found = shared.every(path, filtering=one, **asked)
    assert {row["campaign_id"] for row in found} == {rows[0]["campaign_id"]}


def test_summary_totals_all_pages(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    asked = {**week(level="ad", fields="spend,reach"), "limit": "2"}
    page = shared.get(path, default_summary="true", **asked)
    rows = shared.every(path, **asked)

    assert total([page["summary"]], "spend") == total(rows, "spend")
    assert int(page["summary"]["reach"]) <= sum(int(row["reach"]) for row in rows)
    chosen = shared.get(path, summary='["impressions"]', **asked)["summary"]
    assert set(chosen) == {"impressions", "date_start", "date_stop"}


def test_pages_join_without_gaps(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    asked = {"level": "ad", "fields": "ad_id", "time_increment": "1", "date_preset": "last_7d"}

    whole = shared.every(path, limit="5000", **asked)
    assert shared.every(path, limit="7", **asked) == whole
    first = shared.get(path, limit="2", **asked)
    assert first["paging"]["cursors"] == {"before": "MAZDZD", "after": "MQZDZD"}


def test_opt_in_breakdowns_answer_empty(shared: Caller) -> None:
    found = shared.get(f"{shared.account()}/insights", breakdowns="frequency_value")

    assert found == {"data": []}


@pytest.mark.parametrize(
    ("params", "code", "subcode"),
    [
        ({"fields": "spendd"}, 100, None),
        ({"fields": "age"}, 100, None),
        ({"level": "country"}, 100, None),
        ({"breakdowns": "colour"}, 100, None),
        ({"breakdowns": f"{HOURLY},age"}, 100, None),
        ({"date_preset": "last_8d"}, 100, None),
        ({"time_increment": "91"}, 100, None),
        ({"time_range": '{"since":"2026-03-09"}'}, 100, None),
        ({"time_range": '{"since":"2026-03-09","until":"2026-03-01"}'}, 100, None),
        ({"time_range": '{"since":"2022-01-01","until":"2026-03-01"}'}, 3018, None),
        ({"sort": "spend"}, 100, None),
        ({"filtering": '[{"field":"shoe.size","operator":"EQUAL","value":1}]'}, 100, None),
        ({"unheard_of": "1"}, 100, None),
    ],
)
def test_wrong_queries_are_refused(
    shared: Caller, params: dict[str, str], code: int, subcode: int | None
) -> None:
    error = shared.refusal(shared.raw("GET", f"{shared.account()}/insights", **params))

    assert (error["code"], error.get("error_subcode")) == (code, subcode)


def test_a_level_above_the_node_is_an_unknown_error(shared: Caller) -> None:
    answer = shared.raw("GET", f"{shared.with_campaign_budget()['id']}/insights", level="account")

    assert answer.status_code == 500
    assert (shared.refusal(answer)["code"], shared.refusal(answer)["error_subcode"]) == (1, 99)


def test_too_much_data_is_refused(fresh: Caller) -> None:
    fresh.control("POST", "limits", {"sync_rows": 5})
    error = fresh.refusal(
        fresh.raw("GET", f"{fresh.account()}/insights", level="ad", time_increment="1")
    )

    assert (error["code"], error["error_subcode"]) == (100, 1487534)


def test_closed_days_are_restated_by_late_conversions(fresh: Caller) -> None:
    path = f"{fresh.account()}/insights"
    day = json.dumps({"since": "2026-03-09", "until": "2026-03-09"})

    def seen() -> tuple[str, int]:
        row = fresh.get(path, time_range=day, fields="spend,actions")["data"][0]
        counts = {a["action_type"]: int(a["value"]) for a in row["actions"]}
        return row["spend"], counts["purchase"]

    before = seen()
    fresh.control("POST", "advance", {"hours": 72})
    after = seen()

    assert after[0] == before[0]
    assert after[1] > before[1]


def test_a_pause_stops_later_hours_only(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    today = {"date_preset": "today", "fields": "spend"}
    fresh.post(campaign, status="PAUSED")
    fresh.control("POST", "advance", {"hours": 1})  # the running hour may still be paid
    before = fresh.get(f"{campaign}/insights", **today)["data"][0]["spend"]
    fresh.control("POST", "advance", {"hours": 4})

    assert fresh.get(f"{campaign}/insights", **today)["data"][0]["spend"] == before


def test_dst_day_has_23_hours(shared: Caller) -> None:
    day = json.dumps({"since": "2026-03-08", "until": "2026-03-08"})
    rows = shared.every(
        f"{shared.account()}/insights", time_range=day, breakdowns=HOURLY, fields="impressions"
    )

    assert "02:00:00 - 02:59:59" not in {row[HOURLY] for row in rows}
    assert len(rows) <= 23
