"""Tabs above a grid: saved views, the present one underlined."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from ui.look import Look
from ui.painting import draw_focus


class ViewTabs(QTabBar):
    """A tab bar without frames; use QTabBar's own methods and signals."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMouseTracking(True)
        self.setUsesScrollButtons(False)
        # Tabs give way to the filter beside them instead of widening the window.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.restyled.connect(self.updateGeometry)

    def tabSizeHint(self, index: int) -> QSize:
        """Return the width of a tab's words and margins."""
        metrics = QFontMetricsF(self._look.font(13, 500))
        width = metrics.horizontalAdvance(self.tabText(index)) + 26
        return QSize(round(width), self._look.px(40))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Return the same: words are never cut."""
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words, and the line under the present tab."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._look.tokens
        pointer = self.mapFromGlobal(self.cursor().pos())
        for index in range(self.count()):
            box = QRectF(self.tabRect(index))
            if box.right() > self.width() + 14 and index:
                break  # no half words: the keys and the palette reach the rest
            chosen = index == self.currentIndex()
            hover = self.tabRect(index).contains(pointer) and self.underMouse()
            ink = tokens.accent_text if chosen else (tokens.text if hover else tokens.text2)
            painter.setFont(self._look.font(13, 500))
            painter.setPen(QColor(ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.tabText(index))
            if chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.accent_text))
                line = QRectF(box.left() + 8, box.bottom() - 2, box.width() - 16, 2)
                painter.drawRoundedRect(line, 1, 1)
                if self.hasFocus():
                    draw_focus(painter, box.adjusted(2, 5, -2, -5), tokens, 6)
