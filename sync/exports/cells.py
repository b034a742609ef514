"""What stands in a cell of an export: numbers, days, hours, ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta
_EMPTY = frozenset({"", "-", "–", "—", "n/a", "none", "null"})
_COMMA_DECIMAL = re.compile(r"^-?[\d\s.]*,\d{1,2}$|^-?[\d\s.]*,\d{4,}$")
_HOUR = re.compile(r"^(\d{1,2}):00(:00)?\s*[-–—]")


class Unreadable(ValueError):
    """A cell that is not what its column promises."""


def is_empty(cell: Cell) -> bool:
    """Whether a cell holds nothing."""
    return isinstance(cell, str) and _text(cell).casefold() in _EMPTY


def writes_comma(cells: Iterable[Cell]) -> bool:
    """Tell whether a column of numbers has a comma before its decimals."""
    return any(isinstance(cell, str) and _COMMA_DECIMAL.match(_text(cell)) for cell in cells)


def number(cell: Cell, *, comma: bool) -> float | None:
    """Return a cell's number, none for an empty one. Raises Unreadable.

    With `comma` it stands before the decimals, otherwise between thousands.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise Unreadable(f"{cell!s:.40} is no number")
    if isinstance(cell, int | float):
        return float(cell)
    text = _text(cell)
    if text.casefold() in _EMPTY:
        return None
    plain = re.sub(r"[\s'’]", "", text).strip("%$€£₴zł")
    plain = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise Unreadable(f"{text[:40]!r} is no number")
    return float(plain)


def identifier(cell: Cell) -> str:
    """Return a cell's id, empty for none. Raises Unreadable.

    A number that a spreadsheet rounded is refused: its last digits are lost.
    """
    if isinstance(cell, float) and (not cell.is_integer() or cell > 2**53):
        raise Unreadable(f"the id {cell!r} lost digits in a spreadsheet; format it as text")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return str(int(cell))
    text = _text(str(cell)).removeprefix("act_").strip("'\"=")
    if text.casefold() in _EMPTY:
        return ""
    if re.fullmatch(r"[\d.,]+[eE]\+?\d+", text):
        raise Unreadable(f"the id {text!r} lost digits in a spreadsheet; format it as text")
    if not text.isdecimal():
        raise Unreadable(f"{text[:40]!r} is no id")
    return text


def day(cell: Cell, *, month_first: bool) -> date | None:
    """Return a cell's day, none for an empty one. Raises Unreadable.

    With `month_first` 11/03 is the third of November; 03.11 is it always.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(str(cell))
    if text.casefold() in _EMPTY:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text):
            return date.fromisoformat(text[:10])
        first, second, year = (int(part) for part in re.split(r"[./]", text))
        swapped = "/" in text and month_first
        return date(year, first if swapped else second, second if swapped else first)
    except ValueError:
        raise Unreadable(f"{text[:40]!r} is no day") from None


def is_month_first(cells: Iterable[Cell]) -> bool:
    """Tell whether days with strokes begin with the month: unless one can't."""
    parts = [re.match(r"(\d{1,2})/", cell) for cell in cells if isinstance(cell, str)]
    return all(int(part[1]) <= 12 for part in parts if part)


def hour(cell: Cell) -> int | None:
    """Return the hour of `13:00:00 - 13:59:59`, none for an empty cell.

    Raises Unreadable.
    """
    if isinstance(cell, time):
        return cell.hour
    text = _text(str(cell))
    if text.casefold() in _EMPTY:
        return None
    found = _HOUR.match(text)
    if found is None or int(found[1]) > 23:
        raise Unreadable(f"{text[:40]!r} is no hour of a day")
    return int(found[1])


def _text(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()
