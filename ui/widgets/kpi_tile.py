"""One headline number with its change and its recent course."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.look import Look
from ui.painting import draw_pill, pill_width
from ui.sparkline import draw_sparkline
from ui.theme import Tone


@dataclass(frozen=True, slots=True)
class KpiValues:
    """What a tile shows, every text ready for people.

    ``tone`` says whether the change is good or bad, which for a cost is the
    opposite of up or down. ``series`` is the index of a chart colour (0–4).
    """

    title: str
    value: str
    note: str = ""
    change: str = ""
    tone: Tone = Tone.NEUTRAL
    trend: Sequence[float] = field(default_factory=tuple)
    series: int = 0


class KpiTile(QFrame):
    """A card of fixed height that paints a headline number."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._values = KpiValues("", "")
        self.setProperty("kind", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(150)
        look.restyled.connect(self.updateGeometry)

    def show_values(self, values: KpiValues) -> None:
        """Show new numbers and tell them to screen readers."""
        self._values = values
        words = [f"{values.title} {values.value}", values.change, values.note]
        self.setAccessibleName(", ".join(word for word in words if word))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the tile's natural size."""
        return QSize(220, self._look.px(98))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, pill, number, sparkline and note."""
        super().paintEvent(event)
        painter = QPainter(self)
        look, values, tokens = self._look, self._values, self._look.tokens
        inner = QRectF(self.rect()).adjusted(16, 12, -14, -11)
        pill_room = self._draw_change(painter, inner)
        title = QRectF(inner.left(), inner.top(), inner.width() - pill_room, look.px(20))
        self._draw_words(painter, title, values.title, 12, 500, tokens.text2)
        number = QRectF(inner.left(), inner.top() + look.px(22), inner.width(), look.px(34))
        self._draw_words(painter, number, values.value, 22, 600, tokens.text)
        note = QRectF(inner.left(), inner.bottom() - look.px(18), inner.width(), look.px(18))
        self._draw_words(painter, note, values.note, 12, 400, tokens.text2)
        self._draw_trend(painter, inner, number)

    def _draw_change(self, painter: QPainter, inner: QRectF) -> float:
        """Draw the change pill; return the room it takes."""
        if not self._values.change:
            return 0.0
        face = self._look.font(11, 600)
        width = pill_width(self._values.change, face, dot=False)
        box = QRectF(inner.right() - width, inner.top(), width, self._look.px(20))
        tone = self._values.tone
        draw_pill(painter, box, self._values.change, tone, self._look.tokens, face)
        return width + 8

    def _draw_trend(self, painter: QPainter, inner: QRectF, number: QRectF) -> None:
        """Draw the sparkline in what the number leaves free."""
        metrics = QFontMetricsF(self._look.font(22, 600))
        left = inner.left() + metrics.horizontalAdvance(self._values.value) + 12
        width = inner.right() - left
        if width < 36 or not len(self._values.trend):
            return
        painter.save()
        painter.translate(left, number.top() + 1)
        size = QSizeF(width, number.height() - 1)
        colour = self._look.tokens.series[self._values.series]
        draw_sparkline(painter, size, self._values.trend, colour)
        painter.restore()

    def _draw_words(
        self, painter: QPainter, box: QRectF, text: str, size: float, weight: int, colour: str
    ) -> None:
        """Draw one line of text, cut with an ellipsis where it is too long."""
        face = self._look.font(size, weight)
        painter.setFont(face)
        painter.setPen(self._look.colour(colour))
        room = box.width()
        shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
