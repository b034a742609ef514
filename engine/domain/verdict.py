"""Verdicts: true, false or unknown, with every measurement that was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """Kleene's three answers; only TRUE acts."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Answer:
        """Return the answer for a three-valued boolean."""
        if value is None:
            return cls.UNKNOWN
        return cls.TRUE if value else cls.FALSE

    def __invert__(self) -> Answer:
        return {Answer.TRUE: Answer.FALSE, Answer.FALSE: Answer.TRUE}.get(self, Answer.UNKNOWN)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Kleene's *and*: false decides, otherwise unknown spreads."""
    seen = set(answers)
    if Answer.FALSE in seen:
        return Answer.FALSE
    return Answer.UNKNOWN if Answer.UNKNOWN in seen else Answer.TRUE


def any_of(answers: Iterable[Answer]) -> Answer:
    """Kleene's *or*: true decides, otherwise unknown spreads."""
    seen = set(answers)
    if Answer.TRUE in seen:
        return Answer.TRUE
    return Answer.UNKNOWN if Answer.UNKNOWN in seen else Answer.FALSE


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement seen by one condition, at its place in the rule.

    Money values and thresholds are major units of the account's currency.
    `reason` says why an answer is unknown; `code` and `details` say the same for
    programs and translations (`sample_too_small`, impressions seen 40, needed 1000).
    """

    path: str
    words: str
    metric: str
    window: str | None
    value: float | str | None
    threshold: float | str | tuple[float | str, ...] | None
    answer: Answer
    reason: str = ""
    code: str = ""
    details: tuple[tuple[str, float | str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one rule on one object, and why."""

    rule_id: str
    rule_version: int
    object_id: str
    answer: Answer
    as_of: datetime
    readings: tuple[Reading, ...] = ()
