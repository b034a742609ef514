"""Numbers that somebody pushed: stored once for each batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import duckdb

from engine.domain.errors import Clash
from engine.ports import Delivery, InsightsBatch, Stored
from engine.storage.coverage import aware, naive
from engine.storage.warehouse_rows import first_row

Store = Callable[[duckdb.DuckDBPyConnection, InsightsBatch], Stored]


def store_once(
    cursor: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    batches: Sequence[InsightsBatch],
    store: Store,
) -> Stored:
    """Store a delivery, unless it was stored before.

    Works inside the caller's transaction. Returns what its first time stored. Raises
    Clash when its batch id stands for other content.
    """
    known = first_row(
        cursor,
        "SELECT digest, added, changed, unchanged FROM deliveries WHERE batch_id = ?",
        [delivery.batch_id],
    )
    if known is not None:
        if known[0] != delivery.digest:
            raise Clash(
                f"The batch {delivery.batch_id!r} was received before with other content.",
                hint="Give each batch an id of its own; a repeated one has the same bytes.",
            )
        return Stored(known[1], known[2], known[3], repeated=True)
    stored = sum((store(cursor, _after_all(cursor, batch)) for batch in batches), Stored())
    cursor.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?)",
        [
            delivery.batch_id,
            delivery.digest,
            naive(delivery.received_at),
            stored.added,
            stored.changed,
            stored.unchanged,
        ],
    )
    return stored


def _after_all(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> InsightsBatch:
    """Return the batch as known after the newest reading, whatever our clock says."""
    query = batch.query
    newest = first_row(
        cursor,
        "SELECT max(known_at) FROM readings WHERE account_id = ? AND level = ? AND grain = ?",
        [query.account.account_id, query.level.value, query.grain.value],
    )
    if newest is None or newest[0] is None:
        return batch
    return replace(batch, known_at=max(batch.known_at, aware(newest[0])))
