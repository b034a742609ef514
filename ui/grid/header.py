"""The grid's header row: titles, the sort mark and the tick for all."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from ui.grid.columns import Column, Kind
from ui.grid.model import GridModel
from ui.look import Look
from ui.painting import draw_checkbox

_MARGIN = 12


class GridHeader(QHeaderView):
    """Sorts on a click; the first column ticks every shown row."""

    sort_requested = Signal(str)
    all_ticked = Signal(bool)

    def __init__(self, look: Look, model: GridModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look = look
        self._model = model
        self._pressed_at = -1
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setMouseTracking(True)
        look.restyled.connect(self.viewport().update)
        model.ticks.changed.connect(self.viewport().update)
        model.layoutChanged.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """Return the header's height."""
        return QSize(super().sizeHint().width(), self._look.px(34))

    def tick_state(self) -> Qt.CheckState:
        """Tell whether none, some or all rows are ticked."""
        ticked, shown = len(self._model.ticks), self._model.rowCount()
        if not ticked:
            return Qt.CheckState.Unchecked
        everything = ticked >= shown
        return Qt.CheckState.Checked if everything else Qt.CheckState.PartiallyChecked

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the section, to tell a click from a resize."""
        at_edge = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        self._pressed_at = -1 if at_edge else self.logicalIndexAt(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort, or tick all rows."""
        super().mouseReleaseEvent(event)
        section = self.logicalIndexAt(event.position().toPoint())
        if section < 0 or section != self._pressed_at:
            return
        column = self._model.columns[section]
        if column.kind is Kind.CHECK:
            self.all_ticked.emit(self.tick_state() != Qt.CheckState.Checked)
        else:
            self.sort_requested.emit(column.key)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw one title with its sort mark."""
        tokens, column = self._look.tokens, self._model.columns[logicalIndex]
        painter.save()
        box = QRectF(rect)
        painter.fillRect(rect, QColor(tokens.surface))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, QColor(tokens.border))
        if column.kind is Kind.CHECK:
            draw_checkbox(painter, box.center(), self.tick_state(), tokens)
        else:
            self._paint_title(painter, box, column)
        painter.restore()

    def _paint_title(self, painter: QPainter, box: QRectF, column: Column) -> None:
        """Draw the words, and the chevron right after them."""
        tokens = self._look.tokens
        key, descending = self._model.sorting
        is_sorted = key == column.key
        face = self._look.font(12, 600 if is_sorted else 500)
        metrics = QFontMetricsF(face)
        room = box.width() - 2 * _MARGIN - (14 if is_sorted else 0)
        title = self._look.say(column.title_key)
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, max(10.0, room))
        width = metrics.horizontalAdvance(shown)
        left = box.left() + _MARGIN
        if column.right_aligned:
            left = box.right() - _MARGIN - width - (14 if is_sorted else 0)
        painter.setFont(face)
        painter.setPen(QColor(tokens.text if is_sorted else tokens.text2))
        words = QRectF(left, box.top(), width + 2, box.height() - 1)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        if is_sorted:
            name = "chevron-down" if descending else "chevron-up"
            ratio = self.devicePixelRatioF()
            mark = self._look.icons.pixmap(name, tokens.text, 13, ratio)
            painter.drawPixmap(QPointF(left + width + 2, box.center().y() - 7), mark)
