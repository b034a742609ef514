"""Meta's own rules: kept, run by the clock or by hand, and their history."""

from __future__ import annotations

import pytest

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.rule_cases import (
    ADS,
    ADSETS,
    CAMPAIGNS,
    SPENT,
    TODAY,
    Spec,
    actions,
    change,
    doing,
    form,
    new_rule,
    only,
    runs,
    scheduled,
)
from tests.sync.sandbox.graph.write_cases import codes, events, refused


def test_a_rule_is_kept_changed_and_deleted(fresh: Caller) -> None:
    rule = new_rule(fresh, scheduled(ADSETS, TODAY, SPENT), doing("NOTIFICATION"))
    shown = fresh.get(
        rule,
        fields="id,account_id,name,status,created_by,created_time,updated_time,evaluation_spec,"
        "execution_spec,schedule_spec",
    )

    assert shown["created_by"]["id"].isdigit()
    assert shown["status"] == "ENABLED"
    assert shown["evaluation_spec"] == scheduled(ADSETS, TODAY, SPENT)
    assert shown["created_time"] == "2026-03-10T05:30:00-0400"
    fresh.control("POST", "advance", {"hours": 0.2})
    assert fresh.post(rule, name="S", status="DISABLED") == {"success": True}
    assert fresh.get(rule, fields="name,status,updated_time") == {
        "id": rule,
        "name": "S",
        "status": "DISABLED",
        "updated_time": "2026-03-10T05:42:00-0400",
    }
    path = f"{fresh.account()}/adrules_library"
    assert [row["id"] for row in fresh.every(path)] == [rule]
    assert fresh.delete(rule) == {"success": True}
    assert fresh.every(path) == []
    assert fresh.get(rule, fields="status")["status"] == "DELETED"
    assert refused(fresh, rule, name="x") == (100, None)
    told = [(row["level"], row["field"]) for row in fresh.ledger()]
    assert told == [("adrule", field) for field in ("created", "name", "status", "status")]


def test_a_scheduled_rule_runs_when_the_clock_gets_there(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    rule = new_rule(fresh, scheduled(*only(adset["id"])), doing("PAUSE"))
    fresh.control("POST", "advance", {"hours": 0.4})
    assert fresh.get(adset["id"], fields="status")["status"] == "ACTIVE"
    fresh.control("POST", "advance", {"hours": 2})

    assert fresh.get(adset["id"], fields="status,updated_time") == {
        "id": adset["id"],
        "status": "PAUSED",
        "updated_time": "2026-03-10T06:00:00-0400",
    }
    found = runs(fresh, rule)
    assert [run["timestamp"] for run in found] == [
        "2026-03-10T07:00:00-0400",
        "2026-03-10T06:00:00-0400",
    ]
    assert found[1]["is_manual"] is False
    assert found[1]["results"] == [
        {
            "object_id": adset["id"],
            "object_type": "ADSET",
            "actions": [
                {
                    "action": "PAUSED",
                    "field": "status",
                    "old_value": "ACTIVE",
                    "new_value": "PAUSED",
                }
            ],
        }
    ]
    assert found[0]["results"] == []
    assert [row["level"] for row in fresh.ledger()] == ["adrule"]
    row = fresh.get(
        f"{fresh.account()}/activities",
        oid=adset["id"],
        fields="event_time,event_type,application_name,actor_name",
    )["data"][0]
    assert row == {
        "event_time": "2026-03-10T10:00:00+0000",
        "event_type": "update_ad_set_run_status",
        "application_name": "Automated Rules",
        "actor_name": "AI-Buyer system user",
    }


def test_what_a_rule_pauses_stops_spending(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    new_rule(fresh, scheduled(*only(adset)), doing("PAUSE"))
    fresh.control("POST", "advance", {"hours": 30})

    asked = {"date_preset": "today", "fields": "spend"}
    assert fresh.get(f"{adset}/insights", **asked)["data"] == []


@pytest.mark.parametrize(
    ("spec", "factor"),
    [
        (change(20), 1.2),
        (change(-10), 0.9),
        (change(20, limit=1), 1.0),
        ({"amount": 500, "unit": "ACCOUNT_CURRENCY"}, None),
    ],
)
def test_budgets_change_as_specified(fresh: Caller, spec: Spec, factor: float | None) -> None:
    adset = fresh.with_own_budget()
    before = int(adset["daily_budget"])
    rule = new_rule(fresh, scheduled(*only(adset["id"])), doing("CHANGE_BUDGET", change_spec=spec))
    fresh.control("POST", "advance", {"hours": 0.6})

    after = int(fresh.get(adset["id"], fields="daily_budget")["daily_budget"])
    assert after == (before + 500 if factor is None else round(before * factor))
    action = actions(runs(fresh, rule)[0])[0]
    if after == before:
        assert action == {"action": "NOT_CHANGED"}
    else:
        assert action == {
            "action": "CHANGED_BUDGET",
            "field": "daily_budget",
            "old_value": str(before),
            "new_value": str(after),
        }


def test_what_meta_would_refuse_is_an_error_in_the_history(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    spec = change(-99.99)
    rule = new_rule(fresh, scheduled(*only(adset["id"])), doing("CHANGE_BUDGET", change_spec=spec))
    fresh.control("POST", "advance", {"hours": 0.6})

    action = actions(runs(fresh, rule)[0])[0]
    assert action["action"] == "ERROR"
    assert action["new_value"].startswith("The budget must be at least")
    now = fresh.get(adset["id"], fields="daily_budget")["daily_budget"]
    assert now == adset["daily_budget"]


def test_a_rule_acts_no_oftener_than_it_may(fresh: Caller) -> None:
    adset = fresh.with_own_budget()
    rule = new_rule(
        fresh,
        scheduled(*only(adset["id"])),
        doing("CHANGE_BUDGET", change_spec=change(10), action_frequency=180,
              execution_count_limit=2),
    )  # fmt: skip
    fresh.control("POST", "advance", {"hours": 12})

    changed = [r for r in runs(fresh, rule) if actions(r)[0]["action"] == "CHANGED_BUDGET"]
    assert [run["timestamp"] for run in changed] == [
        "2026-03-10T09:00:00-0400",
        "2026-03-10T06:00:00-0400",
    ]
    hidden = runs(fresh, rule, hide_no_changes="true")
    assert len(hidden) == 2
    assert len(runs(fresh, rule)) == 12


def test_campaign_budgets_and_bids_change_too(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()
    adset = fresh.with_own_budget()["id"]
    fresh.post(adset, bid_strategy="COST_CAP", bid_amount="1000")
    new_rule(
        fresh,
        scheduled(*only(campaign["id"], CAMPAIGNS)),
        doing("CHANGE_CAMPAIGN_BUDGET", change_spec=change(50)),
    )
    new_rule(fresh, scheduled(*only(adset)), doing("CHANGE_BID", change_spec=change(-10)))
    fresh.control("POST", "advance", {"hours": 0.6})

    raised = int(fresh.get(campaign["id"], fields="daily_budget")["daily_budget"])
    assert raised == round(int(campaign["daily_budget"]) * 1.5)
    assert fresh.get(adset, fields="bid_amount")["bid_amount"] == 900
    assert "update_ad_set_bidding" in events(fresh, adset)


def test_budgets_are_shared_out_anew(fresh: Caller) -> None:
    rows = fresh.every(f"{fresh.account()}/adsets", fields="id,campaign_id,daily_budget,status")
    own = [r for r in rows if r["daily_budget"] != "0" and r["status"] == "ACTIVE"]
    pair = own[:2]
    named = {"field": "id", "operator": "IN", "value": [row["id"] for row in pair]}
    spec = {"type": "EVEN", "is_cross_campaign": True}
    new_rule(fresh, scheduled(ADSETS, named), doing("REBALANCE_BUDGET", rebalance_spec=spec))
    fresh.control("POST", "advance", {"hours": 0.6})

    total = sum(int(row["daily_budget"]) for row in pair)
    now = [int(fresh.get(r["id"], fields="daily_budget")["daily_budget"]) for r in pair]
    assert abs(now[0] - now[1]) <= 1
    assert abs(sum(now) - total) <= 1


def test_conditions_decide_and_the_unknown_holds_for_nothing(shared_short: Caller) -> None:
    def found(*conditions: Spec, kind: Spec = ADSETS) -> int:
        rule = new_rule(shared_short, scheduled(kind, TODAY, *conditions), doing("NOTIFICATION"))
        return len(shared_short.post(f"{rule}/preview")["data"])

    def cond(field: str, operator: str, value: object) -> Spec:
        return {"field": field, "operator": operator, "value": value}

    live = found()
    assert live > 0
    assert found(cond("effective_status", "IN", ["ACTIVE", "PAUSED", "CAMPAIGN_PAUSED"])) > live
    assert found(cond("spent", "GREATER_THAN", 10**9)) == 0
    assert found(cond("today_spent / adset.daily_budget", "LESS_THAN", 5)) < live + 1
    assert found(cond("purchase / 0", "LESS_THAN", 5)) == 0
    assert found(cond("campaign.objective", "EQUAL", "OUTCOME_NOTHING")) == 0
    assert found(cond("name", "CONTAIN", "#"), kind=ADSETS) <= live
    assert found(cond("hours_since_creation", "GREATER_THAN", 0), kind=CAMPAIGNS) > 0
    assert found(cond("current_time", "IN_RANGE", [0, 1440]), kind=ADS) > 0


def test_unpausing_looks_at_what_is_paused(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    fresh.post(adset, status="PAUSED")
    rule = new_rule(fresh, scheduled(*only(adset)), doing("UNPAUSE"))
    assert fresh.post(f"{rule}/execute") == {"success": True}

    assert fresh.get(adset, fields="status")["status"] == "ACTIVE"
    run = runs(fresh, rule)[0]
    assert run["is_manual"] is True
    assert actions(run)[0]["action"] == "UNPAUSED"
    last = fresh.ledger()[-1]
    assert (last["object_id"], last["field"], last["after"]) == (adset, "status", "ACTIVE")


def test_a_rule_for_once_switches_itself_off(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    once = {**doing("PAUSE"), "is_once_off": True}
    rule = new_rule(fresh, scheduled(*only(adset)), once)
    fresh.control("POST", "advance", {"hours": 5})

    assert fresh.get(rule, fields="status")["status"] == "DISABLED"
    assert len(runs(fresh, rule)) == 1


def test_a_disabled_rule_rests_until_it_is_enabled(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    path = f"{fresh.account()}/adrules_library"
    asked = form(scheduled(*only(adset)), doing("PAUSE"))
    rule = fresh.post(path, status="DISABLED", **asked)["id"]
    fresh.control("POST", "advance", {"hours": 3})
    assert runs(fresh, rule) == []
    fresh.post(rule, status="ENABLED")
    fresh.control("POST", "advance", {"hours": 1})

    assert len(runs(fresh, rule)) == 1
    assert fresh.get(adset, fields="status")["status"] == "PAUSED"


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ({"schedule_type": "DAILY"}, ["2026-03-11T00:00:00-0400"]),
        ({"schedule_type": "CUSTOM", "schedule": [{"start_minute": 600, "days": [2]}]},
         ["2026-03-10T10:00:00-0400"]),
        ({"schedule_type": "CUSTOM",
          "schedule": [{"start_minute": 600, "end_minute": 660, "days": [2, 3]}]},
         ["2026-03-10T11:00:00-0400", "2026-03-10T10:30:00-0400", "2026-03-10T10:00:00-0400"]),
        ({"schedule_type": "CUSTOM", "schedule": [{"days": [0]}]}, []),
    ],
)  # fmt: skip
def test_schedules_are_kept_in_the_accounts_zone(
    fresh: Caller, schedule: Spec, times: list[str]
) -> None:
    rule = new_rule(fresh, scheduled(ADSETS), doing("NOTIFICATION"), schedule)
    fresh.control("POST", "advance", {"hours": 24})

    assert [run["timestamp"] for run in runs(fresh, rule, fields="timestamp")] == times


def test_triggered_rules_wait_for_their_change(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    path = f"{fresh.account()}/adrules_library"
    evaluation = {
        "evaluation_type": "TRIGGER",
        "filters": [ADSETS],
        "trigger": {"type": "METADATA_UPDATE"},
    }
    rule = fresh.post(path, **form(evaluation, doing("PING_ENDPOINT"), None))["id"]
    fresh.control("POST", "advance", {"hours": 1})
    assert runs(fresh, rule, hide_no_changes="true") == []
    fresh.post(adset, name="renamed")
    fresh.control("POST", "advance", {"hours": 3})

    pinged = runs(fresh, rule, hide_no_changes="true")
    assert [r["results"][0]["object_id"] for r in pinged] == [adset]
    assert actions(pinged[0]) == [{"action": "ENDPOINT_PINGED"}]


def test_histories_and_governed_objects_are_listed(fresh: Caller) -> None:
    adset = fresh.with_own_budget()["id"]
    rule = new_rule(fresh, scheduled(*only(adset)), doing("NOTIFICATION"))
    never = new_rule(
        fresh, scheduled(ADSETS, TODAY, {**SPENT, "value": 10**9}), doing("NOTIFICATION")
    )
    fresh.control("POST", "advance", {"hours": 0.6})
    path = f"{fresh.account()}/adrules_history"

    rows = fresh.every(path, fields="rule_id,timestamp,is_manual,results")
    assert {row["rule_id"] for row in rows} == {int(rule), int(never)}
    assert len(fresh.every(path, object_id=adset)) == 1
    assert fresh.every(path, action="PAUSED") == []
    assert len(fresh.every(path, action="FACEBOOK_NOTIFICATION_SENT")) == 1
    governed = f"{adset}/adrules_governed"
    assert {row["id"] for row in fresh.get(governed)["data"]} == {rule, never}
    assert [r["id"] for r in fresh.get(governed, pass_evaluation="true")["data"]] == [rule]
    assert [r["id"] for r in fresh.get(governed, pass_evaluation="false")["data"]] == [never]


def test_rules_belong_to_the_account_they_were_made_in(fresh: Caller) -> None:
    new_rule(fresh, scheduled(ADSETS), doing("NOTIFICATION"))

    assert fresh.get(f"{fresh.account(1)}/adrules_library")["data"] == []
    assert codes(fresh.refusal(fresh.post_raw("127/execute"))) == (100, 33)
