"""What the window knows of the connection to Meta, and what one can do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from engine.api.connection import ConnectionMessage, IdentityMessage, NoticeMessage
from engine.api.messages import Done, Words
from engine.domain.changes import Area
from engine.domain.language import Language
from ui.connect.token_dialog import TokenPasteDialog
from ui.connect.wizard import ConnectWizard
from ui.engine_client import Ask
from ui.look import Look
from ui.session import Session
from ui.widgets.dialogs import ConfirmDialog, Question

FACEBOOK = "https://www.facebook.com/"
_AREAS = frozenset({Area.CONNECTION, Area.ACCOUNTS})


class ConnectionDesk(QObject):
    """Keeps the newest message and carries out what notices and rows ask for."""

    changed = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session = session
        self.message: ConnectionMessage | None = None
        self.open_address: Callable[[str], object] = lambda address: QDesktopServices.openUrl(
            QUrl(address)
        )
        self.ask: Callable[[Question], bool] = self._ask_by_dialog
        self._window = window
        session.stream.changed.connect(self._note)
        session.stream.online.connect(lambda online: self.load() if online else None)

    def load(self) -> None:
        """Read the connection anew."""
        ask = Ask("/api/v1/connection", ConnectionMessage)
        self.session.client.get(ask, self, self._took, lambda _error: None)

    def act(self, notice: NoticeMessage) -> None:
        """Do the one thing that a notice offers."""
        match notice.action:
            case "connect":
                self.connect_login()
            case "reconnect":
                self.connect_login(notice.identity_id)
            case "open_facebook":
                self.open_address(FACEBOOK)
            case "unlock":
                self.check(notice.identity_id)

    def connect_login(self, identity_id: str = "") -> None:
        """Open the wizard, for a new login or to renew one."""
        self._wizard(identity_id).open()

    def choose_accounts(self, identity_id: str) -> None:
        """Open the wizard where accounts of a login are chosen."""
        wizard = self._wizard(identity_id)
        wizard.show_accounts(identity_id)
        wizard.open()

    def paste_token(self) -> None:
        """Ask for a token that was made elsewhere."""
        TokenPasteDialog(self.session, self._pasted, self._window).open()

    def check(self, identity_id: str) -> None:
        """Let the engine ask Meta about a login now."""
        ask = Ask(f"/api/v1/identities/{identity_id}/check", IdentityMessage, body={})
        self.session.client.post(ask, self, self._checked, self.session.fail)

    def remove(self, identity: IdentityMessage) -> None:
        """Forget a login, once confirmed."""
        say = self.session.look.say
        question = Question(
            say("connection.remove_title", name=identity.name),
            say("connection.remove_text"),
            "connection.remove",
            danger=True,
        )
        if self.ask(question):
            ask = Ask(f"/api/v1/identities/{identity.identity_id}", Done)
            self.session.client.delete(ask, self, lambda _done: self.load(), self.session.fail)

    def identity(self, identity_id: str) -> IdentityMessage | None:
        """Return a login by its id."""
        known = self.message.identities if self.message is not None else ()
        return next((one for one in known if one.identity_id == identity_id), None)

    def _wizard(self, identity_id: str) -> ConnectWizard:
        return ConnectWizard(
            self.session, self.open_address, self.message, identity_id, self._window
        )

    def _pasted(self, identity: IdentityMessage) -> None:
        self.load()
        self.choose_accounts(identity.identity_id)

    def _checked(self, identity: IdentityMessage) -> None:
        self.load()
        say = self.session.look.say
        if identity.condition == "works":
            self.session.say(say("connection.checked", name=identity.name))
        else:
            self.session.say(spoken(self.session.look, identity.said), "bad")

    def _took(self, message: ConnectionMessage) -> None:
        self.message = message
        self.changed.emit()

    def _note(self, areas: frozenset[Area]) -> None:
        if areas & _AREAS:
            self.load()

    def _ask_by_dialog(self, question: Question) -> bool:
        return ConfirmDialog(self.session.look, question, self._window).ask()


def spoken(look: Look, words: Words) -> str:
    """Return words in the window's language."""
    return words.uk if look.texts.language is Language.UKRAINIAN else words.en
