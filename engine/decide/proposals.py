"""From a match to proposals: what each action would do to its object."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.decide.family import Family
from engine.decide.messages import fill
from engine.decide.object_changes import (
    FIELD_OF,
    Wanted,
    bid_wanted,
    copy_wanted,
    creative_wanted,
    labels_wanted,
)
from engine.decide.targets import BudgetNow, budget_target
from engine.domain.action import CARRIED_OUT, Action, ActionType
from engine.domain.decision import NOTIFICATION, STATUS_FIELD, Proposal, Reason, Value
from engine.domain.errors import UserError
from engine.domain.money import Money
from engine.domain.objects import AdObject, Level, Status
from engine.domain.rule import Rule
from engine.domain.verdict import Verdict
from engine.domain.written import value_of

_ORDER = (Level.CAMPAIGN, Level.ADSET, Level.AD)
_NO_CHANGE = "no_change"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal, or one that can't be carried out and why."""

    proposal: Proposal
    refused: Reason | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether it was refused only because all is already as the rule wants it."""
        return self.refused is not None and self.refused.code == _NO_CHANGE


@dataclass(frozen=True, slots=True)
class Background:
    """What proposals need besides the object; minor units by object id.

    `day_starts` are budgets before the account day's first change, `stakes` the money
    at risk (spend of the last 7 days); objects that are absent fall back to the budget.
    """

    day_starts: Mapping[str, int] = field(default_factory=dict)
    stakes: Mapping[str, int] = field(default_factory=dict)


def propose(
    rule: Rule, verdict: Verdict, family: Family, background: Background | None = None
) -> list[Candidate]:
    """Return one candidate for each action of `rule` on a matched object.

    In the order of the rule's actions; what can't be done comes with its reason.
    """
    matched = family.objects[verdict.object_id]
    known = background or Background()
    return [
        _Maker(rule, verdict, family, known, matched, action, position).candidate()
        for position, action in enumerate(rule.actions)
    ]


@dataclass(frozen=True, slots=True)
class _Maker:
    """One action on one matched object."""

    rule: Rule
    verdict: Verdict
    family: Family
    background: Background
    matched: AdObject
    action: Action
    position: int

    def candidate(self) -> Candidate:
        if self.action.type not in CARRIED_OUT:
            return self._refuse(
                self.matched,
                "not_carried_out",
                f"This version does not carry out {self._written!r} yet.",
            )
        if self.action.type.is_notification:
            return Candidate(self._proposal(self.matched, NOTIFICATION, None, self._message()))
        target = self._target()
        if target is None:
            return self._refuse(
                self.matched,
                "wrong_level",
                f"{self._written!r} can't be done by a rule on {self.rule.level}: "
                f"it aims at {self.action.level}, which is not this object nor above it.",
            )
        if target.status not in {Status.ACTIVE, Status.PAUSED}:
            shown = target.raw_status or str(target.status)
            return self._refuse(
                target, "wrong_status", f"An object whose status is {shown} is never acted on."
            )
        if self.action.type.is_budget:
            return self._budget(target)
        if self.action.type in {ActionType.PAUSE, ActionType.ACTIVATE}:
            return self._status(target)
        return self._other(target)

    def _other(self, target: AdObject) -> Candidate:
        """Return what becomes of bids, labels and creatives."""
        kind = self.action.type
        wanted: Wanted | Reason
        if kind.is_bid:
            wanted = bid_wanted(self.action, target, self.family)
        elif kind is ActionType.ROTATE_CREATIVE:
            wanted = creative_wanted(self.action, target, self.family, self.background.stakes)
        elif kind is ActionType.DUPLICATE:
            wanted = copy_wanted(self.action, target, self._mark(target))
        else:
            wanted = labels_wanted(self.action, target)
        if isinstance(wanted, Reason):
            field = FIELD_OF[kind]
            now = value_of(target, field)
            return Candidate(self._proposal(target, field, now, now), wanted)
        return Candidate(self._proposal(target, wanted.field, wanted.before, wanted.after))

    def _status(self, target: AdObject) -> Candidate:
        for name in ("until", "for_duration"):
            if self.action.param(name) is not None:
                return self._refuse(
                    target,
                    "not_carried_out",
                    f"This version does not bring objects back by itself ({name!r}) yet.",
                )
        after = Status.PAUSED if self.action.type is ActionType.PAUSE else Status.ACTIVE
        proposal = self._proposal(target, STATUS_FIELD, target.status.value, after.value)
        if target.status is after:
            words = f"{target.name} is {after.value} already."
            return Candidate(proposal, Reason(_NO_CHANGE, words))
        return Candidate(proposal)

    def _budget(self, target: AdObject) -> Candidate:
        carrier = self.family.carrier_of_budget(target)
        if carrier is None or carrier.budget_field is None:
            return self._refuse(target, "wrong_place", self._where_the_budget_is(target))
        currency = self.family.account.currency
        before = carrier.budget(currency)
        assert before is not None
        day_start = self.background.day_starts.get(carrier.object_id, before.minor)
        now = BudgetNow(
            before,
            Money(day_start, currency),
            Money(self.family.account.min_daily_budget, currency),
            daily=carrier.budget_field == "daily_budget",
        )
        try:
            after = budget_target(self.action, now)
        except UserError as error:
            return self._refuse(carrier, "wrong_amount", str(error))
        if isinstance(after, Reason):
            proposal = self._proposal(carrier, carrier.budget_field, before.minor, before.minor)
            return Candidate(proposal, after)
        return Candidate(self._proposal(carrier, carrier.budget_field, before.minor, after.minor))

    def _mark(self, target: AdObject) -> str:
        """Return what tells a copy from others: rule, object and moment."""
        told = f"{self.rule.rule_id} {target.object_id} {self.verdict.as_of.isoformat()}"
        return hashlib.sha256(told.encode()).hexdigest()[:6]

    def _target(self) -> AdObject | None:
        """Return the object the action names: the matched one, or one above it."""
        level = self.action.level
        if level is None or level is self.matched.level:
            return self.matched
        if _ORDER.index(level) > _ORDER.index(self.matched.level):
            return None
        return self.family.ancestor(self.matched, level)

    def _where_the_budget_is(self, target: AdObject) -> str:
        if target.level is Level.CAMPAIGN:
            return (
                f"The budget of {target.name} lives on its ad sets. "
                "Write the rule for ad sets (level: adset)."
            )
        if target.level is Level.ADSET:
            return (
                f"The budget of {target.name} lives on its campaign and is shared with other "
                "ad sets. Write the rule for campaigns (level: campaign)."
            )
        return "Ads have no budget. Write the rule for ad sets or campaigns."

    def _message(self) -> str:
        given = self.action.param("message")
        template = given if isinstance(given, str) and given else "{rule}: {name}"
        return fill(template, self.matched, self.family.account, self.verdict, self.rule.name)

    @property
    def _written(self) -> str:
        return self.action.written_as or str(self.action.type)

    def _refuse(self, target: AdObject, code: str, words: str) -> Candidate:
        is_budget = self.action.type.is_budget
        other = FIELD_OF.get(self.action.type, STATUS_FIELD)
        name = (target.budget_field or "daily_budget") if is_budget else other
        return Candidate(self._proposal(target, name, None, None), Reason(code, words))

    def _proposal(self, target: AdObject, name: str, before: Value, after: Value) -> Proposal:
        stake = self.background.stakes.get(target.object_id)
        if stake is None:
            stake = target.daily_budget or target.lifetime_budget or 0
        return Proposal(
            rule_id=self.rule.rule_id,
            rule_version=self.rule.version,
            rule_name=self.rule.name,
            mode=self.rule.mode,
            priority=self.rule.priority,
            action=self.action,
            object=target,
            field=name,
            before=before,
            after=after,
            verdict=self.verdict,
            stake=stake,
            message=after if name == NOTIFICATION and isinstance(after, str) else "",
            position=self.position,
        )
