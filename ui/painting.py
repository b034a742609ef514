"""Small shapes painted alike in the grid and in widgets."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ui.theme import Tokens, Tone, mix

SWITCH_WIDTH, SWITCH_HEIGHT = 28.0, 16.0
BOX_SIDE = 16.0
_ALIGN_CENTRE = Qt.AlignmentFlag.AlignCenter


def draw_switch(painter: QPainter, centre: QPointF, on: bool, tokens: Tokens) -> None:
    """Draw a 28x16 switch around a point."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    track = QRectF(
        centre.x() - SWITCH_WIDTH / 2, centre.y() - SWITCH_HEIGHT / 2, SWITCH_WIDTH, SWITCH_HEIGHT
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.accent if on else tokens.control))
    painter.drawRoundedRect(track, SWITCH_HEIGHT / 2, SWITCH_HEIGHT / 2)
    knob_x = track.right() - SWITCH_HEIGHT / 2 if on else track.left() + SWITCH_HEIGHT / 2
    painter.setBrush(QColor("#FFFFFF"))
    painter.drawEllipse(QPointF(knob_x, centre.y()), 6.0, 6.0)


def draw_checkbox(
    painter: QPainter, centre: QPointF, state: Qt.CheckState, tokens: Tokens, hover: bool = False
) -> None:
    """Draw a 16-pixel tick box around a point."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half = BOX_SIDE / 2
    box = QRectF(centre.x() - half, centre.y() - half, BOX_SIDE, BOX_SIDE)
    box.adjust(0.5, 0.5, -0.5, -0.5)
    if state == Qt.CheckState.Unchecked:
        painter.setPen(QPen(QColor(tokens.text3 if hover else tokens.control), 1.2))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(box, 4, 4)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.accent))
    painter.drawRoundedRect(box.adjusted(-0.5, -0.5, 0.5, 0.5), 4, 4)
    mark = QPen(QColor("#FFFFFF"), 1.8)
    mark.setCapStyle(Qt.PenCapStyle.RoundCap)
    mark.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(mark)
    x, y = centre.x(), centre.y()
    if state == Qt.CheckState.PartiallyChecked:
        painter.drawLine(QPointF(x - 3.5, y), QPointF(x + 3.5, y))
    else:
        points = [QPointF(x - 3.7, y + 0.2), QPointF(x - 1.1, y + 2.8), QPointF(x + 3.9, y - 2.7)]
        painter.drawPolyline(points)


def pill_width(text: str, face: QFont, dot: bool) -> float:
    """Return the width that a pill needs for its text."""
    return QFontMetricsF(face).horizontalAdvance(text) + (25 if dot else 16)


def draw_pill(
    painter: QPainter,
    box: QRectF,
    text: str,
    tone: Tone,
    tokens: Tokens,
    face: QFont,
    dot: bool = False,
) -> None:
    """Draw a pill that fills ``box``; its radius is half its height."""
    ink, ground = tokens.pill(tone)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    words = box.adjusted(8, 0, -8, 0)
    if dot:
        painter.setBrush(QColor(ink))
        painter.drawEllipse(QPointF(box.left() + 10.5, box.center().y()), 2.8, 2.8)
        words.setLeft(box.left() + 17)
    painter.setFont(face)
    painter.setPen(QColor(ink))
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, words.width() + 1)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft if dot else _ALIGN_CENTRE
    painter.drawText(words, flags, shown)


def draw_focus(painter: QPainter, box: QRectF, tokens: Tokens, radius: float = 0) -> None:
    """Draw the 1.5-pixel frame that marks the keyboard's place."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens.accent), 1.5))
    painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)


def muted(colour: str, tokens: Tokens) -> str:
    """Return a colour faded towards the surface, for paused rows."""
    return mix(colour, tokens.surface, 0.45)
