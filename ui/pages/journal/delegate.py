"""Paints the journal's rows: icon and name, before and after, state pill."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.api.messages import JournalRow
from ui.look import Look
from ui.pages.journal.model import Col, JournalModel, waits
from ui.pages.journal.words import LEVEL_ICONS, by_whom, change_of
from ui.pages.objects.outcomes import state_of
from ui.painting import draw_checkbox, draw_focus, draw_pill, pill_width
from ui.theme import Tokens

_Index = QModelIndex | QPersistentModelIndex
MARGIN = 12
ICON = 16
_ELIDE = Qt.TextElideMode.ElideRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_FADED = frozenset({"vetoed", "skipped", "held_out", "rejected", "cancelled"})


class Pointer(Protocol):
    """What the painter needs to know of the table."""

    hover_row: int
    open_id: str

    def focus_row(self) -> int:
        """Return the keyboard's row, -1 without it."""


class JournalDelegate(QStyledItemDelegate):
    """Draws every cell from the row itself."""

    def __init__(self, look: Look, model: JournalModel, table: Pointer, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell with its ground and its lower line."""
        row, column = index.row(), Col(index.column())
        entry, tokens = self._model.rows[row], self._look.tokens
        painter.save()
        box = QRectF(option.rect)
        painter.fillRect(box, QColor(self._ground(row, tokens)))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, QColor(tokens.grid))
        painter.setClipRect(box)
        match column:
            case Col.TICK:
                self._tick(painter, box, row)
            case Col.OBJECT:
                icon = LEVEL_ICONS.get(entry.level, "circle-dot")
                ink = tokens.text3 if entry.state in _FADED else tokens.text
                self._with_icon(painter, box, icon, entry.object_name, ink, 500)
            case Col.CHANGE:
                self._change(painter, box, entry)
            case Col.STATE:
                self._state(painter, box, entry)
            case Col.BY:
                icon, name = by_whom(self._look, entry)
                self._with_icon(painter, box, icon, name, tokens.text2, 400)
            case Col.TIME:
                face = self._look.figures(13)
                self._text(painter, box, self._model.words(row, column), face, tokens.text2)
            case _:
                face = self._look.font(13)
                self._text(painter, box, self._model.words(row, column), face, tokens.text2)
        painter.setClipping(False)
        if self._table.focus_row() == row:
            self._focus(painter, box, column)
        painter.restore()

    def natural_width(self, entry: JournalRow) -> float:
        """Return the width that a row's change needs."""
        change = change_of(self._look, entry)
        if not change.after:
            face = self._look.font(13, 500)
            return QFontMetricsF(face).horizontalAdvance(change.words) + ICON + 8 + 2 * MARGIN
        plain = QFontMetricsF(self._look.figures(13))
        strong = QFontMetricsF(self._look.figures(13, 600))
        words = plain.horizontalAdvance(f"{change.before}  →  {change.share}   ")
        return words + strong.horizontalAdvance(change.after) + ICON + 8 + 2 * MARGIN

    def _ground(self, row: int, tokens: Tokens) -> str:
        if self._model.is_ticked(row) or self._model.rows[row].id == self._table.open_id:
            return tokens.selected
        if self._table.hover_row == row or self._table.focus_row() == row:
            return tokens.hover
        return tokens.surface

    def _tick(self, painter: QPainter, box: QRectF, row: int) -> None:
        if waits(self._model.rows[row]):
            on = self._model.is_ticked(row)
            state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            hover = self._table.hover_row == row
            draw_checkbox(painter, box.center(), state, self._look.tokens, hover)

    def _change(self, painter: QPainter, box: QRectF, entry: JournalRow) -> None:
        tokens, change = self._look.tokens, change_of(self._look, entry)
        faded = entry.state in _FADED
        ink = tokens.text3 if faded else tokens.text
        if not change.after:
            self._with_icon(painter, box, change.icon, change.words, ink, 500)
            return
        left = self._icon(painter, box, change.icon, tokens.text3)
        plain, strong = self._look.figures(13), self._look.figures(13, 600)
        parts = (
            (change.before, plain, tokens.text3),
            ("→", plain, tokens.text3),
            (change.after, strong, ink),
            (change.share, plain, tokens.text3),
        )
        needed = [QFontMetricsF(face).horizontalAdvance(text) + 7 for text, face, _ in parts]
        first, last = 0, len(parts)
        # Where it is narrow the new value is what counts.
        if sum(needed) > box.right() - left:
            last -= 1
        if sum(needed[:last]) > box.right() - left:
            first = 1
        for text, face, colour in parts[first:last]:
            room = box.right() - 4 - left
            if room < 12 or not text:
                break
            metrics = QFontMetricsF(face)
            shown = metrics.elidedText(text, _ELIDE, room)
            painter.setFont(face)
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(left, box.top(), room, box.height() - 1), _MIDDLE, shown)
            left += metrics.horizontalAdvance(shown) + 7

    def _state(self, painter: QPainter, box: QRectF, entry: JournalRow) -> None:
        words, tone = state_of(self._look, entry)
        face = self._look.font(11, 600)
        height = self._look.px(20)
        width = min(pill_width(words, face, dot=True), box.width() - MARGIN - 2)
        left, top = box.left() + MARGIN, box.center().y() - height / 2
        pill = QRectF(left, round(top), width, height)
        draw_pill(painter, pill, words, tone, self._look.tokens, face, dot=True)

    def _with_icon(
        self, painter: QPainter, box: QRectF, icon: str, text: str, ink: str, weight: int
    ) -> None:
        left = self._icon(painter, box, icon, self._look.tokens.text3)
        words = QRectF(left - MARGIN, box.top(), box.right() - left + MARGIN, box.height())
        self._text(painter, words, text, self._look.font(13, weight), ink)

    def _icon(self, painter: QPainter, box: QRectF, name: str, ink: str) -> float:
        ratio = painter.device().devicePixelRatioF()
        pixmap = self._look.icons.pixmap(name, ink, ICON, ratio)
        top = round(box.center().y() - ICON / 2)
        painter.drawPixmap(QPointF(box.left() + MARGIN, top), pixmap)
        return box.left() + MARGIN + ICON + 8

    def _text(self, painter: QPainter, box: QRectF, text: str, face: QFont, ink: str) -> None:
        words = box.adjusted(MARGIN, 0, -6, -1)
        shown = QFontMetricsF(face).elidedText(text, _ELIDE, words.width())
        painter.setFont(face)
        painter.setPen(QColor(ink))
        painter.drawText(words, _MIDDLE, shown)

    def _focus(self, painter: QPainter, box: QRectF, column: Col) -> None:
        """Mark the keyboard's row by a bar at its left, and its time by a frame."""
        tokens = self._look.tokens
        if column is Col.TICK:
            bar = QRectF(box.left(), box.top(), 3, box.height() - 1)
            painter.fillRect(bar, QColor(tokens.accent))
        elif column is Col.TIME:
            draw_focus(painter, box.adjusted(2, 2, -2, -3), tokens, 4)
