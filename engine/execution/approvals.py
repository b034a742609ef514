"""Decisions that wait for a person: approved as shown, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from engine.decide.context import GuardContext, History
from engine.decide.guards.chain import first_veto
from engine.domain.clock import Clock
from engine.domain.decision import Reason
from engine.domain.errors import Clash
from engine.domain.journal import JournalEntry, JournalState
from engine.execution.execute import execute
from engine.execution.reserve import daily_cap
from engine.execution.settings import ExecutionSettings
from engine.ports import Platform
from engine.storage.state.journal_moves import WrongState
from engine.storage.state.journal_reader import JournalFilter
from engine.storage.state.state import State

_WAITING = JournalState.AWAITING_APPROVAL


def fingerprint(entry: JournalEntry) -> str:
    """Return the mark of what a person is shown."""
    shown = (
        entry.entry_id,
        entry.rule_id,
        entry.rule_version,
        entry.object_id,
        entry.action,
        entry.field,
        entry.before,
        entry.after,
    )
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:16]


async def approve(
    entry_id: str,
    approved: str | None,
    actor: str,
    state: State,
    platform: Platform,
    clock: Clock,
    context: GuardContext,
    settings: ExecutionSettings | None = None,
) -> list[JournalEntry]:
    """Approve a waiting entry and what follows it, and carry them out.

    `approved` is the fingerprint of what the person saw, none where it was not shown.
    The guards look again, with `context` as the account is now. Returns the entries as
    they are then: applied, or vetoed or cancelled with the reason. Raises Clash
    when it does not wait, or is not what was approved.
    """
    chosen = settings or ExecutionSettings()
    entry = await asyncio.to_thread(_waiting, state, entry_id)
    if approved is not None and approved != fingerprint(entry):
        raise Clash(
            "This is not what you approved; it was changed meanwhile.", hint="Look at it again."
        )
    now = clock.now()
    group = await asyncio.to_thread(_group, state, entry)
    if now - entry.decided_at > chosen.approval_valid:
        return await asyncio.to_thread(_close, state, group, now, _EXPIRED, actor)
    own = {one.entry_id for one in group}
    here = replace(
        context,
        now=now,
        history=History(one for one in context.recent if one.entry_id not in own),
    )
    decision = await asyncio.to_thread(state.reader.decision, entry_id)
    veto = first_veto(decision.proposal, here)
    if veto is not None:
        return await asyncio.to_thread(_veto, state, group, now, veto, actor)
    ids = [one.entry_id for one in group]
    # Where its money no longer fits the day's cap, the journal vetoes it.
    await asyncio.to_thread(state.journal.approve, ids, now, actor, daily_cap(here))
    return await execute(ids, state, platform, clock, chosen)


def reject(
    entry_id: str, actor: str, state: State, clock: Clock, reason: str = ""
) -> list[JournalEntry]:
    """Reject a waiting entry and what follows it; Clash when it does not wait."""
    group = _group(state, _waiting(state, entry_id))
    words = f"Rejected by {actor}." if not reason else f"Rejected by {actor}: {reason}"
    rejected = {one.entry_id: Reason("rejected", words) for one in group}
    return state.journal.move_all(rejected, JournalState.REJECTED, clock.now(), actor)


def expire(
    state: State, now: datetime, settings: ExecutionSettings | None = None
) -> list[JournalEntry]:
    """Cancel entries that waited for a person longer than `approval_valid`."""
    valid = (settings or ExecutionSettings()).approval_valid
    old = [one for one in state.reader.in_states([_WAITING]) if now - one.decided_at > valid]
    closed: list[JournalEntry] = []
    for one in old:
        # A person may decide on it at this very moment.
        with suppress(WrongState):
            closed += _close(state, [one], now, _EXPIRED, "engine")
    return closed


def withdraw(state: State, account_id: str, now: datetime, actor: str) -> list[JournalEntry]:
    """Cancel what waits for a person in an account that was removed."""
    waiting = state.reader.find(JournalFilter(accounts=[account_id], states=[_WAITING]))
    reason = Reason("account_removed", f"The account was removed by {actor}.")
    return _close(state, waiting, now, reason, actor)


_EXPIRED = Reason("expired", "Nobody approved it in time.")


def _waiting(state: State, entry_id: str) -> JournalEntry:
    entry = state.reader.entry(entry_id)
    if entry.state is not _WAITING:
        raise Clash(f"This decision does not wait for approval: it is {entry.state}.")
    if entry.follows is not None:
        raise Clash("This belongs to another decision.", hint="Decide on that one.")
    return entry


def _group(state: State, entry: JournalEntry) -> list[JournalEntry]:
    """Return the entry and all that follow it, in the order of the rule's actions."""
    group = [entry]
    for leader in group:
        group += state.reader.find(JournalFilter(follows=leader.entry_id, states=[_WAITING]))
    return group


def _close(
    state: State, group: Sequence[JournalEntry], now: datetime, reason: Reason, actor: str
) -> list[JournalEntry]:
    reasons = {one.entry_id: reason for one in group}
    return state.journal.move_all(reasons, JournalState.CANCELLED, now, actor)


def _veto(
    state: State, group: Sequence[JournalEntry], now: datetime, veto: Reason, actor: str
) -> list[JournalEntry]:
    first, *others = group
    vetoed = state.journal.move(first.entry_id, JournalState.VETOED, now, veto, actor)
    alone = Reason("follows_nothing", "The action before it in the rule was vetoed.")
    return [vetoed, *_close(state, others, now, alone, actor)]
