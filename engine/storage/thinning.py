"""Thinning old versions of facts, by a stated policy and never silently.

Facts are kept as differences, each with the moment it became known. What became
known long ago is kept coarser: first one version a day, later only the final one.
Sums at the end of each day stay exact in the first step. In the second a backtest
that reaches so far back sees final numbers from the beginning; that horizon is kept
and shown. Readings of a thinned day are moved to its last one, so that facts and
what is known about them stay together.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from engine.domain.thinning import DAILY, FINAL, Thinned, ThinningPolicy
from engine.storage.coverage import aware, naive
from engine.storage.ring import literal
from engine.storage.warehouse_rows import first_row
from engine.storage.warehouse_schema import FACT_MOMENTS, identity_of, sums_of_table


def thin(cursor: duckdb.DuckDBPyConnection, policy: ThinningPolicy, now: datetime) -> None:
    """Thin all facts inside the caller's transaction and note what was done."""
    for kept, age in ((DAILY, policy.one_a_day), (FINAL, policy.final)):
        if age is None:
            continue
        until = naive(now - age).replace(hour=0, minute=0, second=0, microsecond=0)
        begin = _thinned_until(cursor, kept)
        if begin is not None and begin >= until:
            continue
        if kept == DAILY:
            _thin_readings(cursor, begin, until)
        for table in FACT_MOMENTS:
            before, after = _thin_table(cursor, table, kept, begin, until)
            cursor.execute(
                "INSERT INTO thinnings VALUES (?, ?, ?, ?, ?, ?)",
                [naive(now), table, kept, until, before, after],
            )


def thinned(cursor: duckdb.DuckDBPyConnection) -> list[Thinned]:
    """Return how far each step has come, and what it took away in all."""
    found = cursor.execute(
        "SELECT kept, max(until), sum(rows_before - rows_after)::BIGINT, max(done_at) "
        "FROM thinnings GROUP BY kept ORDER BY kept DESC"
    ).fetchall()
    return [Thinned(kept, aware(until), taken, aware(at)) for kept, until, taken, at in found]


def _thinned_until(cursor: duckdb.DuckDBPyConnection, kept: str) -> datetime | None:
    row = first_row(cursor, "SELECT max(until) FROM thinnings WHERE kept = ?", [kept])
    moment: datetime | None = row[0] if row else None
    return moment


def _thin_table(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    kept: str,
    begin: datetime | None,
    until: datetime,
) -> tuple[int, int]:
    """Merge versions of a table; return how many rows there were and are."""
    keys = ["scope", "object_key", *identity_of(table)]
    sums = sums_of_table(table)
    shown = [n if n in keys else f"any_value({n}) AS {n}" for n in FACT_MOMENTS[table]]
    added = [f"sum({name})::BIGINT AS {name}" for name in sums]
    day = "known_at::DATE" if kept == DAILY else "DATE '1970-01-01'"
    # One a day is known at the day's end; the final one as early as its first version.
    known = "max(known_at)" if kept == DAILY else "min(known_at)"
    where = f"known_at < {literal(until)}"
    if kept == DAILY and begin is not None:
        where += f" AND known_at >= {literal(begin)}"
    before = _count(cursor, table)
    cursor.execute(
        f"CREATE TEMP TABLE merged AS SELECT scope, object_key, {', '.join([*shown, *added])}, "
        f"{known} AS known_at, {day} AS known_day FROM {table} WHERE {where} "
        f"GROUP BY {', '.join(keys)}, {day} HAVING count(*) > 1"
    )
    same = " AND ".join(f"{table}.{name} = merged.{name}" for name in keys)
    within = f"{table}.known_at < {literal(until)}"
    if kept == DAILY:
        within += f" AND {table}.known_at::DATE = merged.known_day"
    cursor.execute(f"DELETE FROM {table} USING merged WHERE {same} AND {within}")
    columns = ", ".join(["scope", "object_key", *FACT_MOMENTS[table], *sums, "known_at"])
    some = " OR ".join(f"{name} <> 0" for name in sums)
    cursor.execute(f"INSERT INTO {table} SELECT {columns} FROM merged WHERE {some} ORDER BY ALL")
    cursor.execute("DROP TABLE temp.merged")
    return before, _count(cursor, table)


def _thin_readings(
    cursor: duckdb.DuckDBPyConnection, begin: datetime | None, until: datetime
) -> None:
    """Move a day's readings to its last one and keep one of each span of days."""
    where = f"known_at < {literal(until)} AND grain IN ('hour', 'day', 'lifetime')"
    if begin is not None:
        where += f" AND known_at >= {literal(begin)}"
    cursor.execute(
        "UPDATE readings SET known_at = last.at FROM (SELECT account_id, level, grain, "
        f"known_at::DATE AS day, max(known_at) AS at FROM readings WHERE {where} GROUP BY ALL) "
        "AS last WHERE readings.account_id = last.account_id AND readings.level = last.level "
        "AND readings.grain = last.grain AND readings.known_at::DATE = last.day"
    )
    cursor.execute(
        "DELETE FROM readings WHERE reading IN (SELECT reading FROM readings "
        f"WHERE {where} QUALIFY row_number() OVER (PARTITION BY account_id, level, grain, "
        "since, until, known_at ORDER BY reading DESC) > 1)"
    )


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = first_row(cursor, f"SELECT count(*) FROM {table}")
    assert row is not None
    return int(row[0])
