"""New versions of facts: what is new minus what is known.

Both sides are frames of integers; Polars compares them, DuckDB keeps the result.
A large batch goes through in pieces, cut between moments, so that the work on it
needs little memory however large the account is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import polars as pl

from engine.ports import Stored
from engine.storage.ring import literal
from engine.storage.warehouse_rows import first_row, polars_frame
from engine.storage.warehouse_schema import FACT_MOMENTS, identity_of, sums_of_table

PIECE_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class FactDays:
    """The stored days a batch speaks about, and when it became known.

    `known_at` is UTC without zone. Without days the batch speaks about lifetimes.
    Days in `left` had rows and have none now; they stay as they are. Unless some of
    the days `was_read` before, nothing is stored of them. Of a batch that is not
    `whole`, a stored row that it lacks stays as it is, and so do the sums `kept`.
    """

    known_at: datetime
    since: date | None = None
    until: date | None = None
    left: frozenset[date] = frozenset()
    was_read: bool = True
    whole: bool = True
    kept: frozenset[str] = frozenset()


def add_versions(
    cursor: duckdb.DuckDBPyConnection, table: str, scope: int, rows: pl.DataFrame, days: FactDays
) -> Stored:
    """Add the differences between `rows` and what is stored for the same days.

    `rows` has object_id, the table's moments and its sums; of rows of the same fact
    the last one counts.
    """
    stored = Stored()
    keyed = _with_keys(cursor, scope, rows).unique(["object_key", *identity_of(table)], keep="last")
    for piece, where in _pieces(table, keyed.collect(), days):
        old = None
        if days.was_read:
            old = _stored_facts(cursor, table, f"scope = {scope}{where}")
            if days.left:
                old = old.filter(~pl.col("date").is_in(list(days.left)))
            if not days.whole:
                keys = ["object_key", *identity_of(table)]
                told = piece.select(pl.col(key).cast(old.schema[key]) for key in keys)
                old = old.join(told, on=keys, how="semi", nulls_equal=True)
        versions = _differences(table, piece, old, days.kept)
        changed, told = versions.select(pl.col("had").sum(), pl.col("has").sum()).row(0)
        stored += Stored(versions.height - changed, changed, piece.height - told)
        _insert(cursor, table, scope, versions, days.known_at)
    return stored


def _with_keys(cursor: duckdb.DuckDBPyConnection, scope: int, rows: pl.DataFrame) -> pl.LazyFrame:
    """Return the rows with object keys instead of ids; new objects get one."""
    found = cursor.execute(
        "SELECT object_id, object_key FROM object_keys WHERE scope = ?", [scope]
    ).fetchall()
    known: dict[str, int] = dict(found)
    ids = rows["object_id"].unique().to_list()
    new = sorted(name for name in ids if name not in known)
    if new:
        last = first_row(cursor, "SELECT coalesce(max(object_key), 0) FROM object_keys")
        assert last is not None
        added = {name: int(last[0]) + 1 + place for place, name in enumerate(new)}
        known |= added
        _append(
            cursor,
            f"INSERT INTO object_keys SELECT {scope}, object_key, object_id FROM incoming",
            _key_frame(added),
        )
    keys = _key_frame({name: known[name] for name in ids})
    return rows.lazy().join(keys.lazy(), on="object_id", maintain_order="left").drop("object_id")


def _key_frame(keys: dict[str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {"object_id": list(keys), "object_key": list(keys.values())},
        schema={"object_id": pl.String, "object_key": pl.Int32},
    )


def _pieces(table: str, rows: pl.DataFrame, days: FactDays) -> Iterator[tuple[pl.DataFrame, str]]:
    """Yield parts of the rows, each with the condition on what is stored for it.

    The conditions part the batch's days among them without a gap: what is stored
    and no longer told belongs to exactly one part.
    """
    moments = FACT_MOMENTS[table]
    if days.since is None or days.until is None:
        yield rows, ""
        return
    span = f" AND date BETWEEN {literal(days.since)} AND {literal(days.until)}"
    if rows.height <= PIECE_ROWS:
        yield rows, span
        return
    moment = moments[0]
    rows = rows.sort(moment)
    cuts = rows[moment].gather_every(PIECE_ROWS).unique(maintain_order=True).to_list()[1:]
    begin = None
    for end in [*cuts, None]:
        part, where = rows, span
        if begin is not None:
            part = part.filter(pl.col(moment) >= begin)
            where += f" AND {moment} >= {literal(begin)}"
        if end is not None:
            part = part.filter(pl.col(moment) < end)
            where += f" AND {moment} < {literal(end)}"
        yield part, where
        begin = end


def _stored_facts(cursor: duckdb.DuckDBPyConnection, table: str, where: str) -> pl.DataFrame:
    """Return the facts as known now: every version added up, zeros left out."""
    moments, identity = FACT_MOMENTS[table], identity_of(table)
    shown = [name if name in identity else f"any_value({name}) AS {name}" for name in moments]
    sums = [f"sum({name})::BIGINT AS {name}" for name in sums_of_table(table)]
    some = " OR ".join(f"sum({name}) <> 0" for name in sums_of_table(table))
    group = ", ".join(["object_key", *identity])
    return polars_frame(
        cursor,
        f"SELECT {', '.join(['object_key', *shown, *sums])} FROM {table} WHERE {where} "
        f"GROUP BY {group} HAVING {some}",
    )


def _differences(
    table: str, rows: pl.DataFrame, old: pl.DataFrame | None, kept_sums: frozenset[str]
) -> pl.DataFrame:
    """Return new minus stored where they differ; `had` and `has` name the sides.

    Sums that are kept differ nowhere. In the order in which they are read: by time, then by object.
    """
    moments, identity, sums = FACT_MOMENTS[table], identity_of(table), list(sums_of_table(table))
    order = [*moments[:1], "object_key", *moments[1:]]
    columns = ["object_key", *moments]
    some = pl.any_horizontal(pl.col(sums) != 0)
    rows = rows.with_columns(pl.lit(0, pl.Int64).alias(name) for name in kept_sums if name in sums)
    now = rows.lazy().select(*columns, *sums, had=pl.lit(value=False), has=pl.lit(value=True))
    if old is None or old.is_empty():
        return now.filter(some).sort(order).collect()
    minus = old.lazy().select(
        *(pl.col(name).cast(rows.schema[name]) for name in columns),
        *(
            -pl.col(name) if name not in kept_sums else pl.lit(0, pl.Int64).alias(name)
            for name in sums
        ),
        had=pl.lit(value=True),
        has=pl.lit(value=False),
    )
    kept = [pl.col(name).first() for name in moments if name not in identity]
    both = pl.concat([now, minus]).group_by("object_key", *identity)
    found = both.agg(*kept, pl.col(sums).sum(), pl.col("had").any(), pl.col("has").any())
    return found.filter(some).sort(order).collect()


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    scope: int,
    versions: pl.DataFrame,
    known_at: datetime,
) -> None:
    """Append versions as they are ordered."""
    if versions.is_empty():
        return
    columns = ", ".join([*FACT_MOMENTS[table], *sums_of_table(table)])
    _append(
        cursor,
        f"INSERT INTO {table} SELECT {scope}, object_key, {columns}, {literal(known_at)} "
        "FROM incoming",
        versions,
    )


def _append(cursor: duckdb.DuckDBPyConnection, statement: str, rows: pl.DataFrame) -> None:
    """Run a statement that reads `rows` under the name `incoming`."""
    cursor.register("incoming", rows.to_arrow())
    try:
        cursor.execute(statement)
    finally:
        cursor.unregister("incoming")
