"""The journal's states: which may follow which."""

from __future__ import annotations

import pytest

from engine.domain.journal import JournalState, may_follow

S = JournalState


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.INTENT, S.SENT),
        (S.SENT, S.APPLIED),
        (S.SENT, S.UNKNOWN),
        (S.UNKNOWN, S.APPLIED),
        (S.UNKNOWN, S.NEEDS_HUMAN),
        (S.AWAITING_APPROVAL, S.INTENT),
        (S.APPLIED, S.UNDONE),
    ],
)
def test_an_entry_moves_on(before: JournalState, after: JournalState) -> None:
    assert may_follow(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.UNKNOWN, S.SENT),  # never sent again
        (S.SENT, S.INTENT),
        (S.SENT, S.CANCELLED),
        (S.APPLIED, S.NOT_APPLIED),
        (S.NOT_APPLIED, S.APPLIED),
        (S.REJECTED, S.INTENT),
        (S.UNDONE, S.APPLIED),
    ],
)
def test_an_entry_never_goes_back(before: JournalState, after: JournalState) -> None:
    assert not may_follow(before, after)
