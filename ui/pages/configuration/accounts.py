"""The ad accounts: which are read, where rules may act, whose they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from engine.api.details import LimitMessage
from engine.api.messages import AccountMessage
from ui.look import Look
from ui.pages.configuration.limit_pill import LimitPill
from ui.pages.configuration.row import FormRow
from ui.pages.configuration.section import Section
from ui.theme import Tone
from ui.widgets.buttons import IconButton
from ui.widgets.fields import Switch
from ui.widgets.labels import WordedLabel, label
from ui.widgets.pill import Pill

_WIDTH = 446
_TONES = {"fresh": Tone.GOOD, "stale": Tone.WARN, "never": Tone.NEUTRAL}


class AccountRow(FormRow):
    """One account; ``changed`` carries its id and the fields to set."""

    changed = Signal(str, dict)
    removal = Signal(object)

    def __init__(self, look: Look, account: AccountMessage, now: Callable[[], datetime]) -> None:
        super().__init__(look, QWidget(), _WIDTH)
        self._now = now
        self.account = account
        self.client = QLineEdit()
        self.primary_event = QLineEdit()
        self.enabled = Switch(look)
        self.automation = Switch(look)
        self.forget = IconButton(look, "trash-2", "connection.remove_account")
        self._fresh = Pill(look, "", dot=True)
        self.limits = LimitPill(look, account.account_id, account.timezone)
        self.foot.setContentsMargins(0, 3, 0, 0)
        self.foot.setSpacing(6)
        self.foot.addWidget(self._fresh)
        self.foot.addWidget(self.limits)
        self.foot.addStretch(1)
        self._arrange()
        self._connect()
        look.keep_worded(self, self._reword)

    def show_account(self, account: AccountMessage) -> None:
        """Take over how the account is; what is being typed is left alone."""
        self.account = account
        for line, value in (
            (self.client, account.client),
            (self.primary_event, account.primary_event),
        ):
            if not line.hasFocus():
                line.setText(value or "")
        self.enabled.setChecked(account.enabled)
        self.automation.setChecked(account.automation)
        self.automation.setEnabled(account.enabled)
        self._reword()

    def _arrange(self) -> None:
        grid = QGridLayout(self.control)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for line, (key, field) in enumerate(
            (("settings.client", self.client), ("settings.event", self.primary_event))
        ):
            grid.addWidget(WordedLabel(self.look, key, "secondary"), line, 0)
            grid.addWidget(field, line, 1)
            field.setMaxLength(200)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, 8)
        left = Qt.AlignmentFlag.AlignLeft
        grid.addWidget(self.enabled, 0, 3, left)
        grid.addWidget(self.automation, 1, 3, left)
        grid.addWidget(self.forget, 0, 4, 2, 1)

    def _connect(self) -> None:
        account = self.account.account_id
        self.enabled.clicked.connect(lambda on: self.changed.emit(account, {"enabled": bool(on)}))
        self.automation.clicked.connect(
            lambda on: self.changed.emit(account, {"automation": bool(on)})
        )
        self.forget.clicked.connect(lambda: self.removal.emit(self.account))
        self.client.editingFinished.connect(
            lambda: self._tell("client", self.client, self.account.client)
        )
        self.primary_event.editingFinished.connect(
            lambda: self._tell(
                "primary_event", self.primary_event, self.account.primary_event or ""
            )
        )

    def _tell(self, field: str, line: QLineEdit, known: str) -> None:
        text = line.text().strip()
        if text != known:
            self.changed.emit(self.account.account_id, {field: text})

    def _reword(self) -> None:
        account, look = self.account, self.look
        say, formats = look.say, look.formats
        campaigns = say(
            "settings.campaigns",
            count=account.campaigns,
            shown=formats.number(account.campaigns),
        )
        facts = (f"act_{account.account_id}", account.currency, account.timezone, campaigns)
        self.tell(account.name, " · ".join(facts))
        words = say(f"settings.data_{account.freshness}")
        if account.synced_at is not None:
            synced = datetime.fromisoformat(account.synced_at)
            minutes = max(0, int((self._now() - synced).total_seconds() // 60))
            words = say(f"settings.data_{account.freshness}_since", age=_age(look, minutes))
        self._fresh.show_state(words, _TONES.get(account.freshness, Tone.NEUTRAL))
        self.limits.reword()
        self.enabled.setText(say("settings.enabled"))
        self.automation.setText(say("settings.automation"))
        self.client.setAccessibleName(f"{account.name}: {say('settings.client')}")
        self.primary_event.setAccessibleName(f"{account.name}: {say('settings.event')}")
        self.client.setPlaceholderText(say("settings.client_hint"))
        self.primary_event.setPlaceholderText(say("settings.event_hint"))
        for control in (self.enabled, self.automation):
            control.setToolTip(say(f"settings.{_name(control, self)}_help"))
            control.setAccessibleName(f"{account.name}: {control.text()}")
        self.words = f"{account.name} {account.client} {' '.join(facts)}".casefold()


class Accounts(Section):
    """All accounts; ``changed`` carries an id and the fields to set."""

    changed = Signal(str, dict)
    removal = Signal(object)

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__(look, "building-2", "settings.accounts")
        self._now = now
        self._known: dict[str, AccountRow] = {}
        self._limits: Sequence[LimitMessage] = ()
        self._empty = label("", "body-secondary")
        self.body.addWidget(self._empty)
        look.keep_worded(self, self._reword)

    def show_accounts(self, accounts: Sequence[AccountMessage]) -> None:
        """Show accounts by client and name; known ones keep their rows."""
        self._empty.setVisible(not accounts)
        if set(self._known) - {account.account_id for account in accounts}:
            # One was removed: the others are shown anew.
            self.drop_rows()
            self._known.clear()
        for account in sorted(accounts, key=lambda one: (one.client, one.name)):
            row = self._known.get(account.account_id)
            if row is None:
                row = AccountRow(self.look, account, self._now)
                row.changed.connect(self.changed)
                row.removal.connect(self.removal)
                self._known[account.account_id] = row
                self.add(row)
            row.show_account(account)
            row.limits.show_limits(self._limits)

    def show_limits(self, limits: Sequence[LimitMessage]) -> None:
        """Show how full Meta's limits are, at the accounts they cover."""
        self._limits = limits
        for row in self._known.values():
            row.limits.show_limits(limits)

    def row_of(self, account_id: str) -> AccountRow | None:
        """Return an account's row."""
        return self._known.get(account_id.removeprefix("act_"))

    def _reword(self) -> None:
        self._empty.setText(self.look.say("settings.no_accounts"))
        self.words = self.look.say("settings.accounts_words").casefold()


def _name(control: Switch, row: AccountRow) -> str:
    return "enabled" if control is row.enabled else "automation"


def _age(look: Look, minutes: int) -> str:
    if minutes < 60:
        return look.say("settings.minutes", count=minutes)
    if minutes < 48 * 60:
        return look.say("settings.hours", count=minutes // 60)
    return look.say("settings.days", count=minutes // (24 * 60))
