"""Writes a grid's shown rows as a table that spreadsheets open safely."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from ui.grid.columns import Column, Kind
from ui.grid.model import GridModel
from ui.look import Look

# A spreadsheet takes a text that begins so for a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SKIPPED = (Kind.CHECK, Kind.TREND)


def save_csv(model: GridModel, look: Look, path: Path) -> int:
    """Write the shown rows, or the ticked ones of them; return how many.

    Numbers are plain and money is in major units, with its currency in a column of
    its own. The encoding is UTF-8 with a mark, which Excel needs. Raises OSError.
    """
    columns = [column for column in model.columns if column.kind not in _SKIPPED]
    data = model.data_set
    rows = [row for row in range(model.rowCount()) if _is_wanted(model, row)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        titles = [look.say(column.title_key) for column in columns]
        writer.writerow(["ID", *titles, look.say("export.currency")])
        for row in rows:
            place = model.place(row)
            cells = [_cell(model, look, column, place) for column in columns]
            writer.writerow([f"'{data.ids[place]}", *cells, data.currency_of(place).code])
    return len(rows)


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _is_wanted(model: GridModel, row: int) -> bool:
    return not len(model.ticks) or model.row_id(row) in model.ticks


def _cell(model: GridModel, look: Look, column: Column, place: int) -> str:
    """Return a cell: what is at Meta, never an edit not yet sent."""
    data = model.data_set
    value = data.values[column.key][place]
    match column.kind:
        case Kind.MONEY | Kind.NUMBER | Kind.RATIO | Kind.PERCENT:
            number = float(np.float64(value))  # type: ignore[arg-type]  # numeric by its kind
            if not math.isfinite(number):
                return ""
            if column.kind is Kind.MONEY:
                number /= data.currency_of(place).offset
            elif column.kind is Kind.PERCENT:
                number *= 100
            return f"{number:.6f}".rstrip("0").rstrip(".")
        case _:
            return safe_text(model.texts.of_cell(data, column, place))
