"""Decisions that wait and changes to take back: a person's word on them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.commands.rereading import reread
from engine.commands.situations import of_account
from engine.domain.changes import Area, Changes
from engine.domain.journal import JournalEntry
from engine.engine import Engine
from engine.execution import approvals
from engine.execution import undo as undoing
from engine.execution.recover import settle_by_person

_CHANGED = Changes.of(Area.JOURNAL, Area.DECISIONS, Area.OBJECTS)


@dataclass(frozen=True, slots=True)
class Settled:
    """The entries as they are after the command."""

    entries: tuple[JournalEntry, ...]
    changes: Changes = _CHANGED


async def approve(
    engine: Engine, entry_id: str, actor: str, fingerprint: str | None = None
) -> Settled:
    """Approve a waiting decision as it was shown and carry it out.

    The guards look again first. `fingerprint` is the mark of what the person saw.
    Raises NotFound, and Clash when it does not wait or was changed meanwhile.
    """
    entry = await asyncio.to_thread(engine.state.reader.entry, entry_id)
    situation = await of_account(engine, entry.account_id, f"approve:{entry_id}")
    entries = await approvals.approve(
        entry_id,
        fingerprint,
        actor,
        engine.state,
        engine.platform,
        engine.clock,
        situation.context,
        engine.execution,
    )
    await reread(engine, entries)
    return Settled(tuple(entries))


async def reject(engine: Engine, entry_id: str, actor: str, reason: str = "") -> Settled:
    """Reject a waiting decision; NotFound or Clash when it does not wait."""
    entries = await asyncio.to_thread(
        approvals.reject, entry_id, actor, engine.state, engine.clock, reason
    )
    return Settled(tuple(entries))


async def settle(engine: Engine, entry_id: str, actor: str, *, applied: bool) -> Settled:
    """Settle an entry that nobody could judge, as a person says.

    Raises NotFound, and Clash when the entry is not one of those.
    """
    entry = await asyncio.to_thread(
        settle_by_person,
        engine.state,
        entry_id,
        applied=applied,
        actor=actor,
        now=engine.clock.now(),
    )
    return Settled((entry,))


async def undo(engine: Engine, entry_id: str, actor: str) -> Settled:
    """Take an applied change back, unless somebody changed the thing after us.

    Raises NotFound, and Clash saying why it can't be taken back.
    """
    entry = await asyncio.to_thread(engine.state.reader.entry, entry_id)
    situation = await of_account(engine, entry.account_id, f"undo:{entry_id}")
    settled = await undoing.undo(
        entry_id,
        actor,
        engine.state,
        engine.platform,
        engine.clock,
        situation.context,
        engine.execution,
    )
    await reread(engine, [settled])
    return Settled((settled,))
