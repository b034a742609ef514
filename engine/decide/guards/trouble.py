"""Guards that stop when things go wrong."""

from __future__ import annotations

from datetime import timedelta

from engine.decide.context import GuardContext
from engine.domain.decision import Proposal, Reason
from engine.domain.journal import QUARANTINE_STATES, RESERVING_STATES, JournalState
from engine.domain.rule import Mode

_HOUR = timedelta(hours=1)
_TOUCHING = RESERVING_STATES | {JournalState.DECIDED, JournalState.AWAITING_APPROVAL}
# Meta refuses these for now, not for good; they say nothing about our rules.
_PASSING = frozenset({"rate_limited", "temporary", "token_expired"})


def open_outcome(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto while nobody knows what became of an earlier action on the object."""
    for entry in context.history.of_object(proposal):
        if entry.state in QUARANTINE_STATES:
            words = "The outcome of an earlier action on this object is not settled yet."
            return Reason("quarantined", words, "open_outcome")
    return None


def circuit_breaker(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto after too many refusals or unknown outcomes within an hour."""
    recent = [
        entry
        for entry in context.history.of_account(proposal)
        if entry.sent_at is not None and context.now - entry.sent_at < _HOUR
    ]
    refused = [
        entry.sent_at
        for entry in recent
        if entry.state is JournalState.NOT_APPLIED and entry.reason_code not in _PASSING
    ]
    unknown = [entry.sent_at for entry in recent if entry.state is JournalState.UNKNOWN]
    checks = (
        ("refusals", refused, context.settings.refusals_per_hour, "refused by Meta"),
        ("unknowns", unknown, context.settings.unknowns_per_hour, "without a known outcome"),
    )
    for code, times, limit, what in checks:
        known = [time for time in times if time is not None]
        if len(known) >= limit:
            words = f"{len(known)} actions within an hour were {what}; the account rests."
            return Reason(code, words, "circuit_breaker", min(known) + _HOUR)
    return None


def blast_radius(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto when too many campaigns of the account were touched within minutes.

    The bound is max(`blast_minimum`, `blast_share` of the active campaigns).
    """
    settings, family = context.settings, context.family
    touched = {
        family.campaign_id(entry.object_id)
        for entry in context.history.of_account(proposal)
        if not entry.is_notification
        and (entry.state in _TOUCHING or entry.mode is Mode.DRY_RUN)
        and context.now - (entry.intent_at or entry.decided_at) < settings.blast_window
    }
    limit = max(settings.blast_minimum, int(settings.blast_share * family.active_campaigns()))
    touched.add(family.campaign_id(proposal.object.object_id))
    if len(touched) <= limit:
        return None
    words = f"At most {limit} campaigns are touched at once; the others wait for the next run."
    return Reason("blast_radius", words, "blast_radius", context.now + settings.blast_window)
