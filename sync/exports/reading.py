"""From the table of an export to rows that can be pushed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engine.domain.errors import UserError
from engine.domain.objects import Level
from sync.exports import cells
from sync.exports.cells import Cell, Unreadable
from sync.exports.headers import EVENTS, NUMBERS, Columns, find_columns
from sync.exports.tables import Table, read_table

# Objects by level and name, for exports without ids; several may share a name.
Names = Mapping[tuple[Level, str], Sequence[str]]
_COLUMN_OF: Mapping[Level, str] = {
    Level.CAMPAIGN: "campaign",
    Level.ADSET: "adset",
    Level.AD: "ad",
}


@dataclass(frozen=True, slots=True)
class Left:
    """A line that could not be taken, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Export:
    """What an export holds: rows in the form of POST /api/v1/ingest.

    `currency` is what its headers name, empty for none. `totals` counts lines of sums,
    which are left out; `ignored` names columns that no number of ours comes from.
    """

    level: Level
    rows: list[dict[str, object]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    currency: str = ""
    ignored: tuple[str, ...] = ()
    digest: str = ""
    totals: int = 0

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day, none without rows."""
        found = [date.fromisoformat(str(row["date"])) for row in self.rows]
        return (min(found), max(found)) if found else None


def needs_names(path: Path) -> bool:
    """Whether an export has no ids, so that its names must be looked up."""
    columns = find_columns(read_table(path).header)
    return f"{_COLUMN_OF[_level(columns)]}_id" not in columns.places


def read_export(path: Path, names: Names | None = None) -> Export:
    """Read an export.

    Raises UserError when it is none, or when its rows are of more than a day.
    """
    table = read_table(path)
    columns = find_columns(table.header)
    export = Export(
        _level(columns),
        currency=columns.currency,
        ignored=columns.ignored,
        digest=table.digest,
    )
    reader = _Reader(table, columns, export.level, names or {})
    for number, row in enumerate(table.rows):
        if not any(not cells.is_empty(cell) for cell in row):
            continue
        try:
            told = reader.read(row)
        except Unreadable as error:
            export.left.append(Left(table.first + number, str(error)))
            continue
        if told is None:
            export.totals += 1
            continue
        export.rows.append(told)
        export.lines.append(table.first + number)
    _refuse_long_rows(export)
    return export


def _level(columns: Columns) -> Level:
    """Return the deepest level that the columns name."""
    for level in reversed(Level):
        name = _COLUMN_OF[level]
        if {f"{name}_id", f"{name}_name"} & columns.places.keys():
            return level
    raise AssertionError("find_columns lets no such file through")


def _refuse_long_rows(export: Export) -> None:
    reasons = Counter(one.reason for one in export.left)
    if not export.rows and reasons[_LONG] == len(export.left) > 0:
        raise UserError(
            "Each row of the export covers more than one day.",
            hint="In Ads Manager choose Breakdown, By time, Day, then export again.",
        )


_LONG = "more than one day"


class _Reader:
    """Reads rows by the places of their columns and the habits of the file."""

    def __init__(self, table: Table, columns: Columns, level: Level, names: Names) -> None:
        self._places = columns.places
        self._level = level
        self._names = names
        self._comma = any(
            cells.writes_comma(self._column(table, name))
            for name in (*NUMBERS, *EVENTS)
            if name in self._places
        )
        days = [*self._column(table, "day"), *self._column(table, "since")]
        self._month_first = cells.is_month_first(days)

    def _column(self, table: Table, name: str) -> list[Cell]:
        place = self._places.get(name)
        return [] if place is None else [row[place] for row in table.rows if place < len(row)]

    def read(self, row: Sequence[Cell]) -> dict[str, object] | None:
        """Return a row to push, none for a line of sums. Raises Unreadable."""
        object_id = self._object(row)
        if not object_id:
            return None
        told: dict[str, object] = {
            "level": self._level.value,
            "object_id": object_id,
            "date": self._day(row).isoformat(),
        }
        hour = cells.hour(self._cell(row, "hour"))
        account = cells.identifier(self._cell(row, "account_id"))
        told |= {"hour": hour} if hour is not None else {}
        told |= {"account_id": account} if account else {}
        told |= self._numbers(row)
        return told | (self._events(row) if hour is None else {})

    def _cell(self, row: Sequence[Cell], name: str) -> Cell:
        place = self._places.get(name)
        return row[place] if place is not None and place < len(row) else ""

    def _object(self, row: Sequence[Cell]) -> str:
        """Return the row's object by its id or its name, empty in a line of sums."""
        column = _COLUMN_OF[self._level]
        if f"{column}_id" in self._places:
            return cells.identifier(self._cell(row, f"{column}_id"))
        name = str(self._cell(row, f"{column}_name")).strip()
        if not name:
            return ""
        found = self._names.get((self._level, name), ())
        if len(found) == 1:
            return found[0]
        if found:
            raise Unreadable(f"{len(found)} objects are called {name[:60]!r}; export their ids too")
        raise Unreadable(f"nothing here is called {name[:60]!r}; export the column of ids too")

    def _day(self, row: Sequence[Cell]) -> date:
        since = cells.day(self._cell(row, "since"), month_first=self._month_first)
        until = cells.day(self._cell(row, "until"), month_first=self._month_first)
        day = cells.day(self._cell(row, "day"), month_first=self._month_first)
        if day is not None:
            return day
        if since is None:
            raise Unreadable("no day")
        if until is not None and until != since:
            raise Unreadable(_LONG)
        return since

    def _numbers(self, row: Sequence[Cell]) -> dict[str, object]:
        """Return the numbers that the file has a column for; an empty cell is zero."""
        told: dict[str, object] = {}
        for name in NUMBERS:
            if name not in self._places:
                continue
            found = cells.number(self._cell(row, name), comma=self._comma) or 0.0
            if found < 0:
                raise Unreadable(f"{name} below zero")
            told[name] = found if name == "spend" else round(found)
        return told

    def _events(self, row: Sequence[Cell]) -> dict[str, object]:
        counts: dict[str, float] = {}
        worth: dict[str, float] = {}
        for name in EVENTS:
            found = cells.number(self._cell(row, name), comma=self._comma)
            if found is None:
                continue
            kind = name.removeprefix("value:")
            (worth if name.startswith("value:") else counts)[kind] = found
        return {"conversions": counts, "revenue": worth}
