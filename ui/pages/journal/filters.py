"""Above the journal: tabs of states, a search, a rule, an account."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.api.messages import AccountMessage, RuleMessage
from ui.look import Look
from ui.pages.journal.feed import Group, Wanted
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import rule_line
from ui.widgets.fields import Select
from ui.widgets.view_tabs import ViewTabs

_TYPING_PAUSE_MS = 250
_GROUPS = tuple(Group)


class JournalFilters(QWidget):
    """Tells what is wanted; ``export_requested`` comes from its button."""

    wanted = Signal(object)
    export_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._waiting = 0
        self._rules: list[tuple[str, str]] = []
        self._places: list[tuple[str, tuple[str, ...]]] = []
        self.tabs = ViewTabs(look)
        for _group in _GROUPS:
            self.tabs.addTab("")
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(150)
        self._icon = QAction(self)
        self.search.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self.rule = Select(look)
        self.place = Select(look)
        self._clear = Button(look, "panel.clear_filter", ButtonKind.LINK)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._arrange()
        self._connect()
        look.keep_styled(self, self._restyle)
        look.keep_worded(self, self._reword)

    def now(self) -> Wanted:
        """Return what is wanted now."""
        rule = self.rule.currentIndex() - 1
        place = self.place.currentIndex() - 1
        return Wanted(
            _GROUPS[self.tabs.currentIndex()],
            self._rules[rule][0] if 0 <= rule < len(self._rules) else "",
            self._places[place][1] if 0 <= place < len(self._places) else (),
            self.search.text().strip(),
        )

    def choose(self, group: Group) -> None:
        """Show a tab."""
        self.tabs.setCurrentIndex(_GROUPS.index(group))

    def clear(self) -> None:
        """Want everything of the tab again."""
        for part in (self.search, self.rule, self.place):
            part.blockSignals(True)
        self.search.clear()
        self.rule.setCurrentIndex(0)
        self.place.setCurrentIndex(0)
        for part in (self.search, self.rule, self.place):
            part.blockSignals(False)
        self._tell()

    def choose_rule(self, rule_id: str) -> bool:
        """Want the entries of one rule; return whether it is known."""
        known = [one for one, _ in self._rules]
        if rule_id not in known:
            return False
        self.rule.setCurrentIndex(known.index(rule_id) + 1)
        return True

    def set_waiting(self, count: int) -> None:
        """Show on the tab how many wait for a person."""
        if count != self._waiting:
            self._waiting = count
            self._name_tabs()

    def set_rules(self, rules: Sequence[RuleMessage]) -> None:
        """Offer rules by name."""
        rows = sorted(((one.rule_id, one.name) for one in rules), key=lambda row: row[1].casefold())
        if rows != self._rules:
            kept = self.now().rule_id
            self._rules = rows
            ids = [one for one, _ in rows]
            self._fill(self.rule, "activity.any_rule", [name for _, name in rows])
            self._set(self.rule, ids.index(kept) + 1 if kept in ids else 0)

    def set_accounts(self, accounts: Sequence[AccountMessage]) -> None:
        """Offer clients with several accounts, then accounts."""
        clients: dict[str, list[str]] = {}
        for account in accounts:
            if account.client:
                clients.setdefault(account.client, []).append(account.account_id)
        places = [(name, tuple(ids)) for name, ids in sorted(clients.items()) if len(ids) > 1]
        named = sorted((one.name, (one.account_id,)) for one in accounts)
        if [*places, *named] != self._places:
            kept = self.now().accounts
            self._places = [*places, *named]
            self._fill(self.place, "activity.any_account", [name for name, _ in self._places])
            ids = [one for _, one in self._places]
            self._set(self.place, ids.index(kept) + 1 if kept in ids else 0)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 0, 13, 0)
        top.setSpacing(8)
        top.addWidget(self.tabs, 1)
        export = Button(self._look, "grid.export", icon="download")
        export.clicked.connect(self.export_requested)
        top.addWidget(export)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 13, 8)
        row.setSpacing(8)
        row.addWidget(self.search, 4)
        row.addWidget(self.rule, 3)
        row.addWidget(self.place, 3)
        row.addWidget(self._clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(rule_line())
        column.addLayout(row)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._tell)
        self.rule.currentIndexChanged.connect(self._tell)
        self.place.currentIndexChanged.connect(self._tell)
        self.search.textChanged.connect(self._pause.start)
        self.search.returnPressed.connect(self._tell)
        self._pause.timeout.connect(self._tell)
        self._clear.clicked.connect(self.clear)

    def _tell(self) -> None:
        self._pause.stop()
        now = self.now()
        self._clear.setVisible(now.is_filtered)
        self.wanted.emit(now)

    def _fill(self, select: Select, first: str, names: Sequence[str]) -> None:
        select.blockSignals(True)
        select.clear()
        select.addItem(self._look.say(first))
        select.addItems(list(names))
        select.setMinimumContentsLength(9)
        select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        select.blockSignals(False)

    def _set(self, select: Select, place: int) -> None:
        select.blockSignals(True)
        select.setCurrentIndex(place)
        select.blockSignals(False)
        self._clear.setVisible(self.now().is_filtered)

    def _name_tabs(self) -> None:
        for place, group in enumerate(_GROUPS):
            name = self._look.say(f"activity.tab_{group.value}")
            if group is Group.WAITING and self._waiting:
                name = f"{name} · {self._look.formats.number(self._waiting)}"
            self.tabs.setTabText(place, name)

    def _restyle(self) -> None:
        self._icon.setIcon(self._look.icons.icon("search", self._look.tokens.text3))

    def _reword(self) -> None:
        say = self._look.say
        self._name_tabs()
        self.tabs.setAccessibleName(say("activity.tabs"))
        self.search.setPlaceholderText(say("activity.search"))
        self.search.setAccessibleName(say("activity.search"))
        rule, place = max(0, self.rule.currentIndex()), max(0, self.place.currentIndex())
        self._fill(self.rule, "activity.any_rule", [name for _, name in self._rules])
        self._fill(self.place, "activity.any_account", [name for name, _ in self._places])
        self._set(self.rule, rule)
        self._set(self.place, place)
        self.rule.setAccessibleName(say("activity.rule"))
        self.place.setAccessibleName(say("activity.column_account"))
