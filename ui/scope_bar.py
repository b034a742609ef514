"""The top bar's two choices: whose numbers, and of which days."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QPushButton

from engine.api.messages import ScopeMessage
from ui.days_dialog import DaysDialog
from ui.session import Preset, Session
from ui.widgets.command_palette import Command
from ui.widgets.top_bar import TopBar

_KINDS = ("currency", "client", "account")


class ScopeBar(QObject):
    """Fills the top bar's two choices and tells the session."""

    def __init__(self, session: Session, bar: TopBar) -> None:
        super().__init__(bar)
        self._session = session
        self._look = session.look
        self._bar = bar
        bar.account_requested.connect(self._open_scopes)
        bar.period_requested.connect(self._open_periods)
        self._matters = True
        session.scope_changed.connect(self.show_choice)
        session.scopes_changed.connect(self.show_choice)
        session.status_changed.connect(self.show_choice)
        self._look.keep_worded(self, self.show_choice)

    def show_for(self, matters: bool) -> None:
        """Show the choices only on pages that follow them."""
        self._matters = matters
        self.show_choice()

    def show_choice(self) -> None:
        """Write the present choice on the bar, or nothing where it has no effect."""
        session = self._session
        if not self._matters:
            self._bar.set_account("")
            self._bar.set_period("")
            return
        self._bar.set_account(self.words(session.scope) if session.scope else "")
        if session.status is None:
            self._bar.set_period("")
            return
        span = session.span
        self._bar.set_period(self._look.formats.period(span.since, span.until))

    def words(self, scope: ScopeMessage) -> str:
        """Return a scope in words."""
        say = self._look.say
        if scope.kind == "currency":
            return say("scope.currency", currency=scope.currency, count=scope.accounts)
        if scope.kind == "client":
            return f"{scope.label} · {scope.currency}"
        return scope.label

    def commands(self) -> list[Command]:
        """Return a command for every scope and period."""
        session, say = self._session, self._look.say
        scopes = [
            Command(
                say("scope.show", what=self.words(scope)),
                partial(session.choose_scope, scope),
                "layers",
            )
            for scope in session.scopes
        ]
        periods = [
            Command(
                say("scope.show", what=say(f"period.{preset.value}")),
                partial(session.choose_preset, preset),
                "calendar",
            )
            for preset in Preset
        ]
        days = Command(say("scope.custom"), self.ask_days, "calendar")
        return [*scopes, *periods, days]

    def _open_scopes(self) -> None:
        menu = QMenu(self._bar)
        for kind in _KINDS:
            found = [scope for scope in self._session.scopes if scope.kind == kind]
            if found:
                menu.addSection(self._look.say(f"scope.{kind}_group"))
            for scope in found:
                self._add(
                    menu,
                    self.words(scope),
                    scope == self._session.scope,
                    partial(self._session.choose_scope, scope),
                )
        self._popup(menu, self._bar.account)

    def _open_periods(self) -> None:
        menu = QMenu(self._bar)
        for preset in Preset:
            marked = self._session.custom is None and preset is self._session.preset
            words = self._look.say(f"period.{preset.value}")
            self._add(menu, words, marked, partial(self._session.choose_preset, preset))
        menu.addSeparator()
        own = self._session.custom is not None
        self._add(menu, self._look.say("scope.custom"), own, self.ask_days)
        self._popup(menu, self._bar.period)

    def ask_days(self) -> None:
        """Ask for fixed days to show."""
        session = self._session
        today = session.now.astimezone(session.zone).date()
        window = self._bar.window()
        DaysDialog(self._look, session.span, today, session.choose_span, window).open()

    def _add(self, menu: QMenu, text: str, marked: bool, run: Callable[[], None]) -> None:
        action = menu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(marked)
        action.triggered.connect(lambda _checked: run())

    def _popup(self, menu: QMenu, under: QPushButton) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(under.mapToGlobal(QPoint(0, under.height() + 4)))
