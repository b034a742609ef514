"""Carrying out decisions: each write once, on disk before it is sent.

The order for one action is: read the object and compare it with what was
decided on; mark the entry as sent, on disk; one call to Meta; read back. A call
whose outcome nobody knows is never repeated: it becomes `unknown` and is
settled by `engine.execution.recover`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar

from engine.domain.clock import Clock
from engine.domain.decision import Decision, Reason, Value
from engine.domain.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Refused,
    Temporary,
    TokenExpired,
)
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import AdObject, Status
from engine.execution.chains import chains
from engine.execution.crashpoints import crashpoint
from engine.execution.settings import ExecutionSettings
from engine.ports import Platform, Write
from engine.storage.state.journal_store import WrongState
from engine.storage.state.notifications_store import Message
from engine.storage.state.state import State

_P = ParamSpec("_P")
_R = TypeVar("_R")

CODES: dict[type[PlatformError], str] = {
    Refused: "refused",
    RateLimited: "rate_limited",
    TokenExpired: "token_expired",
    Temporary: "temporary",
    OutcomeUnknown: "outcome_unknown",
}


async def execute(
    entry_ids: Sequence[str],
    state: State,
    platform: Platform,
    clock: Clock,
    settings: ExecutionSettings | None = None,
) -> list[JournalEntry]:
    """Carry out the entries in `intent`; return all as they are then.

    Entries of one object go in the given order, different objects a few at a time. No
    PlatformError leaves this function: what Meta answers becomes the entries' states.
    """
    work = _Execution(state, platform, clock, settings or ExecutionSettings())
    known = {entry.entry_id: entry for entry in await _apart(state.reader.entries, entry_ids)}
    waiting = [
        known[entry_id]
        for entry_id in entry_ids
        if entry_id in known and known[entry_id].state is JournalState.INTENT
    ]
    gate = asyncio.Semaphore(work.settings.concurrency)
    results = await asyncio.gather(
        *(work.run_chain(chain, gate) for chain in chains(waiting)), return_exceptions=True
    )
    # Every chain is brought to its end before a bug in one of them is told.
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return await _apart(state.reader.entries, entry_ids)


def value_of(one: AdObject, name: str) -> Value:
    """Return what an object has in a field that we write."""
    if name == "status":
        return one.raw_status if one.status is Status.OTHER else one.status.value
    if name == "daily_budget":
        return one.daily_budget
    if name == "lifetime_budget":
        return one.lifetime_budget
    if name == "bid_amount":
        return one.bid_amount
    raise ValueError(f"{name} is not a field that actions write")


async def _apart(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Run a blocking call in a thread, so that the loop goes on."""
    return await asyncio.to_thread(work, *args, **kwargs)


@dataclass(slots=True)
class _Execution:
    """One call of `execute`; `closed` says why no more is sent to an account."""

    state: State
    platform: Platform
    clock: Clock
    settings: ExecutionSettings
    closed: dict[str, Reason] = field(default_factory=dict)

    async def run_chain(self, chain: Sequence[JournalEntry], gate: asyncio.Semaphore) -> None:
        """Carry out the entries of one chain in their order."""
        statuses: dict[str, Value] = {}
        async with gate:
            for entry in chain:
                decision = await _apart(self.state.reader.decision, entry.entry_id)
                if entry.is_notification:
                    await self._tell(entry, decision)
                    continue
                settled = await self._change(entry, decision, statuses.get(entry.object_id))
                if settled.state is JournalState.APPLIED and entry.field == "status":
                    statuses[entry.object_id] = entry.after

    async def _tell(self, entry: JournalEntry, decision: Decision) -> JournalEntry:
        crashpoint("before-notification")
        message = message_of(decision)
        try:
            told = await _apart(self.state.journal.tell, entry.entry_id, message, self._now())
        except WrongState as error:
            return error.entry
        crashpoint("after-notification")
        return told

    async def _change(
        self, entry: JournalEntry, decision: Decision, own_status: Value
    ) -> JournalEntry:
        """Carry out one change; `own_status` is what this chain set before it."""
        crashpoint("after-intent")
        against = await self._precondition(entry, decision, own_status)
        read_at = self._loop_time()
        crashpoint("after-pre-read")
        if against is not None:
            return await self._move(entry, JournalState.CANCELLED, against)
        try:
            sent = await _apart(self.state.journal.send, entry.entry_id, self._now())
        except WrongState as error:
            # Somebody else carries it out, or settled it, since it was read.
            return error.entry
        if sent.state is not JournalState.SENT:
            return sent
        crashpoint("after-sent")
        if self._loop_time() - read_at > self.settings.read_valid.total_seconds():
            words = "Nothing was sent: the object's reading had grown too old meanwhile."
            return await self._move(entry, JournalState.NOT_APPLIED, Reason("slow", words))
        return await self._write(entry)

    async def _precondition(
        self, entry: JournalEntry, decision: Decision, own_status: Value
    ) -> Reason | None:
        """Return why the entry must not be sent, none when the world is as decided on."""
        if entry.account_id in self.closed:
            return self.closed[entry.account_id]
        began = entry.intent_at or entry.decided_at
        if self._now() - began > self.settings.intent_valid:
            return Reason("stale", "Too much time passed since it was decided.")
        try:
            found = await self.platform.read([entry.target])
        except PlatformError as error:
            self._close_if_needed(entry.account_id, error)
            return Reason(_code(error), f"The object could not be read before: {error.text}")
        return _difference(entry, decision, found.get(entry.object_id), own_status)

    async def _write(self, entry: JournalEntry) -> JournalEntry:
        write = Write(entry.target, entry.field, entry.after, entry.entry_id)
        try:
            await self.platform.write(write)
        except OutcomeUnknown as error:
            reason = Reason(_code(error), f"Sent, but nobody knows the outcome: {error.text}")
            return await self._move(entry, JournalState.UNKNOWN, reason)
        except PlatformError as error:
            self._close_if_needed(entry.account_id, error)
            reason = Reason(_code(error), f"Meta did not change it: {error.text}")
            return await self._move(entry, JournalState.NOT_APPLIED, reason)
        crashpoint("after-response")
        return await self._read_back(entry)

    async def _read_back(self, entry: JournalEntry) -> JournalEntry:
        try:
            found = (await self.platform.read([entry.target])).get(entry.object_id)
        except PlatformError as error:
            reason = Reason(_code(error), f"Meta accepted it, reading back failed: {error.text}")
            return await self._move(entry, JournalState.UNKNOWN, reason)
        crashpoint("after-read-back")
        if found is not None and value_of(found, entry.field) == entry.after:
            reason = Reason("read_back", "Meta has the new value.")
            settled = await self._move(entry, JournalState.APPLIED, reason)
            crashpoint("after-applied")
            return settled
        reason = Reason("not_read_back", "Meta accepted it, but reading back shows another value.")
        return await self._move(entry, JournalState.UNKNOWN, reason)

    async def _move(self, entry: JournalEntry, state: JournalState, reason: Reason) -> JournalEntry:
        try:
            move = self.state.journal.move
            return await _apart(move, entry.entry_id, state, self._now(), reason)
        except WrongState as error:
            return error.entry

    def _close_if_needed(self, account_id: str, error: PlatformError) -> None:
        if isinstance(error, RateLimited | TokenExpired):
            self.closed[account_id] = Reason(
                _code(error), f"Not sent, because of an answer just before: {error.text}"
            )

    def _now(self) -> datetime:
        return self.clock.now()

    def _loop_time(self) -> float:
        return asyncio.get_running_loop().time()


def message_of(decision: Decision) -> Message:
    """Return the message of a decision to notify."""
    proposal = decision.proposal
    audience = "client" if proposal.action.type == "notify_client" else "team"
    severity = proposal.action.param("severity")
    channels = proposal.action.param("channels")
    if isinstance(channels, str):
        channels = (channels,)
    return Message(
        text=proposal.message,
        account_id=decision.account_id,
        audience=audience,
        severity=severity if isinstance(severity, str) else "info",
        channels=channels if isinstance(channels, tuple) else (),
    )


def _difference(
    entry: JournalEntry, decision: Decision, found: AdObject | None, own_status: Value
) -> Reason | None:
    """Return how the object differs from what was decided on, none when it does not."""
    if found is None:
        return Reason("gone", "The object is no longer there.")
    now = value_of(found, entry.field)
    if now != entry.before:
        words = f"It has {now} now instead of {entry.before}; somebody changed it meanwhile."
        return Reason("changed_meanwhile", words)
    if entry.is_budget:
        if found.budget_field != entry.field:
            return Reason("budget_moved", "Its budget is kept in another place now.")
        expected = own_status or value_of(decision.proposal.object, "status")
        if value_of(found, "status") != expected:
            words = f"Its status is {value_of(found, 'status')} now instead of {expected}."
            return Reason("changed_meanwhile", words)
    return None


def _code(error: PlatformError) -> str:
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), "refused")
