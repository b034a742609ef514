"""How long a rule has been true, seen cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from engine.domain.verdict import Answer
from engine.rules.held_for import Streak, advance, has_held
from tests.engine.rules.frames import AS_OF, rule, when

T, F, U = Answer.TRUE, Answer.FALSE, Answer.UNKNOWN


def held(held_for: str, seen: Iterable[Answer], minutes: int = 60) -> bool:
    """Say whether the rule has held after these answers, one each `minutes`."""
    one = rule([when("spend", ">", 1)], held_for=held_for)
    streaks: dict[str, Streak] = {}
    now = AS_OF
    for answer in seen:
        now += timedelta(minutes=minutes)
        streaks = advance(streaks, one, {"o1": answer}, now)
    return has_held(streaks, one, "o1", now)


@pytest.mark.parametrize(
    ("held_for", "seen", "expected"),
    [
        ("2h", [T, T], False),
        ("2h", [T, T, T], True),
        ("2h", [T, T, F, T, T], False),
        ("2h", [T, T, U, T, T], False),
        ("2h", [F, T, T, T], True),
        ("3 cycles", [T, T], False),
        ("3 cycles", [T, T, T], True),
    ],
)
def test_conditions_must_hold_without_a_break(
    held_for: str, seen: list[Answer], expected: bool
) -> None:
    assert held(held_for, seen) is expected


def test_a_long_silence_breaks_a_streak_because_nobody_looked() -> None:
    assert not held("2h", [T, T], minutes=600)


def test_objects_that_are_gone_lose_their_streak() -> None:
    one = rule([when("spend", ">", 1)], held_for="1h")
    assert advance({"o1": Streak(AS_OF, AS_OF)}, one, {}, AS_OF + timedelta(hours=1)) == {}


def test_the_same_cycle_counts_once() -> None:
    one = rule([when("spend", ">", 1)], held_for="2 cycles")
    first = advance({}, one, {"o1": T}, AS_OF)
    assert advance(first, one, {"o1": T}, AS_OF) == first


def test_a_rule_without_held_for_needs_no_streak() -> None:
    one = rule([when("spend", ">", 1)])
    assert advance({}, one, {"o1": T}, AS_OF) == {}
    assert has_held({}, one, "o1", AS_OF)
