"""Meta's own rules that are looked at right before a change is sent."""

from __future__ import annotations

from engine.domain.decision import Reason
from engine.domain.journal import JournalEntry
from engine.domain.objects import AdObject, Status

GONE = frozenset({Status.ARCHIVED, Status.DELETED})
_LEAST_PERCENT = 110


def below_spent(entry: JournalEntry, found: AdObject) -> Reason | None:
    """Return why a budget can't be lowered so far, none when it can.

    Meta takes no budget below 110 % of what was spent of it.
    """
    before, after, left = entry.before, entry.after, found.budget_remaining
    if entry.change >= 0 or left is None or not isinstance(before, int):
        return None
    assert isinstance(after, int)
    spent = max(before - left, 0)
    if after * 100 >= spent * _LEAST_PERCENT:
        return None
    words = (
        f"It has spent {spent / before:.0%} of this budget already; Meta takes no budget "
        f"below {_LEAST_PERCENT} % of what is spent."
    )
    return Reason("below_spent", words)
