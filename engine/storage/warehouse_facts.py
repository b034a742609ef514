"""Writing what Meta said: a new version where a number changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import duckdb
import polars as pl

from engine.domain.errors import StorageError
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, Stored
from engine.storage.action_events import measured_actions
from engine.storage.coverage import aware, naive
from engine.storage.fact_versions import FactDays, add_versions
from engine.storage.gone_days import LIFETIME, days_to_leave
from engine.storage.unread_days import unread_spans
from engine.storage.warehouse_rows import first_row
from engine.storage.warehouse_schema import (
    ACTION_TABLES,
    FACT_MOMENTS,
    FACT_TABLES,
    MILLIONTHS,
    sums_of_table,
)

_READING_COLUMNS = 8


def store_batch(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> Stored:
    """Store a complete batch inside the caller's transaction; count its rows.

    Rows that stood in the days of the query before and are missing now get a
    version of zeros; but a day that had rows and now has none at all is left as it
    is, counted in `Stored.missing` and not read whole (see gone_days). Of rows given
    twice the last one counts. Rows outside the query's days are left out. A batch that
    is not whole changes only what it tells. Raises
    StorageError when a later reading of the same numbers is stored already, because
    time would run backwards.
    """
    query = batch.query
    was_read = _was_read(cursor, batch)
    scope = _scope(cursor, query.account.account_id, query.level.value)
    rows = _fact_rows(batch)
    table = FACT_TABLES[query.grain]
    compared = was_read and batch.whole
    gone = days_to_leave(cursor, scope, table, rows, batch) if compared else set()
    if LIFETIME in gone:
        return Stored(missing=(LIFETIME,))
    days = _days(batch, gone, was_read=was_read)
    stored = add_versions(cursor, table, scope, rows, days)
    if query.grain in ACTION_TABLES:
        stored += add_versions(cursor, ACTION_TABLES[query.grain], scope, _action_rows(batch), days)
        _remember_event_types(cursor, batch)
    _remember_readings(cursor, batch, rows, gone)
    return Stored(stored.added, stored.changed, stored.unchanged, tuple(sorted(gone)))


def _days(batch: InsightsBatch, gone: Collection[date], *, was_read: bool) -> FactDays:
    """Return which stored days the batch speaks about."""
    query, known_at = batch.query, naive(batch.known_at)
    # What was pushed has no reading, so there may be facts of days never read.
    if query.grain is Grain.LIFETIME:
        return FactDays(known_at, was_read=was_read or not batch.whole, whole=batch.whole)
    return FactDays(
        known_at,
        query.since,
        query.until,
        frozenset(gone),
        was_read or not batch.whole,
        whole=batch.whole,
        kept=frozenset() if batch.whole else frozenset(_untold(batch)),
    )


def _untold(batch: InsightsBatch) -> list[str]:
    """Return the sums of which a batch tells nothing in any row."""
    sums = sums_of_table(FACT_TABLES[batch.query.grain])
    return [name for name in sums if batch.rows[name].null_count() == batch.rows.height]


def _was_read(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> bool:
    """Whether any of the batch's days was read before.

    Raises StorageError when it was read later than this batch.
    """
    query = batch.query
    overlaps = "since <= ? AND until >= ?" if query.grain is not Grain.LIFETIME else "? <= ?"
    row = first_row(
        cursor,
        f"SELECT max(known_at), coalesce(bool_or({overlaps}), false) FROM readings "
        "WHERE account_id = ? AND level = ? AND grain = ?",
        [
            *((query.until, query.since) if query.grain is not Grain.LIFETIME else (0, 1)),
            query.account.account_id,
            query.level.value,
            query.grain.value,
        ],
    )
    assert row is not None
    newest, was_read = row
    if newest is not None and aware(newest) > batch.known_at:
        raise StorageError(
            f"The numbers of account {query.account.account_id} were already read at "
            f"{aware(newest):%Y-%m-%d %H:%M} UTC, later than this reading "
            f"({naive(batch.known_at):%Y-%m-%d %H:%M} UTC).",
            hint="Check the clock of this computer or of the sandbox; a sandbox started anew "
            "needs a home of its own (AI_BUYER_HOME).",
        )
    return bool(was_read)


def _scope(cursor: duckdb.DuckDBPyConnection, account_id: str, level: str) -> int:
    """Return the number that stands for an account's level, making one if need be."""
    known = scope_of(cursor, account_id, level)
    if known is not None:
        return known
    row = first_row(
        cursor,
        "INSERT INTO scopes SELECT coalesce(max(scope), 0) + 1, ?, ? FROM scopes RETURNING scope",
        [account_id, level],
    )
    assert row is not None
    return int(row[0])


def scope_of(cursor: duckdb.DuckDBPyConnection, account_id: str, level: str) -> int | None:
    """Return the number of an account's level, none before any facts."""
    row = first_row(
        cursor, "SELECT scope FROM scopes WHERE account_id = ? AND level = ?", [account_id, level]
    )
    return int(row[0]) if row else None


def _fact_rows(batch: InsightsBatch) -> pl.DataFrame:
    """Return the batch's rows with the columns of their table.

    A sum that is missing in some rows is zero there (Meta leaves out zeros); one
    that is missing in all of them was not measured, see `_remember_readings`.
    """
    table = FACT_TABLES[batch.query.grain]
    moments = [pl.col(name) for name in FACT_MOMENTS[table]]
    if table == "hourly":
        moments[0] = moments[0].dt.replace_time_zone(None)
    sums = [pl.col(name).fill_null(0) for name in sums_of_table(table)]
    return _inside(batch.rows.lazy(), batch).select("object_id", *moments, *sums).collect()


def _action_rows(batch: InsightsBatch) -> pl.DataFrame:
    """Return the batch's actions, counts as integer millionths."""
    moments = FACT_MOMENTS[ACTION_TABLES[batch.query.grain]]
    count = (pl.col("count").fill_null(0) * MILLIONTHS).round().cast(pl.Int64)
    rows = _inside(batch.actions.lazy(), batch)
    return rows.select("object_id", *moments, count, pl.col("value").fill_null(0)).collect()


def _inside(rows: pl.LazyFrame, batch: InsightsBatch) -> pl.LazyFrame:
    if batch.query.grain is Grain.LIFETIME:
        return rows
    return rows.filter(pl.col("date").is_between(batch.query.since, batch.query.until))


def _remember_event_types(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> None:
    """Note which action types the account has, and since when that is known."""
    account_id = batch.query.account.account_id
    known = cursor.execute(
        "SELECT action_type FROM event_types WHERE account_id = ?", [account_id]
    ).fetchall()
    seen = set(batch.actions["action_type"].unique().to_list()) - {row[0] for row in known}
    for action_type in sorted(seen):
        cursor.execute(
            "INSERT INTO event_types VALUES (?, ?, ?)",
            [account_id, action_type, naive(batch.known_at)],
        )


def _remember_readings(
    cursor: duckdb.DuckDBPyConnection,
    batch: InsightsBatch,
    rows: pl.DataFrame,
    gone: Collection[date],
) -> None:
    """Note which days were read whole, and which sums the answer had."""
    query = batch.query
    untold = [] if rows.is_empty() else _untold(batch)
    sums = sums_of_table(FACT_TABLES[query.grain])
    measured = [name for name in sums if name not in untold]
    if query.grain in ACTION_TABLES and (batch.whole or not batch.actions.is_empty()):
        measured += map(measured_actions, ("", *query.attributions))
    # Of days never read, what was pushed is all that is known; elsewhere only a whole
    # reading may say that a missing row is zero.
    spans = _whole_spans(batch, gone) if batch.whole else unread_spans(cursor, batch)
    for since, until in spans:
        add_reading(
            cursor,
            [
                query.account.account_id,
                query.level.value,
                query.grain.value,
                since,
                until,
                naive(batch.known_at),
                measured,
                rows.height,
            ],
        )


def _whole_spans(batch: InsightsBatch, gone: Collection[date]) -> list[tuple[date, date]]:
    """Return the runs of days of the query that were read whole."""
    query = batch.query
    if not gone:
        return [(query.since, query.until)]
    spans: list[tuple[date, date]] = []
    start = query.since
    for day in [*sorted(gone), query.until + timedelta(days=1)]:
        if start < day:
            spans.append((start, day - timedelta(days=1)))
        start = day + timedelta(days=1)
    return spans


def add_reading(cursor: duckdb.DuckDBPyConnection, values: list[object]) -> int:
    """Add a row to `readings` with the next number; return that number.

    `values` are the table's columns after the number; the count of rows may be
    left out where nothing was counted.
    """
    given = [*values, None] if len(values) == _READING_COLUMNS - 1 else values
    row = first_row(
        cursor,
        "INSERT INTO readings SELECT coalesce(max(reading), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? "
        "FROM readings RETURNING reading",
        given,
    )
    assert row is not None
    return int(row[0])
