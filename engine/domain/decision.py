"""Decisions: what the engine means to do to an object, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.domain.action import Action
from engine.domain.objects import AdObject, Level
from engine.domain.rule import Mode
from engine.domain.verdict import Verdict

Value = int | str | None
# What `field` says where a proposal tells people instead of changing anything.
NOTIFICATION = "notification"
STATUS_FIELD = "status"
BUDGET_FIELDS = ("daily_budget", "lifetime_budget")
# The value of this one is the unique name of a copy that shall be made.
COPY_FIELD = "copy"


class Outcome(StrEnum):
    """What was decided about a proposal."""

    ACT = "act"
    DRY_RUN = "dry_run"
    AWAIT_APPROVAL = "await_approval"
    VETOED = "vetoed"
    SKIPPED = "skipped"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code the window can translate, English words, until when.

    `guard` names the check that vetoed, `arbiter` when another proposal won.
    """

    code: str
    words: str
    guard: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one rule wants done to one object; money in minor units.

    `field` is Meta's field name (`status`, `daily_budget`), `notification` for messages.
    `stake` is the money at risk in minor units (spend of the last 7 days, or of a day's budget).
    `position` is the action's place in the rule's list, from 0.
    """

    rule_id: str
    rule_version: int
    rule_name: str
    mode: Mode
    priority: int
    action: Action
    object: AdObject
    field: str
    before: Value
    after: Value
    verdict: Verdict
    stake: int = 0
    message: str = ""
    position: int = 0

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


@dataclass(frozen=True, slots=True)
class Decision:
    """One proposal after arbiter and guards; its entry has the same id.

    `follows` is the decision that must have taken effect before this one is carried
    out: a message "campaign paused" is not sent when the pause was not. `undoes` is the
    journal entry that this one takes back.
    """

    decision_id: str
    cycle_id: str
    decided_at: datetime
    bucket: str
    proposal: Proposal
    outcome: Outcome
    reason: Reason
    follows: str | None = None
    actor: str = "engine"
    undoes: str | None = None

    @property
    def account_id(self) -> str:
        """The account of the object."""
        return self.proposal.object.account_id

    @property
    def level(self) -> Level:
        """The level of the object."""
        return self.proposal.object.level
