"""Taking a change back: only while nobody changed the thing after us."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from engine.decide.context import GuardContext
from engine.decide.decide import decide_for_person
from engine.domain.action import Action, ActionType
from engine.domain.clock import Clock
from engine.domain.decision import COPY_FIELD, Decision, Proposal, Value
from engine.domain.errors import Clash, PlatformError
from engine.domain.journal import OPEN_STATES, JournalEntry, JournalState
from engine.domain.money import Money
from engine.domain.objects import AdObject
from engine.domain.rule import Mode
from engine.domain.written import BID_FIELD, WRITTEN_FIELDS, value_of
from engine.execution.execute import execute
from engine.execution.judging import last_foreign
from engine.execution.reserve import daily_cap
from engine.execution.settings import ExecutionSettings
from engine.ports import Platform
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.state import State

_BEING_TAKEN_BACK = "This change is being taken back right now."


async def undo(
    entry_id: str,
    actor: str,
    state: State,
    platform: Platform,
    clock: Clock,
    context: GuardContext,
    settings: ExecutionSettings | None = None,
) -> JournalEntry:
    """Take an applied change back and return the new entry that does it.

    The object must still have the value that we set: otherwise Clash, which says
    who changed it. The guards for people hold (`context` is the account's situation);
    a veto is returned as an entry with its reason. When the new entry is applied, the
    old one becomes undone.
    """
    entry = await asyncio.to_thread(state.reader.entry, entry_id)
    earlier = await asyncio.to_thread(state.reader.find, JournalFilter(undoes=entry_id))
    _refuse_what_cannot_be_undone(entry, earlier)
    current = await _current(entry, platform)
    if value_of(current, entry.field) != entry.after:
        raise Clash(await _who_changed_it(entry, current, platform, context))
    # Of two who take the same change back at once, the bucket lets one through.
    attempt = f"undo:{entry_id}:{len(earlier)}"
    here = replace(context, now=clock.now(), cycle_id=f"undo:{uuid.uuid4().hex}", bucket=attempt)
    original = await asyncio.to_thread(state.reader.decision, entry_id)
    proposal = _proposal(original, entry, current)
    decision = decide_for_person(proposal, here, actor, undoes=entry_id)
    caps = {entry.account_id: daily_cap(here)}
    recorded = await asyncio.to_thread(state.journal.record, [decision], caps)
    if recorded[0].state is JournalState.SKIPPED:
        raise Clash(_BEING_TAKEN_BACK)
    settled = await execute([recorded[0].entry_id], state, platform, clock, settings)
    return settled[0]


def _refuse_what_cannot_be_undone(entry: JournalEntry, earlier: list[JournalEntry]) -> None:
    if entry.field == COPY_FIELD:
        raise Clash("A copy can't be taken back.", hint="Archive or delete it by hand.")
    if entry.field not in WRITTEN_FIELDS or entry.before is None:
        raise Clash("Only a change from one value to another can be taken back.")
    if entry.state is JournalState.UNDONE:
        raise Clash("This change was taken back already.")
    if entry.state is not JournalState.APPLIED:
        raise Clash(f"This change is {entry.state}; only an applied one can be taken back.")
    if any(other.state in OPEN_STATES for other in earlier):
        raise Clash(_BEING_TAKEN_BACK)


async def _current(entry: JournalEntry, platform: Platform) -> AdObject:
    try:
        found = (await platform.read([entry.target])).get(entry.object_id)
    except PlatformError as error:
        raise Clash(
            f"{entry.object_name} could not be read: {error.text}", hint="Try again later."
        ) from error
    if found is None:
        raise Clash(f"{entry.object_name} is no longer there.")
    return found


async def _who_changed_it(
    entry: JournalEntry, current: AdObject, platform: Platform, context: GuardContext
) -> str:
    since = entry.sent_at or entry.decided_at
    try:
        rows = await platform.activities(context.account, since)
    except PlatformError:
        rows = ()
    last = last_foreign(entry, rows)
    who = (
        f"{last.actor or 'Somebody'} changed it on {last.at:%Y-%m-%d %H:%M} UTC"
        if last
        else ("somebody changed it since")
    )
    currency = context.account.currency
    ours = _words(entry, entry.after, currency)
    theirs = _words(entry, value_of(current, entry.field), currency)
    return f"{entry.object_name} can't be taken back: we set {ours}, it has {theirs} now; {who}."


def _words(entry: JournalEntry, value: Value, currency: str) -> str:
    """Return a value as people read it: budgets in major units with their currency."""
    if (entry.is_budget or entry.field == BID_FIELD) and isinstance(value, int):
        return str(Money(value, currency))
    return str(value)


def _proposal(original: Decision, entry: JournalEntry, current: AdObject) -> Proposal:
    """Return the change back, to be decided on for a person."""
    if entry.is_budget:
        kind = ActionType.SET_BUDGET
    elif entry.field == "status":
        kind = ActionType.PAUSE if entry.before == "PAUSED" else ActionType.ACTIVATE
    else:
        kind = original.proposal.action.type
    return replace(
        original.proposal,
        mode=Mode.AUTOMATIC,
        action=Action(kind, written_as="undo"),
        object=current,
        before=entry.after,
        after=entry.before,
        message="",
    )
