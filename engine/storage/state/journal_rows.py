"""Journal entries as rows, and decisions as documents."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from engine.domain.decision import Decision, Outcome
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import Level
from engine.domain.rule import Mode
from engine.storage.state.tables import JOURNAL

FIRST_STATE: dict[Outcome, JournalState] = {
    Outcome.ACT: JournalState.INTENT,
    Outcome.DRY_RUN: JournalState.DECIDED,
    Outcome.AWAIT_APPROVAL: JournalState.AWAITING_APPROVAL,
    Outcome.VETOED: JournalState.VETOED,
    Outcome.SKIPPED: JournalState.SKIPPED,
    Outcome.HELD_OUT: JournalState.HELD_OUT,
}
ENTRY_COLUMNS = tuple(JOURNAL.c[name] for name in JournalEntry.__dataclass_fields__)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Decision)


def to_document(decision: Decision) -> str:
    """Return the whole decision, verdict trace included, as JSON."""
    return _encoder.encode(decision).decode()


def from_document(document: str) -> Decision:
    """Return the decision that `to_document` wrote."""
    return _decoder.decode(document)


def new_row(decision: Decision, state: JournalState) -> dict[str, object]:
    """Return the journal row of a decision that begins in `state`."""
    proposal = decision.proposal
    acts = state is JournalState.INTENT
    return {
        "entry_id": decision.decision_id,
        "state": state,
        "mode": proposal.mode,
        "outcome": decision.outcome,
        "rule_id": proposal.rule_id,
        "rule_version": proposal.rule_version,
        "rule_name": proposal.rule_name,
        "cycle_id": decision.cycle_id,
        "bucket": decision.bucket,
        "account_id": decision.account_id,
        "object_id": proposal.object.object_id,
        "object_name": proposal.object.name,
        "level": decision.level,
        "action": proposal.action.type,
        "field": proposal.field,
        "slot": slot_of(decision),
        "position": proposal.position,
        "before": proposal.before,
        "after": proposal.after,
        "change": proposal.change,
        "decided_at": decision.decided_at,
        "intent_at": decision.decided_at if acts else None,
        "sent_at": None,
        "settled_at": None,
        "reason": decision.reason.words,
        "reason_code": decision.reason.code,
        "actor": decision.actor,
        "follows": decision.follows,
        "undoes": decision.undoes,
    }


def slot_of(decision: Decision) -> int:
    """Return what tells several messages of one rule apart; 0 for changes."""
    return decision.proposal.position if decision.proposal.is_notification else 0


def to_entry(row: sa.RowMapping) -> JournalEntry:
    """Return the entry of a row that holds ENTRY_COLUMNS."""
    values = {name: row[name] for name in JournalEntry.__dataclass_fields__}
    return JournalEntry(
        **{
            **values,
            "state": JournalState(row["state"]),
            "mode": Mode(row["mode"]),
            "level": Level(row["level"]),
            "outcome": Outcome(row["outcome"]),
        }
    )


def time_columns(state: JournalState, now: datetime) -> dict[str, datetime]:
    """Return the moments that an entry gets by moving to `state`."""
    if state is JournalState.INTENT:
        return {"intent_at": now}
    if state is JournalState.SENT:
        return {"sent_at": now}
    if state in {JournalState.UNKNOWN, JournalState.UNDONE}:
        return {}
    return {"settled_at": now}
