"""Three answers: Kleene's tables."""

from __future__ import annotations

import pytest

from engine.domain.verdict import Answer, all_of, any_of

T, F, U = Answer.TRUE, Answer.FALSE, Answer.UNKNOWN


@pytest.mark.parametrize(
    ("answers", "both", "either"),
    [
        ((T, T), T, T),
        ((T, F), F, T),
        ((T, U), U, T),
        ((F, U), F, U),
        ((U, U), U, U),
        ((F, F), F, F),
        ((), T, F),
    ],
)
def test_and_and_or(answers: tuple[Answer, ...], both: Answer, either: Answer) -> None:
    assert all_of(answers) is both
    assert any_of(answers) is either


def test_not_unknown_is_unknown() -> None:
    assert [~answer for answer in (T, F, U)] == [F, T, U]


def test_a_missing_boolean_is_unknown() -> None:
    assert [Answer.of(value) for value in (True, False, None)] == [T, F, U]
