"""Objects as known: campaigns, ad sets and ads, one version per change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime

import duckdb
import polars as pl

from engine.domain.errors import StorageError
from engine.domain.objects import AdObject, Level, Status, Structure
from engine.ports import LastReadings
from engine.storage.coverage import aware, naive
from engine.storage.warehouse_creatives import store_creatives
from engine.storage.warehouse_edits import HISTORY
from engine.storage.warehouse_facts import add_reading
from engine.storage.warehouse_rows import first_row

STRUCTURE = "structure"
CHANGES = "structure changes"
DELETED = "DELETED"
_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(AdObject) if field.compare)
_TIMES = frozenset({"created_time", "updated_time", "start_time", "end_time"})
# Fields whose change is an edit by somebody; the others move by themselves.
_EDITED = (
    "status",
    "daily_budget",
    "lifetime_budget",
    "bid_amount",
    "bid_strategy",
    "creative_id",
    "end_time",
    "roas_floor",
    "optimization_goal",
)
_MONEY = ("daily_budget", "lifetime_budget", "bid_amount", "roas_floor")
_LISTS = ("labels", "attribution", "issues")
_SCHEMA: dict[str, pl.DataType] = {
    **{name: pl.String() for name in _FIELDS},
    **{name: pl.Int64() for name in _MONEY},
    **{name: pl.Datetime("us") for name in _TIMES},
    **{name: pl.List(pl.String()) for name in _LISTS},
    "edited": pl.Boolean(),
}
_NEWEST = "QUALIFY row_number() OVER (PARTITION BY object_id ORDER BY reading DESC) = 1"


def store_objects(cursor: duckdb.DuckDBPyConnection, structure: Structure) -> None:
    """Keep a version of every object that changed.

    An object that two whole readings in a row miss is deleted, as long as others of
    its level are there: Meta also leaves out what the token may not see for a while.
    An incomplete structure proves nothing and does not count as a reading.
    """
    _refuse_older(cursor, structure)
    known = {item.object_id: item for item in load_objects(cursor, structure.account_id)}
    seen = {item.object_id: item for item in structure.objects}
    versions = [item for item in seen.values() if known.get(item.object_id) != item]
    reading = _note_reading(cursor, structure)
    if structure.complete and structure.whole:
        gone = _gone(cursor, structure, known, reading)
        versions += [
            replace(item, status=Status.DELETED, effective_status=DELETED, raw_status="")
            for item in gone
        ]
    store_creatives(cursor, structure)
    if not versions:
        return
    rows = [_row(item, known.get(item.object_id)) for item in versions]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    cursor.register("incoming", frame.to_arrow())
    try:
        cursor.execute(
            f"INSERT INTO objects BY NAME SELECT {', '.join(_SCHEMA)}, ? AS known_at, "
            "? AS reading FROM incoming",
            [naive(structure.as_of), reading],
        )
    finally:
        cursor.unregister("incoming")


def _gone(
    cursor: duckdb.DuckDBPyConnection,
    structure: Structure,
    known: dict[str, AdObject],
    reading: int,
) -> list[AdObject]:
    """Return what is missed for the second time; note what is for the first."""
    seen = {item.object_id for item in structure.objects}
    levels = {item.level for item in structure.objects}
    missing = {
        item.object_id: item
        for item in known.values()
        if item.object_id not in seen and item.status is not Status.DELETED
    }
    account_id = structure.account_id
    rows = cursor.execute(
        "SELECT object_id FROM missed WHERE account_id = ?", [account_id]
    ).fetchall()
    before = {row[0] for row in rows}
    gone = [one for key, one in missing.items() if key in before and one.level in levels]
    kept = set(missing) - {one.object_id for one in gone}
    if over := before - kept:
        cursor.execute(
            "DELETE FROM missed WHERE account_id = ? AND object_id IN (SELECT unnest(?))",
            [account_id, sorted(over)],
        )
    if new := kept - before:
        cursor.execute(
            "INSERT INTO missed SELECT ?, unnest(?), ?", [account_id, sorted(new), reading]
        )
    return gone


def last_readings(cursor: duckdb.DuckDBPyConnection, account_id: str) -> LastReadings:
    """Return when the account's objects and its change history were read last."""
    rows = cursor.execute(
        "SELECT grain, max(known_at), max(reading) FROM readings "
        "WHERE account_id = ? AND grain IN (?, ?, ?) GROUP BY grain",
        [account_id, STRUCTURE, CHANGES, HISTORY],
    ).fetchall()
    found = {grain: (aware(moment), reading) for grain, moment, reading in rows}
    moments = [found[grain][0] for grain in (STRUCTURE, CHANGES) if grain in found]
    whole = found.get(STRUCTURE)
    missed = first_row(
        cursor,
        "SELECT count(*) FROM missed WHERE account_id = ? AND reading = ?",
        [account_id, whole[1] if whole else None],
    )
    return LastReadings(
        any=max(moments, default=None),
        whole=whole[0] if whole else None,
        history=found[HISTORY][0] if HISTORY in found else None,
        missed=bool(missed and missed[0]),
    )


def _refuse_older(cursor: duckdb.DuckDBPyConnection, structure: Structure) -> None:
    newest = first_row(
        cursor, "SELECT max(known_at) FROM objects WHERE account_id = ?", [structure.account_id]
    )
    if newest and newest[0] is not None and aware(newest[0]) > structure.as_of:
        raise StorageError(
            f"The objects of account {structure.account_id} were already read at "
            f"{newest[0]:%Y-%m-%d %H:%M} UTC, later than this reading "
            f"({naive(structure.as_of):%Y-%m-%d %H:%M} UTC).",
            hint="Check the clock of this computer or of the sandbox; a sandbox started anew "
            "needs a home of its own (AI_BUYER_HOME).",
        )


def _note_reading(cursor: duckdb.DuckDBPyConnection, structure: Structure) -> int:
    grain = STRUCTURE if structure.whole else CHANGES
    grain = grain if structure.complete else f"{STRUCTURE} in part"
    known_at = naive(structure.as_of)
    return add_reading(cursor, [structure.account_id, None, grain, None, None, known_at, []])


def _row(item: AdObject, before: AdObject | None) -> tuple[object, ...]:
    values: list[object] = []
    for name in _FIELDS:
        value = getattr(item, name)
        if isinstance(value, datetime):
            value = naive(value)
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Level | Status):
            value = value.value
        values.append(value)
    edited = before is not None and any(
        getattr(item, name) != getattr(before, name) for name in _EDITED
    )
    return (*values, edited)


def load_objects(
    cursor: duckdb.DuckDBPyConnection, account_id: str, level: Level | None = None
) -> list[AdObject]:
    """Return an account's objects as last read, deleted ones too, by id."""
    where, parameters = "account_id = ?", [account_id]
    if level is not None:
        where, parameters = "account_id = ? AND level = ?", [account_id, level.value]
    return _load(cursor, where, parameters)


def find_objects(
    cursor: duckdb.DuckDBPyConnection, object_ids: Sequence[str]
) -> dict[str, AdObject]:
    """Return objects by id; unknown ids are left out."""
    found = _load(cursor, "object_id IN (SELECT unnest(?))", [list(object_ids)])
    return {item.object_id: item for item in found}


def _load(
    cursor: duckdb.DuckDBPyConnection, where: str, parameters: Iterable[object]
) -> list[AdObject]:
    rows = cursor.execute(
        f"SELECT {', '.join(_FIELDS)} FROM objects WHERE {where} {_NEWEST} ORDER BY object_id",
        list(parameters),
    ).fetchall()
    return [_object(row) for row in rows]


def _object(row: tuple[object, ...]) -> AdObject:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in _TIMES:
        moment = values[name]
        if isinstance(moment, datetime):
            values[name] = aware(moment)
    for name in _LISTS:
        listed = values[name]
        values[name] = tuple(listed) if isinstance(listed, list) else ()
    values["level"] = Level(str(values["level"]))
    values["status"] = Status(str(values["status"]))
    return AdObject(**values)  # type: ignore[arg-type]  # the columns are the fields
