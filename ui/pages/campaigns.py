"""The page of campaigns, ad sets and ads: look, compare, change, post."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.domain.changes import Area
from ui.page import Page
from ui.pages.objects.book import LEVELS, Desk
from ui.pages.objects.details import ObjectDetails
from ui.pages.objects.object_grid import ObjectGrid
from ui.pages.objects.view_bar import ViewBar
from ui.pages.objects.views import SavedViews, View
from ui.preferences import Preferences
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.command_palette import Command
from ui.widgets.dialogs import ConfirmDialog, Question, ShortcutGroup
from ui.widgets.labels import label
from ui.widgets.segmented import Segmented
from ui.widgets.side_panel import SidePanel

_VIEW_KEYS = 9
_FOLLOW_MS = 200
# Beyond these the palette would take a moment for each key; the filter finds the rest.
_PALETTE_ROWS = 2000


class CampaignsPage(Page):
    """The grid with its side panel; drafts stay until posted or discarded."""

    areas = frozenset({Area.OBJECTS, Area.INSIGHTS, Area.ACCOUNTS, Area.JOURNAL})

    def __init__(self, session: Session, preferences: Preferences, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self._wanted = ""
        self.grid = ObjectGrid(session, desk)
        self.panel = SidePanel(self.look)
        self.details = ObjectDetails(session, self.panel)
        self.level = Segmented(self.look, [(level, f"level.{level}") for level in LEVELS])
        self.views = ViewBar(self.look, self.grid.tabs, SavedViews(preferences), self.grid.present)
        self._ticked = label("", "secondary")
        self._pause = Button(self.look, "campaigns.pause", icon="pause")
        self._start = Button(self.look, "campaigns.start", icon="play")
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(_FOLLOW_MS)
        self._arrange()
        self._connect()
        self._bind_keys()

    def reload(self) -> None:
        """Read the rows of the shown level anew, and the side panel's."""
        if self.session.is_ready:
            self.grid.reload()
            self.details.refresh()
        else:
            self.grid.state.show_loading()

    def open_about(self, about: str) -> None:
        """Open the side panel on an object, or filter by what ``filter=`` gives."""
        key, _, value = about.partition("=")
        if key == "filter":
            self.views.choose(0)
            self.grid.filter.setText(value)
            self.grid.filter.apply()
            return
        self._wanted = about
        self._open_wanted()

    def commands(self) -> Sequence[Command]:
        """Return views, levels, and what can be done with ticks and drafts."""
        say, grid = self.look.say, self.grid
        found: list[Command] = []
        if self._desk.drafts.edits.all():
            found.append(Command(say("pending.review"), grid.review, "send", "Ctrl+S", "post"))
            found.append(Command(say("dialog.discard"), grid.discard, "trash-2", "Ctrl+Shift+Del"))
        if len(grid.model.ticks):
            found.append(
                Command(say("campaigns.pause_ticked"), partial(grid.switch_ticked, False), "pause")
            )
            found.append(
                Command(say("campaigns.start_ticked"), partial(grid.switch_ticked, True), "play")
            )
        return [*found, *self.view_commands()]

    def view_commands(self) -> Sequence[Command]:
        """Return a command for each view and level; it opens the page too."""
        say = self.look.say
        found: list[Command] = []
        for place, view in enumerate(self.views.all()):
            title = say("view.open", name=view.name(self.look))
            keys = f"Ctrl+{place + 1}" if place < _VIEW_KEYS else ""
            run = partial(self._open_view, place)
            found.append(Command(title, run, "list-filter", keys, "view"))
        for level in LEVELS:
            title = say("level.show", name=say(f"level.{level}"))
            found.append(Command(title, partial(self._open_level, level), "table-2"))
        return found

    def object_commands(self) -> Sequence[Command]:
        """Return a command for each campaign that opens its side panel."""
        table = self._desk.book("campaign").table
        if table is None:
            return ()
        rows = zip(table.object_id, table.name, table.account_name, strict=True)
        open_page = self.session.open_page
        return [
            Command(f"{name} – {account}", partial(open_page, "campaigns", own_id), "megaphone")
            for own_id, name, account in islice(rows, _PALETTE_ROWS)
        ]

    def shortcuts(self) -> Sequence[ShortcutGroup]:
        """Return the keys of the grid."""
        say = self.look.say
        pairs = [
            ("/", "filter"),
            ("Space", "details"),
            ("X", "tick"),
            ("Ctrl+A", "tick_all"),
            ("Return", "edit"),
            ("P", "toggle"),
            ("Ctrl+S", "post"),
            ("Ctrl+Shift+Del", "discard"),
        ]
        return [
            ShortcutGroup(say("shortcuts.grid"), [(k, say(f"shortcuts.{n}")) for k, n in pairs])
        ]

    def may_close(self) -> bool:
        """Ask once where there are drafts that would be lost."""
        count = len(self._desk.drafts.edits.all())
        if not count:
            return True
        say = self.look.say
        question = Question(
            say("campaigns.close_title", count=count),
            say("campaigns.close_text"),
            "campaigns.close",
            danger=True,
        )
        return ConfirmDialog(self.look, question, self.window()).ask()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.level)
        top.addStretch(1)
        for part in (self._ticked, self._pause, self._start):
            top.addWidget(part)
            part.hide()
        top.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(top)
        holder.setMinimumHeight(self.look.px(32))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.grid, 1)
        row.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(holder)
        column.addLayout(row, 1)
        self.setFocusProxy(self.grid.table)

    def _connect(self) -> None:
        grid = self.grid
        self.level.chosen.connect(self._choose_level)
        self.views.chosen.connect(self._show_view)
        grid.table.details_requested.connect(self._toggle_details)
        grid.table.activated_row.connect(self._open)
        grid.table.selectionModel().currentRowChanged.connect(self._moved)
        grid.model.ticks.changed.connect(self._show_ticked)
        self._follow.timeout.connect(lambda: self._open(grid.current_id()))
        self._pause.clicked.connect(lambda: grid.switch_ticked(False))
        self._start.clicked.connect(lambda: grid.switch_ticked(True))
        for level in LEVELS:
            self._desk.book(level).loaded.connect(self._open_wanted)
        self.session.scopes_changed.connect(self._note_scopes)
        self.look.reworded.connect(self._show_ticked)
        self.look.reworded.connect(self.details.refresh)

    def _bind_keys(self) -> None:
        for place in range(_VIEW_KEYS):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place + 1}"), self)
            shortcut.activated.connect(partial(self.views.choose, place))
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.panel.dismiss)

    def _note_scopes(self) -> None:
        error = self.session.scopes_error
        if error is not None and self.grid.book.table is None:
            self.grid.book.failed.emit(error)

    def _choose_level(self, level: str) -> None:
        self.panel.dismiss()
        if level != self.grid.level:
            self.grid.filter.set_terms([])
        self.grid.show_level(level)

    def _show_view(self, view: View) -> None:
        if view.level != self.grid.level:
            self.level.choose(view.level)
        self.grid.apply(view)

    def _open_view(self, place: int) -> None:
        self.session.open_page("campaigns")
        self.views.choose(place)

    def _open_level(self, level: str) -> None:
        self.session.open_page("campaigns")
        self.level.choose(level)

    def _show_ticked(self, *_: object) -> None:
        count = len(self.grid.model.ticks)
        shown = self.look.formats.number(count)
        self._ticked.setText(self.look.say("grid.selected", count=count, shown=shown))
        for part in (self._ticked, self._pause, self._start):
            part.setVisible(count > 0)

    def _toggle_details(self, object_id: str) -> None:
        if not self.panel.isHidden() and object_id == self.details.object_id:
            self.panel.dismiss()
        else:
            self._open(object_id)

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self.panel.isHidden():
            self._follow.start()

    def _open(self, object_id: str) -> None:
        self._follow.stop()
        if object_id == self.details.object_id:
            return
        facts = self.grid.book.facts(object_id)
        if facts is not None:
            self.details.show(facts)

    def _open_wanted(self) -> None:
        """Open what was asked for, as soon as its rows are there."""
        if not self._wanted:
            return
        for level in LEVELS:
            book = self._desk.book(level)
            if book.place_of(self._wanted) >= 0:
                wanted, self._wanted = self._wanted, ""
                if self.grid.level != level:
                    self.level.choose(level)
                self._open(wanted)
                self.grid.go_to(wanted)
                return
