"""Metrics, measurements and the values they are compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.domain.conditions import Constant, Measurement, Operator, Whose
from engine.domain.metrics import (
    CATALOGUE,
    METADATA_FIELDS,
    Attribute,
    Custom,
    Metric,
    Unit,
    find_metric,
    operands,
)
from engine.domain.windows import WINDOW_NAMES, Grain, Window
from engine.rules.findings import (
    Findings,
    describe,
    is_number,
    join,
    nearest,
    read_choice,
    read_list,
    read_number,
    read_object,
    read_text,
)
from engine.rules.formula import FormulaError, looks_like_formula, parse_formula

MEASUREMENT_FIELDS = ("metric", "time_window", "of", "times", "attribution")
TEXT_FIELDS = (*METADATA_FIELDS, "learning_stage")
NUMBER_METRICS = tuple(name for name, metric in CATALOGUE.items() if metric.unit is not Unit.TEXT)
# Windows of clicks and views that Meta's insights may be asked for.
ATTRIBUTIONS = (
    "default",
    "1d_click",
    "7d_click",
    "28d_click",
    "1d_view",
    "1d_ev",
    "1d_click_1d_view",
    "7d_click_1d_view",
    "incrementality",
)
ORDER = (Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST)
EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL)
RANGE = (Operator.BETWEEN, Operator.NOT_BETWEEN)
LISTED = (Operator.IN, Operator.NOT_IN)
CONTAINING = (Operator.CONTAINS, Operator.NOT_CONTAINS)
CHANGE = (Operator.INCREASED, Operator.DECREASED)
NUMBER_OPERATORS = (*ORDER, *EQUALITY, *RANGE, *LISTED, *CHANGE)
TEXT_OPERATORS = (*EQUALITY, *LISTED, *CONTAINING)
_METRIC_NAME = re.compile(r"[a-z][a-z0-9_]*(?::[A-Za-z0-9_.]{1,100})?")


def parse_metric(findings: Findings, path: str, value: object) -> Metric | None:
    """Return the numeric metric of a name or a formula."""
    text = read_text(findings, path, value, longest=500)
    if text is None:
        return None
    name = text.strip()
    metric = find_metric(name) if _METRIC_NAME.fullmatch(name) else None
    if metric is not None and metric.unit is not Unit.TEXT:
        return metric
    if metric is None and looks_like_formula(name):
        try:
            return parse_formula(name)
        except FormulaError as error:
            findings.note(
                path, describe(value), f"a formula over metrics: {error.text}", error.nearest
            )
            return None
    events = "conversions:<event>, revenue:<event>, cpa:<event>"
    models = "projected_<metric>, predicted_<metric>, anomaly_score"
    findings.note(
        path,
        describe(value),
        f"a metric: {', '.join(NUMBER_METRICS)}, {events}, {models}, or a formula",
        nearest(name, (*NUMBER_METRICS, *TEXT_FIELDS, "anomaly_score")),
    )
    return None


def is_of_object(metric: Metric) -> bool:
    """Say whether the metric belongs to the object, not to a span of time."""
    if isinstance(metric.formula, Custom):
        return all(is_of_object(part) for part in operands(metric.formula.expression))
    return isinstance(metric.formula, Attribute)


def _has_attribute(metric: Metric) -> bool:
    if isinstance(metric.formula, Custom):
        return any(_has_attribute(part) for part in operands(metric.formula.expression))
    return isinstance(metric.formula, Attribute)


def parse_window(findings: Findings, path: str, value: object) -> Window | None:
    """Return the window of a name such as `7d+today`."""
    name = read_choice(findings, path, value, WINDOW_NAMES)
    return None if name is None else Window(name)


def parse_whose(findings: Findings, path: str, value: object, metric: Metric | None) -> Whose:
    """Return whose number is meant; properties can't be summed up."""
    word = read_choice(findings, path, value, [whose.value for whose in Whose])
    whose = Whose.SELF if word is None else Whose(word)
    summed = whose in {Whose.PARENT, Whose.ACCOUNT}
    if metric is not None and summed and _has_attribute(metric):
        findings.note(
            path,
            describe(value),
            f"self, siblings_mean, siblings_median ({metric.name} belongs to one object)",
        )
    return whose


def parse_measurement(
    findings: Findings,
    path: str,
    fields: Mapping[str, object],
    fallback: Measurement | None = None,
    needs: Metric | None = None,
) -> Measurement | None:
    """Return the measurement that a condition or a value describes.

    `fallback` lends its metric and its window where the fields name none; `needs` is
    a metric that was read elsewhere, such as the `by` of a rank.
    """
    metric = fallback.metric if fallback else needs
    if "metric" in fields:
        metric = parse_metric(findings, join(path, "metric"), fields["metric"])
    window = _window_of(findings, path, fields, metric, fallback.window if fallback else None)
    whose = Whose.SELF
    if "of" in fields:
        whose = parse_whose(findings, join(path, "of"), fields["of"], metric)
    attribution = None
    if "attribution" in fields:
        attribution = read_choice(
            findings, join(path, "attribution"), fields["attribution"], ATTRIBUTIONS
        )
    times: float | None = 1.0
    if "times" in fields:
        times = read_number(findings, join(path, "times"), fields["times"], above=0, most=1e6)
    if metric is None or times is None:
        return None
    attribution = None if attribution == "default" else attribution
    return Measurement(metric, window, whose, times, attribution)


def _window_of(
    findings: Findings,
    path: str,
    fields: Mapping[str, object],
    metric: Metric | None,
    fallback: Window | None,
) -> Window | None:
    place = join(path, "time_window")
    if metric is not None and is_of_object(metric):
        if "time_window" in fields:
            findings.note(
                place, describe(fields["time_window"]), f"no time_window ({metric.name} has none)"
            )
        return None
    if "time_window" in fields:
        return parse_window(findings, place, fields["time_window"])
    if fallback is None and metric is not None:
        findings.note(place, "nothing", f"one of {', '.join(WINDOW_NAMES)}")
    return fallback


def parse_operator(
    findings: Findings, path: str, value: object, allowed: tuple[Operator, ...]
) -> Operator | None:
    """Return the operator of a sign or a word."""
    word = read_choice(findings, path, value, [operator.value for operator in allowed])
    return None if word is None else Operator(word)


def parse_number_value(
    findings: Findings,
    path: str,
    value: object,
    operator: Operator,
    measured: Measurement | None,
) -> Constant | Measurement | None:
    """Return what a number is compared with, as the operator needs it."""
    if operator in CHANGE:
        _check_preceding(findings, path, measured)
        return read_number(findings, path, value, least=0)
    if operator in RANGE:
        return _ends(findings, path, value)
    if operator in LISTED:
        return _numbers(findings, path, value)
    if isinstance(value, Mapping):
        fields = read_object(findings, path, value, MEASUREMENT_FIELDS)
        return None if fields is None else parse_measurement(findings, path, fields, measured)
    if not is_number(value):
        findings.note(path, describe(value), "a number, or an object with metric, time_window, of")
        return None
    return float(str(value))


def _check_preceding(findings: Findings, path: str, measured: Measurement | None) -> None:
    if measured is None or measured.window is None:
        if measured is not None:
            findings.note(
                path, f"a change of {measured.metric.name}", "a metric with a time_window"
            )
        return
    if measured.window.grain in {Grain.LIFETIME, Grain.HOUR_OF_DAY}:
        findings.note(
            path,
            f"a change over {measured.window.name}",
            "a window with one of the same length before",
        )


def _ends(findings: Findings, path: str, value: object) -> tuple[float, ...] | None:
    values = read_list(findings, path, value, longest=2, shortest=2)
    if values is None:
        return None
    low = read_number(findings, join(path, 0), values[0])
    high = read_number(findings, join(path, 1), values[1])
    if low is None or high is None:
        return None
    if low > high:
        findings.note(path, f"{low:g} before {high:g}", "the lower end first")
        return None
    return low, high


def _numbers(findings: Findings, path: str, value: object) -> tuple[float, ...] | None:
    values = read_list(findings, path, value, longest=200)
    if values is None:
        return None
    numbers = [read_number(findings, join(path, i), item) for i, item in enumerate(values)]
    return tuple(number for number in numbers if number is not None)


def parse_text_value(
    findings: Findings, path: str, value: object, operator: Operator
) -> Constant | None:
    """Return the text or the texts that a property is compared with."""
    if operator in LISTED:
        values = read_list(findings, path, value, longest=500)
        if values is None:
            return None
        texts = [read_text(findings, join(path, i), item) for i, item in enumerate(values)]
        return tuple(text for text in texts if text is not None)
    return read_text(findings, path, value)
