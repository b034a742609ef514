"""Rules as documents: what is accepted, and how each fault is told."""

# ruff: noqa: E501 - documents and tables of bad ones read better in one line each

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from engine.domain.action import ActionType
from engine.domain.conditions import All, Not
from engine.domain.conditions import Any as AnyOf
from engine.domain.errors import Fault, InvalidDocument
from engine.domain.objects import Level
from engine.domain.rule import Mode, Rule
from engine.rules.parse import document_of, parse_rule
from engine.rules.templates import templates
from engine.rules.write import write_rule

LOW_CTR = """{"name": "Auto-pause Low CTR Campaigns",
 "conditions": [{"metric": "ctr", "operator": "<", "value": 1.0, "time_window": "24h", "min_impressions": 1000}],
 "actions": [{"type": "pause_campaign", "params": {"reason": "Low CTR performance"}},
             {"type": "notify_client", "params": {"message": "Campaign paused due to low CTR"}}],
 "ml_enhancement": {"use_prediction": true, "confidence_threshold": 0.8}}"""
SMART_BUDGET = """{"name": "Smart Budget Optimization",
 "conditions": [{"metric": "roas", "operator": ">", "value": 3.0, "time_window": "7d"}],
 "actions": [{"type": "increase_budget", "params": {"increase_by_percent": 20, "max_daily_budget": 1000}}],
 "ml_enhancement": {"use_prediction": true, "prediction_horizon": "7d", "confidence_threshold": 0.75, "fallback_to_rule": true}}"""
PLAIN: dict[str, Any] = {
    "name": "Plain",
    "conditions": [{"metric": "spend", "operator": ">", "value": 10, "time_window": "7d"}],
    "actions": [{"type": "pause"}],
}
EVERYTHING: dict[str, Any] = {
    "name": "Everything",
    "status": "paused",
    "mode": "approval",
    "level": "adset",
    "scope": {
        "clients": ["North"],
        "accounts": ["act_123"],
        "include": ["1", {"name": {"contains": "[SCALE]"}}, {"not": {"status": "PAUSED"}}],
        "exclude": [{"label": ["keep"], "age": {"<": "2d"}}],
        "fixed": True,
    },
    "conditions": {
        "any": [
            {"all": [{"metric": "conversions:lead", "operator": "in", "value": [0, 1], "time_window": "7d+today"}]},
            {"not": {"metric": "label", "operator": "not_in", "value": ["a", "b"]}},
            {"rank": "top", "by": "cpa", "time_window": "28d", "within": "parent", "count": 3},
            {"metric": "cpa", "operator": ">", "time_window": "3d", "min_conversions": 3,
             "value": {"metric": "cpa", "time_window": "30d", "of": "siblings_median", "times": 1.5}},
            {"metric": "-(revenue - spend) / 2", "operator": "between", "value": [-5, 5], "time_window": "today"},
            {"metric": "projected_roas", "operator": "<", "value": 1, "time_window": "7d", "attribution": "1d_click"},
        ]
    },
    "held_for": "2 cycles",
    "actions": [
        {"type": "pause_adset", "params": {"for_duration": "12h"}},
        {"type": "add_label", "params": {"labels": ["weak"]}},
        {"type": "scale_budget_to_target", "params": {"metric": "cpa", "target": 12, "dead_band_percent": 5}},
        {"type": "notify_team", "params": {"message": "{name}: {ctr}", "channels": ["email"], "severity": "warning"}},
    ],
    "schedule": {"at": ["06:00", "18:30"], "days": ["mon", 4], "between": ["05:00", "20:00"], "timezone": "Europe/Kyiv"},
    "limits": {"cooldown": "90m", "max_per_day": 2, "max_objects_per_run": 5, "max_total": 100},
    "priority": 5,
    "hold_out": {"share": 0.1, "max_spend_per_day": 50},
    "ml_enhancement": {"use_prediction": True, "prediction_horizon": "3d"},
}  # fmt: skip


def parsed(document: dict[str, Any] | str) -> Rule:
    return parse_rule(document, rule_id="r1", version=2)


def faults(document: dict[str, Any] | str) -> list[Fault]:
    with pytest.raises(InvalidDocument) as caught:
        parsed(document)
    return list(caught.value.faults)


def changed(**fields: object) -> dict[str, Any]:
    return {**deepcopy(PLAIN), **fields}


def condition(**fields: object) -> dict[str, Any]:
    return changed(conditions=[{**PLAIN["conditions"][0], **fields}])


def action(kind: str, **params: object) -> dict[str, Any]:
    return changed(actions=[{"type": kind, "params": params}])


@pytest.mark.parametrize("text", [LOW_CTR, SMART_BUDGET])
def test_the_rules_of_the_design_are_accepted_word_for_word(text: str) -> None:
    rule = parsed(text)
    assert document_of(rule) == json.loads(text)
    assert rule.level is Level.CAMPAIGN
    assert rule.ml.use_prediction
    assert rule.mode is Mode.DRY_RUN


def test_the_level_comes_from_the_actions() -> None:
    assert parsed(LOW_CTR).actions[0].type is ActionType.PAUSE
    assert parsed(action("pause_ad")).level is Level.AD
    assert parsed(PLAIN).level is Level.CAMPAIGN
    assert parsed(changed(level="adset")).level is Level.ADSET


def test_the_mode_of_a_rule_without_one_is_configured() -> None:
    rule = parse_rule(PLAIN, rule_id="r", version=1, default_mode=Mode.APPROVAL)
    assert rule.mode is Mode.APPROVAL


def test_every_field_of_the_language() -> None:
    rule = parsed(EVERYTHING)
    assert document_of(rule) == EVERYTHING
    assert isinstance(rule.condition, AnyOf)
    assert isinstance(rule.condition.parts[0], All)
    assert isinstance(rule.condition.parts[1], Not)
    assert rule.scope.accounts == ("123",)
    assert rule.limits.cooldown == timedelta(minutes=90)
    assert rule.schedule is not None
    assert rule.schedule.days == (0, 4)
    assert rule.held_for is not None
    assert rule.held_for.cycles == 2


@pytest.mark.parametrize(
    "document", [PLAIN, EVERYTHING, *(dict(found.document) for found in templates())]
)
def test_a_rule_written_from_its_nodes_is_the_same_rule(document: dict[str, Any]) -> None:
    rule = parsed(document)
    assert parsed(write_rule(rule)) == rule


def test_yaml_says_the_same_and_its_traps_are_closed() -> None:
    rule = parsed(
        """
        name: Night
        conditions:
          - {metric: spend, operator: ">", value: 10, time_window: 7d}
        actions: [{type: pause}]
        schedule: {at: [06:30], days: [sat]}
        """
    )
    assert rule.schedule is not None
    assert rule.schedule.at == ("06:30",)


def test_all_faults_come_at_once_with_path_and_nearest_name() -> None:
    document = condition(metric="cttr", time_windw="7d", value="1")
    document["conditions"] = {"all": [PLAIN["conditions"][0], *document["conditions"]]}
    document["prioritty"] = 3
    found = {fault.path: fault for fault in faults(document)}
    assert found["prioritty"].nearest == "priority"
    assert found["conditions/all/1/time_windw"].nearest == "time_window"
    assert found["conditions/all/1/metric"].nearest == "ctr"
    assert found["conditions/all/1/value"].found == "the text '1'"
    assert len(found) == 4


def test_a_single_sign_of_equality_is_led_to_the_double_one() -> None:
    (fault,) = faults(condition(operator="="))
    assert fault.nearest == "=="


BAD: list[tuple[dict[str, Any] | str, str]] = [
    ({}, "name"),
    (changed(name=""), "name"),
    (changed(name="x" * 201), "name"),
    (changed(name="a\x00b"), "name"),
    (changed(name="two\nlines"), "name"),
    (changed(name="\u200b\u2060"), "name"),
    (changed(name=7), "name"),
    (changed(status="on"), "status"),
    (changed(mode="auto"), "mode"),
    (changed(level="account"), "level"),
    (changed(level="ad", actions=[{"type": "pause_campaign"}]), "actions/0/type"),
    (changed(actions=[{"type": "pause_ad"}, {"type": "pause_adset"}]), "actions/1/type"),
    (changed(actions=[]), "actions"),
    (changed(actions=[{"type": "pause"}, {"type": "activate"}]), "actions"),
    (changed(actions=["pause"]), "actions/0"),
    (changed(actions=[{}]), "actions/0/type"),
    (changed(conditions=[]), "conditions"),
    (changed(conditions="ctr < 1"), "conditions"),
    (changed(conditions={"all": [], "any": []}), "conditions/any"),
    (changed(conditions=[{"not": [1]}]), "conditions/0/not"),
    (condition(value=True), "conditions/0/value"),
    (condition(value=float("nan")), "conditions/0/value"),
    (condition(value=float("inf")), "conditions/0/value"),
    (condition(value=10**400), "conditions/0/value"),
    (condition(value=None), "conditions/0/value"),
    (condition(operator="="), "conditions/0/operator"),
    (condition(operator="contains"), "conditions/0/operator"),
    (condition(operator="between", value=[5, 1]), "conditions/0/value"),
    (condition(operator="between", value=[1]), "conditions/0/value"),
    (condition(operator="in", value=[]), "conditions/0/value"),
    (condition(operator="increased_by_percent", value=-5), "conditions/0/value"),
    (condition(operator="increased_by_percent", time_window="lifetime"), "conditions/0/value"),
    (condition(time_window="5d"), "conditions/0/time_window"),
    (condition(metric="budget"), "conditions/0/time_window"),
    (condition(min_spend="5"), "conditions/0/min_spend"),
    (condition(min_reach=5), "conditions/0/min_reach"),
    (condition(attribution="3d"), "conditions/0/attribution"),
    (condition(value={"metric": "budget", "of": "account"}), "conditions/0/value/of"),
    (condition(value={"of": "sibling_mean"}), "conditions/0/value/of"),
    (condition(value={"of": "account", "times": 0}), "conditions/0/value/times"),
    (condition(metric="spend / impresions"), "conditions/0/metric"),
    (condition(metric="(spend"), "conditions/0/metric"),
    (condition(metric="spend +"), "conditions/0/metric"),
    (condition(metric="1 + 2"), "conditions/0/metric"),
    (condition(metric="spend ** 2"), "conditions/0/metric"),
    (condition(metric="__import__('os')"), "conditions/0/metric"),
    (condition(metric="(" * 30 + "spend" + ")" * 30), "conditions/0/metric"),
    (condition(metric="conversions:"), "conditions/0/metric"),
    (changed(conditions=[{"metric": "spend", "operator": ">", "value": 1}]), "conditions/0/time_window"),
    (changed(conditions=[{"metric": "name", "operator": ">", "value": "a"}]), "conditions/0/operator"),
    (changed(conditions=[{"metric": "name", "operator": "==", "value": 1}]), "conditions/0/value"),
    (changed(conditions=[{"rank": "bottom", "by": "roas", "time_window": "7d"}]), "conditions/0/percent"),
    (changed(conditions=[{"rank": "worst", "by": "roas", "time_window": "7d", "count": 1}]), "conditions/0/rank"),
    (changed(conditions=[{"rank": "top", "by": "roas", "time_window": "7d", "count": 1, "percent": 5}]), "conditions/0/percent"),
    (action("pause_everything"), "actions/0/type"),
    (action("pause", until="06:00", for_duration="3h"), "actions/0/params/for_duration"),
    (action("pause", until="soon"), "actions/0/params/until"),
    (action("increase_budget"), "actions/0/params/increase_by_percent"),
    (action("increase_budget", increase_by_percent=0), "actions/0/params/increase_by_percent"),
    (action("increase_budget", increase_by_percent=20, increase_by_amount=5), "actions/0/params/increase_by_percent"),
    (action("increase_budget", increase_by_percent=20, min_daily_budget=5), "actions/0/params/min_daily_budget"),
    (action("decrease_budget", decrease_by_percent=100), "actions/0/params/decrease_by_percent"),
    (action("set_budget", amount="10"), "actions/0/params/amount"),
    (action("scale_budget_to_target", metric="cpa", target=5, min=9, max=3), "actions/0/params/min"),
    (action("reallocate_budget", pool="label"), "actions/0/params/label"),
    (action("rotate_creative", strategy="best"), "actions/0/params/strategy"),
    (action("duplicate", count=0), "actions/0/params/count"),
    (action("duplicate", count=True), "actions/0/params/count"),
    (action("add_label"), "actions/0/params/label"),
    (action("notify_client"), "actions/0/params/message"),
    (action("notify_client", message="{nmae}"), "actions/0/params/message"),
    (action("notify_team", message="x", channels=["pigeon"]), "actions/0/params/channels/0"),
    (changed(scope={"account": ["1"]}), "scope/account"),
    (changed(scope={"accounts": "1"}), "scope/accounts"),
    (changed(scope={"include": [123]}), "scope/include/0"),
    (changed(scope={"include": [{"nam": "x"}]}), "scope/include/0/nam"),
    (changed(scope={"include": [{"name": {"starts": "x"}}]}), "scope/include/0/name/starts"),
    (changed(scope={"exclude": [{"age": {">": "old"}}]}), "scope/exclude/0/age/>"),
    (changed(scope={"fixed": 1}), "scope/fixed"),
    (changed(held_for="long"), "held_for"),
    (changed(held_for=3), "held_for"),
    (changed(schedule={"every": "10s"}), "schedule/every"),
    (changed(schedule={"every": "1h", "at": ["06:00"]}), "schedule/at"),
    (changed(schedule={"at": ["6:00"]}), "schedule/at/0"),
    (changed(schedule={"at": ["06:00"], "days": ["someday"]}), "schedule/days/0"),
    (changed(schedule={"at": ["06:00"], "timezone": "Kyiv"}), "schedule/timezone"),
    (changed(schedule={"between": ["08:00", "08:00"]}), "schedule/between"),
    (changed(schedule={}), "schedule"),
    (changed(limits={"max_per_day": 0}), "limits/max_per_day"),
    (changed(limits={"cooldown": 6}), "limits/cooldown"),
    (changed(priority=1.5), "priority"),
    (changed(hold_out={"share": 2}), "hold_out/share"),
    (changed(ml_enhancement={"use_prediction": "yes"}), "ml_enhancement/use_prediction"),
    (changed(ml_enhancement={"confidence_threshold": 80}), "ml_enhancement/confidence_threshold"),
    (changed(ml_enhancement={"prediction_horizon": "1y"}), "ml_enhancement/prediction_horizon"),
    ("{", "document"),
    ("[1, 2]", "document"),
    ("just words", "document"),
    ('{"name": "a", "name": "b"}', "document"),
    ("name: [", "document"),
    ("[" * 100_000, "document"),
    ('{"name": ' * 70 + "1" + "}" * 70, "document"),
    ("\n".join(["a: &a [x]"] + [f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]" for a, b in pairwise("abcdefgh")]), "document"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "path"), BAD, ids=range(len(BAD)))
def test_a_bad_rule_is_refused_at_its_place(document: dict[str, Any] | str, path: str) -> None:
    found = faults(document)
    assert path in [fault.path for fault in found]
    assert all(fault.found and fault.allowed for fault in found)


def test_trees_are_bounded_in_depth_and_size() -> None:
    one = PLAIN["conditions"][0]
    deep: dict[str, Any] = one
    for _ in range(25):
        deep = {"not": deep}
    assert "levels" in faults(changed(conditions=deep))[0].found
    assert (
        "conditions"
        in faults(changed(conditions=[{"any": [one] * 400}, {"any": [one] * 400}]))[0].found
    )


def test_a_rule_s_numbers_may_be_as_large_as_money_gets() -> None:
    rule = parsed(condition(value=9_999_999_999))
    assert document_of(rule)["conditions"] == condition(value=9_999_999_999)["conditions"]
