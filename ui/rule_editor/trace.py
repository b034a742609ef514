"""Why an answer is so: every measurement with its value and threshold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.api.messages import ReadingMessage
from engine.domain.formats import UNKNOWN, Currency
from engine.domain.metrics import Unit
from ui.look import Look
from ui.rule_editor.conditions import unit_of
from ui.rule_editor.words import metric_words, words_in
from ui.theme import Tone
from ui.widgets.card import rule_line
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill

ANSWER_TONES = {"true": Tone.GOOD, "false": Tone.NEUTRAL, "unknown": Tone.WARN}
_Value = float | str | list[float | str] | None


class TraceView(QWidget):
    """The measurements of one object, one below the other."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._now: tuple[str, Sequence[ReadingMessage], str, str] | None = None
        self._title = label("", "strong")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(rule_line())
        column.addWidget(self._title)
        column.addWidget(self._area, 1)
        look.reworded.connect(self._again)

    def show_readings(
        self, title: str, readings: Sequence[ReadingMessage], currency: str, why: str = ""
    ) -> None:
        """Show an object's measurements; money in major units of ``currency``."""
        self._now = (title, readings, currency, why)
        self._title.setText(self._look.say("preview.trace", name=title))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        if why:
            column.addWidget(wrapped(label(why, "body-secondary")))
        for reading in readings:
            column.addWidget(self._reading(reading, currency))
        column.addStretch(1)
        self._area.setWidget(content)
        content.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)

    def _again(self) -> None:
        if self._now is not None:
            self.show_readings(*self._now)

    def _reading(self, reading: ReadingMessage, currency: str) -> QWidget:
        look = self._look
        block = QWidget()
        rows = QVBoxLayout(block)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(wrapped(label(words_in(look, reading.words))), 1)
        answer = look.say(f"preview.{reading.answer}")
        tone = ANSWER_TONES.get(reading.answer, Tone.NEUTRAL)
        top.addWidget(Pill(look, answer, tone), 0, Qt.AlignmentFlag.AlignTop)
        rows.addLayout(top)
        seen = seen_words(look, reading, currency)
        if reading.value is not None:
            name = metric_words(look, reading.metric)
            against = reading_value(look, reading.metric, reading.threshold, currency)
            if _is_change(look, reading) and isinstance(reading.threshold, int | float):
                against = look.formats.percent(reading.threshold / 100, 1)
            seen = look.say("preview.reading", metric=name, value=seen, threshold=against)
        rows.addWidget(wrapped(label(seen, "secondary")))
        return block


def seen_words(look: Look, reading: ReadingMessage, currency: str) -> str:
    """Return what was measured, or why nothing was, as the engine says it."""
    if reading.value is None and reading.said is not None:
        return _said(look, reading)
    if _is_change(look, reading) and isinstance(reading.value, int | float):
        return look.formats.percent(reading.value / 100, 1, sign=True)
    return reading_value(look, reading.metric, reading.value, currency)


def _said(look: Look, reading: ReadingMessage) -> str:
    """Return the end of the engine's sentence: the value without answer and condition."""
    if reading.said is None:
        return ""
    said, words = words_in(look, reading.said), words_in(look, reading.words)
    return said.removeprefix(words).removeprefix(": ").rpartition(" – ")[0] or said


def _is_change(look: Look, reading: ReadingMessage) -> bool:
    """Tell whether the number is a change in percent of a metric that is none."""
    percent = _said(look, reading).rstrip().endswith("%")
    return percent and unit_of(reading.metric) is not Unit.PERCENT


def reading_value(look: Look, metric: str, value: _Value, currency: str) -> str:
    """Return a measurement or a threshold as people read it."""
    if isinstance(value, list):
        return ", ".join(reading_value(look, metric, one, currency) for one in value)
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    formats, unit = look.formats, unit_of(metric)
    if unit is Unit.MONEY:
        return formats.money(round(value * 100), Currency(currency), exact=abs(value) < 1000)
    if unit is Unit.PERCENT:
        return formats.percent(value / 100, 2)
    if unit is Unit.COUNT or value == round(value):
        return formats.number(value, 0 if value == round(value) else 1)
    return formats.number(value, 2)
