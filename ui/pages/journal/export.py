"""Writes the journal as a table that spreadsheets open safely."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject

from engine.api.messages import JournalPage, JournalRow, Value
from ui.engine_client import Ask, EngineClient, EngineError
from ui.look import Look
from ui.pages.journal.feed import PATH, Wanted
from ui.pages.journal.words import BUDGETS, Zones, by_whom
from ui.pages.objects.export import safe_text
from ui.pages.objects.outcomes import reason_words, state_of

_PAGE = 1000
_TITLES = (
    "column_time",
    "column_state",
    "mode",
    "column_by",
    "column_account",
    "level",
    "column_object",
    "object_id",
    "field",
    "before",
    "after",
    "currency",
    "column_reason",
    "entry_id",
)


class Export(QObject):
    """Reads every row of a wish, not only those on screen."""

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client

    def read(
        self,
        wanted: Wanted,
        done: Callable[[list[JournalRow]], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Ask for all rows, page by page."""
        rows: list[JournalRow] = []

        def take(page: JournalPage) -> None:
            rows.extend(page.items)
            if page.cursor is None:
                done(rows)
            else:
                ask(page.cursor)

        def ask(cursor: str | None) -> None:
            query = wanted.query(_PAGE, cursor)
            self._client.get(Ask(PATH, JournalPage, query), self, take, failed)

        ask(None)


def write_csv(look: Look, zones: Zones, rows: Sequence[JournalRow], path: Path) -> None:
    """Write rows as CSV; raises OSError.

    Times are in the account's zone, money in major units. The encoding is UTF-8 with
    a mark, which Excel needs.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([look.say(f"activity.{key}") for key in _TITLES])
        for row in rows:
            writer.writerow([safe_text(cell) for cell in _cells(look, zones, row)])


def _cells(look: Look, zones: Zones, row: JournalRow) -> list[str]:
    moment = datetime.fromisoformat(row.decided_at).astimezone(zones.of(row.account_id))
    return [
        moment.isoformat(sep=" ", timespec="seconds"),
        state_of(look, row)[0],
        look.say(f"activity.mode_{row.mode}"),
        by_whom(look, row)[1],
        row.account_name,
        look.say(f"activity.level_{row.level}"),
        row.object_name,
        f"'{row.object_id}",
        row.field,
        _value(row, row.before),
        _value(row, row.after),
        row.currency if row.field in BUDGETS else "",
        reason_words(look, row),
        row.id,
    ]


def _value(row: JournalRow, value: Value) -> str:
    if isinstance(value, int) and row.field in BUDGETS:
        digits = 2 if row.offset > 1 else 0
        return f"{value / row.offset:.{digits}f}"
    return "" if value is None else str(value)
