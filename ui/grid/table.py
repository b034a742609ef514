"""The grid's views: the table and the part that stays in sight."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableView, QWidget

from ui.grid.columns import STATUS_TONES, Column, GridData, Kind
from ui.grid.delegate import CellDelegate
from ui.grid.header import GridHeader
from ui.grid.model import GridModel
from ui.look import Look
from ui.painting import pill_width

_TICK_KEYS = "xчXЧ"
_TOGGLE_KEYS = "pзPЗ"


class GridTable(QTableView):
    """A table without grid lines that paints from arrays.

    Space asks for details, X ticks, P toggles the switch, Enter or F2 edits,
    digits start an edit of a money cell, Ctrl+A ticks every shown row.
    """

    details_requested = Signal(str)
    activated_row = Signal(str)

    def __init__(self, look: Look, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.hover_row = -1
        self._anchor = -1
        self._sized: list[str] = []
        self._grid_model = model
        self.setModel(model)
        self.header = GridHeader(look, model, self)
        self.setHorizontalHeader(self.header)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(CellDelegate(look, model, self, self))
        self.header.sort_requested.connect(self.sort_by)
        self.header.all_ticked.connect(self._tick_all)
        model.modelReset.connect(self._keep_columns)
        look.reworded.connect(self._size_columns)
        look.keep_styled(self, self._restyle)
        look.keep_worded(self, lambda: self.setAccessibleName(look.say("grid.name")))
        self._size_columns()
        self._frozen = _FrozenPart(look, model, self) if type(self) is GridTable else None

    def focus_cell(self) -> tuple[int, int]:
        """Return row and column of the keyboard, (-1, -1) without it."""
        current = self.currentIndex()
        return (current.row(), current.column()) if self.hasFocus() else (-1, -1)

    def load(self, data: GridData) -> None:
        """Show new rows; the keyboard's row and the scroll place stay."""
        current = self.currentIndex()
        kept = self._grid_model.row_id(current.row()) if current.isValid() else ""
        scroll = self.verticalScrollBar().value()
        self._grid_model.load(data)
        if kept and kept in data.ids:
            place = data.ids.index(kept)
            rows = [r for r, p in enumerate(self._grid_model.shown) if p == place]
            if rows:
                index = self._grid_model.index(rows[0], current.column())
                flag = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(index, flag)
        self.verticalScrollBar().setValue(scroll)

    def sort_by(self, key: str) -> None:
        """Sort by a column: numbers fall first, words rise first."""
        columns = self._grid_model.columns
        column = next(c for c in columns if c.key == key)
        was_key, was_falling = self._grid_model.sorting
        falling = not was_falling if was_key == key else column.right_aligned
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self._grid_model.sort(list(columns).index(column), order)
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the grid's own keys; see the class."""
        index, key, text = self.currentIndex(), event.key(), event.text()
        # Enter reaches the table too, after it has ended an edit.
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._tick_all(True)
        elif editing or not index.isValid() or not self._act_on(index, key, text):
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
        """Tick a box or turn a switch; Shift ticks the rows between."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        kind = self._column(index).kind
        if kind is Kind.CHECK:
            stretch = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._tick(index.row(), stretch)
        elif kind is Kind.SWITCH:
            self._toggle(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit an editable cell; otherwise open the row's details."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or self._column(index).kind in (Kind.CHECK, Kind.SWITCH):
            return
        if self._takes_edits(index):
            self.edit(index)
        else:
            self.activated_row.emit(self._grid_model.row_id(index.row()))

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Keep the keyboard's cell out from under the frozen part."""
        index = super().moveCursor(action, modifiers)
        covered = self._frozen.width() if self._frozen and self._frozen.isVisible() else 0
        if covered and not self._column(index).frozen:
            left = self.visualRect(index).left()
            if left < covered:
                bar = self.horizontalScrollBar()
                bar.setValue(bar.value() + left - covered)
        return index

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the name the spare room; keep the frozen part in its place."""
        super().resizeEvent(event)
        self._stretch_name()
        if self._frozen is not None:
            self._frozen.follow()

    def _act_on(self, index: QModelIndex, key: int, text: str) -> bool:
        """Do what a key means on a cell; return whether it meant anything."""
        column, row = self._column(index), index.row()
        editing = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
        if key == Qt.Key.Key_Space or (key in editing and column.kind in (Kind.CHECK, Kind.SWITCH)):
            self._press(column, row)
        elif key in editing and self._takes_edits(index):
            self.edit(index)
        elif key in editing:
            self.activated_row.emit(self._grid_model.row_id(row))
        elif text and text in _TICK_KEYS:
            self._tick(row, stretch=False)
        elif text and text in _TOGGLE_KEYS:
            self._toggle(row)
        elif text.isdigit() and column.kind is Kind.MONEY and self._takes_edits(index):
            self._type_into(index, text)
        else:
            return False
        return True

    def _press(self, column: Column, row: int) -> None:
        """Do what Space means: tick, toggle, or ask for details."""
        if column.kind is Kind.CHECK:
            self._tick(row, stretch=False)
        elif column.kind is Kind.SWITCH:
            self._toggle(row)
        else:
            self.details_requested.emit(self._grid_model.row_id(row))

    def _type_into(self, index: QModelIndex, text: str) -> None:
        """Start an edit whose first letter was typed on the cell."""
        self.edit(index)
        field = self.viewport().focusWidget()
        if isinstance(field, QLineEdit):
            field.setText(text)

    def _takes_edits(self, index: QModelIndex) -> bool:
        """Tell whether a cell can be edited."""
        return bool(self._grid_model.flags(index) & Qt.ItemFlag.ItemIsEditable)

    def _column(self, index: QModelIndex) -> Column:
        """Return the column of an index."""
        return self._grid_model.columns[index.column()]

    def _tick(self, row: int, stretch: bool) -> None:
        """Tick or untick a row, or all from the last one to it."""
        model = self._grid_model
        if stretch and 0 <= self._anchor < model.rowCount():
            first, last = sorted((self._anchor, row))
            model.ticks.set([model.row_id(r) for r in range(first, last + 1)], ticked=True)
        else:
            row_id = model.row_id(row)
            model.ticks.set([row_id], row_id not in model.ticks)
        self._anchor = row

    def _tick_all(self, ticked: bool) -> None:
        """Tick or untick every shown row; unticking clears hidden ones too."""
        model = self._grid_model
        if ticked:
            ids = model.data_set.ids
            model.ticks.set([ids[int(place)] for place in model.shown], ticked=True)
        else:
            model.ticks.set(list(model.ticks.ids()), ticked=False)

    def _toggle(self, row: int) -> None:
        """Turn a row's switch, as a pending edit."""
        model = self._grid_model
        for place, column in enumerate(model.columns):
            if column.kind is Kind.SWITCH and column.editable:
                on = bool(model.value(column, row))
                state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
                role = Qt.ItemDataRole.CheckStateRole
                model.setData(model.index(row, place), state, role)

    def _hover(self, row: int) -> None:
        """Move the painted hover from one row to another."""
        if row != self.hover_row:
            before, self.hover_row = self.hover_row, row
            for changed in (before, row):
                self.repaint_row(changed)
            other = self._frozen
            if other is not None:
                other.hover_row = row
                for changed in (before, row):
                    other.repaint_row(changed)

    def repaint_row(self, row: int) -> None:
        """Paint one row again."""
        if row >= 0:
            top = self.rowViewportPosition(row)
            self.viewport().update(QRect(0, top, self.viewport().width(), self.rowHeight(row)))

    def _keep_columns(self) -> None:
        """Size the columns only when they changed, not on new rows."""
        keys = [column.key for column in self._grid_model.columns]
        if keys != self._sized:
            self._size_columns()

    def _size_columns(self) -> None:
        """Give each column its width."""
        self._sized = [column.key for column in self._grid_model.columns]
        for place, column in enumerate(self._grid_model.columns):
            self.setColumnWidth(place, self._natural_width(column))
        self._stretch_name()

    def _natural_width(self, column: Column) -> int:
        """Return the width that title and status words need at least."""
        look = self._look
        if column.kind is Kind.CHECK:
            return look.px(column.width)
        title = QFontMetricsF(look.font(12, 600)).horizontalAdvance(look.say(column.title_key))
        needed = title + 40
        if column.kind is Kind.STATUS:
            face = look.font(11, 600)
            words = (look.say(f"delivery.{name}") for name in ("paused", *STATUS_TONES))
            needed = max(needed, max(pill_width(word, face, dot=True) for word in words) + 14)
        return max(look.px(column.width), round(needed))

    def _stretch_name(self) -> None:
        """Widen the name column into what the others leave free.

        Where they leave nothing free it takes what the last whole one leaves: no number
        is cut in half before somebody scrolls.
        """
        columns = self._grid_model.columns
        place = next((i for i, c in enumerate(columns) if c.kind is Kind.NAME), -1)
        if place < 0:
            return
        least = self._look.px(columns[place].width)
        spare = self.viewport().width()
        order = sorted(range(len(columns)), key=self.header.visualIndex)
        for width in (self.columnWidth(i) for i in order if i != place):
            if spare - width < least:
                break
            spare -= width
        self.setColumnWidth(place, max(least, spare))

    def _restyle(self) -> None:
        """Take the row height of the present density."""
        height = self._look.px(int(self._look.density))
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.header.setFixedHeight(self._look.px(34))
        self.viewport().update()


class _FrozenPart(GridTable):
    """The frozen columns again, laid over the table while it is scrolled.

    It is a picture with a mouse: the keyboard stays in the table below.
    """

    def __init__(self, look: Look, model: GridModel, table: GridTable) -> None:
        super().__init__(look, model, table)
        self._table = table
        self.setObjectName("frozen")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionModel(table.selectionModel())
        for bar in (self.setVerticalScrollBarPolicy, self.setHorizontalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        table.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        table.horizontalScrollBar().valueChanged.connect(self.follow)
        table.header.sectionResized.connect(self.follow)
        self.header.sectionResized.connect(self._hand_over)
        model.modelReset.connect(self.follow)
        self.details_requested.connect(table.details_requested)
        self.activated_row.connect(table.activated_row)
        self.hide()

    def focus_cell(self) -> tuple[int, int]:
        """Return the table's own place of the keyboard."""
        return self._table.focus_cell()

    def follow(self, *_: int) -> None:
        """Show the frozen columns, when the table is scrolled sideways."""
        scrolled = self._table.horizontalScrollBar().value() > 0
        if not scrolled:
            self.hide()
            return
        width = 0
        for place, column in enumerate(self._grid_model.columns):
            self.setColumnHidden(place, not column.frozen)
            if column.frozen:
                size = self._table.columnWidth(place)
                self.setColumnWidth(place, size)
                width += size
        height = self._table.header.height() + self._table.viewport().height()
        self.setGeometry(self._table.frameWidth(), self._table.frameWidth(), width + 1, height)
        self.verticalScrollBar().setValue(self._table.verticalScrollBar().value())
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give the keyboard to the table, then act as the table does."""
        self._table.setFocus()
        super().mousePressEvent(event)

    def _hand_over(self, section: int, before: int, after: int) -> None:
        """Give a column the width it was dragged to here."""
        if self.isVisible() and after and self._table.columnWidth(section) != after:
            self._table.setColumnWidth(section, after)


def cell_centre(table: GridTable, row: int, column: int) -> QPoint:
    """Return where a cell's centre lies in the viewport."""
    return table.visualRect(table.model().index(row, column)).center()
