"""After a person's change the warehouse learns at once what is now.

Without it the screens would show the old value until the next sync.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import structlog

from engine.domain.errors import PlatformError, StorageError
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import Structure
from engine.engine import Engine

log = structlog.get_logger(__name__)
# A sync stamps what it reads with Meta's time, which may be behind ours; a reading of
# ours that seemed newer would make the warehouse refuse the next one as too old.
_TOLERANCE = timedelta(minutes=1)


async def reread(engine: Engine, entries: Iterable[JournalEntry]) -> None:
    """Read the objects of applied entries again and keep them as they are now.

    A failure is only noted: the change is settled, and the next sync reads everything.
    """
    applied = [one for one in entries if one.state is JournalState.APPLIED and one.sent_at]
    targets = {one.object_id: one.target for one in applied if not one.is_notification}
    if not targets:
        return
    account_id = applied[0].account_id
    try:
        found = await engine.platform.read(list(targets.values()))
        known = await asyncio.to_thread(engine.warehouse.freshness, account_id)
        as_of = engine.clock.now() - _TOLERANCE
        if known.structure is not None:
            as_of = max(as_of, known.structure)
        part = Structure(account_id, as_of, tuple(found.values()), complete=False)
        await asyncio.to_thread(engine.warehouse.store_structure, part)
    except (PlatformError, StorageError) as error:
        log.info("the changed object shows after the next sync", reason=str(error))
