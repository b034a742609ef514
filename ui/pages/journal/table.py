"""The journal's table: keyboard, ticks, and columns that fit the room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from engine.api.messages import JournalRow
from ui.look import Look
from ui.pages.journal.delegate import MARGIN, JournalDelegate
from ui.pages.journal.model import Col, JournalModel, waits
from ui.painting import pill_width

_WIDTHS = {
    Col.TICK: 34,
    Col.TIME: 118,
    Col.OBJECT: 200,
    Col.CHANGE: 150,
    Col.STATE: 120,
    Col.BY: 170,
    Col.ACCOUNT: 160,
    Col.REASON: 180,
}
_LEAST_OBJECT, _LEAST_CHANGE = 128, 118
# What goes first when there is little room: the side panel tells it too.
_GIVES_WAY = (Col.ACCOUNT, Col.REASON, Col.BY)
_STATES = (
    "applied",
    "needs_human",
    "not_applied",
    "unknown",
    "held_out",
)
# The same keys on a Ukrainian keyboard.
_APPROVE, _REJECT, _MARK = "aфAФ", "xчXЧ", "mьMЬ"


class JournalTable(QTableView):
    """The rows and their keys.

    Space or Enter opens a row, M ticks it, A approves, X rejects, U takes back.
    """

    opened = Signal(str)
    picked = Signal(str)
    moved = Signal(str)
    approve_requested = Signal()
    reject_requested = Signal()
    undo_requested = Signal()

    def __init__(self, look: Look, model: JournalModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._journal = model
        self._anchor = -1
        self.hover_row = -1
        self.open_id = ""
        self.setModel(model)
        self._delegate = JournalDelegate(look, model, self, self)
        self.setItemDelegate(self._delegate)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(20)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.selectionModel().currentRowChanged.connect(self._moved)
        look.keep_styled(self, self._restyle)
        look.keep_worded(self, self._reword)

    def focus_row(self) -> int:
        """Return the keyboard's row, -1 without it."""
        current = self.currentIndex()
        return current.row() if current.isValid() and self.hasFocus() else -1

    def mark_open(self, entry_id: str) -> None:
        """Keep the row lit whose trace stands beside the table."""
        self.open_id = entry_id
        self.viewport().update()

    def current(self) -> JournalRow | None:
        """Return the row of the keyboard."""
        index = self.currentIndex()
        return self._journal.rows[index.row()] if index.isValid() else None

    def show_rows(self, rows: Sequence[JournalRow], has_more: bool) -> None:
        """Show rows; keyboard and the topmost seen row stay where they are."""
        current = self.current()
        bar = self.verticalScrollBar()
        at_top = bar.value() == 0
        top = self.rowAt(0)
        seen = self._journal.rows[top].id if top >= 0 and not at_top else ""
        offset = self.rowViewportPosition(top) if top >= 0 else 0
        blocked = self.selectionModel().blockSignals(True)
        self._journal.load(rows, has_more)
        if current is not None:
            self.go_to(current.id, scroll=False)
        self.selectionModel().blockSignals(blocked)
        place = self._journal.place_of(seen) if seen else -1
        if place >= 0:
            height = self.verticalHeader().defaultSectionSize()
            bar.setValue(place * height - offset)
        self.fit_columns()

    def go_to(self, entry_id: str, scroll: bool = True) -> bool:
        """Bring the keyboard to an entry; return whether it is loaded."""
        place = self._journal.place_of(entry_id)
        if place < 0:
            return False
        index = self._journal.index(place, Col.OBJECT)
        self.setCurrentIndex(index)
        if scroll:
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def fit_columns(self) -> None:
        """Give each column its width; hide what the room does not allow."""
        look, width = self._look, self.viewport().width()
        sizes = self._natural_sizes()
        shown = set(Col)
        for column in _GIVES_WAY:
            if sum(sizes[one] for one in shown) > width:
                shown.discard(column)
        spare = width - sum(sizes[one] for one in shown)
        for column, least in ((Col.CHANGE, _LEAST_CHANGE), (Col.OBJECT, _LEAST_OBJECT)):
            cut = min(max(0, -spare), max(0, sizes[column] - look.px(least)))
            sizes[column] -= cut
            spare += cut
        spare = max(0, spare)
        if Col.REASON in shown:
            sizes[Col.OBJECT] += spare * 2 // 5
            sizes[Col.REASON] += spare - spare * 2 // 5
        else:
            sizes[Col.OBJECT] += spare
        for column in Col:
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, sizes[column])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the journal's own keys; see the class."""
        row, text, key = self.currentIndex().row(), event.text(), event.key()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._journal.tick(range(len(self._journal.rows)), on=True)
        elif text and text in _APPROVE:
            self.approve_requested.emit()
        elif text and text in _REJECT:
            self.reject_requested.emit()
        elif text and text in "uгUГ":
            self.undo_requested.emit()
        elif row < 0:
            super().keyPressEvent(event)
        elif text and text in _MARK:
            self._toggle(row, stretch=False)
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self._journal.rows[row].id)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Paint the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the row under the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick in the first column, open elsewhere; Shift ticks those between."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        stretch = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if index.column() == Col.TICK and waits(self._journal.rows[index.row()]):
            self._toggle(index.row(), stretch)
        else:
            self.picked.emit(self._journal.rows[index.row()].id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns into the new room."""
        super().resizeEvent(event)
        self.fit_columns()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the keyboard a row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._journal.rows:
            self.setCurrentIndex(self._journal.index(0, Col.OBJECT))
        self.viewport().update()

    def _natural_sizes(self) -> dict[Col, int]:
        """Return the widths that words and amounts need."""
        look = self._look
        sizes = {column: look.px(size) for column, size in _WIDTHS.items()}
        rows = self._journal.rows[:60]
        natural = [self._delegate.natural_width(row) for row in rows]
        widest = round(min(max(natural, default=0.0), look.px(290)))
        sizes[Col.CHANGE] = max(sizes[Col.CHANGE], widest + 4)
        face = look.font(11, 600)
        pills = [pill_width(look.say(f"activity.state_{one}"), face, dot=True) for one in _STATES]
        sizes[Col.STATE] = round(max(pills)) + MARGIN + 6
        return sizes

    def _toggle(self, row: int, stretch: bool) -> None:
        if stretch and 0 <= self._anchor < len(self._journal.rows):
            first, last = sorted((self._anchor, row))
            self._journal.tick(range(first, last + 1), on=True)
        else:
            self._journal.tick([row], not self._journal.is_ticked(row))
        self._anchor = row

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.viewport().update()
        if current.isValid():
            self.moved.emit(self._journal.rows[current.row()].id)

    def _hover(self, row: int) -> None:
        if row != self.hover_row:
            before, self.hover_row = self.hover_row, row
            for changed in (before, row):
                if changed >= 0:
                    top = self.rowViewportPosition(changed)
                    height = self.rowHeight(changed)
                    self.viewport().update(QRect(0, top, self.viewport().width(), height))

    def _restyle(self) -> None:
        height = self._look.px(int(self._look.density))
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(self._look.px(34))
        self.fit_columns()
        self.viewport().update()

    def _reword(self) -> None:
        self.setAccessibleName(self._look.say("activity.name"))
        self.fit_columns()
