"""The journal: what was decided, sent and settled, and the states between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.decision import Value
from engine.domain.objects import Level
from engine.domain.rule import Mode


class JournalState(StrEnum):
    """Where an entry stands."""

    DECIDED = "decided"
    AWAITING_APPROVAL = "awaiting_approval"
    INTENT = "intent"
    SENT = "sent"
    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    NEEDS_HUMAN = "needs_human"
    VETOED = "vetoed"
    SKIPPED = "skipped"
    HELD_OUT = "held_out"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    UNDONE = "undone"


_S = JournalState
NEXT_STATES: dict[JournalState, frozenset[JournalState]] = {
    _S.DECIDED: frozenset({_S.INTENT, _S.CANCELLED, _S.VETOED}),
    _S.AWAITING_APPROVAL: frozenset({_S.INTENT, _S.REJECTED, _S.CANCELLED, _S.VETOED}),
    _S.INTENT: frozenset({_S.SENT, _S.CANCELLED, _S.VETOED}),
    _S.SENT: frozenset({_S.APPLIED, _S.NOT_APPLIED, _S.UNKNOWN}),
    _S.UNKNOWN: frozenset({_S.APPLIED, _S.NOT_APPLIED, _S.CONFLICT, _S.NEEDS_HUMAN}),
    _S.CONFLICT: frozenset({_S.NEEDS_HUMAN, _S.APPLIED, _S.NOT_APPLIED}),
    _S.NEEDS_HUMAN: frozenset({_S.APPLIED, _S.NOT_APPLIED}),
    _S.APPLIED: frozenset({_S.UNDONE}),
}
OPEN_STATES = frozenset({_S.INTENT, _S.SENT, _S.UNKNOWN})


def may_follow(before: JournalState, after: JournalState) -> bool:
    """Return whether an entry in `before` may move to `after`."""
    return after in NEXT_STATES.get(before, frozenset())


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row of the journal; money values are integer minor units, times aware UTC.

    `undoes` is the id of the entry that this one takes back. `bucket` is the
    evaluation bucket: (rule, object, field, bucket) is unique among entries that act.
    """

    entry_id: str
    state: JournalState
    mode: Mode
    rule_id: str
    rule_version: int
    rule_name: str
    cycle_id: str
    bucket: str
    account_id: str
    object_id: str
    object_name: str
    level: Level
    action: str
    field: str
    before: Value
    after: Value
    decided_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    reason: str = ""
    reason_code: str = ""
    actor: str = "engine"
    undoes: str | None = None
