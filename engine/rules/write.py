"""Frozen nodes back into a document that parses to the same rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.domain.action import Action
from engine.domain.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    Duration,
    Measurement,
    Metadata,
    Not,
    Rank,
    Whose,
)
from engine.domain.rule import HoldOut, Limits, MlEnhancement, Rule, Schedule, Scope
from engine.rules.findings import duration_text


def write_rule(rule: Rule) -> dict[str, object]:
    """Return the document of `rule`, without fields left at their defaults."""
    found: dict[str, object] = {
        "name": rule.name,
        "status": rule.status.value,
        "mode": rule.mode.value,
        "level": rule.level.value,
        "conditions": write_conditions(rule),
        "actions": [write_action(action) for action in rule.actions],
        "priority": rule.priority,
    }
    if rule.scope != Scope():
        found["scope"] = write_scope(rule.scope)
    if rule.held_for is not None:
        found["held_for"] = _held_for(rule.held_for)
    if rule.schedule is not None:
        found["schedule"] = _schedule(rule.schedule)
    if rule.limits != Limits():
        found["limits"] = _limits(rule.limits)
    if rule.hold_out != HoldOut():
        found["hold_out"] = _given(
            share=rule.hold_out.share, max_spend_per_day=rule.hold_out.max_spend_per_day
        )
    if rule.ml != MlEnhancement():
        found["ml_enhancement"] = {
            "use_prediction": rule.ml.use_prediction,
            "confidence_threshold": rule.ml.confidence_threshold,
            "prediction_horizon": rule.ml.prediction_horizon,
            "fallback_to_rule": rule.ml.fallback_to_rule,
        }
    return found


def write_conditions(rule: Rule) -> object:
    """Return the conditions as a list where they were one, else as a tree."""
    if rule.listed and isinstance(rule.condition, All):
        return [write_condition(part) for part in rule.condition.parts]
    return write_condition(rule.condition)


def write_condition(condition: Condition) -> dict[str, object]:
    """Return the document of one condition tree."""
    match condition:
        case All(parts):
            return {"all": [write_condition(part) for part in parts]}
        case Any(parts):
            return {"any": [write_condition(part) for part in parts]}
        case Not(part):
            return {"not": write_condition(part)}
        case Metadata(name, operator, value):
            return {"metric": name, "operator": operator.value, "value": _constant(value)}
        case Rank(end, by, within, percent, count):
            window = by.window.name if by.window else None
            return _given(
                rank=end.value,
                by=by.metric.name,
                time_window=window,
                attribution=by.attribution,
                within=within,
                percent=percent,
                count=count,
            )
        case Comparison(measurement, operator, value, minimums):
            return {
                **_measurement(replace(measurement, times=1.0)),
                "operator": operator.value,
                "value": _measurement(value)
                if isinstance(value, Measurement)
                else _constant(value),
                **{f"min_{name}": least for name, least in minimums},
            }


def write_action(action: Action) -> dict[str, object]:
    """Return the document of one action."""
    name = action.written_as or action.type.value
    if action.level is not None and not action.written_as:
        name = f"{name}_{action.level.value}"
    params = {
        key: list(value) if isinstance(value, tuple) else value for key, value in action.params
    }
    return {"type": name, "params": params} if params else {"type": name}


def write_scope(scope: Scope) -> dict[str, object]:
    """Return the document of a scope."""
    return _given(
        clients=list(scope.clients) or None,
        accounts=list(scope.accounts) or None,
        include=[_filter(item) for item in scope.include] or None,
        exclude=[_filter(item) for item in scope.exclude] or None,
        fixed=scope.fixed or None,
    )


def _filter(item: str | Condition) -> object:
    match item:
        case str():
            return item
        case All(parts):
            return {"all": [_filter(part) for part in parts]}
        case Any(parts):
            return {"any": [_filter(part) for part in parts]}
        case Not(part):
            return {"not": _filter(part)}
        case Metadata(name, operator, value):
            return {name: {operator.value: _constant(value)}}
        case Comparison(_, operator, value, _) if isinstance(value, float):
            return {"age": {operator.value: value}}
        case _:
            raise ValueError(f"a scope can't hold {item!r}")


def _measurement(measurement: Measurement) -> dict[str, object]:
    return _given(
        metric=measurement.metric.name,
        time_window=measurement.window.name if measurement.window else None,
        of=None if measurement.of is Whose.SELF else measurement.of.value,
        times=None if measurement.times == 1.0 else measurement.times,
        attribution=measurement.attribution,
    )


def _constant(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _held_for(held: Duration) -> str:
    if held.cycles is not None:
        return f"{held.cycles} cycles"
    return duration_text(timedelta(hours=held.hours or 0))


def _schedule(schedule: Schedule) -> dict[str, object]:
    return _given(
        every=None if schedule.every is None else duration_text(schedule.every),
        at=list(schedule.at) or None,
        days=list(schedule.days) or None,
        between=list(schedule.between) if schedule.between else None,
        timezone=schedule.timezone,
    )


def _limits(limits: Limits) -> dict[str, object]:
    return _given(
        cooldown=duration_text(limits.cooldown),
        max_per_day=limits.max_per_day,
        max_objects_per_run=limits.max_objects_per_run,
        max_total=limits.max_total,
    )


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
