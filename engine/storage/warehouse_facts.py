"""Writing what Meta said: a new version where a number changed."""

from __future__ import annotations

import duckdb
import polars as pl

from engine.domain.errors import StorageError
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, Stored
from engine.storage.coverage import aware, naive
from engine.storage.warehouse_rows import first_row
from engine.storage.warehouse_schema import (
    ACTION_TABLES,
    FACT_MOMENTS,
    FACT_TABLES,
    MILLIONTHS,
    sums_of_table,
)

ACTIONS = "actions"


def store_batch(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> Stored:
    """Store a complete batch inside the caller's transaction; count its rows.

    Rows that stood in the days of the query before and are missing now get a
    version of zeros. Of rows given twice the last one counts. Rows outside the
    query's days are left out. Raises StorageError when a later reading of the
    same numbers is stored already, because time would run backwards.
    """
    query = batch.query
    _refuse_older(cursor, batch)
    scope = _scope(cursor, query.account.account_id, query.level.value)
    rows = _fact_rows(batch)
    stored = _store(cursor, FACT_TABLES[query.grain], scope, rows, batch)
    if query.grain in ACTION_TABLES:
        actions = _action_rows(batch)
        stored += _store(cursor, ACTION_TABLES[query.grain], scope, actions, batch)
        _remember_event_types(cursor, batch)
    _remember_reading(cursor, batch, rows)
    return stored


def _refuse_older(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> None:
    query = batch.query
    newest = first_row(
        cursor,
        "SELECT max(known_at) FROM readings WHERE account_id = ? AND level = ? AND grain = ?",
        [query.account.account_id, query.level.value, query.grain.value],
    )
    if newest and newest[0] is not None and aware(newest[0]) > batch.known_at:
        raise StorageError(
            f"The numbers of account {query.account.account_id} were already read at "
            f"{aware(newest[0]):%Y-%m-%d %H:%M} UTC, later than this reading "
            f"({naive(batch.known_at):%Y-%m-%d %H:%M} UTC).",
            hint="Check the clock of this computer or of the sandbox; a sandbox started anew "
            "needs a home of its own (AI_BUYER_HOME).",
        )


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
    """Return the batch's rows with the columns of their table, one per key.

    A sum that is missing in some rows is zero there (Meta leaves out zeros); one
    that is missing in all of them was not measured, see `_remember_reading`.
    """
    table = FACT_TABLES[batch.query.grain]
    moments, sums = FACT_MOMENTS[table], sums_of_table(table)
    rows = batch.rows.select("object_id", *moments, *sums)
    if "hour_start" in moments:
        rows = rows.with_columns(pl.col("hour_start").dt.replace_time_zone(None))
    return (
        _inside(rows, batch)
        .unique(["object_id", *_identity(table)], keep="last")
        .with_columns(pl.col(list(sums)).fill_null(0))
    )


def _identity(table: str) -> tuple[str, ...]:
    """Return the moments that tell facts apart; an hour's date and number follow from it."""
    return ("hour_start",) if table == "hourly" else FACT_MOMENTS[table]


def _action_rows(batch: InsightsBatch) -> pl.DataFrame:
    """Return the batch's actions, counts as integer millionths."""
    moments = FACT_MOMENTS[ACTION_TABLES[batch.query.grain]]
    rows = batch.actions.with_columns(
        (pl.col("count").fill_null(0) * MILLIONTHS).round().cast(pl.Int64),
        pl.col("value").fill_null(0),
    )
    return (
        _inside(rows, batch)
        .select("object_id", *moments, "count", "value")
        .unique(["object_id", *moments], keep="last")
    )


def _inside(rows: pl.DataFrame, batch: InsightsBatch) -> pl.DataFrame:
    if batch.query.grain is Grain.LIFETIME:
        return rows
    return rows.filter(pl.col("date").is_between(batch.query.since, batch.query.until))


def _store(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    scope: int,
    rows: pl.DataFrame,
    batch: InsightsBatch,
) -> Stored:
    """Add the differences between `rows` and what is stored for the same days."""
    cursor.register("incoming", rows.to_arrow())
    try:
        cursor.execute(
            "INSERT INTO object_keys SELECT ?, (SELECT coalesce(max(object_key), 0) FROM "
            "object_keys) + row_number() OVER (ORDER BY object_id), object_id "
            "FROM (SELECT DISTINCT object_id FROM incoming) ANTI JOIN "
            "(SELECT object_id FROM object_keys WHERE scope = ?) USING (object_id)",
            [scope, scope],
        )
        cursor.execute(_differences(table, scope, batch))
    finally:
        cursor.unregister("incoming")
    columns = ", ".join([*FACT_MOMENTS[table], *sums_of_table(table)])
    order = "hour_start, object_key" if table == "hourly" else "ALL"
    cursor.execute(
        f"INSERT INTO {table} SELECT {scope}, object_key, {columns}, ? FROM differences "
        f"ORDER BY {order}",
        [naive(batch.known_at)],
    )
    counted = first_row(
        cursor,
        "SELECT count(*) FILTER (NOT had), count(*) FILTER (had), count(*) FILTER (has) "
        "FROM differences",
    )
    cursor.execute("DROP TABLE temp.differences")
    assert counted is not None
    added, changed, from_batch = counted
    return Stored(added, changed, rows.height - from_batch)


def _differences(table: str, scope: int, batch: InsightsBatch) -> str:
    """Return the statement that fills `differences`: new minus stored, per key.

    The stored value is itself a sum of differences, so both sides go through one
    grouping and no join is needed.
    """
    moments, sums = FACT_MOMENTS[table], sums_of_table(table)
    identity = _identity(table)
    keys, group = ", ".join(["object_key", *moments]), ", ".join(["object_key", *identity])
    shown = ", ".join(
        name if name in identity else f"any_value({name}) AS {name}" for name in moments
    )
    shown = f"object_key, {shown}" if shown else "object_key"
    plus, minus = ", ".join(sums), ", ".join(f"-{name} AS {name}" for name in sums)
    added = ", ".join(f"sum({name})::BIGINT AS {name}" for name in sums)
    changed = " OR ".join(f"sum({name}) <> 0" for name in sums)
    days = ""
    if "date" in moments:
        days = f"AND date BETWEEN DATE '{batch.query.since}' AND DATE '{batch.query.until}'"
    return (
        f"CREATE TEMP TABLE differences AS SELECT {shown}, {added}, bool_or(old) AS had, "
        f"bool_or(NOT old) AS has FROM ("
        f"SELECT {keys}, {plus}, false AS old FROM incoming JOIN object_keys USING (object_id) "
        f"WHERE scope = {scope} UNION ALL "
        f"SELECT {keys}, {minus}, true AS old FROM {table} WHERE scope = {scope} {days}) "
        f"GROUP BY {group} HAVING {changed}"
    )


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


def _remember_reading(
    cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch, rows: pl.DataFrame
) -> None:
    """Note that these days were read whole, and which sums the answer had."""
    query = batch.query
    sums = sums_of_table(FACT_TABLES[query.grain])
    measured = [
        name
        for name in sums
        if rows.is_empty() or batch.rows[name].null_count() < batch.rows.height
    ]
    if query.grain in ACTION_TABLES:
        measured.append(ACTIONS)
    add_reading(
        cursor,
        [
            query.account.account_id,
            query.level.value,
            query.grain.value,
            query.since,
            query.until,
            naive(batch.known_at),
            measured,
        ],
    )


def add_reading(cursor: duckdb.DuckDBPyConnection, values: list[object]) -> int:
    """Add a row to `readings` with the next number; return that number."""
    row = first_row(
        cursor,
        "INSERT INTO readings SELECT coalesce(max(reading), 0) + 1, ?, ?, ?, ?, ?, ?, ? "
        "FROM readings RETURNING reading",
        values,
    )
    assert row is not None
    return int(row[0])
