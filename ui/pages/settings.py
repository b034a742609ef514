"""Settings of the engine and of the window, accounts and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.api.details import KeyMessage, LimitMessage
from engine.api.messages import AccountMessage, Done, SettingMessage
from engine.domain.changes import Area
from ui.connect.desk import ConnectionDesk
from ui.engine_client import Ask, EngineError, ErrorKind
from ui.page import Page
from ui.pages.configuration.account_removal import removal_question, remove_account
from ui.pages.configuration.accounts import Accounts
from ui.pages.configuration.appearance import Appearance
from ui.pages.configuration.connection import ConnectionSection
from ui.pages.configuration.engine_card import EngineCard
from ui.pages.configuration.keys import Keys, TokenDialog
from ui.pages.configuration.plan_card import PlanCard
from ui.pages.configuration.section import Section, SectionList, sections_column
from ui.pages.configuration.table import SettingTable
from ui.preferences import Preferences
from ui.session import Session
from ui.stop_dialog import StopDialog
from ui.theme import Tone
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ConfirmDialog, Question, ShortcutGroup
from ui.widgets.state_panels import PanelKind, StateStack
from ui.widgets.toast import Toast

_WIDEST = 920
_PANELS = {
    ErrorKind.OFFLINE: PanelKind.OFFLINE,
    ErrorKind.NO_PERMISSION: PanelKind.NO_PERMISSION,
}


class SettingsPage(Page):
    """Every control takes effect at once; the toast offers to take it back."""

    areas = frozenset({Area.SETTINGS, Area.ACCOUNTS, Area.ENGINE})
    follows_scope = False

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        connection: ConnectionDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, parent)
        self.setObjectName("page")
        self.appearance = Appearance(self.look, preferences)
        self.table = SettingTable(self.look)
        self.connection = ConnectionSection(connection)
        self.accounts = Accounts(self.look, lambda: session.now)
        self.keys = Keys(self.look, self._day)
        self.plan = PlanCard(session)
        self.engine = EngineCard(session)
        self.sections: list[Section] = []
        self.search = QLineEdit()
        self._icon = QAction(self)
        self._list = SectionList(self.look)
        self._area = QScrollArea()
        self._content = QWidget()
        self.state = StateStack(self.look, self._area)
        self.toast = Toast(self.look, self)
        self.ask: Callable[[Question], bool] = self._ask_by_dialog
        self._loaded = False
        self._arrange()
        self._connect()
        self.look.keep_styled(self, self._restyle)
        self.look.keep_worded(self, self._reword)

    def reload(self) -> None:
        """Read settings, accounts and keys."""
        client = self.session.client
        if not self._loaded:
            self.state.show_loading()
        settings = Ask("/api/v1/settings", list[SettingMessage])
        client.get(settings, self, self._took_settings, self._failed)
        accounts = Ask("/api/v1/accounts", list[AccountMessage])
        client.get(accounts, self, self._took_accounts, lambda _error: None)
        limits = Ask("/api/v1/limits", list[LimitMessage])
        client.get(limits, self, self.accounts.show_limits, lambda _error: None)
        keys = Ask("/api/v1/api-keys", list[KeyMessage])
        client.get(keys, self, self._took_keys, self._no_keys)
        self.plan.reload()
        self.session.load_status()

    def open_about(self, about: str) -> None:
        """Show an account (``account:ID``) or search for something."""
        kind, sign, value = about.partition(":")
        if sign and kind == "account":
            self.search.clear()
            row = self.accounts.row_of(value)
            if row is not None:
                self._area.ensureWidgetVisible(row, 0, 60)
                row.client.setFocus()
            else:
                self._go_to(self.sections.index(self.accounts))
            return
        if about == "connection":
            self.search.clear()
            self._go_to(self.sections.index(self.connection))
            return
        self.search.setText(about)

    def commands(self) -> Sequence[Command]:
        """Return a command for each section."""
        say = self.look.say
        return [
            Command(
                say("settings.show", what=section.heading),
                partial(self._go_to, place),
                section.icon,
            )
            for place, section in enumerate(self.sections)
        ]

    def shortcuts(self) -> Sequence[ShortcutGroup]:
        """Return the keys of the page."""
        say = self.look.say
        keys = [
            ("/", say("settings.key_search")),
            ("Return", say("settings.key_save")),
            ("Esc", say("settings.key_revert")),
        ]
        return [ShortcutGroup(say("navigation.settings"), keys)]

    def _arrange(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.search.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._content)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.search)
        left.addWidget(self._list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 16, 8, 0)
        row.setSpacing(20)
        row.addLayout(left)
        row.addWidget(self.state, 1)
        self._place(self._all())

    def _all(self) -> list[Section]:
        first: list[Section] = [self.appearance, self.connection, self.plan]
        return [*first, *self.table.sections, self.accounts, self.keys, self.engine]

    def _place(self, sections: list[Section]) -> None:
        """Lay the sections out anew, in this order."""
        self.sections = sections
        old = self._content
        content = QWidget()
        box = QHBoxLayout(content)
        box.setContentsMargins(0, 0, 12, 16)
        column = QWidget()
        column.setMaximumWidth(self.look.px(_WIDEST))
        inner = sections_column(sections)
        inner.setContentsMargins(0, 0, 0, 0)
        column.setLayout(inner)
        box.addWidget(column, 1000)
        box.addStretch(1)
        self._content = content
        self._area.takeWidget()
        self._area.setWidget(content)
        content.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        old.deleteLater()
        self._search(self.search.text())

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.search.textChanged.connect(lambda: self._area.verticalScrollBar().setValue(0))
        self._list.chosen.connect(self._go_to)
        self._area.verticalScrollBar().valueChanged.connect(self._follow_scroll)
        self.state.action.connect(self.mark_stale)
        self.table.changed.connect(self._save)
        self.table.reset.connect(self._reset)
        self.accounts.changed.connect(self._save_account)
        self.accounts.removal.connect(self._remove_account)
        self.keys.wanted.connect(self._make_key)
        self.keys.revoke.connect(self._revoke_key)
        self.plan.rebuilt.connect(lambda: self._search(self.search.text()))
        self.engine.stop.connect(self._stop)
        self.engine.resume.connect(self._resume)
        slash = QShortcut(QKeySequence("/"), self)
        slash.activated.connect(self.search.setFocus)

    def _took_settings(self, settings: list[SettingMessage]) -> None:
        if self.table.show_settings(settings):
            self._place(self._all())
        self._loaded = True
        self.state.show_content()
        self._search(self.search.text())

    def _took_accounts(self, accounts: list[AccountMessage]) -> None:
        self.accounts.show_accounts(accounts)
        self._search(self.search.text())

    def _took_keys(self, keys: list[KeyMessage]) -> None:
        self.keys.show_keys(keys)
        self._search(self.search.text())

    def _no_keys(self, error: EngineError) -> None:
        """Leave keys out for those who may not see them."""
        if error.kind is ErrorKind.NO_PERMISSION and self.keys in self.sections:
            self.keys.setParent(None)
            self._place([one for one in self.sections if one is not self.keys])

    def _failed(self, error: EngineError) -> None:
        if self._loaded:
            self.session.fail(error)
            return
        kind = _PANELS.get(error.kind, PanelKind.ERROR)
        self.state.show_message(kind, error.title, error.text, "panel.retry", error.details)

    def _save(self, key: str, value: object) -> None:
        """Set a setting; the toast can set the former value again."""
        before = self.table.setting(key)

        def done(_done: Done) -> None:
            after = self.table.words_of(key, value)
            text = self.look.say("settings.saved", title=self.table.title_of(key), value=after)
            self._offer_undo(text, lambda: self._put(key, before.value, lambda _done: None))

        self._put(key, value, done)

    def _reset(self, key: str) -> None:
        """Let a setting's default hold again."""
        before = self.table.setting(key)

        def done(_done: Done) -> None:
            default = self.table.words_of(key, before.default)
            text = self.look.say("settings.saved", title=self.table.title_of(key), value=default)
            self._offer_undo(text, lambda: self._put(key, before.value, lambda _done: None))
            self.mark_stale()

        ask = Ask(f"/api/v1/settings/{key}", Done)
        self.session.client.delete(ask, self, done, self.session.fail)

    def _put(self, key: str, value: object, done: Callable[[Done], None]) -> None:
        ask = Ask(f"/api/v1/settings/{key}", Done, body={"value": value})

        def took(answer: Done) -> None:
            done(answer)
            self.mark_stale()

        def refused(error: EngineError) -> None:
            self.table.refuse(key, error.text or error.title)

        self.session.client.put(ask, self, took, refused)

    def _save_account(self, account_id: str, fields: dict[str, object]) -> None:
        row = self.accounts.row_of(account_id)
        if row is None:
            return
        known = row.account
        former = {name: getattr(known, name) for name in fields}
        former = {name: "" if value is None else value for name, value in former.items()}
        path = f"/api/v1/accounts/{account_id}"

        def done(_done: Done) -> None:
            row.show_error("")
            text = self.look.say("settings.account_saved", name=known.name)
            back = Ask(path, Done, body=former)
            self._offer_undo(
                text,
                lambda: self.session.client.put(back, self, self._again, self.session.fail),
            )
            self.mark_stale()

        def refused(error: EngineError) -> None:
            row.show_error(error.text or error.title)
            row.show_account(known)

        self.session.client.put(Ask(path, Done, body=fields), self, done, refused)

    def _remove_account(self, account: AccountMessage) -> None:
        if self.ask(removal_question(self.look, account)):
            remove_account(self.session, account, self, self._offer_undo, self.mark_stale)

    def _make_key(self, body: dict[str, str]) -> None:
        def done(key: KeyMessage) -> None:
            self.keys.form.clear()
            self.mark_stale()
            TokenDialog(self.look, key, self).open()

        ask = Ask("/api/v1/api-keys", KeyMessage, body=body)
        self.session.client.post(ask, self, done, self.session.fail)

    def _revoke_key(self, key: KeyMessage) -> None:
        say = self.look.say
        title = say("settings.revoke_title", name=key.name)
        question = Question(title, say("settings.revoke_text"), "settings.key_revoke", danger=True)
        if self.ask(question):
            ask = Ask(f"/api/v1/api-keys/{key.id}", Done)
            self.session.client.delete(ask, self, self._again, self.session.fail)

    def _stop(self) -> None:
        StopDialog(self.look, self._stop_now, self).open()

    def _stop_now(self, reason: str) -> None:
        ask = Ask("/api/v1/engine/stop", Done, body={"reason": reason})
        self.session.client.post(ask, self, self._again, self.session.fail)

    def _resume(self) -> None:
        say = self.look.say
        question = Question(
            say("settings.resume_title"), say("settings.resume_text"), "engine.resume"
        )
        if self.ask(question):
            ask = Ask("/api/v1/engine/resume", Done, body={"reason": ""})
            self.session.client.post(ask, self, self._again, self.session.fail)

    def _again(self, _done: Done) -> None:
        self.mark_stale()

    def _offer_undo(self, text: str, undo: Callable[[], object]) -> None:
        def run() -> None:
            undo()

        self.toast.notify(text, Tone.GOOD, "toast.undo", run, 10.0)

    def _search(self, query: str) -> None:
        for section in self.sections:
            section.search(query.strip())
        self._list.show_sections(self.sections)
        found = any(not section.isHidden() for section in self.sections)
        if self._loaded and not found:
            say = self.look.say
            text = say("settings.nothing_found_text")
            self.state.show_message(PanelKind.EMPTY, say("settings.nothing_found"), text)
        elif self._loaded:
            self.state.show_content()

    def _go_to(self, place: int) -> None:
        layout = self._content.layout()
        if layout is not None:
            layout.activate()
        top = self.sections[place].mapTo(self._content, self.sections[place].rect().topLeft()).y()
        self._area.verticalScrollBar().setValue(top)
        # The last sections can't reach the top; the list marks what was asked for.
        self._list.setCurrentRow(place)

    def _follow_scroll(self, value: int) -> None:
        """Mark the section that stands at the top."""
        tops = [
            (section.mapTo(self._content, section.rect().topLeft()).y(), place)
            for place, section in enumerate(self.sections)
            if not section.isHidden()
        ]
        passed = [place for top, place in tops if top <= value + 40]
        if passed:
            self._list.setCurrentRow(passed[-1])

    def _day(self, moment: datetime) -> str:
        local = moment.astimezone(self.session.zone)
        return f"{self.look.formats.day(local.date(), year=True)}, {local:%H:%M}"

    def _ask_by_dialog(self, question: Question) -> bool:
        return ConfirmDialog(self.look, question, self).ask()

    def _restyle(self) -> None:
        self._icon.setIcon(self.look.icons.icon("search", self.look.tokens.text3))
        self.search.setFixedWidth(self.look.px(190))

    def _reword(self) -> None:
        self.search.setPlaceholderText(self.look.say("settings.search"))
        self.search.setAccessibleName(self.look.say("settings.search"))
        # Sections take their names from the same signal, perhaps after this page.
        QTimer.singleShot(0, self, lambda: self._search(self.search.text()))
