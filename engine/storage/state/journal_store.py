"""The journal: every decision, its state now, and how it came there.

Each method is one short transaction. A move between states is checked by
`may_follow` inside it, so two who try the same move can't both succeed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from engine.domain.decision import Decision, Outcome, Reason
from engine.domain.errors import Clash, StorageError
from engine.domain.journal import (
    ACTING_STATES,
    OPEN_STATES,
    QUARANTINE_STATES,
    RESERVING_STATES,
    JournalEntry,
    JournalState,
    may_follow,
)
from engine.storage.state.database import Database
from engine.storage.state.journal_events import JournalEvent, append_events
from engine.storage.state.journal_rows import (
    ENTRY_COLUMNS,
    FIRST_STATE,
    new_row,
    slot_of,
    time_columns,
    to_document,
    to_entry,
)
from engine.storage.state.notifications_store import Message, add_notification
from engine.storage.state.stop_store import current_stop
from engine.storage.state.tables import DECISIONS, JOURNAL


@dataclass(frozen=True, slots=True)
class DailyCap:
    """How much an account's budgets may move since `since`; minor units.

    `change` bounds the sum of all movements without sign, `increase` that of the rises.
    """

    since: datetime
    change: int | None = None
    increase: int | None = None


class WrongState(Clash):
    """An entry is not in a state from which the asked move is allowed."""

    def __init__(self, entry: JournalEntry, wanted: JournalState) -> None:
        """Name the entry and where it should have gone."""
        super().__init__(
            f"This is {entry.state} by now, it can't become {wanted}.", hint="Look at it again."
        )
        self.entry = entry
        self.wanted = wanted


class JournalStore:
    """Writes of the journal; reading lists is `JournalReader`'s part."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def record(
        self, decisions: Sequence[Decision], caps: Mapping[str, DailyCap] | None = None
    ) -> list[JournalEntry]:
        """Keep decisions; those that act become `intent`, their money reserved.

        One transaction. A decision that would act a second time in its bucket is kept
        as skipped, one whose money no longer fits the account's cap (`caps`, by account
        id) as vetoed. Returns the entries in the order of `decisions`.
        """
        kept: dict[str, Decision] = {}
        pending: list[Decision] = []
        with self._database.write() as connection:
            for decision in decisions:
                if decision.outcome in _ACTING:
                    # What was decided before must be seen by what counts money and acts.
                    _keep(connection, pending)
                    pending = []
                fitting = _fit(connection, decision, caps or {}, kept)
                kept[fitting.decision_id] = fitting
                pending.append(fitting)
            _keep(connection, pending)
            events = [event for one in kept.values() for event in _first_events(one)]
            append_events(connection, events)
            found = _entries(connection, list(kept))
        return [found[decision_id] for decision_id in kept]

    def move(
        self, entry_id: str, state: JournalState, now: datetime, reason: Reason, actor: str = ""
    ) -> JournalEntry:
        """Move an entry to `state`; raises WrongState when that is not allowed.

        Where an entry that undoes another becomes applied, the other becomes undone in
        the same transaction.
        """
        return self.move_all({entry_id: reason}, state, now, actor)[0]

    def move_all(
        self, reasons: Mapping[str, Reason], state: JournalState, now: datetime, actor: str = ""
    ) -> list[JournalEntry]:
        """Move entries to `state`, each with its reason: all or none.

        Raises WrongState when one of them may not go there.
        """
        with self._database.write() as connection:
            return [
                _move(connection, entry_id, state, now, reason, actor)
                for entry_id, reason in reasons.items()
            ]

    def send(self, entry_id: str, now: datetime) -> JournalEntry:
        """Move an entry from intent to sent, or to cancelled.

        On disk when this returns. Looked at in the same transaction: the kill switch,
        other entries of the object whose outcome is open, and the entry it follows.
        """
        with self._database.write() as connection:
            entry = _entry(connection, entry_id)
            against = _against_sending(connection, entry)
            if against is not None:
                return _move(connection, entry_id, JournalState.CANCELLED, now, against, "")
            sent = Reason("sent", "Sent to Meta.")
            return _move(connection, entry_id, JournalState.SENT, now, sent, "")

    def tell(self, entry_id: str, message: Message, now: datetime) -> JournalEntry:
        """Carry out a notification: its message is kept for delivery exactly once.

        It becomes cancelled instead when the entry it follows did not take effect, and
        stays as it is while that is not known yet.
        """
        with self._database.write() as connection:
            entry = _entry(connection, entry_id)
            leader = _leader(connection, entry)
            if leader is not None and leader.state in OPEN_STATES:
                return entry
            against = _prerequisite(connection, entry)
            if against is not None:
                return _move(connection, entry_id, JournalState.CANCELLED, now, against, "")
            told = Reason("told", "The message was handed over for delivery.")
            _move(connection, entry_id, JournalState.SENT, now, told, "")
            add_notification(connection, replace(message, entry_id=entry_id), now)
            return _move(connection, entry_id, JournalState.APPLIED, now, told, "")

    def approve(
        self, entry_ids: Sequence[str], now: datetime, actor: str, cap: DailyCap | None = None
    ) -> list[JournalEntry]:
        """Move entries from waiting to intent, their money reserved, or to vetoed.

        All or none: raises WrongState when one of them does not wait.
        """
        with self._database.write() as connection:
            return [_approve(connection, one, now, actor, cap) for one in entry_ids]


def _approve(
    connection: sa.Connection, entry_id: str, now: datetime, actor: str, cap: DailyCap | None
) -> JournalEntry:
    entry = _entry(connection, entry_id)
    if cap is not None and _over_cap(connection, entry.account_id, entry.change, cap):
        return _move(connection, entry_id, JournalState.VETOED, now, _NO_ROOM, actor)
    reason = Reason("approved", f"Approved by {actor}.")
    return _move(connection, entry_id, JournalState.INTENT, now, reason, actor)


_ACTING = frozenset({Outcome.ACT, Outcome.AWAIT_APPROVAL})
_NO_ROOM = Reason("daily_cap", "The account's daily cap on budget changes is used up.", "daily_cap")


def _first_events(decision: Decision) -> list[JournalEvent]:
    state = FIRST_STATE[decision.outcome]
    last = JournalEvent(
        decision.decision_id,
        state,
        decision.decided_at,
        decision.reason.words,
        decision.reason.code,
        decision.actor,
    )
    if state is JournalState.DECIDED:
        return [last]
    return [replace(last, state=JournalState.DECIDED), last]


def _keep(connection: sa.Connection, decisions: Sequence[Decision]) -> None:
    """Write rows and documents of decisions."""
    if not decisions:
        return
    rows = [new_row(one, FIRST_STATE[one.outcome]) for one in decisions]
    documents = [{"entry_id": one.decision_id, "document": to_document(one)} for one in decisions]
    connection.execute(sa.insert(JOURNAL), rows)
    connection.execute(sa.insert(DECISIONS), documents)


def _fit(
    connection: sa.Connection,
    decision: Decision,
    caps: Mapping[str, DailyCap],
    kept: Mapping[str, Decision],
) -> Decision:
    """Return the decision, or what becomes of it when it can't be carried out now."""
    if decision.outcome not in _ACTING:
        return decision
    if decision.follows is not None:
        leader = kept.get(decision.follows)
        if leader is not None and leader.outcome is not decision.outcome:
            words = "The action before it in the rule was not carried out."
            return replace(
                decision, outcome=Outcome.SKIPPED, reason=Reason("follows_nothing", words)
            )
    if _acted_in_bucket(connection, decision):
        words = "This rule already acted here on the same data; a repeated cycle changes nothing."
        return replace(decision, outcome=Outcome.SKIPPED, reason=Reason("repeated", words))
    cap = caps.get(decision.account_id)
    change = decision.proposal.change
    if (
        decision.outcome is Outcome.ACT
        and cap is not None
        and _over_cap(connection, decision.account_id, change, cap)
    ):
        return replace(decision, outcome=Outcome.VETOED, reason=_NO_ROOM)
    return decision


def _acted_in_bucket(connection: sa.Connection, decision: Decision) -> bool:
    proposal = decision.proposal
    same = sa.select(JOURNAL.c.seq).where(
        JOURNAL.c.rule_id == proposal.rule_id,
        JOURNAL.c.object_id == proposal.object.object_id,
        JOURNAL.c.field == proposal.field,
        JOURNAL.c.slot == slot_of(decision),
        JOURNAL.c.bucket == decision.bucket,
        JOURNAL.c.state.in_(sorted(ACTING_STATES)),
    )
    return connection.execute(same.limit(1)).first() is not None


def _over_cap(connection: sa.Connection, account_id: str, change: int, cap: DailyCap) -> bool:
    if change == 0:
        return False
    rises = sa.case((JOURNAL.c.change > 0, JOURNAL.c.change), else_=0)
    used, risen = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.func.abs(JOURNAL.c.change)), 0),
            sa.func.coalesce(sa.func.sum(rises), 0),
        ).where(
            JOURNAL.c.account_id == account_id,
            JOURNAL.c.state.in_(sorted(RESERVING_STATES)),
            JOURNAL.c.intent_at >= cap.since,
        )
    ).one()
    over_change = cap.change is not None and used + abs(change) > cap.change
    over_rise = cap.increase is not None and change > 0 and risen + change > cap.increase
    return over_change or over_rise


def _entries(connection: sa.Connection, entry_ids: Sequence[str]) -> dict[str, JournalEntry]:
    found: dict[str, JournalEntry] = {}
    for start in range(0, len(entry_ids), 500):
        some = entry_ids[start : start + 500]
        query = sa.select(*ENTRY_COLUMNS).where(JOURNAL.c.entry_id.in_(some))
        found |= {row["entry_id"]: to_entry(row) for row in connection.execute(query).mappings()}
    return found


def _entry(connection: sa.Connection, entry_id: str) -> JournalEntry:
    entry = _entries(connection, [entry_id]).get(entry_id)
    if entry is None:
        raise StorageError(f"The journal has no entry {entry_id!r}.")
    return entry


def _move(
    connection: sa.Connection,
    entry_id: str,
    state: JournalState,
    now: datetime,
    reason: Reason,
    actor: str,
) -> JournalEntry:
    entry = _entry(connection, entry_id)
    if not may_follow(entry.state, state):
        raise WrongState(entry, state)
    values = {
        "state": state,
        "reason": reason.words,
        "reason_code": reason.code,
        **time_columns(state, now),
    }
    # The state is asked for again in the statement itself: where several engines share
    # a database, the second of two movers changes no row.
    changed = connection.execute(
        sa.update(JOURNAL)
        .where(JOURNAL.c.entry_id == entry_id, JOURNAL.c.state == entry.state)
        .values(values)
    )
    if changed.rowcount != 1:
        raise WrongState(entry, state)
    event = JournalEvent(entry_id, state, now, reason.words, reason.code, actor or "engine")
    append_events(connection, [event])
    if state is JournalState.APPLIED and entry.undoes is not None:
        undone = Reason("undone", f"Taken back by {entry.actor}.")
        _move(connection, entry.undoes, JournalState.UNDONE, now, undone, entry.actor)
    return _entry(connection, entry_id)


def _against_sending(connection: sa.Connection, entry: JournalEntry) -> Reason | None:
    stop = current_stop(connection)
    if stop is not None:
        return Reason("stopped", f"The engine was stopped by {stop.actor}.", "kill_switch")
    open_one = connection.scalar(
        sa.select(JOURNAL.c.entry_id).where(
            JOURNAL.c.object_id == entry.object_id,
            JOURNAL.c.entry_id != entry.entry_id,
            JOURNAL.c.state.in_(sorted(QUARANTINE_STATES)),
        )
    )
    if open_one is not None:
        words = "The outcome of an earlier action on this object is not settled yet."
        return Reason("quarantined", words, "open_outcome")
    return _prerequisite(connection, entry)


def _leader(connection: sa.Connection, entry: JournalEntry) -> JournalEntry | None:
    if entry.follows is None:
        return None
    return _entries(connection, [entry.follows]).get(entry.follows)


def _prerequisite(connection: sa.Connection, entry: JournalEntry) -> Reason | None:
    if entry.follows is None:
        return None
    leader = _leader(connection, entry)
    if leader is not None and leader.state is JournalState.APPLIED:
        return None
    return Reason("follows_nothing", "The action before it in the rule did not take effect.")
