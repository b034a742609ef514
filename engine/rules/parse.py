"""A rule's document into frozen nodes, or every fault of it at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TypedDict

from engine.domain.conditions import Duration
from engine.domain.errors import InvalidDocument
from engine.domain.rule import (
    HoldOut,
    Limits,
    MlEnhancement,
    Mode,
    Rule,
    RuleStatus,
    Schedule,
    Scope,
)
from engine.rules.document import read_document
from engine.rules.findings import (
    Findings,
    describe,
    duration,
    is_number,
    join,
    read_choice,
    read_flag,
    read_integer,
    read_name,
    read_number,
    read_object,
)
from engine.rules.parse_actions import infer_level, parse_actions
from engine.rules.parse_conditions import parse_conditions
from engine.rules.parse_scope import parse_scope
from engine.rules.parse_timing import parse_held_for, parse_limits, parse_schedule
from engine.rules.write import write_rule

RULE_FIELDS = (
    "name",
    "status",
    "mode",
    "level",
    "scope",
    "conditions",
    "held_for",
    "actions",
    "schedule",
    "limits",
    "priority",
    "hold_out",
    "ml_enhancement",
)
REQUIRED = ("name", "conditions", "actions")
ML_FIELDS = ("use_prediction", "confidence_threshold", "prediction_horizon", "fallback_to_rule")
HORIZONS = ("1d", "2d", "3d", "7d", "14d", "28d", "30d")
LONGEST_NAME = 200


def parse_rule(
    document: Mapping[str, object] | str,
    *,
    rule_id: str,
    version: int,
    default_mode: Mode = Mode.DRY_RUN,
) -> Rule:
    """Return the rule of a document: an object, or JSON or YAML text.

    `default_mode` is the mode of a rule that names none. Raises InvalidDocument with
    every fault, each with its path (`conditions/all/1/value`).
    """
    source = read_document(document, "The rule")
    findings = Findings()
    fields = read_object(findings, "", source, RULE_FIELDS, REQUIRED) or {}
    rule = _rule(findings, fields, rule_id, version, default_mode)
    if findings.faults or rule is None:
        raise InvalidDocument("The rule", tuple(findings.faults))
    return rule


def document_of(rule: Rule) -> dict[str, object]:
    """Return the rule's document as it was given, or written from its nodes."""
    if not rule.source:
        return write_rule(rule)
    document: dict[str, object] = json.loads(rule.source)
    return document


def _rule(
    findings: Findings,
    fields: Mapping[str, object],
    rule_id: str,
    version: int,
    default_mode: Mode,
) -> Rule | None:
    name = read_name(findings, "name", fields.get("name", "-"), longest=LONGEST_NAME)
    condition, listed = None, True
    if "conditions" in fields:
        condition, listed = parse_conditions(findings, "conditions", fields["conditions"])
    actions = parse_actions(findings, "actions", fields["actions"]) if "actions" in fields else ()
    level = infer_level(findings, actions, fields.get("level"))
    status = _word(findings, fields, "status", [item.value for item in RuleStatus], "active")
    mode = _word(findings, fields, "mode", [item.value for item in Mode], default_mode.value)
    bounds = _bounds(findings, fields)
    if name is None or condition is None or not actions or findings.faults:
        return None
    rule = Rule(
        rule_id=rule_id,
        version=version,
        name=name,
        level=level,
        condition=condition,
        actions=actions,
        status=RuleStatus(status),
        mode=Mode(mode),
        source=json.dumps(fields, ensure_ascii=False, allow_nan=False),
        listed=listed,
    )
    return replace(rule, **bounds)


class _Bounds(TypedDict, total=False):
    """The fields that bound where, when and how often a rule acts."""

    scope: Scope
    held_for: Duration | None
    schedule: Schedule | None
    limits: Limits
    priority: int
    hold_out: HoldOut
    ml: MlEnhancement


def _bounds(findings: Findings, fields: Mapping[str, object]) -> _Bounds:
    found: _Bounds = {}
    if "scope" in fields:
        found["scope"] = parse_scope(findings, "scope", fields["scope"])
    if "held_for" in fields:
        found["held_for"] = parse_held_for(findings, "held_for", fields["held_for"])
    if "schedule" in fields:
        found["schedule"] = parse_schedule(findings, "schedule", fields["schedule"])
    if "limits" in fields:
        found["limits"] = parse_limits(findings, "limits", fields["limits"])
    if "priority" in fields:
        value = fields["priority"]
        found["priority"] = read_integer(findings, "priority", value, least=0, most=10**6) or 0
    if "hold_out" in fields:
        found["hold_out"] = _hold_out(findings, fields["hold_out"])
    if "ml_enhancement" in fields:
        found["ml"] = _ml(findings, "ml_enhancement", fields["ml_enhancement"])
    return found


def _word(
    findings: Findings,
    fields: Mapping[str, object],
    name: str,
    options: list[str],
    fallback: str,
) -> str:
    if name not in fields:
        return fallback
    return read_choice(findings, name, fields[name], options) or fallback


def _hold_out(findings: Findings, value: object) -> HoldOut:
    path = "hold_out"
    if is_number(value):
        return HoldOut(read_number(findings, path, value, least=0, most=1) or 0.0)
    fields = read_object(findings, path, value, ("share", "max_spend_per_day"), ("share",)) or {}
    share = most = None
    if "share" in fields:
        share = read_number(findings, join(path, "share"), fields["share"], least=0, most=1)
    if "max_spend_per_day" in fields:
        most = read_number(
            findings, join(path, "max_spend_per_day"), fields["max_spend_per_day"], least=0
        )
    return HoldOut(share or 0.0, most)


def _ml(findings: Findings, path: str, value: object) -> MlEnhancement:
    fields = read_object(findings, path, value, ML_FIELDS) or {}
    default = MlEnhancement()
    threshold: float | None = default.confidence_threshold
    horizon: str | None = default.prediction_horizon
    flags = {"use_prediction": default.use_prediction, "fallback_to_rule": default.fallback_to_rule}
    for name in flags:
        if name in fields:
            flags[name] = bool(read_flag(findings, join(path, name), fields[name]))
    if "confidence_threshold" in fields:
        threshold = read_number(
            findings,
            join(path, "confidence_threshold"),
            fields["confidence_threshold"],
            least=0,
            most=1,
        )
    if "prediction_horizon" in fields:
        horizon = _horizon(findings, join(path, "prediction_horizon"), fields["prediction_horizon"])
    return MlEnhancement(
        flags["use_prediction"],
        default.confidence_threshold if threshold is None else threshold,
        horizon or default.prediction_horizon,
        flags["fallback_to_rule"],
    )


def _horizon(findings: Findings, path: str, value: object) -> str | None:
    length = duration(value) if isinstance(value, str) else None
    if isinstance(value, str) and length is not None and 0 < length.days <= 30:
        return value
    findings.note(path, describe(value), f"a duration up to 30d, like {', '.join(HORIZONS)}")
    return None
