"""What every page shares: engine, look, and whose numbers are shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from engine.api.messages import AccountMessage, EngineStatus, ScopeMessage
from ui.engine_client import Ask, EngineClient, EngineError
from ui.event_stream import EventStream
from ui.look import Look


class Preset(StrEnum):
    """Periods that move with the day."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7 = "last_7"
    LAST_14 = "last_14"
    LAST_30 = "last_30"
    LAST_60 = "last_60"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"


_LENGTHS = {Preset.LAST_7: 7, Preset.LAST_14: 14, Preset.LAST_30: 30, Preset.LAST_60: 60}


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both included."""

    since: date
    until: date


def span_of(preset: Preset, today: date) -> Span:
    """Return the days of a preset; all but yesterday and last month end today."""
    if preset in _LENGTHS:
        return Span(today - timedelta(days=_LENGTHS[preset] - 1), today)
    if preset is Preset.TODAY:
        return Span(today, today)
    if preset is Preset.YESTERDAY:
        return Span(today - timedelta(days=1), today - timedelta(days=1))
    first = today.replace(day=1)
    if preset is Preset.THIS_MONTH:
        return Span(first, today)
    last = first - timedelta(days=1)
    return Span(last.replace(day=1), last)


class Session(QObject):
    """The window's state that is not a page's own.

    ``scope_changed`` follows another scope or period, ``status_changed`` a new
    status of the engine, ``notice`` carries words for the toast. ``scopes_changed``
    also follows a failure to read them, which ``scopes_error`` then explains.
    """

    scope_changed = Signal()
    status_changed = Signal()
    scopes_changed = Signal()
    notice = Signal(str, str)
    page_requested = Signal(str, str)

    def __init__(self, look: Look, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.client = client
        self.stream = EventStream(client, self)
        self.accounts: list[AccountMessage] = []
        self.scopes: list[ScopeMessage] = []
        self.scope: ScopeMessage | None = None
        self.scopes_known = False
        self.scopes_error: EngineError | None = None
        self.wanted_scope = ""
        self.zone = ZoneInfo("UTC")
        self.preset = Preset.LAST_30
        self.custom: Span | None = None
        self.status: EngineStatus | None = None

    @property
    def now(self) -> datetime:
        """The engine's time; it may live in the sandbox's."""
        if self.status is None:
            return datetime.now(UTC)
        return datetime.fromisoformat(self.status.now)

    @property
    def is_ready(self) -> bool:
        """Whether scope and the engine's time are known, so that pages can ask."""
        return self.scope is not None and self.status is not None

    @property
    def span(self) -> Span:
        """The days that are shown, in the zone of the numbers."""
        return self.custom or span_of(self.preset, self.now.astimezone(self.zone).date())

    def query(self) -> dict[str, str]:
        """Return scope and period as a query of the engine."""
        span = self.span
        asked = {"since": span.since.isoformat(), "until": span.until.isoformat()}
        if self.scope is not None:
            asked["scope"] = self.scope.scope
        return asked

    def choose_scope(self, scope: ScopeMessage) -> None:
        """Show the numbers of another scope."""
        if self.scope is None or scope.scope != self.scope.scope:
            self.scope = scope
            self.adopt_zone(self._zone_of(scope))
            self.scope_changed.emit()

    def choose_preset(self, preset: Preset) -> None:
        """Show another period that moves with the day."""
        self.preset, self.custom = preset, None
        self.scope_changed.emit()

    def choose_span(self, span: Span) -> None:
        """Show fixed days."""
        self.custom = span
        self.scope_changed.emit()

    def adopt_zone(self, name: str) -> None:
        """Take over the zone in which the shown numbers have their days."""
        if name != self.zone.key:
            self.zone = ZoneInfo(name)
            self.status_changed.emit()

    def load_scopes(self) -> None:
        """Read what can be chosen; the wanted one is taken, else the first."""
        ask = Ask("/api/v1/accounts", list[AccountMessage])
        self.client.get(ask, self, self._load_choices, self._took_none)

    def load_status(self) -> None:
        """Read how the engine is."""
        self.client.get(Ask("/api/v1/status", EngineStatus), self, self._is, lambda _error: None)

    def open_page(self, page: str, about: str = "") -> None:
        """Go to a page, perhaps to one thing on it."""
        self.page_requested.emit(page, about)

    def say(self, text: str, tone: str = "good") -> None:
        """Show a short notice; ``tone`` is good, bad, warn or neutral."""
        self.notice.emit(text, tone)

    def fail(self, error: EngineError) -> None:
        """Show why a call failed as a notice."""
        self.notice.emit(f"{error.title}: {error.text}" if error.text else error.title, "bad")

    def _load_choices(self, accounts: list[AccountMessage]) -> None:
        self.accounts = accounts
        ask = Ask("/api/v1/scopes", list[ScopeMessage])
        self.client.get(ask, self, self._took, self._took_none)

    def _took(self, scopes: list[ScopeMessage]) -> None:
        self.scopes, self.scopes_known, self.scopes_error = scopes, True, None
        known = {scope.scope: scope for scope in scopes}
        chosen = known.get(self.scope.scope if self.scope else self.wanted_scope)
        if self.scope is not None and chosen is not None:
            self.scope = chosen
        elif scopes:
            self.choose_scope(chosen or scopes[0])
        self.scopes_changed.emit()

    def _took_none(self, error: EngineError) -> None:
        self.scopes_error = error
        self.scopes_changed.emit()

    def _zone_of(self, scope: ScopeMessage) -> str:
        """Return the most frequent zone of a scope's accounts, as the engine takes it."""
        zones = Counter(one.timezone for one in self.accounts if _belongs(one, scope.scope))
        return zones.most_common(1)[0][0] if zones else self.zone.key

    def _is(self, status: EngineStatus) -> None:
        was_ready, self.status = self.is_ready, status
        self.status_changed.emit()
        if self.is_ready and not was_ready:
            self.scope_changed.emit()


def _belongs(account: AccountMessage, scope: str) -> bool:
    kind, _, name = scope.partition(":")
    client, _, currency = name.rpartition("|")
    if kind == "account":
        return account.account_id == name
    if kind == "client":
        return (account.client, account.currency) == (client, currency)
    return account.currency == name
