"""Carrying out decisions: each write once, on disk before it is sent.

The order is: read the objects and compare them with what was decided on; mark
the entries as sent, on disk; one call to Meta; read back. Changes of different
objects of an account travel in batches; what belongs together goes one after
another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence

from engine.domain.clock import Clock
from engine.domain.decision import Decision
from engine.domain.journal import JournalEntry, JournalState
from engine.execution.batches import batches
from engine.execution.chains import chains
from engine.execution.crashpoints import crashpoint
from engine.execution.sending import Sender, apart
from engine.execution.settings import ExecutionSettings
from engine.ports import Platform
from engine.storage.state.journal_moves import WrongState
from engine.storage.state.notifications_store import Message
from engine.storage.state.state import State


async def execute(
    entry_ids: Sequence[str],
    state: State,
    platform: Platform,
    clock: Clock,
    settings: ExecutionSettings | None = None,
) -> list[JournalEntry]:
    """Carry out the entries in `intent`; return all as they are then.

    Entries of one object go in the given order, different objects together. No
    PlatformError leaves this function: what Meta answers becomes the entries' states.
    """
    chosen = settings or ExecutionSettings()
    sender = Sender(state, platform, clock, chosen)
    known = {entry.entry_id: entry for entry in await apart(state.reader.entries, entry_ids)}
    waiting = [
        known[entry_id]
        for entry_id in entry_ids
        if entry_id in known and known[entry_id].state is JournalState.INTENT
    ]
    by_account: dict[str, list[list[JournalEntry]]] = {}
    for chain in chains(waiting):
        by_account.setdefault(chain[0].account_id, []).append(chain)
    gate = asyncio.Semaphore(chosen.concurrency)
    await _all(*(_carry_out(sender, gate, of_account) for of_account in by_account.values()))
    return await apart(state.reader.entries, entry_ids)


async def _carry_out(
    sender: Sender, gate: asyncio.Semaphore, of_account: Sequence[Sequence[JournalEntry]]
) -> None:
    """Carry out an account's chains, the next entry of every chain at a time.

    Few batches of one account are sent at once: Meta bounds its changes per second, and
    whoever waits for that would keep other accounts waiting.
    """
    own = asyncio.Semaphore(sender.settings.of_one_account)
    for step in range(max(map(len, of_account))):
        entries = [chain[step] for chain in of_account if step < len(chain)]
        ids = [entry.entry_id for entry in entries]
        decisions = await apart(sender.state.reader.decisions, ids)
        changes = [entry for entry in entries if not entry.is_notification]
        objects = {name: one.proposal.object for name, one in decisions.items()}
        messages = [entry for entry in entries if entry.is_notification]
        await _all(
            _tell(sender, messages, decisions),
            *(
                _send(sender, (own, gate), batch, decisions)
                for batch in batches(changes, objects, sender.settings.batch)
            ),
        )


async def _send(
    sender: Sender,
    gates: tuple[asyncio.Semaphore, asyncio.Semaphore],
    batch: Sequence[JournalEntry],
    decisions: Mapping[str, Decision],
) -> None:
    async with gates[0], gates[1]:
        await sender.send(batch, decisions)


async def _tell(
    sender: Sender, messages: Sequence[JournalEntry], decisions: Mapping[str, Decision]
) -> None:
    """Hand messages over for delivery, one transaction each."""
    for entry in messages:
        crashpoint("before-notification")
        message = message_of(decisions[entry.entry_id])
        try:
            await apart(sender.state.journal.tell, entry.entry_id, message, sender.clock.now())
        except WrongState:
            # Somebody else told it, or settled it, since it was read.
            continue
        crashpoint("after-notification")


async def _all(*work: Coroutine[object, object, None]) -> None:
    """Bring every part to its end before a bug in one of them is told."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


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
