"""Actions with their parameters, and the level that they aim at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from engine.domain.action import ONLY_BY_HAND, Action, ActionType, Param
from engine.domain.metrics import METADATA_FIELDS, find_metric
from engine.domain.objects import Level
from engine.domain.windows import WINDOW_NAMES
from engine.rules.action_params import (
    SIGNATURES,
    Amount,
    Choice,
    Count,
    Kind,
    Labels,
    Length,
    Message,
    MetricName,
    Signature,
    Text,
    Until,
    WindowName,
)
from engine.rules.findings import (
    Findings,
    describe,
    join,
    nearest,
    read_choice,
    read_duration,
    read_integer,
    read_list,
    read_number,
    read_object,
    read_text,
)
from engine.rules.parse_values import NUMBER_METRICS, parse_metric

MOST_ACTIONS = 20
# `pause_campaign`, `activate_ad`, `duplicate_adset`: the type names the level.
_WITH_LEVEL = (ActionType.PAUSE, ActionType.ACTIVATE, ActionType.DUPLICATE)
ACTION_NAMES: dict[str, tuple[ActionType, Level | None]] = {
    **{kind.value: (kind, None) for kind in ActionType if kind not in ONLY_BY_HAND},
    **{f"{kind.value}_{level.value}": (kind, level) for kind in _WITH_LEVEL for level in Level},
}
FILLED_IN = (
    *METADATA_FIELDS,
    "rule",
    "level",
    "reason",
    "currency",
    "window",
    "value",
    "before",
    "after",
    "time",
)
_PLACE = re.compile(r"\{([^{}]*)\}")
_UNTIL = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|end_of_day")


def parse_actions(findings: Findings, path: str, value: object) -> tuple[Action, ...]:
    """Return the actions in their order; faulty ones are noted and left out."""
    values = read_list(findings, path, value, longest=MOST_ACTIONS) or []
    found = [_action(findings, join(path, i), item) for i, item in enumerate(values)]
    actions = tuple(action for action in found if action is not None)
    kinds = {action.type for action in actions}
    if {ActionType.PAUSE, ActionType.ACTIVATE} <= kinds:
        findings.note(path, "both pause and activate", "actions that don't undo each other")
    return actions


def _action(findings: Findings, path: str, value: object) -> Action | None:
    fields = read_object(findings, path, value, ("type", "params"), ("type",))
    if fields is None or "type" not in fields:
        return None
    name = read_choice(findings, join(path, "type"), fields["type"], ACTION_NAMES)
    if name is None:
        return None
    kind, level = ACTION_NAMES[name]
    params = _params(findings, join(path, "params"), fields.get("params", {}), SIGNATURES[kind])
    return Action(kind, params, level, name)


def _params(
    findings: Findings, path: str, value: object, signature: Signature
) -> tuple[tuple[str, Param], ...]:
    fields = read_object(findings, path, value, tuple(signature.params), signature.required)
    if fields is None:
        return ()
    _check_groups(findings, path, fields, signature)
    found: list[tuple[str, Param]] = []
    for name, given in fields.items():
        kind = signature.params.get(name)
        if kind is not None:
            found.append((name, _param(findings, join(path, name), given, kind)))
    _check_ends(findings, path, dict(found))
    return tuple(found)


def _check_groups(
    findings: Findings, path: str, fields: Mapping[str, object], signature: Signature
) -> None:
    for group in signature.one_of:
        given = [name for name in group if name in fields]
        if len(given) != 1:
            words = " and ".join(given) or "nothing"
            findings.note(join(path, group[0]), words, f"exactly one of {', '.join(group)}")
    for group in signature.at_most_one:
        given = [name for name in group if name in fields]
        if len(given) > 1:
            findings.note(
                join(path, given[-1]), " and ".join(given), f"only one of {', '.join(group)}"
            )
    if fields.get("pool") == "label" and "label" not in fields:
        findings.note(join(path, "label"), "nothing", "label is required for the pool label")


def _check_ends(findings: Findings, path: str, params: Mapping[str, Param]) -> None:
    for low, high in (("min", "max"), ("min_daily_budget", "max_daily_budget")):
        least, most = params.get(low), params.get(high)
        if isinstance(least, float) and isinstance(most, float) and least > most:
            findings.note(join(path, low), f"{least:g} above {high} {most:g}", f"at most {high}")


def _param(findings: Findings, path: str, value: object, kind: Kind) -> Param:
    """Return the parameter in its own type, none after noting a fault."""
    match kind:
        case Text(longest):
            return read_text(findings, path, value, longest=longest)
        case Amount(above, least, most):
            return read_number(findings, path, value, above=above, least=least, most=most)
        case Count(least, most):
            return read_integer(findings, path, value, least=least, most=most)
        case Choice(options, several):
            return _choice(findings, path, value, options, several)
        case Labels():
            return _labels(findings, path, value)
        case Length():
            read_duration(findings, path, value, least=timedelta(minutes=1))
            return value if isinstance(value, str) else None
        case Until():
            return _until(findings, path, value)
        case MetricName():
            metric = parse_metric(findings, path, value)
            return None if metric is None else metric.name
        case WindowName():
            return read_choice(findings, path, value, WINDOW_NAMES)
        case Message():
            return _message(findings, path, value)


def _choice(
    findings: Findings, path: str, value: object, options: tuple[str, ...], several: bool
) -> Param:
    if not several:
        return read_choice(findings, path, value, options)
    values = read_list(findings, path, value, longest=len(options)) or []
    found = [read_choice(findings, join(path, i), item, options) for i, item in enumerate(values)]
    return tuple(word for word in found if word is not None)


def _labels(findings: Findings, path: str, value: object) -> Param:
    if isinstance(value, str):
        return read_text(findings, path, value, longest=100)
    values = read_list(findings, path, value, longest=50) or []
    found = [read_text(findings, join(path, i), item, longest=100) for i, item in enumerate(values)]
    return tuple(label for label in found if label is not None)


def _until(findings: Findings, path: str, value: object) -> Param:
    if isinstance(value, str):
        if _UNTIL.fullmatch(value):
            return value
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return value
    allowed = 'a local time like "06:00", "end_of_day", or a moment like "2026-12-01T06:00"'
    findings.note(path, describe(value), allowed)
    return None


def _message(findings: Findings, path: str, value: object) -> Param:
    text = read_text(findings, path, value, longest=2000)
    for name in _PLACE.findall(text or ""):
        if name not in FILLED_IN and find_metric(name) is None:
            findings.note(
                path,
                f"the unknown place {{{name}}}",
                f"{{name}} of a property or a metric: {', '.join(FILLED_IN)}, ctr, …",
                nearest(name, (*FILLED_IN, *NUMBER_METRICS)),
            )
    return text


def infer_level(findings: Findings, actions: tuple[Action, ...], given: object | None) -> Level:
    """Return the level that document or actions name, else campaign.

    Notes a fault where the document and an action, or two actions, contradict each other.
    """
    level: Level | None = None
    if given is not None:
        word = read_choice(findings, "level", given, [item.value for item in Level])
        level = None if word is None else Level(word)
    source = "level"
    for place, action in enumerate(actions):
        if action.level is None:
            continue
        if level is not None and action.level is not level:
            findings.note(
                f"actions/{place}/type",
                f"{action.written_as} (level {action.level.value})",
                f"an action on the level {level.value}, which {source} names",
            )
        elif level is None:
            level, source = action.level, f"actions/{place}/type"
    return level or Level.CAMPAIGN
