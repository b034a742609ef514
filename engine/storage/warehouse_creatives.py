"""What ads show: one row per creative, as it was read last.

Content never changes at Meta; names, states and the signed address of the small
picture do, and nobody asks how they were before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields

import duckdb
import polars as pl

from engine.domain.objects import Creative, Structure

_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Creative))
_COLUMNS = ", ".join(_FIELDS)


def store_creatives(cursor: duckdb.DuckDBPyConnection, structure: Structure) -> None:
    """Keep the creatives that were read, where they differ from before."""
    ids = [one.creative_id for one in structure.creatives]
    known = find_creatives(cursor, ids) if ids else {}
    changed = [one for one in structure.creatives if known.get(one.creative_id) != one]
    if not changed:
        return
    cursor.execute(
        "DELETE FROM creatives WHERE creative_id IN (SELECT unnest(?))",
        [[one.creative_id for one in changed]],
    )
    frame = pl.DataFrame(
        [astuple(one) for one in changed], schema=dict.fromkeys(_FIELDS, pl.String()), orient="row"
    )
    cursor.register("incoming", frame.to_arrow())
    try:
        cursor.execute(f"INSERT INTO creatives BY NAME SELECT {_COLUMNS} FROM incoming")
    finally:
        cursor.unregister("incoming")


def find_creatives(
    cursor: duckdb.DuckDBPyConnection, creative_ids: Sequence[str]
) -> dict[str, Creative]:
    """Return creatives by id; unknown ids are left out."""
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM creatives WHERE creative_id IN (SELECT unnest(?))",
        [list(creative_ids)],
    ).fetchall()
    return {row[_FIELDS.index("creative_id")]: Creative(*row) for row in rows}
