"""The journal's rows as a table model; ticks mark what waits for approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from engine.api.messages import JournalRow
from ui.look import Look
from ui.pages.journal.words import Zones, by_whom, change_of
from ui.pages.objects.outcomes import reason_words, state_of

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ROOT = QModelIndex()
WAITING = "awaiting_approval"


class Col(IntEnum):
    """The columns in their order."""

    TICK = 0
    TIME = 1
    OBJECT = 2
    CHANGE = 3
    STATE = 4
    BY = 5
    ACCOUNT = 6
    REASON = 7


TITLES = {
    Col.TIME: "activity.column_time",
    Col.OBJECT: "activity.column_object",
    Col.CHANGE: "activity.column_change",
    Col.STATE: "activity.column_state",
    Col.BY: "activity.column_by",
    Col.ACCOUNT: "activity.column_account",
    Col.REASON: "activity.column_reason",
}


class JournalModel(QAbstractTableModel):
    """Rows newest first; ``older_wanted`` asks for more at the end."""

    older_wanted = Signal()
    ticks_changed = Signal(int)

    def __init__(
        self, look: Look, zones: Zones, now: Callable[[], datetime], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._now = now
        self.zones = zones
        self.rows: Sequence[JournalRow] = ()
        self.has_more = False
        self._ticked: set[str] = set()
        look.reworded.connect(self._reword)

    def load(self, rows: Sequence[JournalRow], has_more: bool) -> None:
        """Show rows; where only older ones came they are added at the end."""
        self.has_more = has_more
        old = self.rows
        if old and len(rows) > len(old) and list(rows[: len(old)]) == list(old):
            self.beginInsertRows(_ROOT, len(old), len(rows) - 1)
            self.rows = rows
            self.endInsertRows()
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        waiting = {row.id for row in rows if row.state == WAITING}
        if self._ticked - waiting:
            self._ticked &= waiting
            self.ticks_changed.emit(len(self._ticked))

    def place_of(self, entry_id: str) -> int:
        """Return where an entry stands, -1 where it is not loaded."""
        return next((at for at, row in enumerate(self.rows) if row.id == entry_id), -1)

    def ticked(self) -> list[JournalRow]:
        """Return the ticked rows, newest first."""
        return [row for row in self.rows if row.id in self._ticked]

    def is_ticked(self, row: int) -> bool:
        """Tell whether a row is ticked."""
        return self.rows[row].id in self._ticked

    def tick(self, rows: Sequence[int], on: bool) -> None:
        """Tick or untick those of the rows that wait."""
        ids = {self.rows[row].id for row in rows if waits(self.rows[row])}
        self._ticked = self._ticked | ids if on else self._ticked - ids
        self.ticks_changed.emit(len(self._ticked))
        self._repaint()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of loaded rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Col)

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Tell whether older rows can be read."""
        return not parent.isValid() and self.has_more

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Ask for older rows; they come later."""
        if not parent.isValid():
            self.older_wanted.emit()

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """Return a cell's words; the delegate paints from the row itself."""
        if not index.isValid():
            return None
        if role == Role.CheckStateRole and index.column() == Col.TICK:
            if not waits(self.rows[index.row()]):
                return None
            on = self.is_ticked(index.row())
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return self.words(index.row(), Col(index.column()))
        if role == Role.ToolTipRole:
            return self._tip(self.rows[index.row()], Col(index.column()))
        return None

    def words(self, row: int, column: Col) -> str:
        """Return what a cell says."""
        entry, look = self.rows[row], self._look
        match column:
            case Col.TICK:
                return look.say("activity.tick") if waits(self.rows[row]) else ""
            case Col.TIME:
                return self.zones.short(entry.decided_at, entry.account_id, self._now())
            case Col.OBJECT:
                return entry.object_name
            case Col.CHANGE:
                return change_of(look, entry).spoken
            case Col.STATE:
                return state_of(look, entry)[0]
            case Col.BY:
                return by_whom(look, entry)[1]
            case Col.ACCOUNT:
                return entry.account_name
            case Col.REASON:
                return reason_words(look, entry)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 < section < len(Col):
            return None
        return self._look.say(TITLES[Col(section)]) if role == Role.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        flags |= Qt.ItemFlag.ItemNeverHasChildren
        if index.column() == Col.TICK and waits(self.rows[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        """Tick or untick a row."""
        if role != Role.CheckStateRole or not index.isValid() or index.column() != Col.TICK:
            return False
        on = value in (Qt.CheckState.Checked, Qt.CheckState.Checked.value)
        self.tick([index.row()], on)
        return waits(self.rows[index.row()])

    def _tip(self, entry: JournalRow, column: Col) -> str | None:
        if column is Col.TIME:
            return self.zones.full(entry.decided_at, entry.account_id)
        if column is Col.REASON:
            return reason_words(self._look, entry)
        if column is Col.OBJECT:
            level = self._look.say(f"activity.level_{entry.level}")
            return f"{level}: {entry.object_name}\n{entry.account_name}"
        if column is Col.BY:
            return by_whom(self._look, entry)[1]
        return None

    def _repaint(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(Col) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _reword(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Col) - 1)
        self._repaint()


def waits(row: JournalRow) -> bool:
    """Tell whether an entry waits for approval, so that it can be ticked."""
    return row.state == WAITING
