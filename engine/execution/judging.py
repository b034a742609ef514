"""What became of a write, by the value and by Meta's change history.

By the value alone the judgement is wrong where somebody put the old value back
after us, or set the same value themselves. Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.domain.decision import Reason, Value
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.written import WITHOUT_HISTORY
from engine.execution.settings import ExecutionSettings
from engine.ports import Activity


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one object: two readings and the change history.

    A reading is `missing` when the object is not there. `claimed` is how many of our
    own rows of the history belong to other entries that are settled already.
    """

    first: Value
    second: Value
    activities: Sequence[Activity]
    missing: bool = False
    claimed: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state an entry is settled in, and why."""

    state: JournalState
    reason: Reason


def judge(
    entry: JournalEntry, evidence: Evidence, now: datetime, settings: ExecutionSettings
) -> Judgement | None:
    """Return what became of an unknown entry, none to look again later.

    Ours in the history: applied. The old value and nothing in the history: not applied.
    Somebody else in the history: conflict. The new value and an empty history may be a
    history that lags: looked at again, and after `give_up` left to a person.
    """
    sent_at = entry.sent_at or entry.decided_at
    later = [
        row
        for row in evidence.activities
        if row.object_id == entry.object_id
        and row.at >= sent_at - settings.clock_tolerance
        and _about(row, entry)
    ]
    ours = [row for row in later if row.by_us and _is_this_write(row, entry)]
    if len(ours) > evidence.claimed:
        return Judgement(JournalState.APPLIED, _applied(entry, evidence, later))
    steady = evidence.first == evidence.second and not evidence.missing
    if entry.field in WITHOUT_HISTORY and steady and evidence.second == entry.after:
        return Judgement(JournalState.APPLIED, Reason("read_back", "Meta has the new value."))
    foreign = [row for row in later if not row.by_us]
    if steady and evidence.second == entry.before and not foreign:
        words = "Meta has the old value and its history does not know our change."
        return Judgement(JournalState.NOT_APPLIED, Reason("not_in_history", words))
    if foreign:
        last = max(foreign, key=lambda row: row.at)
        words = (
            f"{last.actor or 'Somebody'} changed it at the same time; "
            f"it has {evidence.second} now, ours was {entry.after}."
        )
        return Judgement(JournalState.CONFLICT, Reason("conflict", words))
    if now - sent_at >= settings.give_up:
        words = f"It has {evidence.second} now and Meta's history does not say why."
        if evidence.missing:
            words = "The object is no longer there and Meta's history does not say why."
        return Judgement(JournalState.NEEDS_HUMAN, Reason("no_evidence", words))
    return None


def last_foreign(entry: JournalEntry, activities: Sequence[Activity]) -> Activity | None:
    """Return the last change by somebody else after the entry."""
    since = entry.sent_at or entry.decided_at
    rows = [
        row
        for row in activities
        if not row.by_us
        and row.object_id == entry.object_id
        and row.at >= since
        and _about(row, entry)
    ]
    return max(rows, key=lambda row: row.at, default=None)


def _applied(entry: JournalEntry, evidence: Evidence, later: Sequence[Activity]) -> Reason:
    if evidence.second == entry.after:
        return Reason("in_history", "Meta's history shows our change.")
    foreign = [row for row in later if not row.by_us]
    who = max(foreign, key=lambda row: row.at).actor if foreign else "Somebody"
    words = f"Meta's history shows our change; {who} changed it to {evidence.second} afterwards."
    return Reason("in_history_changed", words)


def _about(row: Activity, entry: JournalEntry) -> bool:
    """Return whether a row is about the kind of thing the entry changed."""
    kind = "budget" if entry.is_budget else entry.field
    return kind in (row.field or row.event)


def _is_this_write(row: Activity, entry: JournalEntry) -> bool:
    """Return whether a row of ours can be this entry's write; unknown parts do not speak."""
    if row.after is None or str(row.after) != str(entry.after):
        return False
    return row.before is None or str(row.before) == str(entry.before)
