"""Shows how the engine is: in navigation, top bar and banner."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject

from engine.api.details import CycleList
from engine.api.messages import Done, EngineStatus
from ui.engine_client import Ask
from ui.session import Session
from ui.stop_dialog import StopDialog
from ui.theme import Tone
from ui.widgets.banner import Banner, BannerKind
from ui.widgets.command_palette import Command
from ui.widgets.navigation import Navigation
from ui.widgets.top_bar import TopBar

_FRESH_MINUTES = 30
_STALE_MINUTES = 180
_CYCLE_SECONDS = 600.0


class StatusLine(QObject):
    """Keeps navigation, top bar and banner true to the engine's status."""

    def __init__(
        self, session: Session, navigation: Navigation, bar: TopBar, banner: Banner
    ) -> None:
        super().__init__(bar)
        self._session = session
        self._look = session.look
        self._navigation = navigation
        self._bar = bar
        self._banner = banner
        self._online = True
        session.status_changed.connect(self.show_status)
        session.stream.online.connect(self._went)
        bar.sync_requested.connect(self.run_cycle)
        banner.action.connect(self.resume)
        self._look.keep_worded(self, self.show_status)

    def show_status(self) -> None:
        """Show the newest status."""
        say, status = self._look.say, self._session.status
        if not self._online:
            self._navigation.set_engine(say("engine.unreachable"), "", Tone.BAD)
            self._banner.tell(BannerKind.WARN, say("engine.offline_text"))
            return
        if status is None:
            self._navigation.set_engine(say("engine.starting"), "", Tone.NEUTRAL)
            self._banner.hide()
            return
        self._show_engine(status)
        self._show_freshness(status)
        self._show_banner(status)
        waiting = status.awaiting_approval + status.needs_human
        formats = self._look.formats
        self._navigation.set_counter("campaigns", formats.number(status.campaigns))
        shown = formats.number(waiting) if waiting else ""
        self._navigation.set_counter("activity", shown, Tone.WARN)

    def run_cycle(self) -> None:
        """Ask the engine for a cycle now."""
        self._session.say(self._look.say("engine.cycle_started"), "neutral")
        ask = Ask("/api/v1/engine/cycle", CycleList, timeout=_CYCLE_SECONDS)
        self._session.client.post(ask, self._bar, self._ran, self._session.fail)

    def ask_to_stop(self) -> None:
        """Ask whether, and why, all actions are to be stopped."""
        StopDialog(self._look, self.stop, self._bar.window()).open()

    def stop(self, reason: str = "") -> None:
        """Pull the kill switch."""
        ask = Ask("/api/v1/engine/stop", Done, body={"reason": reason})
        self._session.client.post(ask, self._bar, self._stopped, self._session.fail)

    def resume(self) -> None:
        """Let rules act again."""
        if self._session.status is not None and self._session.status.stopped:
            ask = Ask("/api/v1/engine/resume", Done, body={"reason": ""})
            self._session.client.post(ask, self._bar, self._resumed, self._session.fail)

    def commands(self) -> list[Command]:
        """Return the commands over the engine."""
        status, say = self._session.status, self._look.say
        if status is not None and status.stopped:
            return [Command(say("engine.resume"), self.resume, "play", words="kill switch start")]
        return [
            Command(say("engine.stop"), self.ask_to_stop, "circle-stop", words="kill switch halt")
        ]

    def _ran(self, cycles: CycleList) -> None:
        self._session.load_status()
        failed = [f"{one.account_name}: {one.error}" for one in cycles.items if one.error]
        if failed:
            text = self._look.say("engine.cycle_failed", count=len(failed), first=failed[0])
            self._session.say(text, "bad")
        else:
            self._session.say(self._look.say("engine.cycle_done"))

    def _stopped(self, _done: Done) -> None:
        self._session.load_status()
        self._session.say(self._look.say("engine.stopped_toast"), "warn")

    def _resumed(self, _done: Done) -> None:
        self._session.load_status()
        self._session.say(self._look.say("engine.resumed_toast"))

    def _went(self, online: bool) -> None:
        self._online = online
        self.show_status()
        if online:
            self._session.load_status()
            if not self._session.scopes:
                self._session.load_scopes()

    def _show_engine(self, status: EngineStatus) -> None:
        say = self._look.say
        rules = say("engine.rules", count=status.rules_active)
        if status.stopped:
            self._navigation.set_engine(say("engine.stopped"), rules, Tone.BAD)
            return
        if status.cycle is not None:
            detail = say(f"engine.phase_{status.cycle.phase}", account=status.cycle.account)
            self._navigation.set_engine(say("engine.working"), detail, Tone.GOOD)
            return
        detail = rules
        if status.next_cycle_at:
            moment = datetime.fromisoformat(status.next_cycle_at)
            time = self._look.formats.time(moment, self._session.zone)
            detail = f"{say('engine.next_sync', time=time)} · {rules}"
        key = "engine.running_demo" if status.platform == "sandbox" else "engine.running"
        self._navigation.set_engine(say(key), detail, Tone.GOOD)

    def _show_freshness(self, status: EngineStatus) -> None:
        say, bar = self._look.say, self._bar
        bar.set_zone(self._look.formats.zone(self._session.zone, self._session.now))
        if status.last_cycle_at is None:
            bar.set_freshness(say("topbar.never_synced"), Tone.WARN, status.last_error)
            return
        age = self._session.now - datetime.fromisoformat(status.last_cycle_at)
        minutes = max(int(age.total_seconds() // 60), 0)
        tone = Tone.GOOD if minutes < _FRESH_MINUTES else Tone.WARN
        if minutes >= _STALE_MINUTES or status.last_error:
            tone = Tone.BAD
        if minutes < 1:
            text = say("topbar.synced_now")
        elif minutes < 60:
            text = say("topbar.synced_minutes", count=minutes)
        else:
            text = say("topbar.synced_hours", count=minutes // 60)
        bar.set_freshness(text, tone, status.last_error)

    def _show_banner(self, status: EngineStatus) -> None:
        say = self._look.say
        if status.stopped:
            self._banner.tell(
                BannerKind.BAD,
                say("engine.stopped_text", reason=status.stop_reason or say("engine.no_reason")),
                "engine.resume",
            )
        else:
            self._banner.hide()
