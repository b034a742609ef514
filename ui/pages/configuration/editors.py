"""Editors of one setting's value: switch, choice, number, text."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from engine.api.messages import SettingMessage
from ui.look import Look
from ui.widgets.fields import Select, Switch, mark_wrong
from ui.widgets.labels import label

Value = bool | int | float | str


class Editor(QWidget):
    """Shows a value; ``edited`` carries a new one that is within its bounds.

    ``wrong`` carries why what was typed can't be taken, empty when it can.
    """

    edited = Signal(object)
    wrong = Signal(str)

    def __init__(self, look: Look, setting: SettingMessage) -> None:
        super().__init__()
        self.look = look
        self.setting = setting
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)

    def show_value(self, setting: SettingMessage) -> None:
        """Show the value in force; each kind shows its own way."""
        raise NotImplementedError

    def name(self, title: str) -> None:
        """Give the control its name for screen readers."""
        raise NotImplementedError


class SwitchEditor(Editor):
    """Yes or no."""

    def __init__(self, look: Look, setting: SettingMessage) -> None:
        super().__init__(look, setting)
        self.control = Switch(look)
        self.row.addStretch(1)
        self.row.addWidget(self.control)
        self.show_value(setting)
        self.control.clicked.connect(lambda on: self.edited.emit(bool(on)))

    def show_value(self, setting: SettingMessage) -> None:
        """Turn the switch without telling."""
        self.setting = setting
        self.control.setChecked(setting.value is True)

    def name(self, title: str) -> None:
        """Name the switch."""
        self.control.setAccessibleName(title)


class ChoiceEditor(Editor):
    """One of a few words."""

    def __init__(self, look: Look, setting: SettingMessage) -> None:
        super().__init__(look, setting)
        self.control = Select(look)
        self.row.addWidget(self.control, 1)
        look.keep_worded(self, self._reword)
        self.control.activated.connect(self._tell)

    def show_value(self, setting: SettingMessage) -> None:
        """Choose the value without telling."""
        self.setting = setting
        self.control.setCurrentIndex(setting.choices.index(str(setting.value)))

    def name(self, title: str) -> None:
        """Name the list."""
        self.control.setAccessibleName(title)

    def _tell(self, place: int) -> None:
        value = self.setting.choices[place]
        if value != self.setting.value:
            self.edited.emit(value)

    def _reword(self) -> None:
        self.control.clear()
        self.control.addItems([choice_words(self.look, one) for one in self.setting.choices])
        self.show_value(self.setting)


class TextEditor(Editor):
    """A number or a text in a line; Enter or leaving saves, Escape takes back."""

    def __init__(self, look: Look, setting: SettingMessage) -> None:
        super().__init__(look, setting)
        self.control = _Line(self)
        self._sent = ""
        number = setting.kind in ("int", "float")
        if number:
            self.control.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.control.setFixedWidth(look.px(110))
            self.row.addStretch(1)
        self.row.addWidget(self.control, 0 if number else 1)
        self._unit = label("", "body-secondary")
        self._unit.setFixedWidth(look.px(34))
        self._unit.setVisible(number)
        if not number:
            look.keep_worded(
                self, lambda: self.control.setPlaceholderText(look.say("settings.nothing"))
            )
        self.row.addWidget(self._unit)
        self.control.left.connect(self._leave)
        self.control.given_up.connect(lambda: self.show_value(self.setting))
        look.keep_worded(self, lambda: self.show_value(self.setting))

    def show_value(self, setting: SettingMessage) -> None:
        """Write the value, as people write it."""
        self.setting = setting
        self._sent = ""
        self.control.setText(value_words(self.look, setting, setting.value, unit=False))
        self._unit.setText(unit_words(self.look, setting.unit))
        mark_wrong(self.control, False)
        self.wrong.emit("")

    def name(self, title: str) -> None:
        """Name the line."""
        self.control.setAccessibleName(title)

    def show_wrong(self, wrong: bool) -> None:
        """Draw the line red, or as usual."""
        mark_wrong(self.control, wrong)

    def _leave(self) -> None:
        """Take what was typed, if it can be taken."""
        text = self.control.text().strip()
        if text and text == self._sent:
            return
        if text == value_words(self.look, self.setting, self.setting.value, unit=False):
            mark_wrong(self.control, False)
            self.wrong.emit("")
            return
        if self.setting.kind == "text":
            self._sent = text
            self.edited.emit(text)
            return
        number = parse_number(text)
        whole = self.setting.kind == "int"
        if number is None or (whole and number != round(number)) or not self._is_within(number):
            mark_wrong(self.control, True)
            self.wrong.emit(self._allowed())
            return
        mark_wrong(self.control, False)
        self.wrong.emit("")
        self._sent = text
        self.edited.emit(round(number) if whole else number)

    def _is_within(self, number: float) -> bool:
        low, high = self.setting.minimum, self.setting.maximum
        return (low is None or number >= low) and (high is None or number <= high)

    def _allowed(self) -> str:
        formats, setting = self.look.formats, self.setting
        key = "settings.allowed_whole" if setting.kind == "int" else "settings.allowed_number"
        low, high = (formats.number(one) for one in (setting.minimum, setting.maximum))
        return self.look.say(key, low=low, high=high)


class _Line(QLineEdit):
    """A line that tells when it is left with Enter or focus, or given up."""

    left = Signal()
    given_up = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.returnPressed.connect(self.left)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it is left."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give up with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


def editor_for(look: Look, setting: SettingMessage) -> Editor:
    """Return the editor that fits a setting's kind."""
    kinds: dict[str, type[Editor]] = {"bool": SwitchEditor, "choice": ChoiceEditor}
    return kinds.get(setting.kind, TextEditor)(look, setting)


def parse_number(text: str) -> float | None:
    """Read a number as people write it; None for another text."""
    plain = "".join(text.split()).replace(",", ".").replace("−", "-").rstrip("%×")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def unit_words(look: Look, unit: str) -> str:
    """Return a unit in the window's language."""
    key = f"settings.unit_{unit}"
    return look.say(key) if look.texts.has(key) else unit


def choice_words(look: Look, choice: str) -> str:
    """Return one of a choice's values in words."""
    key = f"settings.choice_{choice}"
    return look.say(key) if look.texts.has(key) else choice


def value_words(look: Look, setting: SettingMessage, value: Value, *, unit: bool = True) -> str:
    """Return a value of a setting as people read it."""
    if isinstance(value, bool):
        return look.say("settings.on" if value else "settings.off")
    if setting.kind == "choice":
        return choice_words(look, str(value))
    if isinstance(value, str):
        return value if value or not unit else look.say("settings.nothing")
    digits = 0 if value == round(value) else 2
    shown = look.formats.number(value, digits)
    return f"{shown} {unit_words(look, setting.unit)}".strip() if unit else shown
