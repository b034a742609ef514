"""The catalogue of metrics: names, formulas over base sums, units, words.

Base sums are what Meta reports and what adds up over hours, days and
objects. Ratios are formulas of their own, so that a zero denominator can be
answered with *unknown* instead of a database's idea of infinity. Action
types overlap in Meta's data (`omni_purchase` holds `purchase`); they are
never added up, each is read by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How a number is shown and compared."""

    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    RATIO = "ratio"
    HOURS = "hours"
    TEXT = "text"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Sum:
    """A base sum; money sums are integer minor units."""

    name: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """A quotient of two base sums; unknown where the second is zero."""

    numerator: str
    denominator: str
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of the object itself, not of a window."""

    name: str


@dataclass(frozen=True, slots=True)
class Modelled:
    """A number that a model gives; unknown until one serves it."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in a custom formula; beside money it means major units."""

    value: float


@dataclass(frozen=True, slots=True)
class Operand:
    """A metric of the catalogue inside a custom formula."""

    metric: Metric


@dataclass(frozen=True, slots=True)
class Negative:
    """The opposite of a part of a custom formula."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Calculation:
    """Two parts of a custom formula joined by `+`, `-`, `*` or `/`.

    A division is unknown where its right side is zero.
    """

    operator: str
    left: Expression
    right: Expression


Expression = Number | Operand | Negative | Calculation


@dataclass(frozen=True, slots=True)
class Custom:
    """A formula over the catalogue that the user wrote; money in major units."""

    expression: Expression


Formula = Sum | Ratio | Attribute | Modelled | Custom


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, formula, unit, better direction and words."""

    name: str
    formula: Formula
    unit: Unit
    direction: Direction
    english: str
    ukrainian: str

    def words(self, language: str) -> str:
        """Return its name for people in `en` or `uk`."""
        return self.ukrainian if language == "uk" else self.english


BASE_SUMS: tuple[str, ...] = (
    "impressions",
    "clicks",
    "link_clicks",
    "spend",
    "reach",
    "conversions",
    "revenue",
    "video_plays",
    "thruplays",
    "leads",
    "add_to_carts",
    "checkouts",
)
MONEY_SUMS = frozenset({"spend", "revenue"})
# Reach counts people, so it can't be added over hours or days: it is fetched for
# a window as a whole, and unknown where that was not done.
NOT_ADDITIVE = frozenset({"reach"})
# What Meta's hourly breakdown drops without a word (contract, breakdowns).
OFF_META_SUMS = frozenset({"conversions", "revenue", "leads", "add_to_carts", "checkouts"})

# Attribution windows that insights report actions of besides the default one.
ATTRIBUTION_WINDOWS: tuple[str, ...] = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev")

PRIMARY_EVENTS: tuple[str, ...] = (
    "omni_purchase",
    "purchase",
    "offsite_conversion.fb_pixel_purchase",
)

_UP, _DOWN, _FLAT = Direction.HIGHER, Direction.LOWER, Direction.NEUTRAL


def _sum(name: str, unit: Unit, direction: Direction, english: str, ukrainian: str) -> Metric:
    return Metric(name, Sum(name), unit, direction, english, ukrainian)


_METRICS: tuple[Metric, ...] = (
    _sum("impressions", Unit.COUNT, _UP, "Impressions", "Покази"),
    _sum("clicks", Unit.COUNT, _UP, "Clicks (all)", "Кліки (усі)"),
    _sum("link_clicks", Unit.COUNT, _UP, "Link clicks", "Кліки на посилання"),
    _sum("spend", Unit.MONEY, _FLAT, "Spend", "Витрати"),
    _sum("reach", Unit.COUNT, _UP, "Reach", "Охоплення"),
    _sum("conversions", Unit.COUNT, _UP, "Conversions", "Конверсії"),
    _sum("revenue", Unit.MONEY, _UP, "Revenue", "Дохід"),
    _sum("video_plays", Unit.COUNT, _UP, "Video plays", "Відтворення відео"),
    _sum("thruplays", Unit.COUNT, _UP, "ThruPlays", "ThruPlay"),
    _sum("leads", Unit.COUNT, _UP, "Leads", "Ліди"),
    _sum("add_to_carts", Unit.COUNT, _UP, "Adds to cart", "Додавання в кошик"),
    _sum("checkouts", Unit.COUNT, _UP, "Checkouts started", "Початі оформлення"),
    Metric("ctr", Ratio("clicks", "impressions", 100), Unit.PERCENT, _UP, "CTR", "CTR"),
    Metric(
        "link_ctr",
        Ratio("link_clicks", "impressions", 100),
        Unit.PERCENT,
        _UP,
        "Link CTR",
        "CTR посилання",
    ),
    Metric("cpc", Ratio("spend", "clicks"), Unit.MONEY, _DOWN, "Cost per click", "Ціна кліка"),
    Metric(
        "cpm",
        Ratio("spend", "impressions", 1000),
        Unit.MONEY,
        _DOWN,
        "Cost per 1,000 impressions",
        "Ціна за 1000 показів",
    ),
    Metric(
        "cpa",
        Ratio("spend", "conversions"),
        Unit.MONEY,
        _DOWN,
        "Cost per conversion",
        "Ціна конверсії",
    ),
    Metric("cpl", Ratio("spend", "leads"), Unit.MONEY, _DOWN, "Cost per lead", "Ціна ліда"),
    Metric("roas", Ratio("revenue", "spend"), Unit.RATIO, _UP, "ROAS", "ROAS"),
    Metric(
        "cvr",
        Ratio("conversions", "link_clicks", 100),
        Unit.PERCENT,
        _UP,
        "Conversion rate",
        "Коефіцієнт конверсії",
    ),
    Metric(
        "aov",
        Ratio("revenue", "conversions"),
        Unit.MONEY,
        _UP,
        "Average order value",
        "Середній чек",
    ),
    Metric("frequency", Ratio("impressions", "reach"), Unit.RATIO, _DOWN, "Frequency", "Частота"),
    Metric(
        "hook_rate",
        Ratio("video_plays", "impressions", 100),
        Unit.PERCENT,
        _UP,
        "Hook rate",
        "Частка, що почала дивитися",
    ),
    Metric(
        "hold_rate",
        Ratio("thruplays", "video_plays", 100),
        Unit.PERCENT,
        _UP,
        "Hold rate",
        "Частка, що додивилася",
    ),
    Metric("budget", Attribute("budget"), Unit.MONEY, _FLAT, "Budget", "Бюджет"),
    Metric(
        "budget_spent_percent",
        Attribute("budget_spent_percent"),
        Unit.PERCENT,
        _FLAT,
        "Budget spent today",
        "Витрачено бюджету сьогодні",
    ),
    Metric(
        "hours_since_creation",
        Attribute("hours_since_creation"),
        Unit.HOURS,
        _FLAT,
        "Hours since creation",
        "Годин від створення",
    ),
    Metric(
        "hours_since_edit",
        Attribute("hours_since_edit"),
        Unit.HOURS,
        _FLAT,
        "Hours since the last edit",
        "Годин від останньої зміни",
    ),
    Metric(
        "learning_stage",
        Attribute("learning_stage"),
        Unit.TEXT,
        _FLAT,
        "Learning stage",
        "Етап навчання",
    ),
)

METADATA_FIELDS: tuple[str, ...] = (
    "name",
    "id",
    "status",
    "effective_status",
    "objective",
    "bid_strategy",
    "label",
    "account",
    "client",
)

_MODELLED_PREFIXES = ("projected_", "predicted_")
CATALOGUE: dict[str, Metric] = {metric.name: metric for metric in _METRICS}


def find_metric(name: str) -> Metric | None:
    """Return the metric called `name`, none when there is no such metric.

    Besides the catalogue there are `conversions:<event>`, `revenue:<event>` and
    `cpa:<event>` for any action type, `projected_<metric>` and
    `predicted_<metric>` for metrics with numbers, and `anomaly_score`.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    if name == "anomaly_score":
        return Metric(name, Modelled(name), Unit.RATIO, _FLAT, "Anomaly score", "Оцінка аномалії")
    return _modelled(name) or _of_event(name)


def _modelled(name: str) -> Metric | None:
    for prefix in _MODELLED_PREFIXES:
        base = CATALOGUE.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if base is not None and isinstance(base.formula, Sum | Ratio):
            projected = prefix == "projected_"
            english = f"{base.english}, {'projected' if projected else 'predicted'}"
            ukrainian = f"{base.ukrainian}, {'очікувано' if projected else 'прогноз'}"
            return Metric(name, Modelled(name), base.unit, base.direction, english, ukrainian)
    return None


def _of_event(name: str) -> Metric | None:
    base, colon, event = name.partition(":")
    if not colon or not event or base not in {"conversions", "revenue", "cpa"}:
        return None
    parent = CATALOGUE[base]
    formula: Formula = Sum(name) if base != "cpa" else Ratio("spend", f"conversions:{event}")
    return Metric(
        name,
        formula,
        parent.unit,
        parent.direction,
        f"{parent.english}: {event}",
        f"{parent.ukrainian}: {event}",
    )


def sums_of(metric: Metric) -> tuple[str, ...]:
    """Return the base sums that `metric` needs from a window."""
    match metric.formula:
        case Sum(name):
            return (name,)
        case Ratio(numerator, denominator, _):
            return (numerator, denominator)
        case Attribute("budget_spent_percent"):
            return ("spend",)
        case Custom(expression):
            found = (name for part in operands(expression) for name in sums_of(part))
            return tuple(dict.fromkeys(found))
        case _:
            return ()


def operands(expression: Expression) -> tuple[Metric, ...]:
    """Return the metrics inside a custom formula, from left to right."""
    match expression:
        case Operand(metric):
            return (metric,)
        case Negative(part):
            return operands(part)
        case Calculation(_, left, right):
            return operands(left) + operands(right)
        case _:
            return ()
