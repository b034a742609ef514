"""The grid of campaigns, ad sets or ads with everything one can do in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.engine_client import EngineError, ErrorKind
from ui.grid.columns import Kind
from ui.grid.panel import GridPanel
from ui.pages.objects.book import Desk, ObjectBook
from ui.pages.objects.columns import columns_of
from ui.pages.objects.export import save_csv
from ui.pages.objects.review import ReviewDialog
from ui.pages.objects.views import View
from ui.session import Session
from ui.widgets.dialogs import ConfirmDialog, Question
from ui.widgets.state_panels import PanelKind

_COUNTS = {"campaign": "grid.campaigns", "adset": "grid.adsets", "ad": "grid.ads"}
_PANELS = {
    ErrorKind.OFFLINE: PanelKind.OFFLINE,
    ErrorKind.NO_PERMISSION: PanelKind.NO_PERMISSION,
}


class ObjectGrid(GridPanel):
    """Rows of a book; edits stay drafts until they are reviewed and posted."""

    def __init__(self, session: Session, desk: Desk, parent: QWidget | None = None) -> None:
        columns = columns_of("campaign")
        super().__init__(session.look, columns, _COUNTS["campaign"], parent, desk.drafts.edits)
        self._session = session
        self._desk = desk
        self._error: EngineError | None = None
        self.level = "campaign"
        for level in _COUNTS:
            book = desk.book(level)
            book.loaded.connect(self._took)
            book.failed.connect(self._took_none)
        self._sort("spend", falling=True)
        self.export_requested.connect(self._ask_path)
        self.pending.review.connect(self.review)
        self.pending.discard.connect(self.discard)
        self.state.action.disconnect()
        self.state.action.connect(self._act)
        self._bind("Ctrl+S", self.review)
        self._bind("Ctrl+Shift+Del", self.discard)

    @property
    def book(self) -> ObjectBook:
        """The book whose rows are shown."""
        return self._desk.book(self.level)

    def reload(self) -> None:
        """Ask for the rows anew, with a skeleton where there are none yet."""
        if self.book.table is None:
            self.state.show_loading()
        self.book.ask()

    def show_level(self, level: str) -> None:
        """Show the objects of another level."""
        if level == self.level:
            return
        self.level = level
        self.model.ticks.set(list(self.model.ticks.ids()), ticked=False)
        self.use_columns(columns_of(level), _COUNTS[level])
        self._sort("spend", falling=True)
        if self.book.table is not None:
            self._took()
        self.reload()

    def apply(self, view: View) -> None:
        """Show a view: its level, columns, order and filter."""
        self.show_level(view.level)
        known = columns_of(view.level)
        usual = [column.key for column in known if not column.hidden]
        self.show_columns(view.columns or usual)
        self._sort(view.sort, view.falling)
        self.filter.setText(view.filter_text(self._session.look))
        self.filter.apply()

    def present(self) -> View:
        """Return what is shown now as a view without a name."""
        key, falling = self.model.sorting
        columns = tuple(column.key for column in self.model.columns)
        return View("", self.level, self.filter.text(), columns, key, falling)

    def current_id(self) -> str:
        """Return the id of the row with the keyboard, empty for none."""
        index = self.table.currentIndex()
        return self.model.row_id(index.row()) if index.isValid() else ""

    def go_to(self, object_id: str) -> None:
        """Move the keyboard to a row, if it is shown."""
        for row in range(self.model.rowCount()):
            if self.model.row_id(row) == object_id:
                names = [c.kind is Kind.NAME for c in self.model.columns]
                index = self.model.index(row, names.index(True) if any(names) else 0)
                self.table.setCurrentIndex(index)
                self.table.scrollTo(index, self.table.ScrollHint.PositionAtCenter)
                self.table.setFocus()
                return

    def switch_ticked(self, on: bool) -> None:
        """Draft a pause or a start of every ticked row."""
        ids, data = self.model.ticks.ids(), self.model.data_set
        for place, object_id in enumerate(data.ids):
            if object_id in ids:
                self.model.pending.put(object_id, "on", bool(data.values["on"][place]), on)

    def review(self) -> None:
        """Show the drafts and offer to post them."""
        if self.model.pending.all():
            ReviewDialog(self._session, self._desk.drafts, self.window()).open()

    def discard(self) -> None:
        """Forget all drafts after asking once."""
        if not self.model.pending.all():
            return
        say = self._session.look.say
        question = Question(
            say("dialog.discard_title"), say("dialog.discard_text"), "dialog.discard", danger=True
        )
        dialog = ConfirmDialog(self._session.look, question, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self.model.pending.clear)
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the shown rows as CSV and tell so."""
        say = self._session.look.say
        try:
            count = save_csv(self.model, self._session.look, path)
        except OSError as error:
            why = error.strerror or str(error)
            self._session.say(say("export.failed", path=str(path), why=why), "bad")
            return
        shown = self._session.look.formats.number(count)
        self._session.say(say("export.done", count=count, shown=shown, path=path.name))

    def _ask_path(self) -> None:
        say = self._session.look.say
        name = f"{self.level}s-{self._session.span.since}-{self._session.span.until}.csv"
        chosen, _ = QFileDialog.getSaveFileName(
            self.window(), say("export.title"), name, say("export.kind")
        )
        if chosen:
            self.export_to(Path(chosen))

    def _took(self) -> None:
        if self.book.table is not None:
            self._error = None
            self.load(self.book.data)
            if not len(self.book.data):
                say = self._session.look.say
                title, text = say("campaigns.empty"), say("campaigns.empty_text")
                self.state.show_message(PanelKind.EMPTY, title, text)

    def _took_none(self, error: EngineError) -> None:
        if self.book.table is None:
            self._error = error
            kind = _PANELS.get(error.kind, PanelKind.ERROR)
            self.state.show_message(kind, error.title, error.text, "panel.retry", error.details)
        elif self.isVisible():
            self._session.fail(error)

    def _act(self) -> None:
        """Do what the panel in place of rows offers."""
        if self._error is not None:
            self._error = None
            self.reload()
        else:
            self.filter.set_terms([])

    def _sort(self, key: str, falling: bool) -> None:
        keys = [column.key for column in self.model.columns]
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.model.sort(keys.index(key) if key in keys else -1, order)

    def _bind(self, keys: str, run: object) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(run)
