"""The card with lines over time: legend, step, read-out, plot."""

import csv
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.charts.series import NO_DATA, ChartData, Step, Words
from ui.look import Look
from ui.widgets.card import Card
from ui.widgets.labels import label
from ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from ui.charts.plot import Plot


class _Legend(QWidget):
    """The lines' names as coloured words."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._data = NO_DATA
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.restyled.connect(self.updateGeometry)

    def show_lines(self, data: ChartData) -> None:
        """Name other lines."""
        self._data = data
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of all names."""
        self.ensurePolished()
        metrics = self.fontMetrics()
        widths = [metrics.horizontalAdvance(line.name) + 26 for line in self._data.lines]
        return QSize(sum(widths), self._look.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a dot, or a dash for a comparison, before each name."""
        painter, tokens = QPainter(self), self._look.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._look.font(12.5, 500))
        left, middle = 0.0, self.height() / 2
        for line in self._data.lines:
            width = painter.fontMetrics().horizontalAdvance(line.name)
            if left + 13 + width > self.width():
                break  # half a name says less than none
            if line.previous:
                painter.setPen(QPen(QColor(tokens.text3), 1.2, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(left, middle), QPointF(left + 9, middle))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.series[line.series]))
                painter.drawEllipse(QPointF(left + 5, middle), 4.5, 4.5)
            painter.setPen(QColor(tokens.text2))
            box = QRectF(left + 13, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line.name)
            left += width + 26


class _ReadOut(QFrame):
    """The values of the day under the pointer."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.title = ""
        self.setProperty("kind", "floating")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self._text)
        self.hide()

    def show_day(self, title: str, data: ChartData, place: int, words: Words) -> None:
        """Show a day's values beside their colours."""
        self.title = title
        tokens = self._look.tokens
        rows = []
        for line in data.lines:
            if line.previous:
                continue
            dot = f"<span style='color:{tokens.series[line.series]}'>●</span>"
            value = f"<b>{escape(words(line.values[place]))}</b>"
            name = f"<td>{dot} {escape(line.name)}&nbsp;&nbsp;</td>"
            rows.append(f"<tr>{name}<td align='right'>{value}</td></tr>")
        note = data.notes[place] if place < len(data.notes) else ""
        count = data.actions.get(place, 0)
        if count and not note:
            note = self._look.say("chart.actions", count=count)
        foot = f"<div style='color:{tokens.text2}'>{escape(note)}</div>" if note else ""
        body = f"<table cellspacing='1'>{''.join(rows)}</table>"
        self._text.setText(f"<b>{escape(title)}</b>{body}{foot}")
        self.adjustSize()


class LineCard(Card):
    """Lines over days, with a choice of day, week or month.

    Give it data by ``show_data``; listen to ``step_chosen`` and give the data
    of that step (``series.summed`` adds up what may be added).
    """

    step_chosen = Signal(str)

    def __init__(self, look: Look, title_key: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title_key, parent)
        self._data = NO_DATA
        self._axis_words: Words = str
        self._value_words: Words = str
        self._plot: Plot | None = None
        self._legend = _Legend(look)
        options = [(step.value, f"chart.{step.value}") for step in Step]
        self.step = Segmented(look, options)
        self.step.setAccessibleName(look.say("chart.step"))
        self._empty = label("", "body-secondary")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._read_out = _ReadOut(look, self)
        self.header.addWidget(self._legend)
        self.header.addStretch(1)
        self.header.addWidget(self.step)
        self.body.addWidget(self._empty, 1)
        self.setMinimumHeight(look.px(230))
        self.step.chosen.connect(self.step_chosen)
        look.keep_worded(self, self._reword)

    def show_data(self, data: ChartData, axis_words: Words, value_words: Words) -> None:
        """Draw data; the words are those of the axis and of the read-out."""
        self._data, self._axis_words, self._value_words = data, axis_words, value_words
        self._legend.show_lines(data)
        self._empty.setVisible(data.is_empty)
        self._read_out.hide()
        if self._plot is not None:
            self._fill_plot(self._plot)
        self.setAccessibleDescription(self.summary())

    def summary(self) -> str:
        """Return the chart in words, for screen readers."""
        say, words = self.look.say, self._value_words
        parts = []
        for line in self._data.lines:
            known = [value for value in line.values if value == value]
            if known:
                parts.append(
                    say(
                        "chart.summary",
                        name=line.name,
                        first=words(known[0]),
                        last=words(known[-1]),
                        low=words(min(known)),
                        high=words(max(known)),
                    )
                )
        return ". ".join(parts)

    def point_at(self, place: int) -> None:
        """Show the read-out of a day, as the pointer would."""
        if self._plot is not None:
            self._plot.point_at(place)

    def has_plot(self) -> bool:
        """Tell whether the plot has been made, which the first show starts."""
        return self._plot is not None

    def read_out(self) -> str:
        """Return the day that the read-out shows, empty for none."""
        return "" if self._read_out.isHidden() else self._read_out.title

    def save_csv(self, path: Path) -> None:
        """Write days and values as a table; raises OSError."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["date", *(line.name for line in self._data.lines)])
            columns: list[Sequence[float]] = [line.values for line in self._data.lines]
            for place, day in enumerate(self._data.days):
                writer.writerow([day.isoformat(), *(values[place] for values in columns)])

    def save_picture(self, path: Path) -> bool:
        """Write the card as a PNG picture; return whether it succeeded."""
        return self.grab().save(str(path))

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plot just after the card's first frame."""
        super().showEvent(event)
        if self._plot is None:
            QTimer.singleShot(0, self, self._make_plot)

    def _make_plot(self) -> None:
        """Import pyqtgraph and draw; see ``ui.charts.plot`` for why now."""
        if self._plot is not None:
            return
        from ui.charts.plot import Plot

        self._plot = Plot(self.look)
        self.body.addWidget(self._plot, 1)
        self._plot.pointed.connect(self._show_read_out)
        self._fill_plot(self._plot)
        self._read_out.raise_()

    def _fill_plot(self, plot: "Plot") -> None:
        """Hand the data to the plot."""
        plot.setVisible(not self._data.is_empty)
        plot.show_data(self._data, self._axis_words, [self._day_label(d) for d in self._data.days])
        plot.setAccessibleName(self.accessibleName())
        plot.setAccessibleDescription(self.summary())

    def _day_label(self, day: date) -> str:
        """Return a tick's words."""
        formats = self.look.formats
        return formats.month(day) if self._data.step is Step.MONTH else formats.day(day)

    def _show_read_out(self, place: int, spot: QPointF) -> None:
        """Place the read-out beside the marked day."""
        if place < 0 or self._plot is None:
            self._read_out.hide()
            return
        formats, day = self.look.formats, self._data.days[place]
        title = formats.day(day, weekday=True)
        if self._data.step is Step.MONTH:
            title = formats.month(day)
        elif self._data.step is Step.WEEK:
            title = self.look.say("chart.week_of", day=formats.day(day))
        self._read_out.show_day(title, self._data, place, self._value_words)
        corner = self._plot.pos()
        width = self._read_out.width()
        left = corner.x() + round(spot.x()) - width - 14
        if left < corner.x() + 40:
            left = corner.x() + round(spot.x()) + 14
        self._read_out.move(left, corner.y() + 8)
        self._read_out.show()
        self._read_out.raise_()

    def _reword(self) -> None:
        """Take words and number formats of the present language."""
        self._empty.setText(self.look.say("chart.empty"))
        self.step.setAccessibleName(self.look.say("chart.step"))
        if self._plot is not None:
            self._fill_plot(self._plot)
