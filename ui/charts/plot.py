"""The plot inside the line card, made with pyqtgraph.

Only this module knows pyqtgraph. It is imported when the first chart is shown,
because the import would double the time to the window's first frame.
"""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QKeyEvent, QLinearGradient, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.charts.series import NO_DATA, ChartData, Line, Words, day_ticks, nice_ticks
from ui.look import Look

_BEHIND, _ABOVE = -10, 10
# What the plot leaves free at both sides, in pixels.
_BESIDE = 12


class Plot(QWidget):
    """Draws lines and tells which day the pointer or the keyboard is on.

    ``pointed`` carries the day's place and the point's position in the
    widget; (-1, …) when there is none.
    """

    pointed = Signal(int, QPointF)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._data = NO_DATA
        self._axis_words: Words = str
        self._day_words: Sequence[str] = ()
        self._place = -1
        self._view = pg.PlotWidget(self, background=None)
        self._view.setMenuEnabled(False)
        self._view.setMouseEnabled(False, False)
        self._view.hideButtons()
        self._view.viewport().setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.getPlotItem().setContentsMargins(0, 6, 2, 0)
        self._markers: list[tuple[Line, pg.ScatterPlotItem]] = []
        self._hover = pg.InfiniteLine(angle=90, movable=False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._view)
        look.restyled.connect(self.redraw)

    def show_data(self, data: ChartData, axis_words: Words, day_words: Sequence[str]) -> None:
        """Draw other lines; ``day_words`` holds a short label for each day."""
        self._data, self._axis_words, self._day_words = data, axis_words, day_words
        self.redraw()

    def redraw(self) -> None:
        """Draw everything anew in the present colours."""
        item = self._view.getPlotItem()
        item.clear()
        self._markers = []
        self._place = -1
        if self._data.is_empty:
            return
        values = np.concatenate([np.asarray(ln.values, float) for ln in self._data.lines])
        ticks = nice_ticks(float(np.nanmin(values)), float(np.nanmax(values)))
        self._draw_grid(ticks)
        ordered = sorted(self._data.lines, key=lambda line: (not line.previous, -line.series))
        for line in ordered:
            self._draw_line(line, ticks)
        self._draw_actions()
        self._draw_hover(item)
        item.setYRange(ticks[0], ticks[-1], padding=0.0)
        self._label_days()

    def point_at(self, place: int) -> None:
        """Mark a day; -1 marks none."""
        place = max(-1, min(place, len(self._data.days) - 1))
        if place == self._place:
            return
        self._place = place
        self._hover.setVisible(place >= 0)
        for _, marker in self._markers:
            marker.setVisible(place >= 0)
        if place < 0 or not self._markers:
            self.pointed.emit(-1, QPointF())
            return
        self._hover.setPos(place)
        for line, marker in self._markers:
            marker.setData([place], [line.values[place]])
        spot = self._view.getPlotItem().vb.mapViewToScene(QPointF(place, 0))
        self.pointed.emit(place, QPointF(spot.x(), 0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the day nearest to the pointer."""
        spot = self._view.getPlotItem().vb.mapSceneToView(event.position())
        place = round(spot.x())
        self.point_at(place if 0 <= place < len(self._data.days) else -1)

    def leaveEvent(self, event: object) -> None:
        """Mark no day."""
        self.point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from day to day with the arrow keys."""
        last = len(self._data.days) - 1
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            start = self._place if self._place >= 0 else last + 1
            self.point_at(max(0, min(last, start + steps[Qt.Key(event.key())])))
        elif event.key() == Qt.Key.Key_Escape:
            self.point_at(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        """Choose the labels that have room."""
        self._label_days()

    def _pen(self, colour: str, width: float, dashed: bool = False) -> object:
        """Return a pen; pyqtgraph's are cosmetic, so they take the ratio."""
        style = Qt.PenStyle.CustomDashLine if dashed else Qt.PenStyle.SolidLine
        dash = [4, 3] if dashed else None
        return pg.mkPen(colour, width=width * self.devicePixelRatioF(), style=style, dash=dash)

    def _draw_grid(self, ticks: Sequence[float]) -> None:
        """Draw the horizontal lines and the axes' words; no axis lines."""
        item, tokens = self._view.getPlotItem(), self._look.tokens
        face = self._look.figures(11)
        words = [self._axis_words(tick) for tick in ticks]
        room = max(QFontMetricsF(face).horizontalAdvance(word) for word in words)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setStyle(tickLength=0, tickFont=face, tickTextOffset=8, autoExpandTextSpace=False)
            axis.setPen(pg.mkPen(None))
            # pyqtgraph draws a dot even for ticks of no length: hide it.
            axis.setTickPen(pg.mkPen(tokens.surface))
            axis.setTextPen(tokens.text3)
        item.getAxis("left").setWidth(round(room) + 14)
        item.getAxis("bottom").setHeight(self._look.px(24))
        item.getAxis("left").setTicks([list(zip(ticks, words, strict=True))])
        for tick in ticks:
            line = pg.InfiniteLine(tick, angle=0, pen=self._pen(tokens.grid, 1))
            line.setZValue(_BEHIND * 2)
            item.addItem(line, ignoreBounds=True)

    def _draw_line(self, line: Line, ticks: Sequence[float]) -> None:
        """Draw one line with its area and the dot that marks a day."""
        item, tokens = self._view.getPlotItem(), self._look.tokens
        places = np.arange(len(line.values), dtype=np.float64)
        values = np.asarray(line.values, dtype=np.float64)
        if line.previous:
            pen = self._pen(tokens.text3, 1, dashed=True)
            dashed = pg.PlotCurveItem(places, values, pen=pen, connect="finite", antialias=True)
            dashed.setZValue(_BEHIND)
            item.addItem(dashed)
            return
        colour = tokens.series[line.series]
        pen = self._pen(colour, 2)
        curve = pg.PlotCurveItem(places, values, pen=pen, connect="finite", antialias=True)
        if line.area:
            curve.setFillLevel(max(0.0, ticks[0]))
            curve.setBrush(_fade(colour, ticks[-1]))
        item.addItem(curve)
        edge = pg.mkPen(tokens.surface, width=2 * self.devicePixelRatioF())
        dot = pg.ScatterPlotItem(size=9, brush=pg.mkBrush(colour), pen=edge, antialias=True)
        dot.setZValue(_ABOVE)
        dot.setVisible(False)
        item.addItem(dot, ignoreBounds=True)
        self._markers.append((line, dot))

    def _draw_actions(self) -> None:
        """Mark the days of rule actions on the first line."""
        if not self._data.actions:
            return
        tokens, first = self._look.tokens, self._data.lines[0]
        places = sorted(self._data.actions)
        marks = pg.ScatterPlotItem(
            places,
            [first.values[place] for place in places],
            size=8,
            symbol="d",
            brush=pg.mkBrush(tokens.surface),
            pen=pg.mkPen(tokens.series[first.series], width=1.6 * self.devicePixelRatioF()),
            antialias=True,
        )
        marks.setZValue(_ABOVE - 1)
        self._view.getPlotItem().addItem(marks, ignoreBounds=True)

    def _draw_hover(self, item: "pg.PlotItem") -> None:
        """Prepare the upright line that marks a day."""
        self._hover = pg.InfiniteLine(angle=90, pen=self._pen(self._look.tokens.border2, 1))
        self._hover.setZValue(_BEHIND // 2)
        self._hover.setVisible(False)
        item.addItem(self._hover, ignoreBounds=True)
        item.setXRange(-0.4, max(0.4, len(self._data.days) - 0.6), padding=0)

    def _label_days(self) -> None:
        """Label the days that have room."""
        if not self._day_words:
            return
        metrics = QFontMetricsF(self._look.font(11))
        widest = max(metrics.horizontalAdvance(word) for word in self._day_words)
        room = self.width() - self._view.getPlotItem().getAxis("left").width() - _BESIDE
        places = day_ticks(len(self._day_words), room, widest)
        ticks = [(place, self._day_words[place]) for place in places]
        self._view.getPlotItem().getAxis("bottom").setTicks([ticks])


def _fade(colour: str, top: float) -> QBrush:
    """Return a fill that fades from 20 % at the top to nothing at zero."""
    upper, lower = QColor(colour), QColor(colour)
    upper.setAlphaF(0.20)
    lower.setAlphaF(0.02)
    gradient = QLinearGradient(0, top, 0, 0)
    gradient.setColorAt(0, upper)
    gradient.setColorAt(1, lower)
    return QBrush(gradient)
