"""One arbiter per object: of contradicting proposals at most one is sent.

Stop-loss beats growth, then the lower priority number, then the more money at
risk; the rule's id settles what is still level, so that the order in which
rules are read never matters.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.decide.context import is_growth, is_stop_loss
from engine.decide.family import Family
from engine.domain.action import ActionType
from engine.domain.decision import Proposal, Reason
from engine.domain.rule import Mode


def rank(proposal: Proposal) -> tuple[bool, int, int, str, int]:
    """Return the sort key of a proposal: the strongest comes first."""
    return (
        not is_stop_loss(proposal),
        proposal.priority,
        -proposal.stake,
        proposal.rule_id,
        proposal.position,
    )


def arbitrate(proposals: Sequence[Proposal], family: Family) -> dict[int, Reason]:
    """Return why proposals are dropped, by their place in `proposals`.

    Messages take no part. Rules in dry run lose to others and to each other as if they
    were live, but never take anything from a rule that is.
    """
    changes = [at for at, one in enumerate(proposals) if not one.is_notification]
    live = [at for at in changes if proposals[at].mode is not Mode.DRY_RUN]
    dropped = _drop(proposals, live, family)
    if len(live) == len(changes):
        return dropped
    among_all = _drop(proposals, changes, family)
    dry = {at: why for at, why in among_all.items() if proposals[at].mode is Mode.DRY_RUN}
    return {**dropped, **dry}


def _drop(
    proposals: Sequence[Proposal], places: Sequence[int], family: Family
) -> dict[int, Reason]:
    winners: list[Proposal] = []
    dropped: dict[int, Reason] = {}
    related = _Related(family)
    for at in sorted(places, key=lambda place: rank(proposals[place])):
        proposal = proposals[at]
        rivals = related.winners_of(proposal)
        reason = next((why for rival in rivals if (why := _beaten(proposal, rival, family))), None)
        if reason is not None:
            dropped[at] = reason
            continue
        winners.append(proposal)
        related.add(proposal)
    return dropped


class _Related:
    """Winners so far, by campaign: only objects of one campaign can contradict."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._by_campaign: dict[str, list[Proposal]] = {}

    def add(self, proposal: Proposal) -> None:
        """Take a winner."""
        self._by_campaign.setdefault(self._key(proposal), []).append(proposal)

    def winners_of(self, proposal: Proposal) -> list[Proposal]:
        """Return the winners in the proposal's campaign."""
        return self._by_campaign.get(self._key(proposal), [])

    def _key(self, proposal: Proposal) -> str:
        return self._family.campaign_id(proposal.object.object_id)


def _beaten(proposal: Proposal, winner: Proposal, family: Family) -> Reason | None:
    """Return why `proposal` can't stand beside the stronger `winner`, none when it can."""
    name = winner.rule_name
    if proposal.object.object_id == winner.object.object_id:
        return _beaten_on_one_object(proposal, winner)
    paused_above = winner.action.type is ActionType.PAUSE and family.is_below(
        proposal.object.object_id, winner.object.object_id
    )
    if paused_above and is_growth(proposal):
        words = f"The rule {name!r} pauses {winner.object.name}, to which this belongs."
        return Reason("parent_paused", words, "arbiter")
    return None


def _beaten_on_one_object(proposal: Proposal, winner: Proposal) -> Reason | None:
    name = winner.rule_name
    if proposal.field == winner.field:
        if proposal.after == winner.after:
            return Reason("same", f"The rule {name!r} does the same.", "arbiter")
        words = f"The rule {name!r} changes the same to another value and is stronger."
        return Reason("contradiction", words, "arbiter")
    if proposal.rule_id == winner.rule_id:
        return None
    if winner.action.type is ActionType.PAUSE:
        return Reason("paused", f"The rule {name!r} pauses it.", "arbiter")
    if is_stop_loss(winner) and is_growth(proposal):
        return Reason("contradiction", f"The rule {name!r} lowers its budget.", "arbiter")
    return None
