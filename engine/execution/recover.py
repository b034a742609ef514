"""Settling what a crash or a lost answer left open, never sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.clock import Clock
from engine.domain.decision import Reason
from engine.domain.errors import Clash, PlatformError
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import Account
from engine.domain.written import value_of
from engine.execution.crashpoints import crashpoint
from engine.execution.execute import execute
from engine.execution.judging import Evidence, Judgement, judge
from engine.execution.settings import ExecutionSettings
from engine.ports import Activity, Platform
from engine.storage.state.journal_moves import WrongState
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.state import State


@dataclass(frozen=True, slots=True)
class Recovery:
    """What recovery did: entries resumed, cancelled, settled, and still open."""

    resumed: tuple[JournalEntry, ...]
    cancelled: tuple[JournalEntry, ...]
    settled: tuple[JournalEntry, ...]
    waiting: tuple[JournalEntry, ...]


async def recover(
    state: State, platform: Platform, clock: Clock, settings: ExecutionSettings | None = None
) -> Recovery:
    """Bring the journal in order at the start, before any cycle runs.

    What was sent and has no outcome becomes unknown and is settled by evidence. What
    was never sent goes out only while it is fresh, and is cancelled otherwise. Call
    it once per start: it takes every entry in `sent` for one that a crash left.
    """
    chosen = settings or ExecutionSettings()
    await asyncio.to_thread(_sent_becomes_unknown, state, clock.now(), timedelta.min)
    settled = await reconcile(state, platform, clock, chosen)
    fresh, cancelled = await asyncio.to_thread(_sort_intents, state, clock.now(), chosen)
    resumed = await execute([entry.entry_id for entry in fresh], state, platform, clock, chosen)
    waiting = await asyncio.to_thread(state.reader.in_states, [JournalState.UNKNOWN])
    return Recovery(tuple(resumed), tuple(cancelled), tuple(settled), tuple(waiting))


async def reconcile(
    state: State, platform: Platform, clock: Clock, settings: ExecutionSettings | None = None
) -> list[JournalEntry]:
    """Settle entries whose outcome is unknown, where the evidence suffices.

    Call it often: an entry is looked at once it has had time to land (`settle`), and
    again until the evidence suffices or `give_up` has passed. Returns what it settled.
    Messages that waited for a settled entry are told.
    """
    chosen = settings or ExecutionSettings()
    await asyncio.to_thread(_sent_becomes_unknown, state, clock.now(), chosen.give_up)
    unknown = await asyncio.to_thread(state.reader.in_states, [JournalState.UNKNOWN])
    # A clock that follows Meta's whole seconds may step back a little: without a time to
    # settle there is nothing to wait for.
    ripe = [
        one for one in unknown if not chosen.settle or clock.now() - _sent(one) >= chosen.settle
    ]
    settled: list[JournalEntry] = []
    for account_id in sorted({one.account_id for one in ripe}):
        of_account = [one for one in ripe if one.account_id == account_id]
        evidence = await _evidence(state, platform, of_account, chosen)
        crashpoint("after-reconcile-read")
        for entry in of_account:
            judgement = _judge(entry, evidence.get(entry.entry_id), clock.now(), chosen)
            if judgement is not None:
                moved = await asyncio.to_thread(_settle, state, entry, judgement, clock.now())
                settled += [moved] if moved is not None else []
        crashpoint("after-reconcile")
    await _tell_followers(state, platform, clock, chosen, settled)
    return settled


def settle_by_person(
    state: State, entry_id: str, *, applied: bool, actor: str, now: datetime
) -> JournalEntry:
    """Settle an entry in conflict or without evidence as a person says.

    Raises Clash when it is not such an entry.
    """
    entry = state.reader.entry(entry_id)
    target = JournalState.APPLIED if applied else JournalState.NOT_APPLIED
    if entry.state not in {JournalState.CONFLICT, JournalState.NEEDS_HUMAN}:
        raise Clash(f"This entry is {entry.state}: there is nothing for a person to settle.")
    reason = Reason("settled_by_person", f"Settled by {actor}.")
    return state.journal.move(entry_id, target, now, reason, actor)


def _sent_becomes_unknown(state: State, now: datetime, age: timedelta) -> None:
    """Give up on answers: no call to Meta lasts as long as `age`."""
    for entry in state.reader.in_states([JournalState.SENT]):
        if now - _sent(entry) < age:
            continue
        reason = Reason("crashed", "The engine ended while this was on its way.")
        # Its answer may come at this very moment.
        with suppress(WrongState):
            state.journal.move(entry.entry_id, JournalState.UNKNOWN, now, reason)


def _sort_intents(
    state: State, now: datetime, settings: ExecutionSettings
) -> tuple[list[JournalEntry], list[JournalEntry]]:
    """Return intents that may still go out, and those cancelled because they are old."""
    fresh: list[JournalEntry] = []
    cancelled: list[JournalEntry] = []
    for entry in state.reader.in_states([JournalState.INTENT]):
        age = now - (entry.intent_at or entry.decided_at)
        if entry.is_notification or -settings.clock_tolerance <= age <= settings.resume_within:
            fresh.append(entry)
            continue
        reason = Reason("stale", "The engine ended before this was sent; it is too old now.")
        cancelled.append(state.journal.move(entry.entry_id, JournalState.CANCELLED, now, reason))
    return fresh, cancelled


async def _evidence(
    state: State,
    platform: Platform,
    entries: Sequence[JournalEntry],
    settings: ExecutionSettings,
) -> dict[str, Evidence]:
    """Return what can be seen of the entries; empty when Meta does not answer whole."""
    account = await asyncio.to_thread(_account, state, entries[0].account_id)
    if account is None:
        return {}
    since = min(_sent(entry) for entry in entries) - settings.clock_tolerance
    targets = list({entry.object_id: entry.target for entry in entries}.values())
    try:
        first = await platform.read(targets)
        if settings.second_read:
            await asyncio.sleep(settings.second_read.total_seconds())
        second = await platform.read(targets)
        activities = await platform.activities(account, since)
    except PlatformError:
        # Nothing is concluded from half an answer; the next call looks again.
        return {}
    found: dict[str, Evidence] = {}
    for entry in entries:
        one, two = first.get(entry.object_id), second.get(entry.object_id)
        found[entry.entry_id] = Evidence(
            first=value_of(one, entry.field) if one else None,
            second=value_of(two, entry.field) if two else None,
            activities=_rows(activities, entry),
            missing=one is None or two is None,
            claimed=await asyncio.to_thread(_claimed, state, entry, since),
        )
    return found


def _judge(
    entry: JournalEntry, evidence: Evidence | None, now: datetime, settings: ExecutionSettings
) -> Judgement | None:
    if evidence is not None:
        return judge(entry, evidence, now, settings)
    if now - _sent(entry) < settings.give_up:
        return None
    words = "Meta could not be asked for what became of it."
    return Judgement(JournalState.NEEDS_HUMAN, Reason("no_answer", words))


def _settle(
    state: State, entry: JournalEntry, judgement: Judgement, now: datetime
) -> JournalEntry | None:
    """Move the entry; none when somebody else settled it meanwhile."""
    try:
        return state.journal.move(entry.entry_id, judgement.state, now, judgement.reason)
    except WrongState:
        return None


async def _tell_followers(
    state: State,
    platform: Platform,
    clock: Clock,
    settings: ExecutionSettings,
    settled: Sequence[JournalEntry],
) -> None:
    for entry in settled:
        wanted = JournalFilter(follows=entry.entry_id, states=[JournalState.INTENT])
        followers = await asyncio.to_thread(state.reader.find, wanted)
        if followers:
            ids = [follower.entry_id for follower in followers]
            await execute(ids, state, platform, clock, settings)


def _account(state: State, account_id: str) -> Account | None:
    known = {one.account.account_id: one.account for one in state.accounts.all()}
    return known.get(account_id)


def _claimed(state: State, entry: JournalEntry, since: datetime) -> int:
    """Return how many settled entries made the very same change since then."""
    same = JournalFilter(
        object_id=entry.object_id,
        fields=[entry.field],
        states=[JournalState.APPLIED, JournalState.UNDONE],
    )
    return sum(
        other.sent_at is not None
        and other.sent_at >= since
        and (other.before, other.after) == (entry.before, entry.after)
        for other in state.reader.find(same)
    )


def _rows(activities: Sequence[Activity], entry: JournalEntry) -> list[Activity]:
    return [row for row in activities if row.object_id == entry.object_id]


def _sent(entry: JournalEntry) -> datetime:
    return entry.sent_at or entry.decided_at
