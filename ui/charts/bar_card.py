"""The card that compares a few parts by bars: "Spend by strategy"."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look
from ui.theme import Tone
from ui.widgets.card import Card
from ui.widgets.labels import label

_ROW = 35


@dataclass(frozen=True, slots=True)
class Bar:
    """One part: its length, and up to two figures ready for people.

    ``size`` is compared with the largest; ``tone`` colours the second figure;
    ``series`` is the index of the bar's chart colour (0–4).
    """

    name: str
    size: float
    first: str
    second: str = ""
    tone: Tone = Tone.NEUTRAL
    series: int = 2


class _Bars(QWidget):
    """Paints the rows; as many as there is room for."""

    clicked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.bars: Sequence[Bar] = ()
        self.titles = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.restyled.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the room that all rows want."""
        return QSize(380, self._look.px(_ROW) * max(3, len(self.bars)))

    def columns(self) -> tuple[float, float, float]:
        """Return the widths of names, of first and of second figures."""
        name = self._look.font(13, 500)
        self.setFont(name)
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(bar.name) for bar in self.bars), default=0)
        firsts = [bar.first for bar in self.bars] + [self.titles[0]]
        seconds = [bar.second for bar in self.bars] + [self.titles[1]]
        first = max(metrics.horizontalAdvance(text) for text in firsts)
        second = max(metrics.horizontalAdvance(text) for text in seconds)
        return min(names + 6.0, self.width() * 0.42), first + 14.0, second + 14.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name, bar and figures of each row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.bars:
            return
        widths = self.columns()
        longest = max(bar.size for bar in self.bars) or 1.0
        height = min(self._look.px(_ROW) * 1.15, self.height() / len(self.bars))
        for place, bar in enumerate(self.bars):
            box = QRectF(0, place * height, self.width(), height)
            self._paint_row(painter, box, bar, widths, max(0.0, bar.size / longest))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell the name of the row that was clicked."""
        if self.bars:
            height = min(self._look.px(_ROW) * 1.15, self.height() / len(self.bars))
            place = int(event.position().y() // height)
            if place < len(self.bars):
                self.clicked.emit(self.bars[place].name)

    def _paint_row(
        self,
        painter: QPainter,
        box: QRectF,
        bar: Bar,
        widths: tuple[float, float, float],
        share: float,
    ) -> None:
        """Draw one row."""
        look, tokens = self._look, self._look.tokens
        names, first, second = widths
        middle_left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        middle_right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(look.font(12.5, 500))
        painter.setPen(QColor(tokens.text))
        metrics = painter.fontMetrics()
        elide = Qt.TextElideMode.ElideRight
        name = QRectF(box.left(), box.top(), names, box.height())
        painter.drawText(name, middle_left, metrics.elidedText(bar.name, elide, round(names)))
        track = QRectF(names + 8, box.center().y() - 6, 0, 12)
        track.setRight(box.right() - first - second)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.neutral_bg))
        painter.drawRoundedRect(track, 3, 3)
        painter.setBrush(QColor(tokens.series[bar.series]))
        filled = QRectF(track)
        filled.setWidth(max(3.0, track.width() * share))
        painter.drawRoundedRect(filled, 3, 3)
        painter.setFont(look.font(12.5))
        painter.setPen(QColor(tokens.text2))
        painter.drawText(box.adjusted(0, 0, -second, 0), middle_right, bar.first)
        painter.setFont(look.font(12.5, 500))
        painter.setPen(QColor(tokens.ink(bar.tone)))
        painter.drawText(box, middle_right, bar.second)


class _Titles(QWidget):
    """The figures' titles, right-aligned over them."""

    def __init__(self, bars: _Bars, look: Look) -> None:
        super().__init__()
        self._bars, self._look = bars, look
        self.setMinimumHeight(look.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both titles."""
        painter = QPainter(self)
        painter.setFont(self._look.font(12))
        painter.setPen(QColor(self._look.tokens.text2))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        second = self._bars.columns()[2]
        box = QRectF(self.rect())
        painter.drawText(box.adjusted(0, 0, -second, 0), right, self._bars.titles[0])
        painter.drawText(box, right, self._bars.titles[1])


class BarCard(Card):
    """A card of bars; ``clicked`` carries the name of a row."""

    clicked = Signal(str)

    def __init__(self, look: Look, title_key: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title_key, parent)
        self._bars = _Bars(look)
        self._titles = _Titles(self._bars, look)
        self._empty = label("", "body-secondary")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.header.addWidget(self._titles, 1)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._bars, 1)
        self._bars.clicked.connect(self.clicked)
        look.keep_worded(self, lambda: self._empty.setText(look.say("chart.empty")))

    def bars(self) -> Sequence[Bar]:
        """Return the bars that are shown."""
        return self._bars.bars

    def show_bars(self, bars: Sequence[Bar], first_title: str, second_title: str = "") -> None:
        """Show other parts, the largest first as given."""
        self._bars.bars, self._bars.titles = bars, (first_title, second_title)
        self._empty.setVisible(not bars)
        self._bars.setVisible(bool(bars))
        spoken = [f"{bar.name}: {bar.first}, {bar.second}".rstrip(", ") for bar in bars]
        self._bars.setAccessibleName(". ".join(spoken))
        self._bars.update()
        self._titles.update()
