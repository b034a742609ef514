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
from engine.domain.journal import (
    ACTING_STATES,
    OPEN_STATES,
    RESERVING_STATES,
    JournalEntry,
    JournalState,
)
from engine.storage.state.database import Database
from engine.storage.state.journal_events import JournalEvent, append_events
from engine.storage.state.journal_moves import (
    Move,
    against_sending,
    entries_of,
    entry_of,
    known_entries,
    move,
    move_allowed,
    prerequisite,
)
from engine.storage.state.journal_rows import FIRST_STATE, new_row, slot_of, to_document
from engine.storage.state.notifications_store import Message, add_notification
from engine.storage.state.tables import DECISIONS, JOURNAL


@dataclass(frozen=True, slots=True)
class DailyCap:
    """How much an account's budgets may move since `since`; minor units.

    `change` bounds the sum of all movements without sign, `increase` that of the rises.
    """

    since: datetime
    change: int | None = None
    increase: int | None = None


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
            found = entries_of(connection, list(kept))
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
                move(connection, entry_id, state, now, reason, actor)
                for entry_id, reason in reasons.items()
            ]

    def send(self, entry_ids: Sequence[str], now: datetime) -> list[JournalEntry]:
        """Move entries from intent to sent, or to cancelled; return the sent ones.

        One transaction, on disk when this returns. Looked at inside it: the kill switch,
        other entries of the objects whose outcome is open, and the entries they follow.
        Entries that are in intent no longer belong to somebody else and are passed over.
        """
        sent, moves = Reason("sent", "Sent to Meta."), []
        with self._database.write() as connection:
            known = known_entries(connection, entry_ids)
            against = against_sending(connection, list(known.values()))
            for entry_id in dict.fromkeys(entry_ids):
                why = against.get(entry_id)
                state = JournalState.SENT if why is None else JournalState.CANCELLED
                moves.append(Move(entry_id, state, why or sent))
            moved = move_allowed(connection, moves, now)
        return [entry for entry in moved if entry.state is JournalState.SENT]

    def settle(self, moves: Sequence[Move], now: datetime) -> list[JournalEntry]:
        """Make the moves that are still allowed, in one transaction.

        What somebody else settled meanwhile stays as it is. Returns what moved.
        """
        with self._database.write() as connection:
            return move_allowed(connection, moves, now)

    def tell(self, entry_id: str, message: Message, now: datetime) -> JournalEntry:
        """Carry out a notification: its message is kept for delivery exactly once.

        It becomes cancelled instead when the entry it follows did not take effect, and
        stays as it is while that is not known yet.
        """
        with self._database.write() as connection:
            entry = entry_of(connection, entry_id)
            leaders = entries_of(connection, [entry.follows] if entry.follows else [])
            if any(leader.state in OPEN_STATES for leader in leaders.values()):
                return entry
            against = prerequisite(entry, leaders)
            if against is not None:
                return move(connection, entry_id, JournalState.CANCELLED, now, against)
            told = Reason("told", "The message was handed over for delivery.")
            move(connection, entry_id, JournalState.SENT, now, told)
            add_notification(connection, replace(message, entry_id=entry_id), now)
            return move(connection, entry_id, JournalState.APPLIED, now, told)

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
    entry = entry_of(connection, entry_id)
    if cap is not None and _over_cap(connection, entry.account_id, entry.change, cap):
        return move(connection, entry_id, JournalState.VETOED, now, _NO_ROOM, actor)
    reason = Reason("approved", f"Approved by {actor}.")
    return move(connection, entry_id, JournalState.INTENT, now, reason, actor)


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
