"""Scheduled budgets: higher for a while, on the market only."""

from __future__ import annotations

import json

import pytest

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.write_cases import codes, events, new_campaign, refused

NOW = 1773135000
HOUR = 3600


def period(start: int, hours: int, value: int = 300, kind: str = "MULTIPLIER") -> dict[str, str]:
    return {
        "budget_value": str(value),
        "budget_value_type": kind,
        "time_start": str(NOW + start * HOUR),
        "time_end": str(NOW + (start + hours) * HOUR),
    }


def spent_by_hour(caller: Caller, adset: str) -> dict[str, float]:
    rows = caller.get(
        f"{adset}/insights",
        date_preset="today",
        fields="spend",
        breakdowns="hourly_stats_aggregated_by_advertiser_time_zone",
        limit="24",
    )["data"]
    key = "hourly_stats_aggregated_by_advertiser_time_zone"
    return {row[key][:2]: float(row["spend"]) for row in rows}


@pytest.mark.parametrize("kind", ["MULTIPLIER", "ABSOLUTE"])
def test_a_period_raises_what_is_spent_and_ends(fresh: Caller, kind: str) -> None:
    adset = fresh.with_own_budget()
    value = 300 if kind == "MULTIPLIER" else 3 * int(adset["daily_budget"])
    made = fresh.post(f"{adset['id']}/budget_schedules", **period(3, 4, value, kind))
    fresh.control("POST", "advance", {"hours": 12})
    spent = spent_by_hour(fresh, adset["id"])

    assert set(made) == {"id"}
    inside = sum(spent.get(hour, 0) for hour in ("09", "10", "11"))
    outside = sum(spent.get(hour, 0) for hour in ("06", "07", "14", "15"))
    assert inside / 3 > 2 * outside / 4
    shown = fresh.get(adset["id"], fields="daily_budget,is_budget_schedule_enabled")
    assert shown["daily_budget"] == adset["daily_budget"]
    assert shown["is_budget_schedule_enabled"] is True
    stage = fresh.get(adset["id"], fields="learning_stage_info")["learning_stage_info"]
    assert stage["last_sig_edit_ts"] < NOW
    assert events(fresh, adset["id"]) == ["update_campaign_high_demand_periods"]


def test_periods_are_listed_changed_and_deleted(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    path = f"{campaign}/budget_schedules"
    late = fresh.post(path, **period(30, 4))["id"]
    early = fresh.post(path, **period(3, 4, 500, "ABSOLUTE"))["id"]

    assert [row["id"] for row in fresh.get(path)["data"]] == [early, late]
    assert fresh.get(path, time_start=str(NOW + 20 * HOUR))["data"][0]["id"] == late
    assert fresh.get(path, time_stop=str(NOW + 20 * HOUR))["data"][0]["id"] == early
    assert fresh.get(early) == {
        "id": early,
        "ad_object_id": campaign,
        "budget_value": 500,
        "budget_value_type": "ABSOLUTE",
        "recurrence_type": "ONE_TIME",
        "time_start": "2026-03-10T08:30:00-0400",
        "time_end": "2026-03-10T12:30:00-0400",
    }
    assert fresh.post(early, budget_value="900") == {"success": True}
    assert fresh.get(early, fields="budget_value")["budget_value"] == 900
    assert fresh.delete(late) == {"success": True}
    assert codes(fresh.refusal(fresh.raw("GET", late))) == (100, 33)
    rows = [(row["level"], row["field"]) for row in fresh.ledger()]
    assert rows == [("budget_schedule", field)
                    for field in ("created", "created", "budget_value", "deleted")]  # fmt: skip


def test_periods_come_with_a_new_campaign(fresh: Caller) -> None:
    specs = json.dumps([{k: int(v) if v.isdigit() else v for k, v in period(3, 4).items()}])
    campaign = new_campaign(fresh, daily_budget="9000", budget_schedule_specs=specs)

    found = fresh.get(campaign, fields="budget_schedules{budget_value}")["budget_schedules"]
    assert [row["budget_value"] for row in found["data"]] == [300]


@pytest.mark.parametrize(
    "form",
    [
        {"budget_value": "300"},
        {**period(3, 4), "budget_value_type": "FACTOR"},
        {**period(3, 4), "budget_value": "0"},
        {**period(3, 4), "time_end": str(NOW + 2 * HOUR)},
        {**period(3, 4), "time_start": "tomorrow"},
        period(-3, 4),
        {**period(3, 4), "weight": "1"},
    ],
)
def test_what_a_period_cannot_be(shared: Caller, form: dict[str, str]) -> None:
    adset = shared.with_own_budget()["id"]

    assert refused(shared, f"{adset}/budget_schedules", **form)[0] == 100


def test_periods_neither_overlap_nor_belong_to_other_budgets(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    path = f"{adset['id']}/budget_schedules"
    fresh.post(path, **period(3, 4))

    assert refused(fresh, path, **period(6, 4)) == (100, None)
    above = f"{adset['campaign_id']}/budget_schedules"
    assert refused(fresh, above, **period(6, 4)) == (100, None)
