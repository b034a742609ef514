"""One condition of a trace: what was found, against what, and the answer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engine.api.messages import JournalRow, ReadingMessage
from engine.domain.formats import Currency
from engine.domain.metrics import Unit, find_metric
from ui.look import Look
from ui.pages.journal.words import currency_of, picked
from ui.theme import Tone
from ui.widgets.labels import label, wrapped

_ICONS = {
    "true": ("circle-check", Tone.GOOD),
    "false": ("circle-x", Tone.BAD),
    "unknown": ("circle-help", Tone.WARN),
}
_OPPOSITE = {"true": "false", "false": "true", "unknown": "unknown"}


def is_negated(reading: ReadingMessage) -> bool:
    """Tell whether the rule asks for the opposite of the condition."""
    return reading.path.split("/").count("not") % 2 == 1


def effective_answer(reading: ReadingMessage) -> str:
    """Return whether the condition helped the rule: true, false or unknown."""
    return _OPPOSITE[reading.answer] if is_negated(reading) else reading.answer


class ReadingLine(QWidget):
    """An icon for the answer, the condition in words, the numbers below."""

    def __init__(self, look: Look, reading: ReadingMessage, row: JournalRow) -> None:
        super().__init__()
        self._look = look
        answer = effective_answer(reading)
        name, tone = _ICONS[answer]
        icon = QLabel()
        tint = look.tokens.ink(tone)
        icon.setPixmap(look.icons.pixmap(name, tint, 16, self.devicePixelRatioF()))
        icon.setAccessibleName(look.say(f"activity.answer_{answer}"))
        icon.setToolTip(icon.accessibleName())
        words = picked(look, reading.words)
        if is_negated(reading):
            words = look.say("activity.not", condition=words)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(9)
        grid.setVerticalSpacing(2)
        grid.addWidget(icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(wrapped(label(words)), 0, 1)
        below = wrapped(label(self._numbers(reading, row), "secondary"))
        below.setFont(look.figures(12))
        grid.addWidget(below, 1, 1)
        grid.setColumnStretch(1, 1)

    def _numbers(self, reading: ReadingMessage, row: JournalRow) -> str:
        look = self._look
        answer = look.say(f"activity.answer_{reading.answer}")
        if reading.answer == "unknown":
            return f"{answer} – {_unknown_why(look, reading)}".rstrip(" –")
        unit, currency = _unit_of(reading), currency_of(row)
        found = shown_value(look, reading.value, unit, currency)
        parts = [look.say("activity.found", value=found)]
        if reading.threshold is not None:
            limit = shown_value(look, reading.threshold, unit, currency)
            parts.append(look.say("activity.threshold", value=limit))
        return " · ".join([*parts, answer])


def shown_value(
    look: Look, value: float | str | list[float | str] | None, unit: Unit, currency: Currency
) -> str:
    """Return a measurement in major units as people read it."""
    if value is None:
        return look.say("activity.nothing")
    if isinstance(value, list):
        return " … ".join(shown_value(look, one, unit, currency) for one in value)
    if isinstance(value, str):
        return value
    formats = look.formats
    match unit:
        case Unit.MONEY:
            minor = round(value * currency.offset)
            return formats.money(minor, currency, exact=minor % currency.offset != 0)
        case Unit.PERCENT:
            return formats.percent(value / 100, _digits(value))
        case Unit.HOURS:
            return look.say("activity.hours", value=formats.number(value, 1 if value % 1 else 0))
        case _:
            return formats.number(value, _digits(value))


def _digits(value: float) -> int:
    return 0 if value == round(value) else 2


def _unit_of(reading: ReadingMessage) -> Unit:
    # Conditions on a change are in per cent whatever the metric is; only the engine's
    # own words of the measurement tell.
    said = reading.said.en if reading.said is not None else ""
    if said.removeprefix(reading.words.en).rpartition(" – ")[0].endswith("%"):
        return Unit.PERCENT
    metric = find_metric(reading.metric)
    return metric.unit if metric is not None else Unit.RATIO


def _unknown_why(look: Look, reading: ReadingMessage) -> str:
    """Return why it is unknown, out of the engine's sentence."""
    if reading.said is None:
        return reading.reason
    said, words = picked(look, reading.said), picked(look, reading.words)
    rest = said.removeprefix(words).lstrip(": ")
    _, bracket, reason = rest.partition("(")
    return reason.removesuffix(")") if bracket else rest or reading.reason
