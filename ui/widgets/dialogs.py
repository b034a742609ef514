"""Dialogs: a question with a clear verb, and the sheet of shortcuts."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.look import Look
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked before something is done.

    ``confirm_key`` is the text key of the verb on the button; ``lines`` are
    details worth reading, one a line.
    """

    title: str
    text: str
    confirm_key: str
    danger: bool = False
    lines: Sequence[str] = ()


class ConfirmDialog(QDialog):
    """Asks once; Escape and the first button mean no."""

    def __init__(self, look: Look, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(question.title)
        self.setModal(True)
        kind = ButtonKind.DANGER if question.danger else ButtonKind.PRIMARY
        cancel = Button(look, "dialog.cancel")
        confirm = Button(look, question.confirm_key, kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(label(question.title, "card-title"))
        column.addWidget(_broad(look, label(question.text, "body-secondary")))
        for line in question.lines:
            column.addWidget(_broad(look, label(line)))
        row = QHBoxLayout()
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(confirm)
        column.addLayout(row)
        cancel.clicked.connect(self.reject)
        confirm.clicked.connect(self.accept)
        # The safe answer is the default one where the other destroys.
        (cancel if question.danger else confirm).setDefault(True)
        (cancel if question.danger else confirm).setFocus()

    def ask(self) -> bool:
        """Show the dialog and return whether it was confirmed."""
        return self.exec() == QDialog.DialogCode.Accepted


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Shortcuts that belong together: pairs of keys and their meaning."""

    title: str
    shortcuts: Sequence[tuple[str, str]]


class ShortcutSheet(QDialog):
    """All shortcuts on one sheet, opened with a question mark."""

    def __init__(
        self, look: Look, groups: Sequence[ShortcutGroup], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.setWindowTitle(look.say("shortcuts.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(label(look.say("shortcuts.title"), "page-title"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(18)
        for place, group in enumerate(groups):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(self._group(group), place // 2, place % 2, top)
        column.addLayout(grid)

    def _group(self, group: ShortcutGroup) -> QWidget:
        """Return one group's heading and lines."""
        block = QWidget()
        rows = QVBoxLayout(block)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(7)
        rows.addWidget(label(group.title, "strong"))
        native = QKeySequence.SequenceFormat.NativeText
        for keys, meaning in group.shortcuts:
            row = QHBoxLayout()
            row.addWidget(label(meaning, "body-secondary"), 1)
            row.addSpacing(24)
            shown = QKeySequence(keys).toString(native) or keys
            row.addWidget(Pill(self._look, shown, Tone.NEUTRAL))
            rows.addLayout(row)
        return block


def _broad(look: Look, made: QLabel) -> QLabel:
    """Give a text a comfortable line length."""
    wrapped(made).setMinimumWidth(look.px(400))
    return made
