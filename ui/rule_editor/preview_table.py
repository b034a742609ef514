"""The changes a rule would make now, one row for each object."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from engine.api.messages import PreviewRow, Value
from engine.domain.formats import Currency
from engine.domain.reason_words import reason_in_words
from ui.look import Look
from ui.painting import draw_pill, pill_width
from ui.rule_editor.words import choice_words, words_in
from ui.theme import Tone

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TONES = {
    "act": Tone.GOOD,
    "dry_run": Tone.NEUTRAL,
    "await_approval": Tone.ACCENT,
    "vetoed": Tone.WARN,
    "skipped": Tone.NEUTRAL,
    "held_out": Tone.NEUTRAL,
}
_ROOM_FOR_REASON = 560
_COLUMNS = ("object", "change", "outcome", "why")


class _Model(QAbstractTableModel):
    """Rows of a preview as texts."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.rows: Sequence[PreviewRow] = ()

    def show_rows(self, rows: Sequence[PreviewRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return how many changes there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return a cell's text, also for its tool tip and screen readers."""
        row = self.rows[index.row()]
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in (*wanted, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == 0:
            tip = role == Qt.ItemDataRole.ToolTipRole
            return f"{row.object_name}\n{row.account_name}" if tip else row.object_name
        if index.column() == 1:
            return change_words(self._look, row)
        if index.column() == 2:
            return choice_words(self._look, "preview.outcome_", row.outcome)
        return reason_in_words(row.reason, self._look.texts.language)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | int | None:
        """Return a column's name."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._look.say(f"preview.column_{_COLUMNS[section]}")


class PreviewTable(QTableView):
    """Objects and what would become of them; choosing a row shows its trace."""

    chosen = Signal(PreviewRow)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._model = _Model(look)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(look, self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.selectionModel().currentRowChanged.connect(self._tell)
        look.keep_styled(self, self._restyle)
        look.keep_worded(self, self._reword)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width; the reason has a column only where there is room."""
        super().resizeEvent(event)
        px, room = self._look.px, self.viewport().width()
        wide = room > px(_ROOM_FOR_REASON)
        self.setColumnHidden(3, not wide)
        change, outcome = px(150 if room > px(380) else 124), px(106)
        name = px(190) if wide else max(px(80), room - change - outcome)
        for column, width in enumerate((name, change, outcome, room - name - change - outcome)):
            self.setColumnWidth(column, width)

    def show_rows(self, rows: Sequence[PreviewRow]) -> None:
        """Show other changes; the same object stays chosen."""
        place = self.currentIndex().row()
        old = self._model.rows[place].object_id if 0 <= place < len(self._model.rows) else ""
        self._model.show_rows(rows)
        ids = [row.object_id for row in rows]
        if rows:
            self.selectRow(ids.index(old) if old in ids else 0)

    def row_at(self, place: int) -> PreviewRow:
        """Return one change."""
        return self._model.rows[place]

    def _tell(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(self._model.rows[now.row()])

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._look.px(32))
        self.horizontalHeader().setFixedHeight(self._look.px(30))

    def _reword(self) -> None:
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_COLUMNS) - 1)
        self.viewport().update()
        self.setAccessibleName(self._look.say("preview.would_do"))


class _Delegate(QStyledItemDelegate):
    """Paints rows of a preview in the look of the grid."""

    def __init__(self, look: Look, table: PreviewTable) -> None:
        super().__init__(table)
        self._look = look
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        look, tokens = self._look, self._look.tokens
        box = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(tokens.selected))
        painter.setPen(QColor(tokens.grid))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        text = str(index.data() or "")
        if index.column() == 2:
            face = look.font(11, 600)
            tone = _TONES.get(self._table.row_at(index.row()).outcome, Tone.NEUTRAL)
            width = min(pill_width(text, face, dot=False), box.width() - 12)
            height = look.px(20)
            pill = QRectF(box.left() + 8, box.center().y() - height / 2, width, height)
            draw_pill(painter, pill, text, tone, tokens, face)
        else:
            painter.setFont(look.figures(12.5 if index.column() < 2 else 12))
            painter.setPen(QColor(tokens.text if index.column() < 2 else tokens.text2))
            words = box.adjusted(12 if index.column() == 0 else 8, 0, -4, 0)
            elide = Qt.TextElideMode.ElideRight
            shown = painter.fontMetrics().elidedText(text, elide, round(words.width()))
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


def change_words(look: Look, row: PreviewRow) -> str:
    """Return the budget before and after, else the action's words."""
    if row.field.endswith("budget"):
        before, after = (_money(look, row, value) for value in (row.before, row.after))
        return look.say("preview.change", before=before, after=after)
    return words_in(look, row.action)


def _money(look: Look, row: PreviewRow, value: Value) -> str:
    minor = value if isinstance(value, int) else None
    return look.formats.money(minor, Currency(row.currency, row.offset))
