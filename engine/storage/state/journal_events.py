"""The append-only trail of the journal, sealed row by row.

Every row carries a hash over itself and the row before, so that a row changed,
removed or moved afterwards breaks the chain (`first_broken_seal` finds where).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from engine.domain.journal import JournalState
from engine.storage.state.tables import JOURNAL_EVENTS

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """An entry reached a state; `at` is UTC."""

    entry_id: str
    state: JournalState
    at: datetime
    reason: str = ""
    reason_code: str = ""
    actor: str = "engine"


def append_events(connection: sa.Connection, events: Sequence[JournalEvent]) -> None:
    """Add events to the trail, inside the caller's write transaction."""
    if not events:
        return
    newest = sa.select(JOURNAL_EVENTS.c.seal).order_by(JOURNAL_EVENTS.c.seq.desc()).limit(1)
    seal = connection.scalar(newest) or GENESIS
    rows = []
    for event in events:
        seal = _seal(seal, event)
        rows.append({**_values(event), "seal": seal})
    connection.execute(sa.insert(JOURNAL_EVENTS), rows)


def events_of(connection: sa.Connection, entry_id: str) -> list[JournalEvent]:
    """Return the trail of one entry, oldest first."""
    query = (
        sa.select(JOURNAL_EVENTS)
        .where(JOURNAL_EVENTS.c.entry_id == entry_id)
        .order_by(JOURNAL_EVENTS.c.seq)
    )
    return [_event(row) for row in connection.execute(query).mappings()]


def first_broken_seal(connection: sa.Connection) -> int | None:
    """Return the first event that breaks the chain, none if none does."""
    seal = GENESIS
    query = sa.select(JOURNAL_EVENTS).order_by(JOURNAL_EVENTS.c.seq)
    for row in connection.execute(query).mappings():
        seal = _seal(seal, _event(row))
        if row["seal"] != seal:
            return int(row["seq"])
    return None


def _event(row: sa.RowMapping) -> JournalEvent:
    names = JournalEvent.__dataclass_fields__
    values = {name: row[name] for name in names}
    return JournalEvent(**{**values, "state": JournalState(row["state"])})


def _values(event: JournalEvent) -> dict[str, str | datetime]:
    return {name: getattr(event, name) for name in JournalEvent.__dataclass_fields__}


def _seal(before: str, event: JournalEvent) -> str:
    values = {**_values(event), "at": event.at.astimezone(UTC).isoformat()}
    text = json.dumps([before, values], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
