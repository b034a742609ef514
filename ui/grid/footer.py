"""The line under the grid: how many rows, how many ticked, the totals."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.domain.formats import UNKNOWN, Currency
from ui.grid.columns import Column, GridData, Kind
from ui.grid.model import GridModel
from ui.look import Look
from ui.widgets.labels import label

# Beside count and totals; before each total, with the space between title and value.
_AROUND, _GAP = 40, 28


class GridFooter(QWidget):
    """Counts and totals of the ticked rows, or of all shown ones."""

    def __init__(
        self, look: Look, model: GridModel, count_key: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self._count_key = count_key
        self._count = label("", "secondary")
        self._totals = QLabel()
        self._sums: list[tuple[str, str]] = []
        self._count.setTextFormat(Qt.TextFormat.RichText)
        self._totals.setTextFormat(Qt.TextFormat.RichText)
        self._totals.setProperty("kind", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self._totals)
        for signal in (model.modelReset, model.layoutChanged, model.ticks.changed):
            signal.connect(self._update)
        look.reworded.connect(self._update)
        look.keep_styled(self, lambda: self.setFixedHeight(look.px(36)))
        look.keep_styled(self, self._update)

    def count_by(self, key: str) -> None:
        """Count with another plural text from now on."""
        self._count_key = key
        self._update()

    def _update(self, *_: object) -> None:
        """Count and sum up anew."""
        model, look = self._model, self._look
        shown, everything = model.rowCount(), len(model.data_set)
        number = look.formats.number(shown)
        if shown != everything:
            every = look.formats.number(everything)
            number = look.say("grid.of_all", part=number, all=every)
        words = look.say(self._count_key, count=everything, shown=number)
        ticked = len(model.ticks)
        if ticked:
            amount = look.say("grid.selected", count=ticked, shown=look.formats.number(ticked))
            words += f" · <b style='color:{look.tokens.text}'>{amount}</b>"
        self._count.setText(words)
        self._sums = self._totals_of_columns()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many totals as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _totals_of_columns(self) -> list[tuple[str, str]]:
        """Return every total after its column's title."""
        look, data, places = self._look, self._model.data_set, self._summed_places()
        return [
            (look.say(column.title_key), total_text(look, data, column, places))
            for column in self._model.columns
            if column.total and len(places)
        ]

    def _fit(self) -> None:
        """Leave out the last totals where they would be cut: half a sum misleads."""
        look = self._look
        metrics, bold = (QFontMetricsF(look.font(12, weight)) for weight in (400, 700))
        room: float = self.width() - self._count.sizeHint().width() - look.px(_AROUND)
        parts: list[str] = []
        for title, value in self._sums:
            room -= metrics.horizontalAdvance(title) + bold.horizontalAdvance(value) + _GAP
            if room < 0:
                break
            parts.append(f"{title}&nbsp; <b style='color:{look.tokens.text}'>{value}</b>")
        self._totals.setText("&nbsp;&nbsp;&nbsp;&nbsp; ".join(parts))

    def _summed_places(self) -> np.ndarray:
        """Return the places of shown ticked rows, or of all shown ones."""
        places, ticks = self._model.shown, self._model.ticks
        if not len(ticks):
            return places
        ids = self._model.data_set.ids
        ticked = [place for place in places if ids[int(place)] in ticks]
        return np.asarray(ticked, dtype=np.intp) if ticked else places


def total_text(look: Look, data: GridData, column: Column, places: np.ndarray) -> str:
    """Return a column's total over some rows, ready for people.

    Money of several currencies is summed up apart for each, never converted;
    a ratio over several currencies of money is unknown.
    """
    groups = _by_currency(data, places)
    if column.kind is Kind.MONEY:
        texts = [
            look.formats.money(_total(data, column, members), currency)
            for currency, members in groups.items()
        ]
        return " · ".join(texts)
    if "/" in column.total and len(groups) > 1:
        return UNKNOWN
    value = _total(data, column, places)
    if column.kind is Kind.PERCENT:
        return look.formats.percent(value, 2)
    return look.formats.number(value, 2 if column.kind is Kind.RATIO else 0)


def _by_currency(data: GridData, places: np.ndarray) -> dict[Currency, np.ndarray]:
    """Part rows by their currency."""
    if isinstance(data.currency, Currency):
        return {data.currency: places}
    groups: dict[Currency, list[int]] = {}
    for place in places:
        groups.setdefault(data.currency[int(place)], []).append(int(place))
    return {currency: np.asarray(rows, dtype=np.intp) for currency, rows in groups.items()}


def _total(data: GridData, column: Column, places: np.ndarray) -> float:
    """Sum a column, or divide two sums; unknown values count as nothing."""
    if column.total == "sum":
        return float(np.nansum(data.numbers(column.key)[places]))
    above, below = column.total.split("/")
    denominator = float(np.nansum(data.numbers(below)[places]))
    numerator = float(np.nansum(data.numbers(above)[places]))
    return numerator / denominator if denominator else float("nan")
