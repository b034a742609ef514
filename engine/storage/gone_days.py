"""Days that had numbers and come back empty: not zero, but not whole.

Meta leaves out objects that did nothing, so an absent row is a zero. A whole day
without one row, where there were rows before, is something else: an outage, a lost
right, a filter gone wrong. Such a day keeps its numbers and counts as unread, and the
account's reading as incomplete. Only when it stayed empty for a day is it believed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import polars as pl

from engine.domain.windows import Grain
from engine.ports import InsightsBatch
from engine.storage.coverage import naive
from engine.storage.ring import literal
from engine.storage.warehouse_schema import sums_of_table

BELIEVED_AFTER = timedelta(days=1)
# Stands for the lifetime, which is no day.
LIFETIME = date(1970, 1, 1)


def days_to_leave(
    cursor: duckdb.DuckDBPyConnection,
    scope: int,
    table: str,
    rows: pl.DataFrame,
    batch: InsightsBatch,
) -> set[date]:
    """Return the days of the batch that are empty where they were not.

    A lifetime has no days; there `LIFETIME` stands for all of it.
    """
    query, known_at = batch.query, naive(batch.known_at)
    if query.grain is Grain.LIFETIME:
        told = set() if rows.is_empty() else {LIFETIME}
        span, shown = "", "" if told else f"{literal(LIFETIME)} AS date"
    else:
        told = set(rows["date"].unique().to_list())
        if len(told) > (query.until - query.since).days:
            span = shown = ""
        else:
            span = f" AND date BETWEEN {literal(query.since)} AND {literal(query.until)}"
            shown = "date"
    missing = _days_with_rows(cursor, table, scope, shown, span) - told if shown else set()
    since = _empty_since(cursor, scope, query.grain.value)
    fresh = missing - since.keys()
    over = {day for day in since if day in told}
    _remember(cursor, scope, query.grain.value, fresh, over, known_at)
    return {day for day in missing if known_at - since.get(day, known_at) < BELIEVED_AFTER}


def _days_with_rows(
    cursor: duckdb.DuckDBPyConnection, table: str, scope: int, shown: str, span: str
) -> set[date]:
    """Return the stored days on which some object has numbers."""
    some = " OR ".join(f"sum({name}) <> 0" for name in sums_of_table(table))
    found = cursor.execute(
        f"SELECT DISTINCT date FROM (SELECT {shown}, object_key FROM {table} "
        f"WHERE scope = {scope}{span} GROUP BY ALL HAVING {some})"
    ).fetchall()
    return {row[0] for row in found}


def _empty_since(cursor: duckdb.DuckDBPyConnection, scope: int, grain: str) -> dict[date, datetime]:
    """Return the days known to be empty, and since when."""
    found = cursor.execute(
        "SELECT date, since FROM gone_days WHERE scope = ? AND grain = ?", [scope, grain]
    ).fetchall()
    return dict(found)


def _remember(
    cursor: duckdb.DuckDBPyConnection,
    scope: int,
    grain: str,
    fresh: set[date],
    over: set[date],
    now: datetime,
) -> None:
    """Note days found empty, and forget those that have rows again."""
    for day in sorted(fresh):
        cursor.execute("INSERT INTO gone_days VALUES (?, ?, ?, ?)", [scope, grain, day, now])
    for day in sorted(over):
        cursor.execute(
            "DELETE FROM gone_days WHERE scope = ? AND grain = ? AND date = ?", [scope, grain, day]
        )
