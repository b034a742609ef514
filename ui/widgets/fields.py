"""Form controls: a select with a chevron, a switch and a tick box."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from ui.look import Look
from ui.painting import SWITCH_WIDTH, draw_checkbox, draw_focus, draw_switch


class Select(QComboBox):
    """A drop-down list whose chevron is drawn in the theme's colour."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.restyled.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then the chevron over it."""
        super().paintEvent(event)
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        chevron = self._look.icons.pixmap("chevron-down", self._look.tokens.text3, 14, ratio)
        painter.drawPixmap(QPoint(self.width() - 22, (self.height() - 14) // 2), chevron)


class _PaintedCheck(QCheckBox):
    """A check box that paints its own mark and its own words."""

    mark_width = 0.0

    def __init__(self, look: Look, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = look
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.restyled.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the size of mark and words."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        gap = 9 if self.text() else 0
        return QSize(round(self.mark_width + gap + words + 4), max(24, self._look.px(24)))

    def minimumSizeHint(self) -> QSize:
        """Return the same: words are never cut."""
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        """Take clicks on the words too."""
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark, the words and the keyboard's frame."""
        painter = QPainter(self)
        centre = QPointF(2 + self.mark_width / 2, self.height() / 2)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        self.draw_mark(painter, centre)
        if self.hasFocus():
            half = self.mark_width / 2 + 2
            frame = QRectF(centre.x() - half, centre.y() - 10, half * 2, 20)
            draw_focus(painter, frame, self._look.tokens, 6)
        painter.setPen(QColor(self._look.tokens.text))
        painter.setFont(self.font())
        box = QRectF(self.rect()).adjusted(self.mark_width + 11, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())

    def draw_mark(self, painter: QPainter, centre: QPointF) -> None:
        """Draw the mark; each kind draws its own."""
        raise NotImplementedError


class Switch(_PaintedCheck):
    """An on/off switch whose effect is immediate."""

    mark_width = SWITCH_WIDTH

    def draw_mark(self, painter: QPainter, centre: QPointF) -> None:
        """Draw the switch."""
        draw_switch(painter, centre, self.isChecked(), self._look.tokens)


class TickBox(_PaintedCheck):
    """A tick box for choices that take effect when a form is saved."""

    mark_width = 16.0

    def draw_mark(self, painter: QPainter, centre: QPointF) -> None:
        """Draw the box."""
        tokens, hover = self._look.tokens, self.underMouse()
        draw_checkbox(painter, centre, self.checkState(), tokens, hover)


def mark_wrong(field: QWidget, wrong: bool) -> None:
    """Give a field the red border of a wrong entry, or take it away."""
    field.setProperty("wrong", "true" if wrong else "false")
    field.style().unpolish(field)
    field.style().polish(field)
