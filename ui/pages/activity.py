"""Activity: every decision with its reasons, to be approved or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from engine.api.messages import JournalRow, RulePage
from engine.domain.changes import Area
from ui.engine_client import Ask, EngineError, ErrorKind
from ui.page import Page
from ui.pages.journal.acting import WAITING, Acting
from ui.pages.journal.export import Export, write_csv
from ui.pages.journal.feed import Feed, Group, Wanted
from ui.pages.journal.filters import JournalFilters
from ui.pages.journal.model import JournalModel
from ui.pages.journal.panel import TracePanel
from ui.pages.journal.table import JournalTable
from ui.pages.journal.tick_bar import TickBar
from ui.pages.journal.words import Zones
from ui.session import Session
from ui.widgets.card import rule_line
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ShortcutGroup
from ui.widgets.labels import label
from ui.widgets.side_panel import SidePanel
from ui.widgets.state_panels import PanelKind, StateStack

_SEARCHED_PAGES = 20
_PANELS = {
    ErrorKind.OFFLINE: PanelKind.OFFLINE,
    ErrorKind.NO_PERMISSION: PanelKind.NO_PERMISSION,
}


class ActivityPage(Page):
    """The journal, newest first; Space opens the trace of an entry beside it."""

    areas = frozenset({Area.JOURNAL, Area.DECISIONS, Area.RULES, Area.ACCOUNTS})
    follows_scope = False

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("page")
        self._sought = ""
        self._turns = 0
        self._on_action = self.mark_stale
        self.zones = Zones(self.look)
        self.feed = Feed(session.client, self)
        self.model = JournalModel(self.look, self.zones, lambda: session.now, self)
        self.table = JournalTable(self.look, self.model)
        self.state = StateStack(self.look, self.table)
        self.filters = JournalFilters(self.look)
        self.acting = Acting(session, self)
        self._side = SidePanel(self.look)
        self.panel = TracePanel(session, self._side, self.zones, self._pressed)
        self._export = Export(session.client, self)
        self._count = label("", "secondary")
        self._card = self._arrange()
        self.bar = TickBar(self.look, self._card)
        self._connect()
        self._bind_keys()
        self.look.keep_worded(self, self._tell_count)
        self._note_waiting()

    def reload(self) -> None:
        """Read the shown stretch again, and what the filters offer."""
        if not self.feed.rows:
            self.state.show_loading()
        self._learn_accounts()
        rules = Ask("/api/v1/rules", RulePage, {"limit": 1000})
        self.session.client.get(
            rules, self, lambda page: self.filters.set_rules(page.items), lambda _error: None
        )
        if self.feed.rows or self.feed.is_busy:
            self.feed.again()
            self.panel.again()
        else:
            self.feed.want(self.filters.now())

    def showEvent(self, event: QShowEvent) -> None:
        """Give the keyboard to the table."""
        super().showEvent(event)
        self.table.setFocus()

    def open_about(self, about: str) -> None:
        """Show an entry by its id, or ``state=…`` or ``rule=…`` as a filter."""
        kind, sign, value = about.partition("=")
        if sign and kind == "state":
            waits = {WAITING, "needs_human", "conflict", "unknown"}
            self.filters.choose(Group.WAITING if waits & set(value.split(",")) else Group.ALL)
            return
        if sign and kind == "rule":
            self.filters.choose_rule(value)
            return
        self._sought, self._turns = about, 0
        self.panel.show(about)
        # While rows are on their way, those in sight are about to be replaced.
        if not self.feed.is_busy and self.table.go_to(about):
            self._sought = ""
        elif self.filters.now() != Wanted():
            self.filters.choose(Group.ALL)
            self.filters.clear()
        elif self.feed.has_more:
            self.feed.more()

    def commands(self) -> Sequence[Command]:
        """Return the tabs, and what can be done with the row."""
        say = self.look.say
        tabs = [
            Command(
                say("activity.show", what=say(f"activity.tab_{group.value}")),
                partial(self.filters.choose, group),
                "list-filter",
            )
            for group in Group
        ]
        own = [Command(say("grid.export"), self.export, "download", words="csv")]
        row = self._current()
        if row is not None and row.state == WAITING:
            name = row.object_name
            approve = say("activity.approve_one", name=name)
            reject = say("activity.reject_one", name=name)
            own.insert(0, Command(approve, self._approve, "check", "A"))
            own.insert(1, Command(reject, self._reject, "x", "X"))
        elif row is not None and row.can_undo:
            title = say("activity.undo_one", name=row.object_name)
            own.insert(0, Command(title, self._undo, "undo-2", "U"))
        return [*own, *tabs]

    def shortcuts(self) -> Sequence[ShortcutGroup]:
        """Return the keys of the page."""
        say = self.look.say
        keys = [
            ("Space", say("activity.key_open")),
            ("A", say("activity.key_approve")),
            ("X", say("activity.key_reject")),
            ("U", say("activity.key_undo")),
            ("M", say("activity.key_tick")),
            ("Ctrl+A", say("activity.key_tick_all")),
            ("/", say("activity.key_search")),
            ("Esc", say("activity.key_close")),
        ]
        return [ShortcutGroup(say("navigation.activity"), keys)]

    def export(self) -> None:
        """Ask for a file and write every row of the present filter into it."""
        say = self.look.say
        path, _kind = QFileDialog.getSaveFileName(
            self, say("activity.export_title"), "activity.csv", say("export.kind")
        )
        if path:
            self.export_to(Path(path))

    def export_to(self, path: Path) -> None:
        """Write every row of the present filter into a file."""

        def write(rows: list[JournalRow]) -> None:
            try:
                write_csv(self.look, self.zones, rows, path)
            except OSError as error:
                why = error.strerror or str(error)
                text = self.look.say("export.failed", path=str(path), why=why)
                self.session.say(text, "bad")
                return
            shown = self.look.formats.number(len(rows))
            count = len(rows)
            self.session.say(self.look.say("export.done", count=count, shown=shown, path=str(path)))

        self._export.read(self.feed.wanted, write, self.session.fail)

    def _arrange(self) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 3, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(rule_line())
        column.addWidget(self.state, 1)
        column.addWidget(rule_line())
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.addWidget(self._count)
        foot.addStretch(1)
        self._zone_note: QLabel = label("", "tertiary")
        foot.addWidget(self._zone_note)
        column.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(12)
        row.addWidget(card, 1)
        row.addWidget(self._side)
        return card

    def _connect(self) -> None:
        session, table, acting = self.session, self.table, self.acting
        self.filters.wanted.connect(self._want)
        self.filters.export_requested.connect(self.export)
        self.feed.loaded.connect(self._took)
        self.feed.failed.connect(self._failed)
        self.model.older_wanted.connect(self.feed.more)
        self.model.ticks_changed.connect(self.bar.set_count)
        self.state.action.connect(lambda: self._on_action())
        table.opened.connect(self._open)
        table.picked.connect(self.panel.show)
        table.moved.connect(self._follow)
        table.approve_requested.connect(self._approve)
        table.reject_requested.connect(self._reject)
        table.undo_requested.connect(self._undo)
        acting.finished.connect(self.mark_stale)
        acting.refused.connect(self.panel.note_problem)
        acting.progress.connect(self.bar.show_progress)
        self.bar.approve.connect(lambda: acting.approve(self.model.ticked()))
        self.bar.reject.connect(lambda: acting.reject(self.model.ticked()))
        self.bar.clear.connect(lambda: self.model.tick(range(len(self.model.rows)), on=False))
        self.panel.shown.connect(table.mark_open)
        session.scopes_changed.connect(self._learn_accounts)
        session.status_changed.connect(self._note_waiting)

    def _bind_keys(self) -> None:
        for keys, run in (
            ("/", self.filters.search.setFocus),
            ("Esc", self._leave),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(run)

    def _leave(self) -> None:
        if self.panel.is_open:
            self.panel.close()
        elif self.model.ticked():
            self.model.tick(range(len(self.model.rows)), on=False)
        self.table.setFocus()

    def _current(self) -> JournalRow | None:
        return self.panel.row if self.panel.is_open and self.panel.row else self.table.current()

    def _approve(self) -> None:
        row = self._current()
        ticked = self.model.ticked()
        self.acting.approve(ticked or ([row] if row is not None else []))

    def _reject(self) -> None:
        row = self._current()
        ticked = self.model.ticked()
        self.acting.reject(ticked or ([row] if row is not None else []))

    def _undo(self) -> None:
        row = self._current()
        if row is not None:
            self.acting.undo(row)

    def _pressed(self, what: str, row: JournalRow) -> None:
        """Do what a button of the trace says."""
        self.panel.clear_problems()
        if what == "approve":
            self.acting.approve([row], sure=True)
        elif what == "reject":
            self.acting.reject([row])
        elif what == "undo":
            self.acting.undo(row)
        elif what == "rule":
            self.session.open_page("rules", row.rule_id)
        else:
            self.acting.settle(row, applied=what == "applied")

    def _open(self, entry_id: str) -> None:
        if self.panel.is_open and self.panel.entry_id == entry_id:
            self.panel.close()
        else:
            self.panel.show(entry_id)

    def _follow(self, entry_id: str) -> None:
        """Let an open panel follow the keyboard."""
        if self.panel.is_open:
            self.panel.show(entry_id)

    def _want(self, wanted: Wanted) -> None:
        self.table.scrollToTop()
        self.feed.want(wanted)

    def _took(self, rows: list[JournalRow], _fresh: bool) -> None:
        self.table.show_rows(rows, self.feed.has_more)
        self._tell_count()
        if rows:
            self.state.show_content()
        else:
            self._show_empty()
        if self._sought:
            self._seek()

    def _seek(self) -> None:
        """Go on looking for an entry that is not loaded yet."""
        self._turns += 1
        if self.table.go_to(self._sought) or self._turns > _SEARCHED_PAGES:
            self._sought = ""
        elif self.feed.has_more:
            self.feed.more()

    def _failed(self, error: EngineError) -> None:
        if self.feed.rows:
            self.session.fail(error)
            return
        self._on_action = self.mark_stale
        kind = _PANELS.get(error.kind, PanelKind.ERROR)
        self.state.show_message(kind, error.title, error.text, "panel.retry", error.details)

    def _show_empty(self) -> None:
        say, wanted = self.look.say, self.feed.wanted
        if wanted.is_filtered:
            self._on_action = self.filters.clear
            title, text = say("activity.nothing_fits"), say("activity.nothing_fits_text")
            self.state.show_message(PanelKind.EMPTY, title, text, "panel.clear_filter")
        elif wanted.group is Group.ALL:
            self._on_action = lambda: self.session.open_page("rules")
            title, text = say("activity.empty"), say("activity.empty_text")
            self.state.show_message(PanelKind.EMPTY, title, text, "activity.open_rules")
        else:
            self._on_action = lambda: self.filters.choose(Group.ALL)
            title = say(f"activity.empty_{wanted.group.value}")
            text = say(f"activity.empty_{wanted.group.value}_text")
            self.state.show_message(PanelKind.EMPTY, title, text, "activity.show_all")

    def _learn_accounts(self) -> None:
        accounts = self.session.accounts
        self.zones.learn({one.account_id: one.timezone for one in accounts})
        self.filters.set_accounts(accounts)
        self.table.viewport().update()

    def _note_waiting(self) -> None:
        status = self.session.status
        if status is not None:
            self.filters.set_waiting(status.awaiting_approval + status.needs_human)

    def _tell_count(self) -> None:
        look, total = self.look, self.feed.total
        shown = look.formats.number(total)
        self._count.setText(look.say("activity.count", count=total, shown=shown))
        self._zone_note.setText(look.say("activity.zone_note"))
