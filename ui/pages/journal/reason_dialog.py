"""Asks for the reason of a rejection; it goes into the journal."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.look import Look
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped

_LONGEST = 300


class ReasonDialog(QDialog):
    """A question with a line for the reason, which may stay empty."""

    def __init__(self, look: Look, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        hint = look.say("activity.reject_reason")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(hint)
        self.reason.setAccessibleName(hint)
        self.reason.setMaxLength(_LONGEST)
        lines = wrapped(label(text, "body-secondary"))
        lines.setMinimumWidth(look.px(400))
        cancel = Button(look, "dialog.cancel")
        confirm = Button(look, "activity.reject", ButtonKind.PRIMARY)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(title, "card-title"))
        column.addWidget(lines)
        column.addWidget(self.reason)
        row = QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(confirm)
        column.addLayout(row)
        cancel.clicked.connect(self.reject)
        confirm.clicked.connect(self.accept)
        confirm.setDefault(True)
        self.reason.setFocus()

    def ask(self) -> str | None:
        """Show the dialog; return the reason, None when it was left."""
        accepted = self.exec() == QDialog.DialogCode.Accepted
        return self.reason.text().strip() if accepted else None
