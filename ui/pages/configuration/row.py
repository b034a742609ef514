"""One setting: its words, its editor, and back to the default."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.api.messages import SettingMessage
from engine.domain.language import Language
from ui.look import Look
from ui.pages.configuration.editors import TextEditor, editor_for, value_words
from ui.widgets.buttons import IconButton
from ui.widgets.labels import label

EDITOR_WIDTH = 260


class FormRow(QWidget):
    """Words at the left, a control of fixed width at the right.

    ``words`` holds everything that the search looks into.
    """

    def __init__(self, look: Look, control: QWidget, width: int = EDITOR_WIDTH) -> None:
        super().__init__()
        self.look = look
        self._width = width
        self.title = label("", "strong")
        self.help = label("", "secondary")
        self.help.setWordWrap(True)
        self.error = label("", "error")
        self.error.setWordWrap(True)
        self.error.hide()
        self.words = ""
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addStretch(1)
        left.addLayout(self.head)
        for part in (self.help, self.error):
            left.addWidget(part)
        self.foot = QHBoxLayout()
        left.addLayout(self.foot)
        left.addStretch(1)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 6, 0, 6)
        self.row.setSpacing(20)
        self.row.addLayout(left, 1)
        self.control = control
        look.keep_styled(self, self._resize)
        self.row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)

    def tell(self, title: str, text: str) -> None:
        """Show the words of the row."""
        self.title.setText(title)
        self.help.setText(text)
        self.help.setVisible(bool(text))

    def show_error(self, text: str) -> None:
        """Say what is wrong; an empty text says nothing is."""
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def fits(self, query: str) -> bool:
        """Tell whether every word of a query occurs in the row's words."""
        return all(part in self.words for part in query.casefold().split())

    def _resize(self) -> None:
        self.control.setFixedWidth(self.look.px(self._width))


class SettingRow(FormRow):
    """A setting of the engine; ``changed`` and ``reset`` ask to save."""

    changed = Signal(str, object)
    reset = Signal(str)

    def __init__(self, look: Look, setting: SettingMessage) -> None:
        self.editor = editor_for(look, setting)
        super().__init__(look, self.editor)
        self.setting = setting
        self._back = IconButton(look, "undo-2", "settings.reset")
        self.editor.row.insertWidget(int(self.editor.row.count() > 1), self._back)
        self.editor.edited.connect(lambda value: self.changed.emit(self.setting.key, value))
        self.editor.wrong.connect(self.show_error)
        self._back.clicked.connect(lambda: self.reset.emit(self.setting.key))
        look.keep_worded(self, self._reword)

    def show_setting(self, setting: SettingMessage) -> None:
        """Take over the value in force; what is being typed, or is wrong, stays."""
        typing = isinstance(self.editor, TextEditor) and self.editor.control.hasFocus()
        kept = typing or bool(self.error.text())
        if setting.value != self.setting.value or not kept:
            self.editor.show_value(setting)
        self.setting = setting
        self._reword()

    def refuse(self, text: str) -> None:
        """Say why the engine did not take a value; what was typed stays."""
        if isinstance(self.editor, TextEditor):
            self.editor.show_wrong(True)
        else:
            self.editor.show_value(self.setting)
        self.show_error(text)

    def _reword(self) -> None:
        setting, uk = self.setting, self.look.texts.language is Language.UKRAINIAN
        title = setting.title.uk if uk else setting.title.en
        text = setting.help.uk if uk else setting.help.en
        is_changed = setting.value != setting.default
        if is_changed:
            default = value_words(self.look, setting, setting.default)
            text = f"{text} {self.look.say('settings.default', value=default)}"
        self.tell(title, text)
        self.editor.name(title)
        self._back.setVisible(is_changed)
        both = (setting.title.en, setting.title.uk, setting.help.en, setting.help.uk, setting.key)
        self.words = " ".join(both).casefold()
