"""Conditions, readings and reasons in English and Ukrainian words.

Languages are `en` and `uk`. Ukrainian sentences name a metric as a label ("CTR за 24 години менше
ніж 1 %"), so that no noun has to change its case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.domain.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    Constant,
    Duration,
    End,
    Measurement,
    Metadata,
    Not,
    Operator,
    Rank,
    Whose,
)
from engine.domain.metrics import Metric, Unit, find_metric
from engine.domain.verdict import Answer, Reading
from engine.rules.numbers import amount, cycles, hours, in_unit, number, things
from engine.rules.phrases import PHRASES, PROPERTIES, WINDOWS

_UNITS_OF_GUARDS = {"impressions", "clicks", "conversions"}


def condition_in_words(condition: Condition, language: str) -> str:
    """Return a condition tree as one sentence without a full stop."""
    say = PHRASES[language]
    match condition:
        case All(parts):
            return say["and"].join(_inside(part, language) for part in parts)
        case Any(parts):
            return say["or"].join(_inside(part, language) for part in parts)
        case Not(part):
            return say["not"].format(_inside(part, language))
        case Metadata():
            return _property_in_words(condition, language)
        case Rank():
            return _rank_in_words(condition, language)
        case Comparison():
            return _comparison_in_words(condition, language)


def measurement_in_words(measurement: Measurement, language: str) -> str:
    """Return a measurement in words, with its window and its owner."""
    say = PHRASES[language]
    words = measurement.metric.words(language)
    if measurement.window is not None:
        words = say["over"].format(words, WINDOWS[language][measurement.window.name])
    if measurement.of is not Whose.SELF:
        words = say[f"of_{measurement.of.value}"].format(words)
    if measurement.attribution is not None:
        words = say["attributed"].format(words, measurement.attribution)
    return words if measurement.times == 1.0 else f"{number(measurement.times, language)} × {words}"


def held_for_in_words(held: Duration, language: str) -> str:
    """Return how long conditions must hold."""
    length = cycles(held.cycles, language) if held.cycles else hours(held.hours or 0, language)
    return PHRASES[language]["held_for"].format(length)


def reading_in_words(reading: Reading, language: str, currency: str = "") -> str:
    """Return the condition, the value that was found, and the answer.

    `currency` is shown after money where it is known. `reading.words` must be in the
    same language.
    """
    say = PHRASES[language]
    answer = say[reading.answer.value]
    if reading.code == "out_of_scope":
        return reason_in_words(reading.code, reading.details, language)
    if reading.answer is Answer.UNKNOWN and reading.code:
        reason = reason_in_words(reading.code, reading.details, language)
        return f"{reading.words}: {answer} ({reason})"
    metric = find_metric(reading.metric)
    value = say["nothing"]
    if isinstance(reading.value, str):
        value = f"«{reading.value}»" if language == "uk" else f"“{reading.value}”"
    elif reading.value is not None:
        value = in_unit(reading.value, _unit_of(reading, metric), language, currency)
    return say["reading"].format(words=reading.words, value=value, answer=answer)


def reason_in_words(
    code: str, details: Sequence[tuple[str, float | str | None]], language: str
) -> str:
    """Return why an answer is unknown, from its code and its numbers."""
    facts: Mapping[str, float | str | None] = dict(details)
    say = PHRASES[language]
    if code == "sample_too_small":
        name = str(facts["sum"])
        return say[code].format(
            name=_metric_words(name, language),
            seen=number(float(facts["seen"] or 0), language),
            needed=number(float(facts["needed"] or 0), language),
        )
    subject = facts.get("missing") or facts.get("metric") or facts.get("attribution") or ""
    return say[code].format(_metric_words(str(subject), language))


def _unit_of(reading: Reading, metric: Metric | None) -> Unit:
    if any(sign in reading.words for sign in _CHANGE_WORDS):
        return Unit.PERCENT
    return metric.unit if metric is not None else Unit.RATIO


def _metric_words(name: str, language: str) -> str:
    metric = find_metric(name)
    if metric is not None:
        return metric.words(language)
    return PROPERTIES[language].get(name, name)


def _inside(part: Condition, language: str) -> str:
    words = condition_in_words(part, language)
    return f"({words})" if isinstance(part, All | Any) and len(part.parts) > 1 else words


def _comparison_in_words(leaf: Comparison, language: str) -> str:
    say = PHRASES[language]
    left = measurement_in_words(leaf.measurement, language)
    if isinstance(leaf.value, Measurement):
        right = measurement_in_words(leaf.value, language)
        words = say[leaf.operator.value].format(left, right)
    elif leaf.operator in {Operator.INCREASED, Operator.DECREASED}:
        words = say[leaf.operator.value].format(left, _constant(leaf.value, Unit.PERCENT, language))
    elif leaf.operator in {Operator.BETWEEN, Operator.NOT_BETWEEN} and isinstance(
        leaf.value, tuple
    ):
        ends = [_constant(end, leaf.measurement.metric.unit, language) for end in leaf.value]
        words = say[leaf.operator.value].format(left, *ends)
    else:
        right = _constant(leaf.value, leaf.measurement.metric.unit, language)
        words = say[leaf.operator.value].format(left, right)
    if not leaf.minimums:
        return words
    return words + say["minimums"].format(
        say["list_and"].join(_minimum(name, least, language) for name, least in leaf.minimums)
    )


def _minimum(name: str, least: float, language: str) -> str:
    if name in _UNITS_OF_GUARDS:
        return things(name, least, language)
    return PHRASES[language]["min_spend"].format(amount(least, language))


def _constant(value: Constant, unit: Unit, language: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(_constant(item, unit, language) for item in value)
    if isinstance(value, str):
        return f"«{value}»" if language == "uk" else f"“{value}”"
    return in_unit(value, unit, language)


def _property_in_words(test: Metadata, language: str) -> str:
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    shown = ", ".join(_constant(str(value), Unit.TEXT, language) for value in values)
    return PHRASES[language][f"text {test.operator.value}"].format(
        PROPERTIES[language][test.name], shown
    )


def _rank_in_words(rank: Rank, language: str) -> str:
    say = PHRASES[language]
    if rank.percent is not None:
        share = in_unit(rank.percent, Unit.PERCENT, language)
    else:
        share = things("objects", rank.count or 0, language)
    end = "highest" if rank.end is End.TOP else "lowest"
    return say[end].format(
        share, measurement_in_words(rank.by, language), say[f"within_{rank.within}"]
    )


_CHANGE_WORDS = (
    "went up by",
    "went down by",
    "зростання на",
    "падіння на",
)
