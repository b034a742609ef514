"""Reading results from DuckDB: a single row, or a whole frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import polars as pl


def first_row(
    cursor: duckdb.DuckDBPyConnection, statement: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...] | None:
    """Return the first row of a statement's result, none when it has no rows.

    Reads the result to its end: DuckDB refuses the next statement on a cursor
    whose result is only half read.
    """
    rows = cursor.execute(statement, list(parameters)).fetchall()
    return rows[0] if rows else None


def polars_frame(
    cursor: duckdb.DuckDBPyConnection, statement: str, parameters: Sequence[object] = ()
) -> pl.DataFrame:
    """Return a statement's result as a Polars frame.

    By way of an Arrow table: handing the relation to Polars makes DuckDB print
    a page about leaked instances when the program ends.
    """
    relation = cursor.sql(statement, params=list(parameters) or None)
    return pl.DataFrame(relation.to_arrow_table())
