"""Takes in a token that was made elsewhere, such as a system user's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.api.connection import IdentityMessage
from ui.engine_client import Ask, EngineError
from ui.session import Session
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label, wrapped

_LONGEST = 4000
_SECONDS = 90.0


class TokenPasteDialog(QDialog):
    """Sends the token to the engine; it closes only when Meta accepted it."""

    def __init__(
        self, session: Session, done: Callable[[IdentityMessage], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        look = session.look
        self._session = session
        self._done = done
        self.setWindowTitle(look.say("connection.paste_title"))
        self.setModal(True)
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setMaxLength(_LONGEST)
        self.token.setMinimumWidth(look.px(440))
        self.token.setPlaceholderText(look.say("connection.paste_field"))
        self.token.setAccessibleName(look.say("connection.paste_field"))
        self.error = wrapped(label("", "error"))
        self.error.hide()
        self.cancel = Button(look, "dialog.cancel")
        self.take = Button(look, "connection.paste_take", ButtonKind.PRIMARY, "shield-check")
        self.take.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(look.say("connection.paste_title"), "card-title"))
        column.addWidget(wrapped(label(look.say("connection.paste_text"), "body-secondary")))
        column.addWidget(self.token)
        column.addWidget(self.error)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.take)
        column.addLayout(row)
        self.token.textChanged.connect(lambda text: self.take.setEnabled(bool(text.strip())))
        self.cancel.clicked.connect(self.reject)
        self.take.clicked.connect(self._send)
        self.take.setDefault(True)

    def _send(self) -> None:
        self.take.setEnabled(False)
        self.error.hide()
        body = {"token": self.token.text().strip()}
        ask = Ask("/api/v1/identities", IdentityMessage, body=body, timeout=_SECONDS)
        self._session.client.post(ask, self, self._took, self._refused)

    def _took(self, identity: IdentityMessage) -> None:
        self.token.clear()
        self.accept()
        self._done(identity)

    def _refused(self, error: EngineError) -> None:
        self.take.setEnabled(True)
        self.error.setText(error.text or error.title)
        self.error.show()
        self.token.setFocus()
        self.token.selectAll()
