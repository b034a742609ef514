"""Paints the grid's cells straight from the arrays."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.grid.columns import STATUS_TONES, Column, Kind
from ui.grid.edits import PendingEdit
from ui.grid.filter_grammar import parse_number
from ui.grid.model import GridModel
from ui.look import Look
from ui.painting import draw_checkbox, draw_focus, draw_pill, draw_switch, muted, pill_width
from ui.sparkline import SparklineCache
from ui.theme import Tokens, Tone
from ui.widgets.fields import mark_wrong

_Index = QModelIndex | QPersistentModelIndex
_MARGIN = 12
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ELIDE = Qt.TextElideMode.ElideRight


class Pointer(Protocol):
    """What the painter needs to know of the view."""

    hover_row: int

    def focus_cell(self) -> tuple[int, int]:
        """Return row and column of the keyboard, (-1, -1) without it."""


class CellDelegate(QStyledItemDelegate):
    """Draws every kind of cell; edits money and names in place."""

    def __init__(self, look: Look, model: GridModel, pointer: Pointer, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self._pointer = pointer
        self._trends = SparklineCache()
        self._restyle()
        look.restyled.connect(self._restyle)
        model.modelReset.connect(self._trends.clear)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return a cell's size; heights are the view's business."""
        return QSize(self._model.columns[index.column()].width, int(self._look.density))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        model, tokens = self._model, self._look.tokens
        row, column = index.row(), model.columns[index.column()]
        box = QRectF(option.rect)
        row_id = model.row_id(row)
        edit = model.pending.get(row_id, column.key)
        painter.save()
        painter.fillRect(option.rect, self._ground(row, row_id))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), self._line)
        if edit is not None:
            inner = QRectF(box.left(), box.top(), box.width(), box.height() - 1)
            painter.fillRect(inner, QColor(tokens.warn_bg))
            painter.fillRect(QRectF(inner.left(), inner.top(), 3, inner.height()), self._amber)
        self._paint_value(painter, box, row, column, edit)
        if self._pointer.focus_cell() == (row, index.column()):
            draw_focus(painter, box, tokens)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return a line edit that fills the cell."""
        field = QLineEdit(parent)
        column = self._model.columns[index.column()]
        field.setAccessibleName(self._look.say(column.title_key))
        field.setStyleSheet("min-height: 0; max-height: 999px; border-radius: 0;")
        if column.right_aligned:
            field.setAlignment(_RIGHT)
            field.textEdited.connect(lambda text: mark_wrong(field, parse_number(text) is None))
        return field

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Offer the present value, money in major units."""
        column, row = self._model.columns[index.column()], index.row()
        value = self._model.value(column, row)
        text = str(value)
        if column.kind is Kind.MONEY:
            offset = self._model.data_set.currency_of(self._model.place(row)).offset
            major = float(value) / offset  # type: ignore[arg-type]  # a number by its kind
            text = f"{major:.2f}".rstrip("0").rstrip(".")
        if isinstance(editor, QLineEdit):
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Remember the typed value as pending; a wrong one changes nothing."""
        if not isinstance(editor, QLineEdit):
            return
        column, text = self._model.columns[index.column()], editor.text().strip()
        if not column.right_aligned:
            if text:
                model.setData(index, text)
            return
        number = parse_number(text)
        if number is None or number < 0:
            return
        if column.kind is Kind.MONEY:
            place = self._model.place(index.row())
            number = round(number * self._model.data_set.currency_of(place).offset)
        model.setData(index, number)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Let the field fill the cell."""
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(0, 0, 0, -1))

    def _restyle(self) -> None:
        """Take fonts and colours of the present look."""
        look = self._look
        self._body, self._medium = look.figures(13), look.font(13, 500)
        self._strong, self._pill = look.figures(13, 600), look.font(11, 600)
        self._struck = look.figures(11.5)
        self._struck.setStrikeOut(True)
        self._body_metrics = QFontMetricsF(self._body)
        self._medium_metrics = QFontMetricsF(self._medium)
        self._line = look.colour(look.tokens.grid)
        self._amber = look.colour(look.tokens.warn)
        self._trends.clear()

    def _ground(self, row: int, row_id: str) -> QColor:
        """Return a row's background: ticked, under the pointer or plain."""
        tokens = self._look.tokens
        if row_id in self._model.ticks:
            return self._look.colour(tokens.selected)
        hover = row == self._pointer.hover_row
        return self._look.colour(tokens.hover if hover else tokens.surface)

    def _paint_value(
        self, painter: QPainter, box: QRectF, row: int, column: Column, edit: PendingEdit | None
    ) -> None:
        """Draw what the cell holds."""
        tokens, model = self._look.tokens, self._model
        place = model.place(row)
        if column.kind is Kind.CHECK:
            ticked = model.row_id(row) in model.ticks
            state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
            hover = row == self._pointer.hover_row
            draw_checkbox(painter, box.center(), state, tokens, hover)
        elif column.kind is Kind.SWITCH:
            centre = QPointF(box.left() + _MARGIN + 14, box.center().y())
            draw_switch(painter, centre, bool(model.value(column, row)), tokens)
        elif column.kind is Kind.TREND:
            self._paint_trend(painter, box, column, place)
        elif column.kind is Kind.STATUS:
            self._paint_status(painter, box, str(model.value(column, row)))
        elif edit is not None:
            self._paint_edit(painter, box, column, place, edit)
        else:
            self._paint_words(painter, box, column, place)

    def _paint_words(self, painter: QPainter, box: QRectF, column: Column, place: int) -> None:
        """Draw a name, a text or a number."""
        text = self._model.texts.of_cell(self._model.data_set, column, place)
        painter.setPen(self._ink(column, place))
        words = box.adjusted(_MARGIN, 0, -_MARGIN, -1)
        if column.right_aligned:
            painter.setFont(self._body)
            painter.drawText(words, _RIGHT, text)
            return
        name = column.kind is Kind.NAME
        painter.setFont(self._medium if name else self._body)
        metrics = self._medium_metrics if name else self._body_metrics
        painter.drawText(words, _LEFT, metrics.elidedText(text, _ELIDE, words.width()))

    def _ink(self, column: Column, place: int) -> QColor:
        """Return a value's colour: better, worse, paused or plain."""
        data, tokens = self._model.data_set, self._look.tokens
        tones = data.tones.get(column.key)
        if tones is not None and tones[place]:
            return self._look.colour(tokens.good if tones[place] > 0 else tokens.bad)
        if self._is_muted(place):
            faded = column.kind in (Kind.NAME, Kind.MONEY) and (
                column.kind is Kind.NAME or column.editable
            )
            return self._look.colour(tokens.text3 if faded else tokens.text2)
        return self._look.colour(tokens.text2 if column.kind is Kind.PERCENT else tokens.text)

    def _is_muted(self, place: int) -> bool:
        """Tell whether a row is paused."""
        marks = self._model.data_set.muted
        return marks is not None and bool(marks[place])

    def _paint_edit(
        self, painter: QPainter, box: QRectF, column: Column, place: int, edit: PendingEdit
    ) -> None:
        """Draw the old value struck through and the new one beside it."""
        tokens, texts, data = self._look.tokens, self._model.texts, self._model.data_set
        new = texts.of_value(data, column, place, edit.new)
        old = texts.of_value(data, column, place, edit.old)
        words = box.adjusted(_MARGIN, 0, -_MARGIN, -1)
        painter.setPen(QColor(tokens.warn))
        painter.setFont(self._strong)
        if not column.right_aligned:
            painter.drawText(words, _LEFT, _cut(new, self._strong, words.width()))
            return
        painter.drawText(words, _RIGHT, new)
        words.setRight(words.right() - QFontMetricsF(self._strong).horizontalAdvance(new) - 7)
        if QFontMetricsF(self._struck).horizontalAdvance(old) < words.width():
            painter.setFont(self._struck)
            painter.setPen(QColor(tokens.text2))
            painter.drawText(words, _RIGHT, old)

    def _paint_status(self, painter: QPainter, box: QRectF, status: str) -> None:
        """Draw the pill of a delivery status."""
        text = self._look.say(f"delivery.{status}")
        height = self._look.px(21)
        width = min(pill_width(text, self._pill, dot=True), box.width() - _MARGIN)
        left, top = box.left() + _MARGIN - 3, box.center().y() - height / 2
        tone = STATUS_TONES.get(status, Tone.NEUTRAL)
        pill = QRectF(left, top, width, height)
        draw_pill(painter, pill, text, tone, self._look.tokens, self._pill, dot=True)

    def _paint_trend(self, painter: QPainter, box: QRectF, column: Column, place: int) -> None:
        """Copy the row's little line from the cache."""
        rows = self._model.data_set.values[column.key]
        series: Sequence[float] = rows[place]  # type: ignore[assignment]  # a row of a table
        colour = _trend_colour(series, self._is_muted(place), self._look.tokens)
        size = (int(box.width()) - _MARGIN * 2, int(box.height()) - 10)
        if size[0] < 10 or size[1] < 6:
            return
        ratio = painter.device().devicePixelRatioF()
        key = (column.key, place)
        pixmap = self._trends.pixmap(key, series, colour, size, ratio)
        painter.drawPixmap(QPointF(box.left() + _MARGIN, box.top() + 4), pixmap)


def _trend_colour(series: Sequence[float], paused: bool, tokens: Tokens) -> str:
    """Colour a line by its direction; paused rows are grey."""
    if paused:
        return muted(tokens.text3, tokens)
    known = [value for value in series if np.isfinite(value)]
    rising = len(known) < 2 or known[-1] >= known[0]
    return tokens.series[2] if rising else tokens.series[4]


def _cut(text: str, face: QFont, width: float) -> str:
    """Shorten a text with an ellipsis."""
    return QFontMetricsF(face).elidedText(text, _ELIDE, width)
