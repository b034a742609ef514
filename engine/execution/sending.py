"""Sending one batch of changes: read, on disk, sent once, read back.

Each entry has an outcome of its own. An entry whose outcome nobody knows is
never sent again: it becomes `unknown` and is settled by `recover`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
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
from engine.domain.written import value_of
from engine.execution.crashpoints import crashpoint
from engine.execution.settings import ExecutionSettings
from engine.execution.values import difference
from engine.ports import Platform, Write
from engine.storage.state.journal_moves import Move
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
_READ_BACK = Reason("read_back", "Meta has the new value.")
_NOT_READ_BACK = Reason("not_read_back", "Meta accepted it, but reading back shows another value.")
_SLOW = Reason("slow", "Nothing was sent: the object's reading had grown too old meanwhile.")
_STALE = Reason("stale", "Too much time passed since it was decided.")


async def apart(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Run a blocking call in a thread, so that the loop goes on."""
    return await asyncio.to_thread(work, *args, **kwargs)


@dataclass(slots=True)
class Sender:
    """Sends batches of one call of `execute`.

    `closed` says why no more is sent to an account, `statuses` which status an
    action of this call gave an object.
    """

    state: State
    platform: Platform
    clock: Clock
    settings: ExecutionSettings
    closed: dict[str, Reason] = field(default_factory=dict)
    statuses: dict[str, Value] = field(default_factory=dict)

    async def send(self, batch: Sequence[JournalEntry], decisions: Mapping[str, Decision]) -> None:
        """Carry out changes of one account, each of another object."""
        crashpoint("after-intent")
        ready = await self._as_decided(batch, decisions)
        read_at = _loop_time()
        crashpoint("after-pre-read")
        if not ready:
            return
        ids = [entry.entry_id for entry in ready]
        # Every entry is on disk as sent before the call; the stop switch is looked at
        # in the same transaction. What somebody else took meanwhile is not among them.
        sent = await apart(self.state.journal.send, ids, self._now())
        crashpoint("after-sent")
        if not sent:
            return
        if _loop_time() - read_at > self.settings.read_valid.total_seconds():
            not_applied = JournalState.NOT_APPLIED
            await self._settle([Move(one.entry_id, not_applied, _SLOW) for one in sent])
            return
        accepted = await self._write(sent)
        crashpoint("after-response")
        if accepted:
            await self._read_back(accepted)

    async def _as_decided(
        self, batch: Sequence[JournalEntry], decisions: Mapping[str, Decision]
    ) -> list[JournalEntry]:
        """Return what may be sent; what may not is cancelled with its reason."""
        against: dict[str, Reason] = {}
        for entry in batch:
            began = entry.intent_at or entry.decided_at
            if self._now() - began > self.settings.intent_valid:
                against[entry.entry_id] = _STALE
            elif entry.account_id in self.closed:
                against[entry.entry_id] = self.closed[entry.account_id]
        asked = [entry for entry in batch if entry.entry_id not in against]
        against |= await self._changed_meanwhile(asked, decisions)
        cancelled = JournalState.CANCELLED
        await self._settle([Move(name, cancelled, why) for name, why in against.items()])
        return [entry for entry in batch if entry.entry_id not in against]

    async def _changed_meanwhile(
        self, entries: Sequence[JournalEntry], decisions: Mapping[str, Decision]
    ) -> dict[str, Reason]:
        """Return why entries must not be sent after a look at their objects, by id."""
        if not entries:
            return {}
        try:
            found = await self.platform.read([entry.target for entry in entries])
        except PlatformError as error:
            self._close_if_needed(entries[0].account_id, error)
            words = f"The object could not be read before: {error.text}"
            return {one.entry_id: Reason(code_of(error), words) for one in entries}
        against: dict[str, Reason] = {}
        for entry in entries:
            own = self.statuses.get(entry.object_id)
            decision = decisions[entry.entry_id]
            changed = difference(entry, decision, found.get(entry.object_id), own)
            if changed is not None:
                against[entry.entry_id] = changed
        return against

    async def _write(self, sent: Sequence[JournalEntry]) -> list[JournalEntry]:
        """Make the changes, once; return those that Meta accepted."""
        writes = [Write(one.target, one.field, one.after, one.entry_id) for one in sent]
        outcomes: Sequence[PlatformError | None]
        try:
            outcomes = await self.platform.write_many(writes)
        except PlatformError as failure:
            outcomes = [failure] * len(writes)
        failed: list[Move] = []
        accepted: list[JournalEntry] = []
        for entry, error in zip(sent, outcomes, strict=True):
            if error is None:
                accepted.append(entry)
                continue
            if isinstance(error, OutcomeUnknown):
                state = JournalState.UNKNOWN
                words = f"Sent, but nobody knows the outcome: {error.text}"
            else:
                state = JournalState.NOT_APPLIED
                words = f"Meta did not change it: {error.text}"
                self._close_if_needed(entry.account_id, error)
            failed.append(Move(entry.entry_id, state, Reason(code_of(error), words)))
        await self._settle(failed)
        return accepted

    async def _read_back(self, accepted: Sequence[JournalEntry]) -> None:
        try:
            found = await self.platform.read([entry.target for entry in accepted])
        except PlatformError as error:
            words = f"Meta accepted it, reading back failed: {error.text}"
            why = Reason(code_of(error), words)
            await self._settle([Move(one.entry_id, JournalState.UNKNOWN, why) for one in accepted])
            return
        crashpoint("after-read-back")
        moves: list[Move] = []
        for entry in accepted:
            one = found.get(entry.object_id)
            if one is not None and value_of(one, entry.field) == entry.after:
                moves.append(Move(entry.entry_id, JournalState.APPLIED, _READ_BACK))
            else:
                moves.append(Move(entry.entry_id, JournalState.UNKNOWN, _NOT_READ_BACK))
        for entry in await self._settle(moves):
            if entry.state is JournalState.APPLIED and entry.field == "status":
                self.statuses[entry.object_id] = entry.after
        crashpoint("after-applied")

    async def _settle(self, moves: Sequence[Move]) -> list[JournalEntry]:
        """Move entries in one transaction; those that somebody settled stay."""
        if not moves:
            return []
        return await apart(self.state.journal.settle, moves, self._now())

    def _close_if_needed(self, account_id: str, error: PlatformError) -> None:
        """Send no more to an account that must be left alone."""
        one_object = isinstance(error, RateLimited) and error.object_id
        if isinstance(error, RateLimited | TokenExpired) and not one_object:
            words = f"Not sent, because of an answer just before: {error.text}"
            self.closed[account_id] = Reason(code_of(error), words)

    def _now(self) -> datetime:
        return self.clock.now()


def code_of(error: PlatformError) -> str:
    """Return the reason code of an error of Meta's."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), "refused")


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
