"""Meta's change history as it was read: who changed what, and when.

Its rows carry no id, so a row is known by all it says. History is only added to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields, replace
from datetime import datetime

import duckdb
import msgspec
import polars as pl

from engine.domain.objects import Level
from engine.ports import Activity, EditsAsked
from engine.storage.coverage import aware, naive
from engine.storage.warehouse_facts import add_reading

HISTORY = "history"
_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Activity))
_COLUMNS = ", ".join(f'"{name}"' for name in _FIELDS)
_VALUES = ("before", "after")
_SCHEMA: dict[str, pl.DataType] = {
    "mark": pl.String(),
    **{name: pl.String() for name in _FIELDS},
    "at": pl.Datetime("us"),
    "by_us": pl.Boolean(),
}


def store_edits(
    cursor: duckdb.DuckDBPyConnection,
    account_id: str,
    edits: Sequence[Activity],
    read_at: datetime,
) -> list[Activity]:
    """Keep rows that are not there yet and return them.

    `read_at` is Meta's time when the reading began: until then the history is kept.
    """
    add_reading(cursor, [account_id, None, HISTORY, None, None, naive(read_at), []])
    marked = {edit.mark: edit for edit in edits}
    if not marked:
        return []
    known = cursor.execute(
        'SELECT mark FROM edits WHERE account_id = ? AND "at" >= ?',
        [account_id, naive(min(edit.at for edit in edits))],
    ).fetchall()
    for row in known:
        marked.pop(row[0], None)
    if not marked:
        return []
    rows = [(mark, *_cells(edit, account_id)) for mark, edit in marked.items()]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    cursor.register("incoming", frame.to_arrow())
    try:
        cursor.execute(
            f"INSERT INTO edits BY NAME SELECT mark, {_COLUMNS}, ? AS seen_at FROM incoming",
            [naive(read_at)],
        )
    finally:
        cursor.unregister("incoming")
    return [replace(edit, account_id=account_id) for edit in marked.values()]


def find_edits(cursor: duckdb.DuckDBPyConnection, asked: EditsAsked) -> list[Activity]:
    """Return rows of the history, newest first."""
    conditions: list[tuple[str, object]] = []
    if asked.accounts is not None:
        conditions.append(("account_id IN (SELECT unnest(?))", list(asked.accounts)))
    if asked.object_id is not None:
        conditions.append(("object_id = ?", asked.object_id))
    if asked.since is not None:
        conditions.append(('"at" >= ?', naive(asked.since)))
    if asked.until is not None:
        conditions.append(('"at" < ?', naive(asked.until)))
    if asked.mark is not None:
        conditions.append(("mark = ?", asked.mark))
    if asked.text:
        searched = "object_name || ' ' || actor || ' ' || object_id"
        conditions.append((f"contains(lower({searched}), ?)", asked.text.lower()))
    where = " AND ".join(text for text, _ in conditions) or "true"
    if asked.foreign_only:
        where += " AND NOT by_us"
    limit = "" if asked.limit is None else f" LIMIT {int(asked.limit)}"
    rows = cursor.execute(
        f'SELECT {_COLUMNS} FROM edits WHERE {where} ORDER BY "at" DESC, mark{limit}',
        [value for _, value in conditions],
    ).fetchall()
    return [_edit(row) for row in rows]


def _cells(edit: Activity, account_id: str) -> tuple[object, ...]:
    values = dict(zip(_FIELDS, astuple(edit), strict=True))
    values["at"] = naive(edit.at)
    values["account_id"] = account_id
    values["level"] = edit.level.value if edit.level else None
    for name in _VALUES:
        values[name] = msgspec.json.encode(values[name]).decode()
    return tuple(values.values())


def _edit(row: tuple[object, ...]) -> Activity:
    values = dict(zip(_FIELDS, row, strict=True))
    moment, level = values["at"], values["level"]
    assert isinstance(moment, datetime)
    values["at"] = aware(moment)
    values["level"] = Level(str(level)) if level else None
    for name in _VALUES:
        values[name] = msgspec.json.decode(str(values[name]))
    return Activity(**values)  # type: ignore[arg-type]  # the columns are the fields
