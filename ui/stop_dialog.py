"""Asks before the kill switch is pulled, and for the journal why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.look import Look
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped

_LONGEST = 500


class StopDialog(QDialog):
    """Calls ``stop`` with the reason once confirmed; Escape does nothing."""

    def __init__(self, look: Look, stop: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(look.say("engine.stop_title"))
        self._stop = stop
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(look.say("engine.stop_reason"))
        self.reason.setAccessibleName(look.say("engine.stop_reason"))
        self.reason.setMaxLength(_LONGEST)
        text = wrapped(label(look.say("engine.stop_text"), "body-secondary"))
        text.setMinimumWidth(look.px(420))
        cancel = Button(look, "dialog.cancel")
        confirm = Button(look, "engine.stop_now", ButtonKind.DANGER, "circle-stop")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(look.say("engine.stop_title"), "card-title"))
        column.addWidget(text)
        column.addWidget(self.reason)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(confirm)
        column.addLayout(row)
        cancel.clicked.connect(self.reject)
        confirm.clicked.connect(self.accept)
        confirm.setDefault(True)

    def accept(self) -> None:
        """Stop all actions."""
        super().accept()
        self._stop(self.reason.text().strip())
