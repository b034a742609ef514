"""Which parameters every action takes, as the form shows them.

The engine's own table decides what is valid; a test holds this one to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.action import CARRIED_OUT, ONLY_BY_HAND, ActionType
from engine.domain.objects import Level
from ui.rule_editor.document import Json, mapping


class Kind(StrEnum):
    """What a parameter is, which decides its control."""

    TEXT = "text"
    MESSAGE = "message"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    LABELS = "labels"
    METRIC = "metric"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter; ``first`` is what it begins with when it is added."""

    name: str
    kind: Kind
    first: object
    options: tuple[str, ...] = ()


_REASON = Param("reason", Kind.TEXT, "")
_DAILY = Param("max_change_per_day_percent", Kind.NUMBER, 20)
_HOLD = (
    _REASON,
    Param("until", Kind.TEXT, "end_of_day"),
    Param("for_duration", Kind.TEXT, "12h"),
)
_CHANNELS = ("window", "email", "slack", "telegram", "webhook")
_NOTIFY = (
    Param("message", Kind.MESSAGE, "{name}"),
    Param("severity", Kind.CHOICE, "info", ("info", "warning", "critical")),
    Param("channels", Kind.CHOICES, ["window"], _CHANNELS),
)
_LABELS = (
    Param("labels", Kind.LABELS, ["…"]),
    Param("label", Kind.LABELS, "…"),
    _REASON,
)


def _change(direction: str, bound: str, most: float) -> tuple[Param, ...]:
    return (
        Param(f"{direction}_by_percent", Kind.NUMBER, 10),
        Param(f"{direction}_by_amount", Kind.NUMBER, 100),
        Param(bound, Kind.NUMBER, most),
        _DAILY,
        _REASON,
    )


_SET = (Param("amount", Kind.NUMBER, 500), _DAILY, _REASON)
FIELDS: dict[ActionType, tuple[Param, ...]] = {
    ActionType.PAUSE: _HOLD,
    ActionType.ACTIVATE: _HOLD,
    ActionType.INCREASE_BUDGET: _change("increase", "max_daily_budget", 1000),
    ActionType.DECREASE_BUDGET: _change("decrease", "min_daily_budget", 100),
    ActionType.SET_BUDGET: _SET,
    ActionType.RESET_BUDGET: (_REASON,),
    ActionType.SCALE_BUDGET_TO_TARGET: (
        Param("metric", Kind.METRIC, "roas"),
        Param("target", Kind.NUMBER, 2),
        Param("time_window", Kind.WINDOW, "7d"),
        Param("min", Kind.NUMBER, 100),
        Param("max", Kind.NUMBER, 1000),
        Param("dead_band_percent", Kind.NUMBER, 5),
        _DAILY,
        _REASON,
    ),
    ActionType.REALLOCATE_BUDGET: (
        Param("pool", Kind.CHOICE, "parent", ("parent", "label", "client", "account")),
        Param("label", Kind.TEXT, "…"),
        Param("metric", Kind.METRIC, "roas"),
        Param("min_daily_budget", Kind.NUMBER, 100),
        Param("max_daily_budget", Kind.NUMBER, 1000),
        _DAILY,
        _REASON,
    ),
    ActionType.INCREASE_BID: _change("increase", "max_bid", 100),
    ActionType.DECREASE_BID: _change("decrease", "min_bid", 1),
    ActionType.SET_BID: _SET,
    ActionType.ROTATE_CREATIVE: (
        Param("strategy", Kind.CHOICE, "next", ("next", "least_fatigued", "best_predicted")),
        _REASON,
    ),
    ActionType.DUPLICATE: (
        Param("count", Kind.NUMBER, 1),
        Param("status", Kind.CHOICE, "PAUSED", ("PAUSED", "ACTIVE")),
        Param("name_suffix", Kind.TEXT, "…"),
        Param("budget", Kind.NUMBER, 100),
        _REASON,
    ),
    ActionType.ADD_LABEL: _LABELS,
    ActionType.REMOVE_LABEL: _LABELS,
    ActionType.NOTIFY_CLIENT: _NOTIFY,
    ActionType.NOTIFY_TEAM: _NOTIFY,
}
# Of each group at most one may be given: choosing one takes the others away.
EXCLUSIVE = (
    ("increase_by_percent", "increase_by_amount"),
    ("decrease_by_percent", "decrease_by_amount"),
    ("until", "for_duration"),
    ("label", "labels"),
)
_WITH_LEVEL = (ActionType.PAUSE, ActionType.ACTIVATE, ActionType.DUPLICATE)
_ALWAYS = {
    ActionType.INCREASE_BUDGET: ("increase_by_percent",),
    ActionType.DECREASE_BUDGET: ("decrease_by_percent",),
    ActionType.SET_BUDGET: ("amount",),
    ActionType.NOTIFY_CLIENT: ("message",),
    ActionType.NOTIFY_TEAM: ("message",),
}
TYPES: dict[str, tuple[ActionType, Level | None]] = {
    **{kind.value: (kind, None) for kind in ActionType if kind not in ONLY_BY_HAND},
    **{f"{kind.value}_{level.value}": (kind, level) for kind in _WITH_LEVEL for level in Level},
}
OFFERED = tuple(name for name, (kind, _) in TYPES.items() if kind in CARRIED_OUT)


def params_of(written: object) -> tuple[Param, ...]:
    """Return the parameters of an action's written type; none for an unknown."""
    known = TYPES.get(written) if isinstance(written, str) else None
    return FIELDS[known[0]] if known is not None else ()


def absent(action: Json) -> list[Param]:
    """Return the parameters that could still be added to an action."""
    given = mapping(action.get("params"))
    return [param for param in params_of(action.get("type")) if param.name not in given]


def with_param(action: Json, param: Param) -> Json:
    """Return the action with one more parameter, without those it excludes."""
    rivals = {name for group in EXCLUSIVE if param.name in group for name in group}
    given = mapping(action.get("params"))
    kept = {name: value for name, value in given.items() if name not in rivals}
    return {**action, "params": {**kept, param.name: param.first}}


def with_type(action: Json, written: str) -> Json:
    """Return an action of another type with the parameters that both take."""
    known = {param.name: param for param in params_of(written)}
    params = {
        name: value
        for name, value in mapping(action.get("params")).items()
        if name in known or name not in {one.name for one in params_of(action.get("type"))}
    }
    for name in _ALWAYS.get(TYPES[written][0], ()):
        rivals = {other for group in EXCLUSIVE if name in group for other in group}
        if not rivals & params.keys() and name not in params:
            params = {name: known[name].first, **params}
    changed: Json = {**action, "type": written}
    if params or "params" in action:
        changed["params"] = params
    return changed


def unshown_params(action: object, path: str) -> list[str]:
    """Return the paths of an action that the form has no field for."""
    fields = mapping(action)
    if not isinstance(action, dict) or not isinstance(fields.get("params", {}), dict):
        return [path]
    known = {param.name for param in params_of(fields.get("type"))}
    found = [f"{path}/{name}" for name in fields if name not in ("type", "params")]
    return found + [f"{path}/params/{n}" for n in mapping(fields.get("params")) if n not in known]
