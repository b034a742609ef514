"""The window: navigation, top bar, pages, palette and keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.domain.changes import Area
from ui.connect.desk import ConnectionDesk
from ui.connect.line import ConnectionLine
from ui.page import Page
from ui.pages.activity import ActivityPage
from ui.pages.campaigns import CampaignsPage
from ui.pages.dashboard import DashboardPage
from ui.pages.objects.book import Desk
from ui.pages.rules import RulesPage
from ui.pages.settings import SettingsPage
from ui.preferences import Preferences
from ui.scope_bar import ScopeBar
from ui.session import Session
from ui.status_line import StatusLine
from ui.theme import ThemeName, Tone
from ui.widgets.banner import Banner
from ui.widgets.command_palette import Command, CommandPalette
from ui.widgets.dialogs import ShortcutGroup, ShortcutSheet
from ui.widgets.navigation import Navigation, NavigationEntry
from ui.widgets.toast import Toast
from ui.widgets.top_bar import TopBar

_SCOPE = "scope"
_COLLAPSE_BELOW = 1180
_STATUS_EVERY_MS = 30_000
_FIRST_SIZE, _SMALLEST_SIZE = QSize(1440, 900), QSize(960, 600)
_QUIT = "Ctrl+Q"
_ENTRIES = (
    NavigationEntry("dashboard", "navigation.dashboard", "layout-dashboard", "G, D"),
    NavigationEntry("campaigns", "navigation.campaigns", "table-2", "G, C"),
    NavigationEntry("", "navigation.automation"),
    NavigationEntry("rules", "navigation.rules", "workflow", "G, R"),
    NavigationEntry("activity", "navigation.activity", "history", "G, A"),
    NavigationEntry("", "navigation.program"),
    NavigationEntry("settings", "navigation.settings", "settings", "G, S"),
)


class MainWindow(QMainWindow):
    """Everything a person sees; pages are made once and kept."""

    def __init__(self, session: Session, preferences: Preferences) -> None:
        super().__init__()
        self.session = session
        # It would otherwise outlive the window and tell widgets that are gone.
        session.setParent(self)
        self._look = session.look
        self._preferences = preferences
        session.wanted_scope = preferences.text(_SCOPE)
        desk = Desk(session, self)
        self.connection = ConnectionDesk(session, self)
        self._campaigns = CampaignsPage(session, preferences, desk)
        self.pages: dict[str, Page] = {
            "dashboard": DashboardPage(session, desk),
            "campaigns": self._campaigns,
            "rules": RulesPage(session),
            "activity": ActivityPage(session),
            "settings": SettingsPage(session, preferences, self.connection),
        }
        self.navigation = Navigation(self._look, list(_ENTRIES))
        self.top_bar = TopBar(self._look)
        self._banner = Banner(self._look)
        self.connection_banner = Banner(self._look)
        self._stack = QStackedWidget()
        middle = self._arrange()
        self._palette = CommandPalette(self._look, middle)
        self._toast = Toast(self._look, middle)
        self._scope_bar = ScopeBar(session, self.top_bar)
        self._status_line = StatusLine(session, self.navigation, self.top_bar, self._banner)
        ConnectionLine(self.connection, self.connection_banner)
        self._timer = QTimer(self)
        self._connect()
        self._bind_keys()
        self._restore()
        session.stream.start()
        session.load_status()
        session.load_scopes()
        self.connection.load()

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        shown = self._stack.currentWidget()
        return next(name for name, page in self.pages.items() if page is shown)

    def go(self, name: str, about: str = "") -> None:
        """Show a page, perhaps one thing on it."""
        page = self.pages.get(name)
        if page is None:
            return
        self._stack.setCurrentWidget(page)
        self._scope_bar.show_for(page.follows_scope)
        self.navigation.select(name)
        if not self.navigation.isAncestorOf(QApplication.focusWidget() or self):
            page.setFocus()
        self._preferences.keep_page(name)
        self._retitle()
        if about:
            page.open_about(about)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask pages with unsaved work once, then remember and go."""
        if not all(page.may_close() for page in self.pages.values()):
            event.ignore()
            return
        self._preferences.keep_geometry(self.saveGeometry())
        self._preferences.keep_look()
        self._timer.stop()
        self.session.stream.stop()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the pages more room in a narrow window."""
        super().resizeEvent(event)
        self._collapse()

    def _collapse(self) -> None:
        self.navigation.set_collapsed(self.width() < self._look.px(_COLLAPSE_BELOW))

    def _arrange(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        for banner in (self._banner, self.connection_banner):
            column.addWidget(banner)
            # It spans the window here; its round corners are for cards.
            banner.setStyleSheet("border-radius: 0")
        column.addWidget(self._stack, 1)
        for page in self.pages.values():
            self._stack.addWidget(page)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(right, 1)
        self.setCentralWidget(middle)
        self.setMinimumSize(_SMALLEST_SIZE)
        return middle

    def _connect(self) -> None:
        session, bar = self.session, self.top_bar
        self.navigation.chosen.connect(self.go)
        session.page_requested.connect(self.go)
        session.notice.connect(self._notify)
        session.scope_changed.connect(self._keep_scope)
        session.stream.changed.connect(self._areas_changed)
        bar.search_requested.connect(self.open_palette)
        bar.theme_toggled.connect(self.toggle_theme)
        self._timer.setInterval(_STATUS_EVERY_MS)
        self._timer.timeout.connect(session.load_status)
        self._timer.start()
        self._look.keep_worded(self, self._retitle)
        self._look.restyled.connect(self._collapse)

    def _bind_keys(self) -> None:
        for entry in _ENTRIES:
            if entry.page:
                self._key(entry.shortcut, partial(self.go, entry.page))
        self._key("Ctrl+K", self.open_palette)
        self._key("?", self.open_shortcuts)
        self._key("F5", lambda: self.pages[self.page].mark_stale())
        self._key("Ctrl+Shift+T", self.toggle_theme)
        self._key(_QUIT, self.leave)

    def _key(self, keys: str, run: Callable[[], None]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(run)

    def _restore(self) -> None:
        geometry = self._preferences.geometry()
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize()))
        last = self._preferences.page()
        self.go(last if last in self.pages else "dashboard")

    def toggle_theme(self) -> None:
        """Switch between light and dark."""
        dark = self._look.tokens.dark
        self._look.set_theme(ThemeName.LIGHT if dark else ThemeName.DARK)
        self._preferences.keep_look()

    def leave(self) -> None:
        """Close the window, unless unsaved work is to be kept."""
        self.close()

    def open_palette(self) -> None:
        """Offer everything the window and the page can do."""
        self._palette.open(self.all_commands())

    def close_palette(self) -> None:
        """Close the palette without doing anything."""
        self._palette.dismiss()

    def all_commands(self) -> list[Command]:
        """Return the commands of the shown page, then those of the window."""
        say = self._look.say
        pages = [
            Command(
                say("palette.go_to", page=say(entry.key)),
                partial(self.go, entry.page),
                entry.icon,
                entry.shortcut.replace(", ", " "),
                entry.page,
            )
            for entry in _ENTRIES
            if entry.page
        ]
        own = [
            Command(say("palette.sync_now"), self._status_line.run_cycle, "refresh-cw"),
            Command(
                say("palette.toggle_theme"), self.toggle_theme, "moon", "Ctrl+Shift+T", "dark light"
            ),
            Command(say("shortcuts.title"), self.open_shortcuts, "keyboard", "?"),
            Command(say("shortcuts.quit"), self.leave, "x", _QUIT, "exit close"),
            Command(say("connection.start_title"), self.connection.connect_login, "log-in"),
            *self._status_line.commands(),
            *self._scope_bar.commands(),
        ]
        page = self.pages[self.page]
        others = [] if page is self._campaigns else self._campaigns.view_commands()
        objects = self._campaigns.object_commands()
        return [*page.commands(), *pages, *own, *others, *objects]

    def open_shortcuts(self) -> None:
        """Show the sheet of shortcuts."""
        say = self._look.say
        everywhere = ShortcutGroup(
            say("shortcuts.everywhere"),
            [
                ("Ctrl+K", say("shortcuts.palette")),
                ("?", say("shortcuts.sheet")),
                ("F5", say("shortcuts.reload")),
                ("Ctrl+Shift+T", say("palette.toggle_theme")),
                (_QUIT, say("shortcuts.quit")),
            ],
        )
        pages = [(entry.shortcut, say(entry.key)) for entry in _ENTRIES if entry.page]
        go = ShortcutGroup(say("shortcuts.go"), pages)
        groups = [everywhere, go, *self.pages[self.page].shortcuts()]
        ShortcutSheet(self._look, groups, self).exec()

    def _retitle(self) -> None:
        words = {entry.page: self._look.say(entry.key) for entry in _ENTRIES}
        self.top_bar.set_title(words[self.page])
        self.setWindowTitle(f"{words[self.page]} – AI-Buyer")

    def _areas_changed(self, areas: frozenset[Area]) -> None:
        if areas & {Area.ENGINE, Area.JOURNAL, Area.DECISIONS, Area.RULES, Area.ACCOUNTS}:
            self.session.load_status()
        if Area.ACCOUNTS in areas:
            self.session.load_scopes()

    def _keep_scope(self) -> None:
        if self.session.scope is not None:
            self._preferences.keep_text(_SCOPE, self.session.scope.scope)

    def _notify(self, text: str, tone: str) -> None:
        self._toast.notify(text, Tone(tone))
