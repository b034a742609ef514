"""The grid's table model over arrays: order, filter, edits and ticks."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from ui.grid.cell_text import CellTexts
from ui.grid.columns import EMPTY, Column, GridData, Kind
from ui.grid.edits import PendingEdits, Ticks
from ui.grid.filter_grammar import Contains, Term, fits
from ui.grid.ordering import ordered
from ui.look import Look

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ROOT = QModelIndex()


class GridModel(QAbstractTableModel):
    """Rows as arrays, shown through an order of places.

    The delegate reads ``data_set`` and ``place`` directly; roles are for the
    clipboard, for tests and for screen readers. ``shown`` holds the places of
    the shown rows in their order, ``sorting`` the key sorted by (empty for
    none) and whether it falls. ``pending`` may be shared by several grids.
    """

    def __init__(
        self,
        look: Look,
        columns: Sequence[Column],
        parent: QObject | None = None,
        pending: PendingEdits | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = list(columns)
        self.shown = np.empty(0, dtype=np.intp)
        self._terms: Sequence[Term] = ()
        self.sorting: tuple[str, bool] = ("", False)
        self.data_set: GridData = EMPTY
        self.texts = CellTexts(look)
        self.pending = PendingEdits(self) if pending is None else pending
        self.ticks = Ticks(self)
        self.pending.changed.connect(self._repaint)
        self.ticks.changed.connect(self._repaint)
        look.reworded.connect(self._reword)

    @property
    def columns(self) -> Sequence[Column]:
        """Return the columns in their present order."""
        return self._columns

    def load(self, data: GridData) -> None:
        """Show new rows; order, filter, edits and ticks stay."""
        self.beginResetModel()
        self.data_set = data
        self.shown = self._ordered()
        self.endResetModel()
        self.ticks.keep_only(frozenset(data.ids))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns, or the same in another order."""
        self.beginResetModel()
        self._columns = list(columns)
        self.endResetModel()

    def set_filter(self, terms: Sequence[Term]) -> None:
        """Show only the rows that satisfy every term."""
        self._terms = terms
        self._relay()

    def place(self, row: int) -> int:
        """Return where a shown row stands in the data set."""
        return int(self.shown[row])

    def row_id(self, row: int) -> str:
        """Return a shown row's id."""
        return self.data_set.ids[self.place(row)]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of shown rows."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """Return a cell's words, alignment, tick or accessible words."""
        if not index.isValid():
            return None
        column, row = self._columns[index.column()], index.row()
        if role == Role.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if column.right_aligned else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Role.CheckStateRole:
            return self._check_state(column, row)
        if role in (Role.DisplayRole, Role.EditRole):
            return self.texts.of_cell(self.data_set, column, self.place(row))
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return self._spoken(column, row, role == Role.ToolTipRole)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or role != Role.DisplayRole:
            return None
        if not 0 <= section < len(self._columns):
            return None
        return self._look.say(self._columns[section].title_key)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        column = self._columns[index.column()]
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        flags |= Qt.ItemFlag.ItemNeverHasChildren
        if column.kind in (Kind.CHECK, Kind.SWITCH):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        can_edit = self._can_edit(column, index.row())
        return flags | Qt.ItemFlag.ItemIsEditable if can_edit else flags

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        """Tick a row, or remember an edit as pending; nothing is sent.

        ``value`` of an edit is in the units of the column (minor units for
        money); a tick takes a Qt.CheckState.
        """
        if not index.isValid():
            return False
        column, row = self._columns[index.column()], index.row()
        checked = value in (Qt.CheckState.Checked, Qt.CheckState.Checked.value)
        if role == Role.CheckStateRole and column.kind is Kind.CHECK:
            self.ticks.set([self.row_id(row)], checked)
            return True
        if not self._can_edit(column, row):
            return False
        old = self.data_set.values[column.key][self.place(row)]
        plain = old.item() if isinstance(old, np.generic) else old
        new = checked if column.kind is Kind.SWITCH else value
        self.pending.put(self.row_id(row), column.key, plain, new)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative one restores the engine's order."""
        key = self._columns[column].key if 0 <= column < len(self._columns) else ""
        self.sorting = (key, order == Qt.SortOrder.DescendingOrder)
        self._relay()

    def value(self, column: Column, row: int) -> object:
        """Return a cell's value, the pending one where there is one."""
        edit = self.pending.get(self.row_id(row), column.key)
        return edit.new if edit is not None else self.data_set.values[column.key][self.place(row)]

    def _can_edit(self, column: Column, row: int) -> bool:
        """Tell whether a cell takes edits; an amount that is not there does not."""
        if not column.editable or column.kind is not Kind.MONEY:
            return column.editable
        return bool(np.isfinite(self.data_set.numbers(column.key)[self.place(row)]))

    def _check_state(self, column: Column, row: int) -> Qt.CheckState | None:
        """Return the state of a tick or a switch."""
        if column.kind is Kind.CHECK:
            on = self.row_id(row) in self.ticks
        elif column.kind is Kind.SWITCH:
            on = bool(self.value(column, row))
        else:
            return None
        return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked

    def _spoken(self, column: Column, row: int, tip: bool) -> str | None:
        """Return what a screen reader says, or what a tool tip tells."""
        edit = self.pending.get(self.row_id(row), column.key)
        place = self.place(row)
        if edit is not None:
            old = self.texts.of_value(self.data_set, column, place, edit.old)
            new = self.texts.of_value(self.data_set, column, place, edit.new)
            return self._look.say("grid.was", new=new, old=old)
        if tip and column.kind not in (Kind.NAME, Kind.TEXT, Kind.TREND):
            return None
        if column.kind is Kind.CHECK:
            return self._look.say("grid.select")
        return self.texts.of_cell(self.data_set, column, place)

    def _ordered(self) -> np.ndarray:
        """Work out the shown rows and their order anew."""
        names = [column.key for column in self._columns if column.kind is Kind.NAME]
        values = self.data_set.values
        known = [t for t in self._terms if isinstance(t, Contains) or t.column.key in values]
        shown = fits(self.data_set, known, names[0] if names else "", self._look.say)
        key, descending = self.sorting
        column = next((c for c in self._columns if c.key == key), None)
        if column is None or key not in self.data_set.values:
            return np.flatnonzero(shown)
        words = None
        if column.kind is Kind.STATUS:
            words = [self._look.say(f"delivery.{value}") for value in self.data_set.values[key]]
        return ordered(self.data_set, shown, column, descending, words)

    def _relay(self) -> None:
        """Change the order and carry persistent indexes to the same rows."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [self.place(index.row()) for index in before]
        self.shown = self._ordered()
        rows = {int(place): row for row, place in enumerate(self.shown)} if before else {}
        after = [
            self.index(rows[place], index.column()) if place in rows else QModelIndex()
            for place, index in zip(places, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _repaint(self) -> None:
        """Tell views that ticks or edits look different now."""
        if len(self.shown) and self._columns:
            last = self.index(len(self.shown) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _reword(self) -> None:
        """Tell views that titles and words changed."""
        if self._columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._repaint()
