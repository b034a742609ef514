"""What an object has in the fields that actions write."""

from __future__ import annotations

from engine.domain.decision import Decision, Reason, Value
from engine.domain.journal import JournalEntry
from engine.domain.objects import AdObject, Status


def value_of(one: AdObject, name: str) -> Value:
    """Return what an object has in a field that we write."""
    if name == "status":
        return one.raw_status if one.status is Status.OTHER else one.status.value
    if name == "daily_budget":
        return one.daily_budget
    if name == "lifetime_budget":
        return one.lifetime_budget
    if name == "bid_amount":
        return one.bid_amount
    raise ValueError(f"{name} is not a field that actions write")


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
    if entry.is_budget:
        if found.budget_field != entry.field:
            return Reason("budget_moved", "Its budget is kept in another place now.")
        expected = own_status or value_of(decision.proposal.object, "status")
        if value_of(found, "status") != expected:
            words = f"Its status is {value_of(found, 'status')} now instead of {expected}."
            return Reason("changed_meanwhile", words)
    return None
