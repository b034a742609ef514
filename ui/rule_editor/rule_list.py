"""The list of rules: a switch, what each does, its mode, its health."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from engine.api.messages import RuleMessage
from engine.domain.formats import UNKNOWN
from ui.look import Look
from ui.painting import draw_focus, draw_pill, draw_switch, pill_width
from ui.rule_editor.rule_words import ago_words, mode_tone
from ui.rule_editor.words import choice_words, words_in
from ui.session import Session
from ui.theme import Tone

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_COLUMNS = ("on", "name", "mode", "level", "priority", "last_run", "matches", "acted")
_WIDTHS = {
    "on": 66,
    "mode": 122,
    "level": 132,
    "priority": 88,
    "last_run": 104,
    "matches": 82,
    "acted": 96,
}
_NUMBERS = ("priority", "last_run", "matches", "acted")
_LEAST_NAME = 200
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RuleModel(QAbstractTableModel):
    """Rules as rows; texts for screen readers and tool tips."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._look = session.look
        self.rows: Sequence[RuleMessage] = ()

    def show_rows(self, rows: Sequence[RuleMessage]) -> None:
        """Show other rules."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return how many rules there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return a cell's text."""
        rule, column = self.rows[index.row()], _COLUMNS[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            tip = rule.broken or words_in(self._look, rule.words)
            return tip if column == "name" else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(rule, column)
        return None

    def text(self, rule: RuleMessage, column: str) -> str:
        """Return what a column says about a rule."""
        look = self._look
        if column == "on":
            return look.say(f"rules.status_{rule.status}")
        if column == "mode":
            return look.say("rules.broken") if rule.broken else mode_words(look, rule.mode)
        if column == "level":
            return choice_words(look, "rules.level_", rule.level) if rule.level else UNKNOWN
        if column == "last_run":
            return ago_words(look, rule.last_run_at, self._session.now, self._session.zone)
        numbers = {
            "priority": rule.priority,
            "matches": rule.last_matches,
            "acted": rule.applied_7d,
        }
        return look.formats.number(numbers[column]) if column in numbers else rule.name

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | int | None:
        """Return a column's name."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = _COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int((_RIGHT if column in _NUMBERS else _LEFT).value)
        return self._look.say(f"rules.column_{column}") if role == 0 else None


class RuleList(QTableView):
    """The table of rules; the arrows choose, Enter edits, Space switches."""

    chosen = Signal(str)
    opened = Signal(str)
    switched = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._look = session.look
        self.rules = RuleModel(session)
        self.setModel(self.rules)
        self.setItemDelegate(_Delegate(session.look, self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.hovered = -1
        self.selectionModel().currentRowChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._id(index.row())))
        session.look.keep_styled(self, self._restyle)
        session.look.keep_worded(self, self._reword)

    @property
    def rule_id(self) -> str:
        """The id of the chosen rule, empty for none."""
        return self._id(self.currentIndex().row())

    def show_rules(self, rules: Sequence[RuleMessage], wanted: str = "") -> None:
        """Show other rules; the wanted one, else the same as before, stays chosen."""
        keep = wanted or self.rule_id
        bar = self.verticalScrollBar().value()
        self.rules.show_rows(rules)
        ids = [rule.rule_id for rule in rules]
        if rules:
            place = ids.index(keep) if keep in ids else 0
            self.setCurrentIndex(self.rules.index(place, 1))
        self.verticalScrollBar().setValue(bar)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit with Enter, switch with Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.rule_id:
            self.opened.emit(self.rule_id)
        elif event.key() == Qt.Key.Key_Space and self.rule_id:
            self.switched.emit(self.rule_id)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Switch a rule where its switch is clicked."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == 0 and event.button() == Qt.MouseButton.LeftButton:
            self.switched.emit(self._id(index.row()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the pointer with the row's ground."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self.rowAt(QPoint(event.position().toPoint()).y()))
        elif event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the name what the other columns leave."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        px = self._look.px
        for place, column in enumerate(_COLUMNS):
            if column in _WIDTHS:
                self.setColumnWidth(place, px(_WIDTHS[column]))
        rest = self.viewport().width() - sum(px(width) for width in _WIDTHS.values())
        self.setColumnWidth(_COLUMNS.index("name"), max(px(_LEAST_NAME), rest))

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def _id(self, row: int) -> str:
        return self.rules.rows[row].rule_id if 0 <= row < len(self.rules.rows) else ""

    def _tell(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(self._id(now.row()))

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._look.px(int(self._look.density)))
        self.horizontalHeader().setFixedHeight(self._look.px(34))
        self._share_width()

    def _reword(self) -> None:
        self.rules.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_COLUMNS) - 1)
        self.viewport().update()
        self.setAccessibleName(self._look.say("rules.list"))


def mode_words(look: Look, mode: str) -> str:
    """Return a mode in words."""
    return choice_words(look, "rules.mode_", mode)


class _Delegate(QStyledItemDelegate):
    """Paints rows in the look of the campaigns' grid."""

    def __init__(self, look: Look, table: RuleList) -> None:
        super().__init__(table)
        self._look = look
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        tokens = self._look.tokens
        rule = self._table.rules.rows[index.row()]
        column, box = _COLUMNS[index.column()], QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(tokens.selected))
        elif index.row() == self._table.hovered:
            painter.fillRect(box, QColor(tokens.hover))
        painter.setPen(QColor(tokens.grid))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if column == "on":
            centre = QPointF(box.left() + 30, box.center().y())
            draw_switch(painter, centre, rule.status == "active", tokens)
        elif column == "mode":
            tone = Tone.BAD if rule.broken else mode_tone(rule.mode)
            self._pill(painter, box, str(index.data()), tone)
        elif column == "name":
            self._name(painter, box, rule)
        else:
            self._plain(painter, box, str(index.data()), rule, column)
        if option.state & QStyle.StateFlag.State_HasFocus and column == "name":
            draw_focus(painter, box.adjusted(1, 1, -1, -1), tokens, 4)
        painter.restore()

    def _pill(self, painter: QPainter, box: QRectF, text: str, tone: Tone) -> None:
        look, face = self._look, self._look.font(11, 600)
        width = min(pill_width(text, face, dot=True), box.width() - 12)
        height = look.px(20)
        pill = QRectF(box.left() + 10, box.center().y() - height / 2, width, height)
        draw_pill(painter, pill, text, tone, look.tokens, face, dot=True)

    def _name(self, painter: QPainter, box: QRectF, rule: RuleMessage) -> None:
        """Draw the name and, as far as there is room, what the rule does."""
        look, tokens = self._look, self._look.tokens
        centre, elide = Qt.AlignmentFlag.AlignVCenter, Qt.TextElideMode.ElideRight
        words = box.adjusted(12, 0, -10, 0)
        painter.setFont(look.font(13, 500))
        painter.setPen(QColor(tokens.text if rule.status == "active" else tokens.text3))
        name = painter.fontMetrics().elidedText(rule.name, elide, round(words.width()))
        painter.drawText(words, centre, name)
        rest = words.adjusted(painter.fontMetrics().horizontalAdvance(name) + 12, 0, 0, 0)
        said = rule.broken or words_in(look, rule.words)
        if rest.width() > 60 and said:
            painter.setFont(look.font(12))
            painter.setPen(QColor(tokens.bad if rule.broken else tokens.text3))
            shown = painter.fontMetrics().elidedText(said, elide, round(rest.width()))
            painter.drawText(rest, centre, shown)

    def _plain(
        self, painter: QPainter, box: QRectF, text: str, rule: RuleMessage, column: str
    ) -> None:
        tokens = self._look.tokens
        painter.setFont(self._look.figures(13))
        quiet = rule.status != "active" or column in ("level", "last_run", "priority")
        muted = tokens.text3 if rule.status != "active" else tokens.text2
        painter.setPen(QColor(muted if quiet else tokens.text))
        room = box.adjusted(12, 0, -12 if column in _NUMBERS else 0, 0)
        elide = Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(text, elide, round(room.width()))
        painter.drawText(room, _RIGHT if column in _NUMBERS else _LEFT, shown)
