"""What every page shares: engine, look, and whose numbers are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from engine.api.messages import EngineStatus, ScopeMessage
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
    status of the engine, ``notice`` carries words for the toast.
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
        self.scopes: list[ScopeMessage] = []
        self.scope: ScopeMessage | None = None
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
        self.zone = ZoneInfo(name)

    def load_scopes(self) -> None:
        """Read what can be chosen; the first one is taken where nothing is."""
        self.client.get(Ask("/api/v1/scopes", list[ScopeMessage]), self, self._took, self.fail)

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

    def _took(self, scopes: list[ScopeMessage]) -> None:
        self.scopes = scopes
        known = {scope.scope: scope for scope in scopes}
        chosen = known.get(self.scope.scope) if self.scope else None
        self.scopes_changed.emit()
        if chosen is not None:
            self.scope = chosen
        elif scopes:
            self.choose_scope(scopes[0])

    def _is(self, status: EngineStatus) -> None:
        self.status = status
        self.status_changed.emit()
