"""A control that offers a few choices side by side, one of them on."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QSizePolicy, QWidget

from ui.look import Look
from ui.painting import draw_focus


class _Segment(QRadioButton):
    """One choice; a radio button for the keyboard and for screen readers."""

    def __init__(self, look: Look, value: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.value = value
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.keep_worded(self, lambda: self._reword(key))
        look.restyled.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the width of the word and its margins."""
        metrics = QFontMetricsF(self._look.font(12.5, 600))
        width = metrics.horizontalAdvance(self.text()) + 22
        return QSize(round(width), self._look.px(26))

    def hitButton(self, position: object) -> bool:
        """Take clicks anywhere on the segment."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the word and, when chosen, the soft ground."""
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.soft if self.isChecked() else tokens.hover))
            painter.drawRoundedRect(box, 5, 5)
        if self.hasFocus() and self.isChecked():
            draw_focus(painter, box, tokens, 5)
        painter.setFont(self._look.font(12.5, 500))
        painter.setPen(QColor(tokens.accent_text if self.isChecked() else tokens.text2))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _reword(self, key: str) -> None:
        """Take the word in the present language."""
        self.setText(self._look.say(key))
        self.updateGeometry()


class Segmented(QWidget):
    """Exclusive choices; ``options`` are pairs of a value and a text key."""

    chosen = Signal(str)

    def __init__(
        self,
        look: Look,
        options: Sequence[tuple[str, str]],
        value: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        self._segments = [_Segment(look, option, key, self) for option, key in options]
        for segment in self._segments:
            row.addWidget(segment)
            segment.toggled.connect(self._report)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.restyled.connect(self.update)
        self.choose(value or options[0][0])

    def value(self) -> str:
        """Return the value that is on."""
        return next(segment.value for segment in self._segments if segment.isChecked())

    def choose(self, value: str) -> None:
        """Turn one value on; raises StopIteration for an unknown value."""
        next(segment for segment in self._segments if segment.value == value).setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame around all segments."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.tokens.control), 1))
        painter.setBrush(QColor(self._look.tokens.surface))
        frame = QRectF(QPointF(0.5, 0.5), QPointF(self.width() - 0.5, self.height() - 0.5))
        painter.drawRoundedRect(frame, 6, 6)

    def _report(self, on: bool) -> None:
        """Tell the new choice once, from the segment that went on."""
        if on:
            self.chosen.emit(self.value())
