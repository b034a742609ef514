"""The journal: what was decided, sent and settled, and the states between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.decision import BUDGET_FIELDS, COPY_FIELD, NOTIFICATION, Outcome, Value
from engine.domain.objects import Level, ObjectRef
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
# Entries that took, or may yet take, effect. The key (rule, object, field, bucket) is
# unique among them, and `rejected` belongs to them so that nobody is asked twice.
ACTING_STATES = frozenset(
    {
        _S.AWAITING_APPROVAL,
        _S.INTENT,
        _S.SENT,
        _S.APPLIED,
        _S.NOT_APPLIED,
        _S.UNKNOWN,
        _S.CONFLICT,
        _S.NEEDS_HUMAN,
        _S.REJECTED,
        _S.UNDONE,
    }
)
# Entries whose money counts against the caps: released only on proof.
RESERVING_STATES = frozenset(
    {_S.INTENT, _S.SENT, _S.UNKNOWN, _S.CONFLICT, _S.NEEDS_HUMAN, _S.APPLIED, _S.UNDONE}
)
# Entries that keep an object from being touched until they are settled.
QUARANTINE_STATES = frozenset({_S.SENT, _S.UNKNOWN, _S.CONFLICT, _S.NEEDS_HUMAN})


def may_follow(before: JournalState, after: JournalState) -> bool:
    """Return whether an entry in `before` may move to `after`."""
    return after in NEXT_STATES.get(before, frozenset())


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One row of the journal; money in minor units, times aware UTC.

    `undoes` is the id of the entry that this one takes back. `bucket` is the
    evaluation bucket: (rule, object, field, bucket) is unique among entries that act.
    `intent_at` is when the money was reserved (at once, or at approval), `follows` the
    entry that must be applied first, `position` the action's place in its rule,
    `outcome` what was decided at first.
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
    intent_at: datetime | None = None
    follows: str | None = None
    position: int = 0
    outcome: Outcome = Outcome.ACT

    @property
    def is_notification(self) -> bool:
        """Whether it only tells people."""
        return self.field == NOTIFICATION

    @property
    def is_budget(self) -> bool:
        """Whether it changes a budget."""
        return self.field in BUDGET_FIELDS

    @property
    def change(self) -> int:
        """By how much a budget moves, minor units with sign; else 0."""
        if self.is_budget and isinstance(self.before, int) and isinstance(self.after, int):
            return self.after - self.before
        return 0

    @property
    def target(self) -> ObjectRef:
        """The object it is about."""
        copy_name = str(self.after) if self.field == COPY_FIELD else ""
        return ObjectRef(self.object_id, self.account_id, self.level, copy_name)
