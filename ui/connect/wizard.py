"""From no login to accounts that are worked on, in one dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QStackedLayout, QWidget

from engine.api.connection import (
    AddedMessage,
    ConnectionMessage,
    DiscoveryMessage,
    LoginMessage,
)
from engine.api.messages import Done
from ui.connect.steps import AccountsStep, BrowserStep, DoneStep, StartStep
from ui.engine_client import Ask, EngineError
from ui.session import Session

_LOOK_EVERY_MS = 400
_LONG_SECONDS = 120.0
_WAITING = frozenset({"waiting", "exchanging"})


class ConnectWizard(QDialog):
    """Start, browser, accounts, done; closing it cancels what is under way."""

    def __init__(
        self,
        session: Session,
        open_address: Callable[[str], object],
        message: ConnectionMessage | None,
        identity_id: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        look = session.look
        self._session = session
        self._open_address = open_address
        self._identity_id = identity_id
        self.start = StartStep(look, message, bool(identity_id))
        self.browser = BrowserStep(look)
        self.accounts = AccountsStep(look)
        self.done_step = DoneStep(look)
        self._steps = QStackedLayout(self)
        for step in (self.start, self.browser, self.accounts, self.done_step):
            self._steps.addWidget(step)
            step.cancelled.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._connect()
        look.keep_styled(self, lambda: self.setFixedSize(look.px(560), look.px(460)))
        look.keep_worded(self, lambda: self.setWindowTitle(look.say("connection.start_title")))

    @property
    def step(self) -> QWidget:
        """The step that is shown."""
        shown = self._steps.currentWidget()
        assert shown is not None
        return shown

    def show_accounts(self, identity_id: str) -> None:
        """Go to the choice of accounts of a login."""
        self._identity_id = identity_id
        self._steps.setCurrentWidget(self.accounts)
        path = f"/api/v1/identities/{identity_id}/accounts"
        ask = Ask(path, DiscoveryMessage, timeout=_LONG_SECONDS)
        self.accounts.text.say("connection.accounts_loading")
        self._session.client.get(ask, self, self._discovered, self._failed)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel a login that waits."""
        self._give_up()
        super().closeEvent(event)

    def reject(self) -> None:
        """Cancel a login that waits, then close."""
        self._give_up()
        super().reject()

    def _connect(self) -> None:
        self.start.begun.connect(lambda: self._begin("loopback"))
        self.browser.again.connect(lambda: self._steps.setCurrentWidget(self.start))
        self.browser.other_way.connect(lambda: self._begin("embedded"))
        self.browser.pasted.connect(self._bring)
        self.browser.opened.connect(self._open_browser)
        self.accounts.chosen.connect(self._save)
        self.done_step.closed.connect(self.accept)

    def _begin(self, way: str) -> None:
        self._give_up()
        self.start.show_error("")
        self.start.wait(True)
        if self.start.wants_app:
            body = {
                "app_id": self.start.app_id.text().strip(),
                "app_secret": self.start.app_secret.text().strip(),
            }
            ask = Ask("/api/v1/connection/app", Done, body=body)
            client = self._session.client
            client.put(ask, self, lambda _done: self._log_in(way), self._not_begun)
            return
        self._log_in(way)

    def _log_in(self, way: str) -> None:
        body = {
            "way": way,
            "read_only": self.start.read_only,
            "identity_id": self._identity_id,
        }
        ask = Ask("/api/v1/logins", LoginMessage, body=body)
        self._session.client.post(ask, self, self._begun, self._not_begun)

    def _begun(self, login: LoginMessage) -> None:
        self.start.wait(False)
        self.browser.show_login(login)
        self._steps.setCurrentWidget(self.browser)
        self._timer.start()
        self._open_browser()

    def _not_begun(self, error: EngineError) -> None:
        self.start.wait(False)
        self._steps.setCurrentWidget(self.start)
        self.start.show_error(error.text or error.title)

    def _open_browser(self) -> None:
        if self.browser.login is not None:
            self._open_address(self.browser.login.address)

    def _look(self) -> None:
        login = self.browser.login
        if login is None or login.stage not in _WAITING:
            self._timer.stop()
            return
        ask = Ask(f"/api/v1/logins/{login.id}", LoginMessage)
        self._session.client.get(ask, self, self._went_on, self._failed)

    def _bring(self, address: str) -> None:
        login = self.browser.login
        if login is None:
            return
        path = f"/api/v1/logins/{login.id}/answer"
        ask = Ask(path, LoginMessage, body={"address": address}, timeout=_LONG_SECONDS)
        self._session.client.post(ask, self, self._went_on, self._failed)

    def _went_on(self, login: LoginMessage) -> None:
        known = self.browser.login
        if known is None or known.id != login.id or known.stage not in _WAITING:
            return
        self.browser.show_login(login)
        if login.stage in _WAITING:
            return
        self._timer.stop()
        if login.stage == "done":
            self.browser.address.clear()
            if login.identity_id == self._identity_id:
                self._finish("connection.renewed_text")
            else:
                self.show_accounts(login.identity_id)

    def _discovered(self, found: DiscoveryMessage) -> None:
        bounded = bool(found.missing)
        self.accounts.text.say(
            "connection.accounts_bounded" if bounded else "connection.accounts_text"
        )
        self.accounts.list.show_groups(found.groups)
        self.accounts.count()
        self.accounts.list.search.setFocus()

    def _save(self) -> None:
        self.accounts.show_error("")
        self.accounts.save.setEnabled(False)
        for account_id in self.accounts.list.dropped():
            drop = Ask(f"/api/v1/accounts/{account_id}", Done)
            self._session.client.delete(drop, self, lambda _done: None, self._failed)
        chosen = self.accounts.list.chosen()
        if not chosen and not self.accounts.later.isChecked():
            self._finish("connection.done_none")
            return
        body = {
            "account_ids": chosen,
            "everything": self.accounts.later.isChecked(),
            "identity_id": self._identity_id,
        }
        ask = Ask("/api/v1/accounts", AddedMessage, body=body, timeout=_LONG_SECONDS)
        self._session.client.post(ask, self, self._added, self._failed)

    def _added(self, _added: AddedMessage) -> None:
        self._finish("connection.done_text")
        # The first reading begins at once; the navigation shows how far it is.
        ask = Ask("/api/v1/engine/cycle", bytes, body={}, timeout=600.0)
        self._session.client.post(ask, self._session, lambda _done: None, lambda _error: None)

    def _finish(self, text: str) -> None:
        self.done_step.text.say(text)
        self._steps.setCurrentWidget(self.done_step)
        self._session.load_scopes()

    def _failed(self, error: EngineError) -> None:
        step = self.step
        if isinstance(step, AccountsStep | BrowserStep | StartStep):
            step.show_error(error.text or error.title)
        if step is self.accounts:
            self.accounts.count()

    def _give_up(self) -> None:
        login, self.browser.login = self.browser.login, None
        self._timer.stop()
        if login is not None and login.stage in _WAITING:
            ask = Ask(f"/api/v1/logins/{login.id}", LoginMessage)
            nothing: Callable[[object], None] = lambda _answer: None  # noqa: E731
            self._session.client.delete(ask, self._session, nothing, nothing)
