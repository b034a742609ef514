"""The rows of one level as the engine last gave them.

They are asked for once for all who show them.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.api.messages import ObjectTable
from engine.domain.formats import Currency
from ui.engine_client import Ask, Call, EngineError
from ui.grid.columns import EMPTY, GridData
from ui.grid.edits import PendingEdits
from ui.pages.objects.columns import grid_data
from ui.session import Session

# Some thousand campaigns with their sums take the engine a moment.
_SECONDS = 60.0
LEVELS = ("campaign", "adset", "ad")


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What is known of a row beside its numbers."""

    object_id: str
    level: str
    name: str
    account_id: str
    account_name: str
    client: str
    objective: str | None
    currency: Currency
    budget_kind: str | None


class ObjectBook(QObject):
    """The rows of a level in the session's scope and period.

    ``loaded`` follows new rows, ``failed`` (an EngineError) why there are none.
    ``ask`` while an answer is on its way asks once more after it.
    """

    loaded = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, level: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.level = level
        self.data: GridData = EMPTY
        self.table: ObjectTable | None = None
        self._places: dict[str, int] = {}
        self._call: Call | None = None
        self._asked_for = ""
        self._again = False
        session.look.reworded.connect(self._reword)

    def ask(self) -> None:
        """Read the rows anew; those of another scope are not waited for."""
        query = self._session.query() | {"level": self.level, "format": "columns"}
        if self._call is not None:
            if str(query) == self._asked_for:
                self._again = True
                return
            self._call.cancel()
        self._asked_for, self._again = str(query), False
        ask = Ask("/api/v1/campaigns", ObjectTable, query, timeout=_SECONDS)
        self._call = self._session.client.get(ask, self, self._took, self._took_none)

    def place_of(self, object_id: str) -> int:
        """Return where a row stands, -1 for one that is not here."""
        return self._places.get(object_id, -1)

    def facts(self, object_id: str) -> RowFacts | None:
        """Return what is known of a row, none for one that is not here."""
        place, table = self.place_of(object_id), self.table
        if place < 0 or table is None:
            return None
        return RowFacts(
            object_id,
            table.level,
            table.name[place],
            table.account_id[place],
            table.account_name[place],
            table.client[place],
            table.objective[place],
            Currency(table.currency[place], table.offset[place]),
            table.budget_kind[place],
        )

    def _took(self, table: ObjectTable) -> None:
        self._call = None
        self.table = table
        self._places = {object_id: place for place, object_id in enumerate(table.object_id)}
        self.data = grid_data(table, self._session.look)
        self.loaded.emit()
        if self._again:
            self.ask()

    def _took_none(self, error: EngineError) -> None:
        self._call, self._again = None, False
        self.failed.emit(error)

    def _reword(self) -> None:
        if self.table is not None:
            self.data = grid_data(self.table, self._session.look)
            self.loaded.emit()


class Drafts(QObject):
    """Edits not yet sent, of all levels, with what is known of their rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edits = PendingEdits(self)
        self._facts: dict[str, RowFacts] = {}

    def follow(self, book: ObjectBook) -> None:
        """Remember the facts of a book's edited rows, also after they are gone."""
        self.edits.changed.connect(lambda _count: self._note(book))

    def facts(self, object_id: str) -> RowFacts:
        """Return what is known of an edited row; KeyError for another one."""
        return self._facts[object_id]

    def _note(self, book: ObjectBook) -> None:
        for edit in self.edits.all():
            if edit.row_id not in self._facts:
                found = book.facts(edit.row_id)
                if found is not None:
                    self._facts[edit.row_id] = found


class Desk(QObject):
    """What pages that show objects share: a book for each level, and drafts."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.drafts = Drafts(self)
        self._books = {level: ObjectBook(session, level, self) for level in LEVELS}
        for book in self._books.values():
            self.drafts.follow(book)

    def book(self, level: str) -> ObjectBook:
        """Return the book of a level: campaign, adset or ad."""
        return self._books[level]
