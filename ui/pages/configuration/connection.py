"""The connection to Meta: every login, how it is, and what can be done."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.api.connection import ConnectionMessage, IdentityMessage
from ui.connect.desk import ConnectionDesk, spoken
from ui.look import Look
from ui.pages.configuration.row import FormRow
from ui.pages.configuration.section import Section
from ui.session import Session
from ui.theme import Tone
from ui.widgets.buttons import Button, ButtonKind, IconButton
from ui.widgets.labels import label, wrapped
from ui.widgets.pill import Pill

_WIDTH = 350
_ICONS = {"system_user": "bot", "person": "user"}


class IdentityRow(FormRow):
    """One login; its signals carry its message."""

    renew = Signal(object)
    check = Signal(object)
    choose = Signal(object)
    remove = Signal(object)

    def __init__(self, look: Look, session: Session, identity: IdentityMessage) -> None:
        box = QWidget()
        super().__init__(look, box, _WIDTH)
        self._session = session
        self.identity = identity
        self.state = Pill(look, "", dot=True)
        self.head.insertWidget(1, self.state)
        right = QHBoxLayout(box)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(4)
        right.addStretch(1)
        self.accounts = Button(look, "connection.accounts", icon="building-2")
        self.again = Button(look, "connection.renew", icon="log-in")
        self.ask = IconButton(look, "refresh-cw", "connection.check")
        self.forget = IconButton(look, "trash-2", "connection.remove")
        for part in (self.accounts, self.again, self.ask, self.forget):
            right.addWidget(part)
        self.accounts.clicked.connect(lambda: self.choose.emit(self.identity))
        self.again.clicked.connect(lambda: self.renew.emit(self.identity))
        self.ask.clicked.connect(lambda: self.check.emit(self.identity))
        self.forget.clicked.connect(lambda: self.remove.emit(self.identity))
        look.keep_worded(self, self._reword)

    def show_identity(self, identity: IdentityMessage) -> None:
        """Take over how a login is."""
        self.identity = identity
        self._reword()

    def _reword(self) -> None:
        say, one = self.look.say, self.identity
        given = one.source == "environment"
        self.again.setVisible(one.source == "login")
        self.forget.setVisible(not given)
        self.accounts.setVisible(one.condition == "works")
        state, tone = self._state()
        self.state.show_state(state, tone)
        kind = say(f"connection.kind_{one.kind}")
        if given:
            kind = say("connection.kind_environment")
        works = one.condition == "works"
        parts = [kind, *((self._ends(), self._rights(), self._work()) if works else ())]
        self.tell(one.name, " · ".join(part for part in parts if part))
        self.show_error(spoken(self.look, one.said))
        self.words = f"{one.name} {kind} {' '.join(one.scopes)}".casefold()

    def _state(self) -> tuple[str, Tone]:
        say, one = self.look.say, self.identity
        if one.condition != "works":
            return say(f"connection.trouble_{one.trouble}"), Tone.BAD
        if one.missing and "ads_management" in one.missing:
            return say("connection.read_only"), Tone.WARN
        if self._ends_soon():
            return say("connection.ends_soon"), Tone.WARN
        return say("connection.works"), Tone.GOOD

    def _ends_soon(self) -> bool:
        moments = (self.identity.expires_at, self.identity.data_access_expires_at)
        now = self._session.now
        return any(m and (datetime.fromisoformat(m) - now).days < 14 for m in moments)

    def _ends(self) -> str:
        one, formats = self.identity, self.look.formats
        if one.checked_at is None:
            return self.look.say("connection.not_asked")
        if one.expires_at is None:
            return self.look.say("connection.never_ends")
        day = datetime.fromisoformat(one.expires_at).astimezone(self._session.zone).date()
        return self.look.say("connection.ends", day=formats.day(day, year=True))

    def _rights(self) -> str:
        one = self.identity
        if not one.scopes_known:
            return ""
        if one.missing:
            return self.look.say("connection.lacks", rights=", ".join(one.missing))
        return self.look.say("connection.all_rights")

    def _work(self) -> str:
        one, number = self.identity, self.look.formats.number
        return self.look.say(
            "connection.works_on", reads=number(one.reads), writes=number(one.writes)
        )


class ConnectionSection(Section):
    """Logins, one a row, and the ways to add one."""

    def __init__(self, desk: ConnectionDesk) -> None:
        look = desk.session.look
        super().__init__(look, "plug", "connection.title")
        self._desk = desk
        self.connect_button = Button(look, "connection.connect", ButtonKind.PRIMARY, "log-in")
        self.paste_button = Button(look, "connection.paste", icon="key-round")
        self._help = wrapped(label("", "secondary"))
        self._known: dict[str, IdentityRow] = {}
        self.header.addStretch(1)
        self.header.addWidget(self.paste_button)
        self.header.addWidget(self.connect_button)
        self.body.addWidget(self._help)
        self.body.addSpacing(6)
        self.connect_button.clicked.connect(lambda: desk.connect_login())
        self.paste_button.clicked.connect(desk.paste_token)
        desk.changed.connect(self._show)
        look.keep_worded(self, self._reword)
        self._show()

    def row_of(self, identity_id: str) -> IdentityRow | None:
        """Return a login's row."""
        return self._known.get(identity_id)

    def _show(self) -> None:
        message = self._desk.message
        if message is None:
            return
        ids = [one.identity_id for one in message.identities]
        if ids != list(self._known):
            self.drop_rows()
            self._known = {one.identity_id: self._row(one) for one in message.identities}
        for one in message.identities:
            self._known[one.identity_id].show_identity(one)
        self._reword()

    def _row(self, identity: IdentityMessage) -> IdentityRow:
        desk = self._desk
        row = IdentityRow(self.look, desk.session, identity)
        row.renew.connect(lambda one: desk.connect_login(one.identity_id))
        row.check.connect(lambda one: desk.check(one.identity_id))
        row.choose.connect(lambda one: desk.choose_accounts(one.identity_id))
        row.remove.connect(desk.remove)
        self.add(row)
        return row

    def _reword(self) -> None:
        say, message = self.look.say, self._desk.message
        self.words = say("connection.words").casefold()
        self._help.setText(self._kept(message) if message is not None else "")
        empty = message is not None and not message.identities
        if empty:
            self._help.setText(f"{say('connection.nobody')} {self._help.text()}")

    def _kept(self, message: ConnectionMessage) -> str:
        if message.keeper:
            return self.look.say(
                "connection.kept_in", place=self.look.say(f"connection.keeper_{message.keeper}")
            )
        return message.keeper_problem
