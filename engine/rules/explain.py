"""How far an object is from a rule: what nearly fired, and by how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.domain.conditions import Comparison, Operator
from engine.domain.rule import Rule
from engine.domain.verdict import Answer, Reading, Verdict
from engine.rules.columns import Leaf
from engine.rules.evaluate import Evaluation
from engine.rules.numbers import number
from engine.rules.paths import leaf_paths
from engine.rules.words import reading_in_words

_SAYS = {
    "en": "{} ({}\u202f% away)",
    "uk": "{} (бракує {}\u202f%)",
}


@dataclass(frozen=True, slots=True)
class Distance:
    """One condition that does not hold and how far it is from holding.

    `gap_percent` is the change of the value, in percent of the threshold, that would
    make the condition true; none where that can't be said (a property, a rank, zero).
    """

    reading: Reading
    gap_percent: float | None


def distances(evaluation: Evaluation, rule: Rule, object_id: str, language: str) -> list[Distance]:
    """Return the conditions that are not true, the nearest first.

    Those without a distance come last. Raises KeyError for an unknown rule or object.
    """
    return distances_of(rule, evaluation.verdict(rule.rule_id, object_id, language))


def distances_of(rule: Rule, verdict: Verdict) -> list[Distance]:
    """Return the distances from a verdict that is already at hand."""
    asked = dict(leaf_paths(rule))
    found = [
        Distance(reading, gap_percent(asked[reading.path], reading))
        for reading in verdict.readings
        if reading.answer is not Answer.TRUE and reading.path in asked
    ]
    return sorted(found, key=lambda one: (one.gap_percent is None, one.gap_percent or 0.0))


def gap_percent(leaf: Leaf, reading: Reading) -> float | None:
    """Return how far a false comparison is from true, in percent."""
    if not isinstance(leaf, Comparison) or reading.answer is not Answer.FALSE:
        return None
    value = reading.value
    if not isinstance(value, float):
        return None
    ends = [end for end in _numbers(reading.threshold) if isinstance(end, float)]
    if leaf.operator is Operator.DECREASED:
        ends = [-end for end in ends]
    gaps = [abs(value - end) / abs(end) * 100 for end in ends if end != 0]
    return min(gaps) if gaps else None


def still_to_go(found: Iterable[Distance]) -> float | None:
    """Return the largest gap of the conditions: what must still change.

    None where any of them has no distance, for then nobody can say.
    """
    gaps = [one.gap_percent for one in found]
    known = [gap for gap in gaps if gap is not None]
    return max(known) if known and len(known) == len(gaps) else None


def distance_in_words(distance: Distance, language: str, currency: str = "") -> str:
    """Return what was seen and how far it is from the threshold."""
    words = reading_in_words(distance.reading, language, currency)
    if distance.gap_percent is None:
        return words
    return _SAYS[language].format(words, number(distance.gap_percent, language, 1))


def _numbers(threshold: object) -> tuple[object, ...]:
    return threshold if isinstance(threshold, tuple) else (threshold,)
