"""What every action may be told: its parameters and their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.action import ActionType


@dataclass(frozen=True, slots=True)
class Text:
    """A text of limited length."""

    longest: int = 500


@dataclass(frozen=True, slots=True)
class Amount:
    """A finite number; `above` and `below` exclude the bound itself."""

    above: float | None = None
    least: float = 0.0
    most: float = 1e10


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number from `least` to `most`."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words; with `several`, a list of them."""

    options: tuple[str, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """One label or a list of labels."""


@dataclass(frozen=True, slots=True)
class Length:
    """A duration such as `12h`."""


@dataclass(frozen=True, slots=True)
class Until:
    """A local time (`06:00`), `end_of_day` or a moment in ISO form."""


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric with numbers."""


@dataclass(frozen=True, slots=True)
class WindowName:
    """A window such as `7d`."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text for people in which `{name}` or `{ctr}` is filled in."""


Kind = Text | Amount | Count | Choice | Labels | Length | Until | MetricName | WindowName | Message


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of one action.

    Of each group in `one_of` exactly one must be given, of each in `at_most_one`
    one or none.
    """

    params: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()


CHANNELS = ("window", "email", "slack", "telegram", "webhook")
SEVERITIES = ("info", "warning", "critical")
POOLS = ("parent", "label", "client", "account")
STRATEGIES = ("next", "least_fatigued", "best_predicted")

_REASON: dict[str, Kind] = {"reason": Text()}
_PERCENT = Amount(above=0, most=1000)
_LESS_THAN_ALL = Amount(above=0, most=99)
_MONEY = Amount(above=0)
_DAILY_CHANGE: dict[str, Kind] = {"max_change_per_day_percent": _PERCENT}
_HOLD = Signature(
    {**_REASON, "until": Until(), "for_duration": Length()},
    at_most_one=(("until", "for_duration"),),
)
_NOTIFY = Signature(
    {
        "message": Message(),
        "channels": Choice(CHANNELS, several=True),
        "severity": Choice(SEVERITIES),
    },
    required=("message",),
)
_LABELS = Signature(
    {**_REASON, "label": Labels(), "labels": Labels()}, one_of=(("label", "labels"),)
)


def _change(direction: str, bound: str, percent: Amount) -> Signature:
    by_percent, by_amount = f"{direction}_by_percent", f"{direction}_by_amount"
    return Signature(
        {by_percent: percent, by_amount: _MONEY, bound: _MONEY, **_DAILY_CHANGE, **_REASON},
        one_of=((by_percent, by_amount),),
    )


SIGNATURES: dict[ActionType, Signature] = {
    ActionType.PAUSE: _HOLD,
    ActionType.ACTIVATE: _HOLD,
    ActionType.INCREASE_BUDGET: _change("increase", "max_daily_budget", _PERCENT),
    ActionType.DECREASE_BUDGET: _change("decrease", "min_daily_budget", _LESS_THAN_ALL),
    ActionType.SET_BUDGET: Signature(
        {"amount": _MONEY, **_DAILY_CHANGE, **_REASON}, required=("amount",)
    ),
    ActionType.RESET_BUDGET: Signature(_REASON),
    ActionType.SCALE_BUDGET_TO_TARGET: Signature(
        {
            "metric": MetricName(),
            "time_window": WindowName(),
            "target": _MONEY,
            "min": _MONEY,
            "max": _MONEY,
            "dead_band_percent": Amount(most=100),
            **_DAILY_CHANGE,
            **_REASON,
        },
        required=("metric", "target"),
    ),
    ActionType.REALLOCATE_BUDGET: Signature(
        {
            "pool": Choice(POOLS),
            "label": Text(100),
            "metric": MetricName(),
            "min_daily_budget": _MONEY,
            "max_daily_budget": _MONEY,
            **_DAILY_CHANGE,
            **_REASON,
        },
    ),
    ActionType.INCREASE_BID: _change("increase", "max_bid", _PERCENT),
    ActionType.DECREASE_BID: _change("decrease", "min_bid", _LESS_THAN_ALL),
    ActionType.SET_BID: Signature(
        {"amount": _MONEY, **_DAILY_CHANGE, **_REASON}, required=("amount",)
    ),
    ActionType.ROTATE_CREATIVE: Signature({"strategy": Choice(STRATEGIES), **_REASON}),
    ActionType.DUPLICATE: Signature(
        {
            "count": Count(1, 20),
            "status": Choice(("PAUSED", "ACTIVE")),
            "name_suffix": Text(100),
            "budget": _MONEY,
            **_REASON,
        }
    ),
    ActionType.ADD_LABEL: _LABELS,
    ActionType.REMOVE_LABEL: _LABELS,
    ActionType.NOTIFY_CLIENT: _NOTIFY,
    ActionType.NOTIFY_TEAM: _NOTIFY,
}
