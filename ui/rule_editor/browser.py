"""The list of rules, its search and filter, and the chosen rule below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from engine.api.messages import RuleMessage
from ui.rule_editor.detail import DecisionLine, RuleDetail
from ui.rule_editor.rule_list import RuleList
from ui.session import Session
from ui.widgets.banner import Banner, BannerKind
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.card import rule_line
from ui.widgets.labels import label
from ui.widgets.segmented import Segmented
from ui.widgets.state_panels import PanelKind, StateStack

_FILTERS = ("all", "active", "paused", "archived")


class RuleBrowser(QWidget):
    """Shows rules, with search, filter and the chosen one.

    ``new_wanted`` begins a rule, ``archived_wanted`` asks for more of them.
    """

    new_wanted = Signal()
    resume_wanted = Signal()
    archived_wanted = Signal()
    chosen = Signal(str)

    def __init__(
        self, session: Session, decision_line: DecisionLine, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._look = session.look
        self._rules: Sequence[RuleMessage] = ()
        self.list = RuleList(session)
        self.detail = RuleDetail(session, decision_line)
        self.unsaved = Banner(self._look)
        self.unsaved.action.connect(self.resume_wanted)
        self._make_tools()
        self._foot = label("", "secondary")
        self._inner = StateStack(self._look, self.list)
        self._inner.action.connect(self._clear)
        self.list.chosen.connect(self._choose)
        session.status_changed.connect(self.list.viewport().update)
        content = self._arrange()
        self.states = StateStack(self._look, content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.unsaved)
        column.addWidget(self.states, 1)
        self._look.keep_worded(self, self._reword)

    @property
    def rule(self) -> RuleMessage | None:
        """The chosen rule, none when there is none."""
        return next((one for one in self._rules if one.rule_id == self.list.rule_id), None)

    @property
    def wants_archived(self) -> bool:
        """Whether rules that were put away are to be shown."""
        return self._filter.value() == "archived"

    def show_rules(self, rules: Sequence[RuleMessage], wanted: str = "") -> None:
        """Show other rules."""
        self._rules = rules
        self._narrow(wanted)
        self.states.show_content()

    def tell_unsaved(self, names: Sequence[str]) -> None:
        """Name the rules with unsaved edits, or hide the line."""
        if names:
            text = self._look.say("rules.unsaved", count=len(names), names=", ".join(names))
            self.unsaved.tell(BannerKind.WARN, text, "rules.resume")
        else:
            self.unsaved.hide()

    def clear_search(self) -> None:
        """Show every rule again, so that any can be chosen."""
        self._search.clear()
        if self._filter.value() != "all":
            self._filter.choose("all")

    def focus_search(self) -> None:
        """Give the search the keyboard."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _make_tools(self) -> None:
        look = self._look
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(look.px(180))
        self._search.setMaximumWidth(look.px(320))
        self._lens = QAction(self._search)
        self._search.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        look.keep_styled(
            self, lambda: self._lens.setIcon(look.icons.icon("search", look.tokens.text3))
        )
        self._filter = Segmented(look, [(name, f"rules.filter_{name}") for name in _FILTERS])
        self._new = Button(look, "rules.new", ButtonKind.PRIMARY, "plus")
        self._search.textChanged.connect(lambda _text: self._narrow())
        self._filter.chosen.connect(self._filtered)
        self._new.clicked.connect(self.new_wanted)

    def _arrange(self) -> QWidget:
        tools = QHBoxLayout()
        tools.setContentsMargins(12, 10, 12, 10)
        tools.setSpacing(8)
        tools.addWidget(self._filter)
        tools.addStretch(1)
        tools.addWidget(self._search, 2)
        tools.addWidget(self._new)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 16, 8)
        foot.addWidget(self._foot)
        foot.addStretch(1)
        card = QFrame()
        card.setProperty("kind", "card")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(1, 1, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(tools)
        rows.addWidget(rule_line())
        rows.addWidget(self._inner, 1)
        rows.addWidget(rule_line())
        rows.addLayout(foot)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(card)
        split.addWidget(self.detail)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        card.setMinimumHeight(self._look.px(200))
        self.detail.setMinimumHeight(self._look.px(200))
        split.setSizes([430, 370])
        return split

    def _filtered(self, name: str) -> None:
        self._narrow()
        if name == "archived":
            self.archived_wanted.emit()

    def _clear(self) -> None:
        if self._rules:
            self.clear_search()
            self._narrow()
        else:
            self.new_wanted.emit()

    def _narrow(self, wanted: str = "") -> None:
        """Show the rules that fit filter and search."""
        name, words = self._filter.value(), self._search.text().casefold().split()
        fitting = [one for one in self._rules if _in(one, name) and _holds(one, words)]
        self.list.show_rules(fitting, wanted)
        self.detail.setVisible(bool(fitting))
        if fitting:
            self._inner.show_content()
        else:
            self._tell_empty(bool(words) or name != "all")
        self._count(fitting)

    def _tell_empty(self, narrowed: bool) -> None:
        say = self._look.say
        if narrowed:
            title, text = say("rules.nothing_title"), say("rules.nothing_text")
            self._inner.show_message(PanelKind.EMPTY, title, text, "panel.clear_filter")
        else:
            title, text = say("rules.empty_title"), say("rules.empty_text")
            self._inner.show_message(PanelKind.EMPTY, title, text, "rules.new")

    def _count(self, fitting: Sequence[RuleMessage]) -> None:
        say, number = self._look.say, self._look.formats.number
        active = sum(one.status == "active" for one in fitting)
        broken = sum(bool(one.broken) for one in fitting)
        parts = [
            say("rules.count", count=len(fitting), shown=number(len(fitting))),
            say("rules.count_active", count=active, shown=number(active)),
        ]
        if broken:
            parts.append(say("rules.count_broken", count=broken, shown=number(broken)))
        self._foot.setText(" · ".join(parts))

    def _choose(self, rule_id: str) -> None:
        rule = self.rule
        if rule is not None:
            self.detail.show_rule(rule)
        self.chosen.emit(rule_id)

    def _reword(self) -> None:
        self._search.setPlaceholderText(self._look.say("rules.search"))
        self._search.setAccessibleName(self._look.say("rules.search"))
        self._narrow()


def _in(rule: RuleMessage, name: str) -> bool:
    return rule.status != "archived" if name == "all" else rule.status == name


def _holds(rule: RuleMessage, words: Sequence[str]) -> bool:
    text = f"{rule.name} {rule.words.en} {rule.words.uk} {rule.mode} {rule.level}".casefold()
    return all(word in text for word in words)
