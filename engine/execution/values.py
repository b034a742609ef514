"""What an object has in the fields that actions write."""

from __future__ import annotations

from engine.domain.decision import Decision, Reason, Value
from engine.domain.journal import JournalEntry
from engine.domain.objects import AdObject
from engine.domain.written import value_of
from engine.execution.meta_rules import GONE, below_spent


def difference(
    entry: JournalEntry, decision: Decision, found: AdObject | None, own_status: Value
) -> Reason | None:
    """Return how the object differs from what was decided on.

    None when it does not. `own_status` is the status that an action before this one set,
    none without one.
    """
    if found is None:
        return Reason("gone", "The object is no longer there.")
    now = value_of(found, entry.field)
    if now != entry.before:
        words = f"It has {now} now instead of {entry.before}; somebody changed it meanwhile."
        return Reason("changed_meanwhile", words)
    if found.status in GONE:
        return Reason("gone", f"It is {found.status.value.lower()} now and can't be changed.")
    if entry.is_budget:
        if found.budget_field != entry.field:
            return Reason("budget_moved", "Its budget is kept in another place now.")
        expected = own_status or value_of(decision.proposal.object, "status")
        if value_of(found, "status") != expected:
            words = f"Its status is {value_of(found, 'status')} now instead of {expected}."
            return Reason("changed_meanwhile", words)
        return below_spent(entry, found)
    return None
