"""The steps of connecting: what for, in the browser, which accounts, done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from engine.api.connection import ConnectionMessage, LoginMessage
from ui.connect.account_list import AccountList
from ui.look import Look
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.fields import Switch
from ui.widgets.labels import WordedLabel, label, wrapped
from ui.widgets.segmented import Segmented

_ICON = 40


class Step(QWidget):
    """A title, a text, the step's own parts, and its buttons at the foot."""

    cancelled = Signal()

    def __init__(self, look: Look, title: str, text: str) -> None:
        super().__init__()
        self.look = look
        self.title = WordedLabel(look, title, "page-title")
        self.text = WordedLabel(look, text, "body-secondary")
        wrapped(self.text)
        self.error = wrapped(label("", "error"))
        self.error.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addSpacing(6)
        column.addLayout(self.body, 1)
        column.addWidget(self.error)
        column.addLayout(self.foot)

    def show_error(self, text: str) -> None:
        """Say what is wrong; an empty text says nothing is."""
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def add_cancel(self) -> None:
        """Put the button that gives up into the foot."""
        button = Button(self.look, "dialog.cancel")
        button.clicked.connect(self.cancelled)
        self.foot.addWidget(button)


class StartStep(Step):
    """What for, and through which Meta app; ``begun`` asks for a login."""

    begun = Signal()

    def __init__(self, look: Look, message: ConnectionMessage | None, again: bool) -> None:
        title = "connection.start_again" if again else "connection.start_title"
        super().__init__(look, title, "connection.start_text")
        options = (("change", "connection.may_change"), ("read", "connection.may_read"))
        self.purpose = Segmented(look, options, "change")
        self._purpose_text = WordedLabel(look, "connection.purpose_change", "secondary")
        wrapped(self._purpose_text)
        self.app_id = QLineEdit()
        self.app_secret = QLineEdit()
        self.app_secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._app = QWidget()
        self.go = Button(look, "connection.open_browser", ButtonKind.PRIMARY, "external-link")
        self._arrange(message)
        self.purpose.chosen.connect(self._show_purpose)
        self.go.clicked.connect(self.begun)
        self.add_cancel()
        self.foot.addWidget(self.go)
        self.go.setDefault(True)
        look.keep_worded(self, self._reword)

    @property
    def read_only(self) -> bool:
        """Whether no right to change anything is asked for."""
        return self.purpose.value() == "read"

    @property
    def wants_app(self) -> bool:
        """Whether the app has to be named first."""
        return not self._app.isHidden()

    def wait(self, on: bool) -> None:
        """Let the button wait for the engine, or not."""
        self.go.setEnabled(not on)

    def _arrange(self, message: ConnectionMessage | None) -> None:
        purpose = QHBoxLayout()
        purpose.addWidget(self.purpose)
        purpose.addStretch(1)
        self.body.addLayout(purpose)
        self.body.addWidget(self._purpose_text)
        column = QVBoxLayout(self._app)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(8)
        column.addWidget(WordedLabel(self.look, "connection.app", "strong"))
        column.addWidget(wrapped(WordedLabel(self.look, "connection.app_text", "secondary")))
        column.addWidget(self.app_id)
        column.addWidget(self.app_secret)
        self.body.addWidget(self._app)
        self._app.setVisible(message is not None and message.app_source == "none")
        self.body.addStretch(1)
        if message is not None and message.keeper_problem:
            self.show_error(message.keeper_problem)
            self.go.setEnabled(False)

    def _show_purpose(self, value: str) -> None:
        self._purpose_text.say(f"connection.purpose_{value}")

    def _reword(self) -> None:
        for line, key in ((self.app_id, "app_id"), (self.app_secret, "app_secret")):
            line.setPlaceholderText(self.look.say(f"connection.{key}"))
            line.setAccessibleName(self.look.say(f"connection.{key}"))


class BrowserStep(Step):
    """Waits for the browser; ``pasted`` carries an address brought by hand."""

    again = Signal()
    other_way = Signal()
    pasted = Signal(str)
    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "connection.browser_title", "connection.browser_text")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.reopen = Button(look, "connection.open_again", icon="external-link")
        self.copy = Button(look, "connection.copy_address", ButtonKind.QUIET, "copy")
        self.retry = Button(look, "panel.retry", ButtonKind.PRIMARY, "refresh-cw")
        self.other = Button(look, "connection.other_way", ButtonKind.LINK)
        self._hint = WordedLabel(look, "connection.other_hint", "secondary")
        self.address = QLineEdit()
        self.finish = Button(look, "connection.finish", ButtonKind.PRIMARY)
        self._by_hand = QWidget()
        self.login: LoginMessage | None = None
        self._arrange()
        self._connect()
        self.add_cancel()
        self.foot.addWidget(self.retry)
        look.keep_worded(self, self._reword)

    def show_login(self, login: LoginMessage) -> None:
        """Show how far a login is."""
        self.login = login
        by_hand = login.way == "embedded"
        over = login.stage not in {"waiting", "exchanging"}
        self.text.say("connection.embedded_text" if by_hand else "connection.browser_text")
        if login.stage == "exchanging":
            self.text.say("connection.exchanging")
        self.progress.setVisible(not over)
        self._by_hand.setVisible(by_hand and not over)
        for part in (self.other, self._hint):
            part.setVisible(not by_hand and login.stage == "waiting")
        for part in (self.reopen, self.copy):
            part.setVisible(login.stage == "waiting")
        self.retry.setVisible(over)
        known = f"connection.stage_{login.stage}"
        told = self.look.say(known) if self.look.texts.has(known) else ""
        self.show_error((told or " ".join((login.text, login.hint)).strip()) if over else "")

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.reopen, self.copy):
            row.addWidget(part)
        row.addStretch(1)
        by_hand = QHBoxLayout(self._by_hand)
        by_hand.setContentsMargins(0, 0, 0, 0)
        by_hand.setSpacing(8)
        by_hand.addWidget(self.address, 1)
        by_hand.addWidget(self.finish)
        other = QHBoxLayout()
        other.addWidget(self.other)
        other.addStretch(1)
        self._hint.setWordWrap(True)
        self.body.addWidget(self.progress)
        self.body.addLayout(row)
        self.body.addWidget(self._by_hand)
        self.body.addStretch(1)
        self.body.addWidget(self._hint)
        self.body.addLayout(other)

    def _connect(self) -> None:
        self.reopen.clicked.connect(self.opened)
        self.copy.clicked.connect(self._copy)
        self.retry.clicked.connect(self.again)
        self.other.clicked.connect(self.other_way)
        self.finish.clicked.connect(self._tell)
        self.address.returnPressed.connect(self._tell)
        QGuiApplication.clipboard().dataChanged.connect(self._catch)

    def _tell(self) -> None:
        if self.address.text().strip():
            self.pasted.emit(self.address.text().strip())

    def _copy(self) -> None:
        if self.login is not None:
            QGuiApplication.clipboard().setText(self.login.address)

    def _catch(self) -> None:
        """Take the address as soon as somebody has copied it in the browser."""
        login = self.login
        if login is None or login.way != "embedded" or login.stage != "waiting":
            return
        text = QGuiApplication.clipboard().text().strip()
        if text.startswith(login.redirect) and text != login.redirect:
            self.address.setText(text)
            self.pasted.emit(text)

    def _reword(self) -> None:
        self.address.setPlaceholderText(self.look.say("connection.address"))
        self.address.setAccessibleName(self.look.say("connection.address"))


class AccountsStep(Step):
    """Which accounts to work on; ``chosen`` asks to save."""

    chosen = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "connection.accounts_title", "connection.accounts_text")
        self.list = AccountList(look)
        self.later = Switch(look)
        self.save = Button(look, "dialog.save", ButtonKind.PRIMARY)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.later)
        self.add_cancel()
        self.foot.addWidget(self.save)
        self.save.setDefault(True)
        self.save.clicked.connect(self.chosen)
        self.list.changed.connect(self.count)
        look.keep_worded(self, lambda: self.later.setText(look.say("connection.take_later")))
        self.count()

    def count(self) -> None:
        """Say on the button how many accounts are chosen."""
        number = len(self.list.chosen())
        self.save.say("connection.add", count=number, shown=self.look.formats.number(number))
        self.save.setEnabled(bool(number or self.list.dropped()))


class DoneStep(Step):
    """What was reached; ``closed`` ends it."""

    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "connection.done_title", "connection.done_text")
        self._tick = QLabel()
        self.body.addStretch(1)
        self.body.addWidget(self._tick, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(2)
        self.close_button = Button(look, "dialog.close", ButtonKind.PRIMARY)
        self.foot.addWidget(self.close_button)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.closed)
        look.keep_styled(self, self._redraw)

    def _redraw(self) -> None:
        ink, ratio = self.look.tokens.good, self.devicePixelRatioF()
        self._tick.setPixmap(self.look.icons.pixmap("circle-check", ink, _ICON, ratio))
