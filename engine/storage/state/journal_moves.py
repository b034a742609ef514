"""Moves of journal entries, inside the caller's transaction.

Many entries that move alike are moved by few statements: a batch of fifty costs
little more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.decision import Reason
from engine.domain.errors import Clash, StorageError
from engine.domain.journal import QUARANTINE_STATES, JournalEntry, JournalState, may_follow
from engine.storage.state.journal_events import JournalEvent, append_events
from engine.storage.state.journal_rows import ENTRY_COLUMNS, time_columns, to_entry
from engine.storage.state.stop_store import current_stop
from engine.storage.state.tables import JOURNAL

_AT_ONCE = 500


class WrongState(Clash):
    """An entry is not in a state from which the asked move is allowed."""

    def __init__(self, entry: JournalEntry, wanted: JournalState) -> None:
        """Name the entry and where it should have gone."""
        super().__init__(
            f"This is {entry.state} by now, it can't become {wanted}.", hint="Look at it again."
        )
        self.entry = entry
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Move:
    """An entry is to become `state`, for a reason."""

    entry_id: str
    state: JournalState
    reason: Reason


def entries_of(connection: sa.Connection, entry_ids: Sequence[str]) -> dict[str, JournalEntry]:
    """Return entries by id; unknown ids are left out.

    Where several engines share a database, nobody else moves them until the end of
    the transaction.
    """
    found: dict[str, JournalEntry] = {}
    for start in range(0, len(entry_ids), _AT_ONCE):
        some = entry_ids[start : start + _AT_ONCE]
        query = sa.select(*ENTRY_COLUMNS).where(JOURNAL.c.entry_id.in_(some)).with_for_update()
        found |= {row["entry_id"]: to_entry(row) for row in connection.execute(query).mappings()}
    return found


def entry_of(connection: sa.Connection, entry_id: str) -> JournalEntry:
    """Return one entry; StorageError for an unknown id."""
    return known_entries(connection, [entry_id])[entry_id]


def known_entries(connection: sa.Connection, entry_ids: Sequence[str]) -> dict[str, JournalEntry]:
    """Return entries by id; StorageError for an unknown id."""
    found = entries_of(connection, entry_ids)
    for entry_id in entry_ids:
        if entry_id not in found:
            raise StorageError(f"The journal has no entry {entry_id!r}.")
    return found


def move(
    connection: sa.Connection,
    entry_id: str,
    state: JournalState,
    now: datetime,
    reason: Reason,
    actor: str = "",
) -> JournalEntry:
    """Move one entry; raises WrongState when that is not allowed."""
    entry = entry_of(connection, entry_id)
    if not may_follow(entry.state, state):
        raise WrongState(entry, state)
    move_alike(connection, [entry], state, now, reason, actor)
    return entry_of(connection, entry_id)


def move_allowed(
    connection: sa.Connection, moves: Iterable[Move], now: datetime
) -> list[JournalEntry]:
    """Make the moves that are allowed; return what moved.

    An entry that somebody else settled meanwhile stays as they settled it.
    """
    wanted = {one.entry_id: one for one in moves}
    known = entries_of(connection, list(wanted))
    alike: dict[tuple[JournalState, Reason], list[JournalEntry]] = defaultdict(list)
    for entry_id, one in wanted.items():
        entry = known.get(entry_id)
        if entry is not None and may_follow(entry.state, one.state):
            alike[one.state, one.reason].append(entry)
    moved: dict[str, JournalEntry] = {}
    for (state, reason), entries in alike.items():
        move_alike(connection, entries, state, now, reason)
        moved |= {one.entry_id: replace(one, **_values(state, now, reason)) for one in entries}
    return [moved[entry_id] for entry_id in wanted if entry_id in moved]


def move_alike(
    connection: sa.Connection,
    entries: Sequence[JournalEntry],
    state: JournalState,
    now: datetime,
    reason: Reason,
    actor: str = "",
) -> None:
    """Move entries that may go there, all for one reason.

    Raises WrongState when one of them is no longer in the state it was read in.
    """
    values = _values(state, now, reason)
    by_state: dict[JournalState, list[str]] = defaultdict(list)
    for entry in entries:
        by_state[entry.state].append(entry.entry_id)
    for before, ids in by_state.items():
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            chosen = (JOURNAL.c.entry_id.in_(some), JOURNAL.c.state == before)
            changed = connection.execute(sa.update(JOURNAL).where(*chosen).values(values))
            if changed.rowcount != len(some):
                raise WrongState(entry_of(connection, some[0]), state)
    who = actor or "engine"
    events = [
        JournalEvent(entry.entry_id, state, now, reason.words, reason.code, who)
        for entry in entries
    ]
    append_events(connection, events)
    if state is JournalState.APPLIED:
        for entry in entries:
            if entry.undoes is not None:
                undone = Reason("undone", f"Taken back by {entry.actor}.")
                move(connection, entry.undoes, JournalState.UNDONE, now, undone, entry.actor)


def _values(state: JournalState, now: datetime, reason: Reason) -> dict[str, Any]:
    """Return what a move writes, by field."""
    return {
        "state": state,
        "reason": reason.words,
        "reason_code": reason.code,
        **time_columns(state, now),
    }


def against_sending(
    connection: sa.Connection, entries: Sequence[JournalEntry]
) -> dict[str, Reason]:
    """Return why entries must not be sent, by id; the others are left out."""
    stop = current_stop(connection)
    if stop is not None:
        why = Reason("stopped", f"The engine was stopped by {stop.actor}.", "kill_switch")
        return {entry.entry_id: why for entry in entries}
    open_on = _open_outcomes(connection, {entry.object_id for entry in entries})
    leaders = entries_of(connection, [entry.follows for entry in entries if entry.follows])
    found: dict[str, Reason] = {}
    for entry in entries:
        if open_on.get(entry.object_id, set()) - {entry.entry_id}:
            words = "The outcome of an earlier action on this object is not settled yet."
            found[entry.entry_id] = Reason("quarantined", words, "open_outcome")
        elif (why_not := prerequisite(entry, leaders)) is not None:
            found[entry.entry_id] = why_not
    return found


def prerequisite(entry: JournalEntry, known: Mapping[str, JournalEntry]) -> Reason | None:
    """Return why the entry before it forbids this one, if it does."""
    if entry.follows is None:
        return None
    leader = known.get(entry.follows)
    if leader is not None and leader.state is JournalState.APPLIED:
        return None
    return Reason("follows_nothing", "The action before it in the rule did not take effect.")


def _open_outcomes(connection: sa.Connection, object_ids: set[str]) -> dict[str, set[str]]:
    """Return the ids of entries without a settled outcome, by object."""
    found: dict[str, set[str]] = defaultdict(set)
    ids = sorted(object_ids)
    for start in range(0, len(ids), _AT_ONCE):
        query = sa.select(JOURNAL.c.object_id, JOURNAL.c.entry_id).where(
            JOURNAL.c.object_id.in_(ids[start : start + _AT_ONCE]),
            JOURNAL.c.state.in_(sorted(QUARANTINE_STATES)),
        )
        for object_id, entry_id in connection.execute(query):
            found[object_id].add(entry_id)
    return found
