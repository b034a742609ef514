"""Guards that leave an object in peace for a while."""

from __future__ import annotations

from datetime import timedelta

from engine.decide.context import GuardContext, is_stop_loss
from engine.decide.edits import is_write_of
from engine.decide.settings import LearningPhase
from engine.domain.decision import Proposal, Reason
from engine.domain.journal import RESERVING_STATES, JournalEntry, JournalState
from engine.domain.objects import AdObject, Level
from engine.domain.written import RESTARTS_LEARNING
from engine.ports import Activity

_LEARNING = "LEARNING"
# What was written, or would have been in a dry run.
_WRITTEN = RESERVING_STATES | {JournalState.NOT_APPLIED, JournalState.DECIDED}


def _same_kind(proposal: Proposal, entry: JournalEntry) -> bool:
    """Return whether both change the same thing; a message only resembles itself."""
    if proposal.is_notification:
        return entry.is_notification and (entry.rule_id, entry.position) == (
            proposal.rule_id,
            proposal.position,
        )
    if proposal.is_budget:
        return entry.is_budget
    return entry.field == proposal.field


def _took_its_turn(entry: JournalEntry) -> bool:
    """Return whether an entry uses up rest and allowance.

    What Meta refused for good does, so that it is not asked again and again; what never
    arrived does not, so that a crash or a rate limit delays nothing.
    """
    return entry.state is not JournalState.NOT_APPLIED or entry.reason_code == "refused"


def cooldown(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when the same thing was changed within the rule's cooldown.

    Whichever rule or person did it through us counts: two rules that raise the same
    budget within an hour are what a cooldown is for.
    """
    span = context.limits(proposal).cooldown
    times = [
        entry.intent_at or entry.decided_at
        for entry in context.history.of_object(proposal)
        if _same_kind(proposal, entry) and _took_its_turn(entry)
    ]
    if not times or context.now - max(times) >= span:
        return None
    until = max(times) + span
    words = f"Changed {_ago(context.now - max(times))} ago; the rule rests {_ago(span)}."
    return Reason("cooldown", words, "cooldown", until)


def opposite(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto a budget change that goes against one too fresh."""
    span = context.settings.opposite_after
    against = [
        entry.intent_at or entry.decided_at
        for entry in context.history.of_object(proposal)
        if entry.change * proposal.change < 0
    ]
    if not against or context.now - max(against) >= span:
        return None
    words = f"The budget was moved the other way {_ago(context.now - max(against))} ago."
    return Reason("opposite", words, "opposite", max(against) + span)


def allowance(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when the edits of the hour, the day or the rule are used up."""
    limits, settings = context.limits(proposal), context.settings
    entries = [e for e in context.history.of_object(proposal) if _took_its_turn(e)]
    today = [e for e in entries if (e.intent_at or e.decided_at) >= context.today]
    of_rule = [e for e in today if e.rule_id == proposal.rule_id and _same_kind(proposal, e)]
    tomorrow = context.today + timedelta(days=1)
    if len(of_rule) >= limits.max_per_day:
        words = f"The rule acted here {len(of_rule)} times today, {limits.max_per_day} allowed."
        return Reason("max_per_day", words, "allowance", tomorrow)
    if proposal.is_budget:
        edits = [e for e in today if e.is_budget and e.state in _WRITTEN]
        if len(edits) >= settings.edits_per_day:
            words = f"The budget was changed {len(edits)} times today."
            return Reason("edits_per_day", words, "allowance", tomorrow)
    return edits_per_hour(proposal, context)


def edits_per_hour(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto a budget edit when the object had too many within an hour."""
    if not proposal.is_budget:
        return None
    hour = timedelta(hours=1)
    times = sorted(
        entry.intent_at or entry.decided_at
        for entry in context.history.of_object(proposal)
        if entry.is_budget
        and entry.state in _WRITTEN
        and context.now - (entry.intent_at or entry.decided_at) < hour
    )
    if len(times) < context.settings.edits_per_hour:
        return None
    words = f"The budget was changed {len(times)} times within an hour."
    return Reason("edits_per_hour", words, "allowance", times[0] + hour)


def rule_totals(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when the rule used up its objects a run or actions in all."""
    limits = context.limits(proposal)
    own = [
        entry
        for entry in context.history.of_account(proposal)
        if entry.cycle_id == context.cycle_id
        and entry.rule_id == proposal.rule_id
        and entry.is_notification == proposal.is_notification
    ]
    touched = {entry.object_id for entry in own} - {proposal.object.object_id}
    if limits.max_objects_per_run is not None and len(touched) >= limits.max_objects_per_run:
        words = f"The rule acts on at most {limits.max_objects_per_run} objects a run."
        return Reason("max_objects_per_run", words, "allowance")
    acted = context.totals.get(proposal.rule_id, 0) + len(own)
    if limits.max_total is not None and acted >= limits.max_total:
        words = f"The rule acts at most {limits.max_total} times in all."
        return Reason("max_total", words, "allowance")
    return None


def changed_by_person(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when somebody else changed the same thing within the hours of rest."""
    rest = context.settings.person_edit_rest
    edits = [
        edit
        for edit in context.activities
        if not edit.by_us
        and edit.object_id == proposal.object.object_id
        and context.now - edit.at < rest
        and _touches(edit, proposal)
        and not any(is_write_of(edit, entry) for entry in context.history.of_object(proposal))
    ]
    if not edits:
        return None
    last = max(edits, key=lambda edit: edit.at)
    words = f"{last.actor or 'Somebody'} changed it {_ago(context.now - last.at)} ago."
    return Reason("changed_by_person", words, "changed_by_person", last.at + rest)


def _touches(edit: Activity, proposal: Proposal) -> bool:
    """Return whether a row of Meta's history is an edit of what the proposal changes."""
    if edit.field is not None:
        return ("budget" in edit.field) if proposal.is_budget else edit.field == proposal.field
    if not edit.event.startswith("update_"):
        return False
    kinds = ("budget",) if proposal.is_budget else ("status",)
    other = ("budget", "status", "bidding", "creative", "target", "name", "schedule")
    named = [kind for kind in other if kind in edit.event]
    return not named or any(kind in named for kind in kinds)


def learning_phase(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto edits that would start Meta's learning anew, as the settings say.

    A pause always goes through: learning on is no reason to lose more money.
    """
    wanted = context.settings.learning_phase
    if wanted is LearningPhase.ALLOW or is_stop_loss(proposal):
        return None
    restarts = proposal.is_budget or proposal.field in RESTARTS_LEARNING
    if wanted is LearningPhase.NO_BUDGET_EDITS and not restarts:
        return None
    if not _learns(proposal.object, context):
        return None
    return Reason("learning", "Meta is still learning to deliver it.", "learning_phase")


def _learns(one: AdObject, context: GuardContext) -> bool:
    """Return whether it learns; a campaign does when all its delivering ad sets do."""
    if one.level is not Level.CAMPAIGN:
        return one.learning_stage == _LEARNING
    children = context.family.living_children(one.object_id)
    running = [child for child in children if child.is_delivering]
    return bool(running) and all(child.learning_stage == _LEARNING for child in running)


def _ago(span: timedelta) -> str:
    minutes = int(span / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
