"""Condition nodes: what a rule asks of an object, parsed once and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from engine.domain.metrics import Metric
from engine.domain.windows import Window


class Operator(StrEnum):
    """How a measurement is compared."""

    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    EQUAL = "=="
    NOT_EQUAL = "!="
    BETWEEN = "between"
    NOT_BETWEEN = "not_between"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    INCREASED = "increased_by_percent"
    DECREASED = "decreased_by_percent"


class Whose(StrEnum):
    """Whose number a measurement takes."""

    SELF = "self"
    PARENT = "parent"
    ACCOUNT = "account"
    SIBLINGS_MEAN = "siblings_mean"
    SIBLINGS_MEDIAN = "siblings_median"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A metric over a window of an object or its relatives, times a factor."""

    metric: Metric
    window: Window | None
    of: Whose = Whose.SELF
    times: float = 1.0
    attribution: str | None = None


Constant = float | str | tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measurement against a constant or another measurement.

    `minimums` maps base sums of the same window to the sample size below which
    the answer is unknown; money in major units.
    """

    measurement: Measurement
    operator: Operator
    value: Constant | Measurement
    minimums: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """A test of a property such as the name, the status or a label."""

    name: str
    operator: Operator
    value: Constant


class End(StrEnum):
    """Which end of a ranking."""

    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Rank:
    """Being among the highest (top) or lowest (bottom) values of a metric.

    Objects without a value are left out; equal values are ordered by object id.
    Exactly one of `percent` and `count` is set; `within` is parent, account or scope.
    """

    end: End
    by: Measurement
    within: str = "account"
    percent: float | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when at least one part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


Condition = Comparison | Metadata | Rank | All | Any | Not


@dataclass(frozen=True, slots=True)
class Duration:
    """How long conditions must hold: hours, or a number of cycles."""

    hours: float | None = None
    cycles: int | None = None
    words: str = field(default="", compare=False)
