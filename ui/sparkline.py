"""Little lines without axes, drawn once and kept as pixmaps.

Drawing one takes most of a millisecond, copying a pixmap a few microseconds;
a scrolling grid lives from that difference.
"""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap, QPolygonF


def draw_sparkline(
    painter: QPainter, size: QSizeF, values: Sequence[float] | np.ndarray, colour: str
) -> None:
    """Draw values as a line with a fading area and a dot at its end.

    Unknown values (NaN) are left out; fewer than two known values draw
    nothing. The painter's origin is the top left of ``size``.
    """
    series = np.asarray(values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(series))
    if known.size < 2:
        return
    low, high = float(series[known].min()), float(series[known].max())
    span = (high - low) or 1.0
    left, right, top, bottom = 1.0, size.width() - 3.5, 3.0, size.height() - 3.0
    step = (right - left) / max(1, series.size - 1)
    level = 0.5 if high == low else 0.0
    points = [
        QPointF(
            left + float(i) * step,
            bottom - ((float(series[i]) - low) / span + level) * (bottom - top),
        )
        for i in known
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPainterPath()
    line.addPolygon(QPolygonF(points))
    _fill_below(painter, line, points, size.height(), colour)
    pen = QPen(QColor(colour), 1.6)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.strokePath(line, pen)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(points[-1], 2.3, 2.3)


def _fill_below(
    painter: QPainter, line: QPainterPath, points: Sequence[QPointF], bottom: float, colour: str
) -> None:
    """Fill the area under a line with a colour that fades downwards."""
    area = QPainterPath(line)
    area.lineTo(points[-1].x(), bottom)
    area.lineTo(points[0].x(), bottom)
    area.closeSubpath()
    upper, lower = QColor(colour), QColor(colour)
    upper.setAlphaF(0.20)
    lower.setAlphaF(0.0)
    fade = QLinearGradient(0, 3.0, 0, bottom)
    fade.setColorAt(0, upper)
    fade.setColorAt(1, lower)
    painter.fillPath(area, fade)


class SparklineCache:
    """Pixmaps of the lines drawn last, the oldest dropped first."""

    def __init__(self, limit: int = 2000) -> None:
        self._limit = limit
        self._pixmaps: OrderedDict[tuple[object, str, int, int, float], QPixmap] = OrderedDict()

    def pixmap(
        self,
        key: object,
        values: Sequence[float] | np.ndarray,
        colour: str,
        size: tuple[int, int],
        ratio: float,
    ) -> QPixmap:
        """Return the line as a pixmap; ``key`` names its values."""
        full = (key, colour, *size, ratio)
        kept = self._pixmaps.get(full)
        if kept is not None:
            self._pixmaps.move_to_end(full)
            return kept
        pixmap = QPixmap(round(size[0] * ratio), round(size[1] * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw_sparkline(painter, QSizeF(*size), values, colour)
        painter.end()
        self._pixmaps[full] = pixmap
        if len(self._pixmaps) > self._limit:
            self._pixmaps.popitem(last=False)
        return pixmap

    def clear(self) -> None:
        """Forget everything, after new data."""
        self._pixmaps.clear()
