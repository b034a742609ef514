"""Reading single rows from DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb


def first_row(
    cursor: duckdb.DuckDBPyConnection, statement: str, parameters: Sequence[object] = ()
) -> tuple[Any, ...] | None:
    """Return the first row of a statement's result, none when it has no rows.

    Reads the result to its end: DuckDB refuses the next statement on a cursor
    whose result is only half read.
    """
    rows = cursor.execute(statement, list(parameters)).fetchall()
    return rows[0] if rows else None
