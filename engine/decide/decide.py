"""From candidates to decisions: models, arbiter, guards, hold-outs.

Pure: values in, values out. Every candidate becomes exactly one decision, with
its reason; the strongest are decided first, so that what is scarce (the day's
cap, the campaigns that may be touched at once) goes to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.decide.arbiter import arbitrate, rank
from engine.decide.confidence import ask
from engine.decide.context import GuardContext, History, as_entry
from engine.decide.guards.chain import PERSON_GUARDS, first_veto
from engine.decide.hold_outs import draw, is_held_out
from engine.decide.proposals import Candidate
from engine.domain.decision import Decision, Outcome, Proposal, Reason
from engine.domain.rule import HoldOut, MlEnhancement, Mode
from engine.ports import Forecaster

_OUTCOMES = {
    Mode.AUTOMATIC: Outcome.ACT,
    Mode.APPROVAL: Outcome.AWAIT_APPROVAL,
    Mode.DRY_RUN: Outcome.DRY_RUN,
}
_ACCEPTED = frozenset(_OUTCOMES.values())
_ALONE = Reason("follows_nothing", "The action before it in the rule is not carried out.")


def decide(
    candidates: Sequence[Candidate],
    context: GuardContext,
    *,
    forecaster: Forecaster | None = None,
    seed: int = 0,
) -> list[Decision]:
    """Return one decision for each candidate, the strongest rule first.

    `seed` draws the hold-outs. The decisions of one rule on one object stay together,
    in the order of the rule's actions.
    """
    run = _Run(replace(context, history=History(context.recent)), forecaster, seed)
    gated = [run.gate(candidate) for candidate in candidates]
    proposals = [candidate.proposal for candidate in gated]
    standing = [at for at, candidate in enumerate(gated) if candidate.refused is None]
    lost = arbitrate([proposals[at] for at in standing], context.family)
    for place, reason in lost.items():
        at = standing[place]
        gated[at] = Candidate(proposals[at], reason)
    for group in _groups(gated):
        run.decide_group(group)
    return run.decisions


def decide_for_person(
    proposal: Proposal, context: GuardContext, actor: str, *, undoes: str | None = None
) -> Decision:
    """Return the decision on a person's change: it acts or is vetoed.

    The guards that protect money and open outcomes hold for people too.
    """
    known = replace(context, history=History(context.recent))
    veto = first_veto(proposal, known, PERSON_GUARDS)
    return Decision(
        decision_id=_identity(proposal, context),
        cycle_id=context.cycle_id,
        decided_at=context.now,
        bucket=context.bucket,
        proposal=proposal,
        outcome=Outcome.VETOED if veto else Outcome.ACT,
        reason=veto or Reason("asked", f"Asked for by {actor}."),
        actor=actor,
        undoes=undoes,
    )


def _groups(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return the candidates of each rule on each object it matched, strongest group first."""
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates:
        proposal = candidate.proposal
        key = (proposal.rule_id, proposal.verdict.object_id)
        groups.setdefault(key, []).append(candidate)
    for group in groups.values():
        group.sort(key=lambda one: one.proposal.position)
    return sorted(
        groups.values(),
        key=lambda group: (
            min(rank(one.proposal) for one in group),
            group[0].proposal.verdict.object_id,
        ),
    )


@dataclass(slots=True)
class _Run:
    """One run of deciding; what was accepted so far stands in the context's history."""

    context: GuardContext
    forecaster: Forecaster | None
    seed: int
    decisions: list[Decision] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    notes: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def gate(self, candidate: Candidate) -> Candidate:
        """Return the candidate, refused where a model speaks against it."""
        proposal = candidate.proposal
        if candidate.refused is not None or proposal.is_notification:
            return candidate
        rule = self.context.rules.get(proposal.rule_id)
        gate = ask(proposal, rule.ml if rule else MlEnhancement(), self.forecaster)
        if not gate.open:
            return Candidate(proposal, gate.reason)
        if gate.reason.words:
            self.notes[_key(proposal)] = gate.reason.words
        return candidate

    def decide_group(self, group: Sequence[Candidate]) -> None:
        """Decide a rule's actions on one object, in their order."""
        held_out = self._held_out(group)
        leader: str | None = None
        stopped = False
        changes = False
        for candidate in group:
            proposal = candidate.proposal
            changes = changes or not proposal.is_notification
            outcome, reason = self._judge(candidate)
            if stopped or (proposal.is_notification and changes and leader is None):
                outcome, reason = Outcome.SKIPPED, _ALONE
            elif held_out is not None and outcome in _ACCEPTED:
                outcome, reason = Outcome.HELD_OUT, held_out
            decision = self._add(proposal, outcome, reason, leader)
            accepted = outcome in _ACCEPTED
            if not proposal.is_notification:
                leader = decision.decision_id if accepted else leader
                stopped = stopped or not (accepted or candidate.changes_nothing)

    def _judge(self, candidate: Candidate) -> tuple[Outcome, Reason]:
        proposal, refused = candidate.proposal, candidate.refused
        if refused is not None:
            return (Outcome.VETOED if refused.guard == "arbiter" else Outcome.SKIPPED), refused
        veto = first_veto(proposal, self.context)
        if veto is not None:
            return Outcome.VETOED, veto
        note = self.notes.get(_key(proposal), "")
        words = f"The conditions hold and every guard lets it pass. {note}".strip()
        return _OUTCOMES[proposal.mode], Reason("passed", words)

    def _held_out(self, group: Sequence[Candidate]) -> Reason | None:
        """Return the reason when the whole match is left alone, none when it is not."""
        standing = [one.proposal for one in group if one.refused is None]
        if not standing:
            return None
        first = standing[0]
        rule = self.context.rules.get(first.rule_id)
        hold_out = rule.hold_out if rule else HoldOut()
        if hold_out.share <= 0:
            return None
        day = self.context.now.astimezone(self.context.account.zone).date()
        matched = first.verdict.object_id
        drawn = draw(self.seed, first.rule_id, matched, day)
        held = self.held.get(first.rule_id, 0)
        stake = max(proposal.stake for proposal in standing)
        if not is_held_out(hold_out, drawn, stake, held, self.context.account.offset):
            return None
        self.held[first.rule_id] = held + stake
        words = f"Left alone at random: drew {drawn:.4f}, below the share {hold_out.share:g}."
        return Reason("held_out", words, "hold_out")

    def _add(
        self, proposal: Proposal, outcome: Outcome, reason: Reason, leader: str | None
    ) -> Decision:
        decision = Decision(
            decision_id=_identity(proposal, self.context),
            cycle_id=self.context.cycle_id,
            decided_at=self.context.now,
            bucket=self.context.bucket,
            proposal=proposal,
            outcome=outcome,
            reason=reason,
            follows=leader,
        )
        self.decisions.append(decision)
        if outcome in _ACCEPTED:
            self.context.history.add(as_entry(decision))
        return decision


def _key(proposal: Proposal) -> tuple[str, str, int]:
    return proposal.rule_id, proposal.verdict.object_id, proposal.position


def _identity(proposal: Proposal, context: GuardContext) -> str:
    """Return the decision's id: the same decision of the same cycle has the same one."""
    parts = (
        context.cycle_id,
        proposal.rule_id,
        str(proposal.rule_version),
        proposal.verdict.object_id,
        proposal.object.object_id,
        proposal.field,
        str(proposal.position),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]
