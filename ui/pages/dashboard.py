"""The dashboard: how the accounts are doing, and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.api.messages import Dashboard, Done
from engine.domain.changes import Area
from ui.charts.bar_card import BarCard
from ui.charts.line_card import LineCard
from ui.charts.series import Step
from ui.engine_client import Ask, Call, EngineError, ErrorKind
from ui.page import Page
from ui.pages.objects.book import Desk
from ui.pages.objects.object_grid import ObjectGrid
from ui.pages.objects.views import BUILT_IN
from ui.pages.overview import figures
from ui.pages.overview.needs_card import NeedsCard
from ui.session import Session
from ui.widgets.command_palette import Command
from ui.widgets.kpi_tile import KpiTile
from ui.widgets.segmented import Segmented
from ui.widgets.state_panels import PanelKind, StateStack

_TILES = 5
# Pixels at scale 1: below the first the cards stand in two rows, the others are heights.
_THREE_CARDS, _CARD_LEAST, _LOWER_LEAST, _GRID_LEAST = 1080, 250, 216, 300
_GROUPS = ("objective", "client")
_CYCLE_SECONDS = 600.0


class DashboardPage(Page):
    """Tiles, chart, bars, needs and the campaigns that spend most."""

    areas = frozenset(Area) - {Area.SETTINGS}

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        look = self.look
        self.message: Dashboard | None = None
        self._call: Call | None = None
        self._asked_for = ""
        self._again = False
        self._is_empty = False
        self._is_narrow: bool | None = None
        self.tiles = [KpiTile(look) for _ in range(_TILES)]
        self.chart = LineCard(look, "dashboard.revenue_and_spend")
        self.breakdown = BarCard(look, "dashboard.spend_by")
        self.group = Segmented(look, [(name, f"dashboard.by_{name}") for name in _GROUPS])
        self.needs = NeedsCard(look)
        self.grid = ObjectGrid(session, desk)
        self._state = StateStack(look, self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._state)
        self.setFocusProxy(self.grid.table)
        self._connect()

    def reload(self) -> None:
        """Ask for the dashboard and the campaigns of the scope and period."""
        session = self.session
        if not session.is_ready:
            self._wait()
            return
        if self.message is None:
            self._state.show_loading()
        self.grid.reload()
        query = session.query()
        if self._call is not None:
            if str(query) == self._asked_for:
                self._again = True
                return
            self._call.cancel()
        self._asked_for, self._again = str(query), False
        ask = Ask("/api/v1/analytics/dashboard", Dashboard, query)
        self._call = session.client.get(ask, self, self._took, self._took_none)

    def commands(self) -> Sequence[Command]:
        """Return what the drafts of the grid offer."""
        if not self.grid.model.pending.all():
            return ()
        say = self.look.say
        return [
            Command(say("pending.review"), self.grid.review, "send", "Ctrl+S", "post"),
            Command(say("dialog.discard"), self.grid.discard, "trash-2", "Ctrl+Shift+Del"),
        ]

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for tile in self.tiles:
            tiles.addWidget(tile, 1)
        self.breakdown.body.insertWidget(0, self.group)
        self._cards = QGridLayout()
        self._cards.setSpacing(12)
        column.addLayout(tiles)
        column.addLayout(self._cards, 8)
        column.addWidget(self.grid, 13)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand the three cards side by side where there is room for them."""
        super().resizeEvent(event)
        self._place_cards()

    def _place_cards(self) -> None:
        self.grid.setMinimumHeight(self.look.px(_GRID_LEAST))
        narrow = self.width() < self.look.px(_THREE_CARDS)
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        cards, least = self._cards, self.look.px(_CARD_LEAST)
        for card in (self.chart, self.breakdown, self.needs):
            cards.removeWidget(card)
        cards.addWidget(self.chart, 0, 0, 1, 2 if narrow else 1)
        cards.addWidget(self.breakdown, 1 if narrow else 0, 0 if narrow else 1)
        cards.addWidget(self.needs, 1 if narrow else 0, 1 if narrow else 2)
        for place, share in enumerate((1, 1, 0) if narrow else (24, 11, 10)):
            cards.setColumnStretch(place, share)
        cards.setRowMinimumHeight(0, least)
        cards.setRowMinimumHeight(1, self.look.px(_LOWER_LEAST) if narrow else 0)

    def _connect(self) -> None:
        self.chart.step_chosen.connect(lambda _step: self._show_chart())
        self.group.chosen.connect(lambda _group: self._show_breakdown())
        self.breakdown.clicked.connect(self._open_group)
        self.needs.chosen.connect(self._open_need)
        self._state.action.connect(self._act)
        table, look = self.grid.table, self.look
        table.details_requested.connect(self._open_campaign)
        table.activated_row.connect(self._open_campaign)
        self.session.scopes_changed.connect(self._note_scopes)
        look.keep_worded(self, self._reword)
        look.restyled.connect(self._place_cards)
        self.grid.tabs.currentChanged.connect(self._choose_view)

    def _open_campaign(self, object_id: str) -> None:
        self.session.open_page("campaigns", object_id)

    def _choose_view(self, place: int) -> None:
        views = [view for view in BUILT_IN if view.level == "campaign"]
        if 0 <= place < len(views):
            self.grid.apply(views[place])

    def _wait(self) -> None:
        """Show why there is nothing to ask for yet."""
        session = self.session
        if session.scopes_error is not None:
            self._took_none(session.scopes_error)
        elif session.scopes_known and not session.scopes:
            self._show_empty()
        else:
            self._state.show_loading()

    def _note_scopes(self) -> None:
        if not self.session.is_ready or self.message is None:
            self.mark_stale()

    def _took(self, message: Dashboard) -> None:
        self._call = None
        self.message, self._is_empty = message, False
        self.session.adopt_zone(message.timezone)
        if message.synced_at is None and not any(message.series.spend):
            self._show_empty()
        else:
            self._show_all()
            self._state.show_content()
        if self._again:
            self.reload()

    def _took_none(self, error: EngineError) -> None:
        self._call, self._again, self._is_empty = None, False, False
        if self.message is not None and error.kind in (ErrorKind.OFFLINE, ErrorKind.TIMEOUT):
            return  # the banner tells it, and old numbers are better than none
        kind = PanelKind.ERROR
        if error.kind is ErrorKind.OFFLINE:
            kind = PanelKind.OFFLINE
        elif error.kind is ErrorKind.NO_PERMISSION:
            kind = PanelKind.NO_PERMISSION
        self.message = None
        self._state.show_message(kind, error.title, error.text, "panel.retry", error.details)

    def _show_empty(self) -> None:
        say, status = self.look.say, self.session.status
        self._is_empty = True
        if status is not None and status.last_error:
            title = say("dashboard.no_sync")
            self._state.show_message(PanelKind.ERROR, title, status.last_error, "panel.retry")
            return
        working = status is not None and status.cycle is not None
        text = say("dashboard.first_sync" if working else "dashboard.never_synced")
        key = "" if working else "dashboard.sync"
        self._state.show_message(PanelKind.EMPTY, say("dashboard.empty"), text, key)

    def _act(self) -> None:
        """Do what the panel in place of the numbers offers."""
        session = self.session
        if self._is_empty:
            ask = Ask("/api/v1/engine/cycle", Done, body={}, timeout=_CYCLE_SECONDS)
            session.client.post(ask, self, lambda _done: session.load_scopes(), session.fail)
            session.say(self.look.say("engine.cycle_started"), "neutral")
            return
        if not session.is_ready:
            session.load_status()
            session.load_scopes()
        self.mark_stale()

    def _show_all(self) -> None:
        message = self.message
        if message is None:
            return
        currency = figures.currency_of(message)
        for tile, values in zip(self.tiles, message.tiles, strict=False):
            tile.show_values(figures.tile_values(values, currency, self.look))
        exposure = self.look.formats.money(message.exposure_today, currency)
        self.needs.show_needs(message.needs, exposure)
        self._show_chart()
        self._show_breakdown()

    def _show_chart(self) -> None:
        if self.message is None:
            return
        look, currency = self.look, figures.currency_of(self.message)
        self.chart.show_data(
            figures.chart_data(self.message, look, Step(self.chart.step.value())),
            lambda value: look.formats.short_money(value, currency),
            lambda value: look.formats.money(value, currency),
        )

    def _show_breakdown(self) -> None:
        if self.message is None:
            return
        by, say = self.group.value(), self.look.say
        message = self.message
        rows = message.by_objective if by == "objective" else message.by_client
        shown = figures.bars(rows, by, figures.currency_of(message), self.look)
        self.breakdown.show_bars(shown, say("column.spend"), say("column.roas"))
        self.breakdown.setToolTip(say("dashboard.bars_mean"))

    def _open_group(self, name: str) -> None:
        """Look closer at a group: a client's numbers, or the campaigns of an objective."""
        if self.group.value() == "objective":
            term = f"{self.look.say('column.objective')} = {name}"
            self.session.open_page("campaigns", f"filter={term}")
            return
        for scope in self.session.scopes:
            same = self.message is not None and scope.currency == self.message.currency
            if scope.kind == "client" and scope.label == name and same:
                self.session.choose_scope(scope)

    def _open_need(self, link: str) -> None:
        """Go where a row leads: ``page?about``, ``page/about``, or an account's settings."""
        if link.startswith("account:"):
            self.session.open_page("settings", link)
            return
        page, _, about = link.replace("?", "/", 1).partition("/")
        self.session.open_page(page or "activity", about)

    def _reword(self) -> None:
        """Take words and numbers in the present language."""
        tabs, place = self.grid.tabs, max(0, self.grid.tabs.currentIndex())
        views = [view for view in BUILT_IN if view.level == "campaign"]
        tabs.blockSignals(True)
        while tabs.count():
            tabs.removeTab(0)
        for view in views:
            tabs.addTab(view.name(self.look))
        tabs.setCurrentIndex(place)
        tabs.blockSignals(False)
        if self.grid.filter.text():
            self.grid.apply(views[place])
        self._show_all()
