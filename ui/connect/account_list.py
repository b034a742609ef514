"""The accounts that a login sees, by business, each with a tick box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.api.connection import AccountGroupMessage, FoundAccountMessage
from ui.look import Look
from ui.theme import Tone
from ui.widgets.fields import TickBox
from ui.widgets.labels import label
from ui.widgets.pill import Pill

_ACTIVE = 1


class _Row(QWidget):
    """One account."""

    def __init__(self, look: Look, account: FoundAccountMessage) -> None:
        super().__init__()
        self.account = account
        say = look.say
        self.tick = TickBox(look, account.name)
        self.tick.setChecked(account.ours)
        self.words = f"{account.name} {account.account_id} {account.currency}".casefold()
        facts = label(f"act_{account.account_id} · {account.currency}", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 1, 4, 1)
        row.setSpacing(8)
        row.addWidget(self.tick)
        row.addStretch(1)
        if not account.may_change:
            row.addWidget(Pill(look, say("connection.read_only"), Tone.WARN))
        if account.status != _ACTIVE:
            row.addWidget(Pill(look, say("connection.inactive"), Tone.NEUTRAL))
        if account.relation == "client":
            row.addWidget(Pill(look, say("connection.of_client"), Tone.NEUTRAL))
        row.addWidget(facts)


class _Group(QWidget):
    """A business with its accounts; its tick stands for all that are shown."""

    def __init__(self, look: Look, group: AccountGroupMessage) -> None:
        super().__init__()
        name = group.name or look.say("connection.no_business")
        self.tick = TickBox(look, name)
        self.tick.setFont(look.font(13, 600))
        self.rows = [_Row(look, account) for account in group.accounts]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(0)
        column.addWidget(self.tick)
        for row in self.rows:
            column.addWidget(row)
            row.tick.clicked.connect(self.follow)
        self.tick.clicked.connect(self._tick_all)
        self._words = name.casefold()
        self.follow()

    def search(self, query: str) -> None:
        """Show the rows that fit; a fitting business shows all of its own."""
        parts = query.casefold().split()
        whole = all(part in self._words for part in parts)
        for row in self.rows:
            row.setVisible(whole or all(part in f"{row.words} {self._words}" for part in parts))
        self.setVisible(any(not row.isHidden() for row in self.rows))
        self.follow()

    def follow(self) -> None:
        """Let the business's tick tell how many of its rows are ticked."""
        shown = [row.tick.isChecked() for row in self.rows if not row.isHidden()]
        self.tick.setTristate(any(shown) and not all(shown))
        state = Qt.CheckState.Checked if all(shown) else Qt.CheckState.Unchecked
        if any(shown) and not all(shown):
            state = Qt.CheckState.PartiallyChecked
        self.tick.setCheckState(state)

    def _tick_all(self) -> None:
        shown = [row for row in self.rows if not row.isHidden()]
        on = not all(row.tick.isChecked() for row in shown)
        for row in shown:
            row.tick.setChecked(on)
        self.follow()


class AccountList(QWidget):
    """Search, then businesses; ``changed`` follows every tick."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.groups: list[_Group] = []
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._nothing = label("", "body-secondary")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self._area, 1)
        column.addWidget(self._nothing)
        look.keep_worded(self, self._reword)

    def show_groups(self, groups: Sequence[AccountGroupMessage]) -> None:
        """Show what a login sees; ours are ticked."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2, 2, 8, 2)
        column.setSpacing(4)
        self.groups = [_Group(self._look, group) for group in groups]
        for group in self.groups:
            column.addWidget(group)
            for row in group.rows:
                row.tick.toggled.connect(self.changed)
        column.addStretch(1)
        self._area.setWidget(inside)
        # A scroll area paints its own ground under what it is given.
        inside.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._find(self.search.text())

    def chosen(self) -> list[str]:
        """Return the ids of ticked accounts, also of those a search hides."""
        return [row.account.account_id for row in self._rows() if row.tick.isChecked()]

    def dropped(self) -> list[str]:
        """Return the ids of accounts that are ours and no longer ticked."""
        rows = (row for row in self._rows() if row.account.ours and not row.tick.isChecked())
        return [row.account.account_id for row in rows]

    def tick(self, account_id: str, on: bool = True) -> None:
        """Tick one account or take its tick away."""
        for row in self._rows():
            if row.account.account_id == account_id and row.tick.isChecked() != on:
                row.tick.click()

    def _rows(self) -> list[_Row]:
        return [row for group in self.groups for row in group.rows]

    def _find(self, query: str) -> None:
        for group in self.groups:
            group.search(query)
        nothing = all(group.isHidden() for group in self.groups)
        self._nothing.setVisible(nothing)
        self._area.setVisible(not nothing)
        self._reword()

    def _reword(self) -> None:
        say = self._look.say
        self.search.setPlaceholderText(say("connection.search"))
        self.search.setAccessibleName(say("connection.search"))
        key = "connection.nothing_fits" if self.groups else "connection.sees_nothing"
        self._nothing.setText(say(key))
