"""What waits for a person, and what may still be spent today."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.api.messages import NeedRow
from ui.look import Look
from ui.pages.overview.figures import words_of
from ui.painting import draw_focus
from ui.theme import Tone
from ui.widgets.card import Card, rule_line
from ui.widgets.labels import WordedLabel, label
from ui.widgets.pill import Pill

_ICONS = {
    "approval": ("hand", Tone.ACCENT),
    "conflict": ("circle-help", Tone.BAD),
    "stale": ("clock", Tone.WARN),
    "error": ("circle-alert", Tone.BAD),
    "stopped": ("octagon-x", Tone.BAD),
    "broken": ("triangle-alert", Tone.WARN),
}
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class _Row(QAbstractButton):
    """One thing to look at; a click leads to its page."""

    def __init__(self, look: Look, need: NeedRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._icon, self._tone = _ICONS.get(need.kind, ("info", Tone.NEUTRAL))
        self.setText(words_of(need.text, look))
        self.setAccessibleName(self.text())
        self.setToolTip(self.text())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        return QSize(160, self._look.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon, words and a chevron."""
        look, tokens, painter = self._look, self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            draw_focus(painter, box, tokens, 6)
        ratio, middle = self.devicePixelRatioF(), round(box.center().y())
        icon = look.icons.pixmap(self._icon, tokens.ink(self._tone), 16, ratio)
        painter.drawPixmap(8, middle - 8, icon)
        chevron = look.icons.pixmap("chevron-right", tokens.text3, 14, ratio)
        painter.drawPixmap(self.width() - 20, middle - 7, chevron)
        face = look.font(12.5)
        painter.setFont(face)
        painter.setPen(QColor(tokens.text))
        words = box.adjusted(34, 2, -26, -2)
        painter.drawText(words, _WRAP, _two_lines(self.text(), QFontMetricsF(face), words.width()))


class NeedsCard(Card):
    """The list, or the good news that it is empty; ``chosen`` carries a link."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "dashboard.needs", parent)
        self._count = Pill(look, "", Tone.WARN)
        self._rows = QVBoxLayout()
        self._shown: list[QAbstractButton] = []
        self._nothing = WordedLabel(look, "dashboard.nothing", "body-secondary")
        self._tick = QLabel()
        self._exposure = label("", "strong")
        self.header.addStretch(1)
        self.header.addWidget(self._count)
        self._arrange()
        look.keep_styled(self, self._redraw)

    def show_needs(self, needs: Sequence[NeedRow], exposure: str) -> None:
        """Show what waits, the gravest first, and today's exposure in words."""
        while (item := self._rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._shown.clear()
        for need in needs:
            row = _Row(self.look, need, self)
            row.clicked.connect(lambda _=False, link=need.link: self.chosen.emit(link))
            self._rows.addWidget(row)
            self._shown.append(row)
        self._rows.addStretch(1)
        self._area.setVisible(bool(needs))
        self._calm.setVisible(not needs)
        self._count.setVisible(bool(needs))
        count = sum(need.count for need in needs)
        self._count.show_state(self.look.formats.number(count), Tone.WARN)
        self._exposure.setText(exposure)

    def rows(self) -> list[QAbstractButton]:
        """Return the rows as they stand, for tests and for the keyboard."""
        return list(self._shown)

    def _arrange(self) -> None:
        inside = QWidget()
        inside.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._area = QScrollArea()
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._calm = QWidget()
        calm = QVBoxLayout(self._calm)
        calm.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(centre)
        calm.addWidget(self._tick, 0, centre)
        calm.addWidget(self._nothing)
        calm.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        words = WordedLabel(self.look, "dashboard.exposure", "secondary")
        words.setWordWrap(True)
        foot.addWidget(words, 1)
        foot.addWidget(self._exposure)
        self.body.setSpacing(8)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self._calm, 1)
        self.body.addWidget(rule_line())
        self.body.addLayout(foot)

    def _redraw(self) -> None:
        look = self.look
        tint, ratio = look.tokens.good, self.devicePixelRatioF()
        self._tick.setPixmap(look.icons.pixmap("circle-check", tint, 24, ratio))


def _two_lines(text: str, metrics: QFontMetricsF, width: float) -> str:
    """Cut a text that would need more than two lines."""
    room = width * 1.85
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
