"""What is read how often and at which cost, older days, rows set aside."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QWidget

from engine.api.sync_messages import (
    AccountPlanMessage,
    AsideMessage,
    HistoryMessage,
    PlanMessage,
)
from ui.engine_client import Ask, EngineError
from ui.look import Look
from ui.pages.configuration.row import FormRow
from ui.pages.configuration.section import Section
from ui.session import Session
from ui.theme import Tone
from ui.widgets.buttons import Button
from ui.widgets.labels import label
from ui.widgets.pill import Pill

_HISTORY = "/api/v1/sync/history"
_TONES = {"spending": Tone.GOOD, "quiet": Tone.ACCENT, "asleep": Tone.NEUTRAL}
_PARTS = ("today", "yesterday", "restated", "lifetime")
_AT_WORK = frozenset({"running", "waiting"})
_REASONS_SHOWN = 3
_ACCOUNTS_SHOWN = 12


class AccountPlanRow(FormRow):
    """One account: its pace, what is read how often, its calls an hour."""

    def __init__(self, look: Look) -> None:
        self._cost = _value()
        super().__init__(look, self._cost)
        self._pace = Pill(look, "", dot=True)
        self._plan: AccountPlanMessage | None = None
        self.head.insertWidget(1, self._pace)
        look.keep_worded(self, self._reword)

    def show_plan(self, plan: AccountPlanMessage) -> None:
        """Take over an account's plan."""
        self._plan = plan
        self._reword()

    def _reword(self) -> None:
        plan = self._plan
        if plan is None:
            return
        say, formats = self.look.say, self.look.formats
        parts = [
            say(f"settings.plan_{line.part}", every=_every(self.look, line.every_minutes))
            for line in plan.lines
            if line.part in _PARTS
        ]
        if plan.slowed > 1:
            parts.append(say("settings.plan_slowed", times=formats.number(plan.slowed, 1)))
        parts.append(say("settings.plan_left", percent=formats.number(plan.remaining)))
        self.tell(plan.name, " · ".join(parts))
        pace = say(f"settings.pace_{plan.pace}")
        self._pace.show_state(pace, _TONES.get(plan.pace, Tone.NEUTRAL))
        self._cost.setText(_calls_an_hour(self.look, plan.calls_per_hour))
        self.words = f"{plan.name} {pace}".casefold()


class HistoryRow(FormRow):
    """Older days: a day to begin at; asks to ``begin`` or to ``cancel``."""

    begin = Signal(object)
    cancel = Signal()

    def __init__(self, look: Look) -> None:
        box = QWidget()
        super().__init__(look, box)
        self.since = QDateEdit()
        self.since.setCalendarPopup(True)
        self.since.setDisplayFormat("yyyy-MM-dd")
        self.button = Button(look, "settings.history_begin", icon="history")
        self.stop = Button(look, "settings.history_cancel", icon="x")
        self._progress = HistoryMessage("idle", None, 0, 0, 0, 0)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.since, 1)
        row.addWidget(self.button)
        row.addWidget(self.stop)
        self.button.clicked.connect(lambda: self.begin.emit(self.since.date().toPython()))
        self.stop.clicked.connect(self.cancel)
        look.keep_worded(self, self._reword)

    def offer(self, today: date) -> None:
        """Offer the days that can be asked for, three months first."""
        latest, first = QDate(today.year, today.month, today.day), today - timedelta(days=90)
        if self.since.maximumDate() == latest:
            return
        self.since.setDateRange(latest.addMonths(-37).addDays(2), latest)
        self.since.setDate(QDate(first.year, first.month, first.day))

    def show_progress(self, progress: HistoryMessage) -> None:
        """Take over how far the reading is."""
        self._progress = progress
        self._reword()

    def _reword(self) -> None:
        say, progress = self.look.say, self._progress
        at_work = progress.state in _AT_WORK
        self.since.setVisible(not at_work)
        self.button.setVisible(not at_work)
        self.stop.setVisible(at_work)
        text = say(
            f"settings.history_{progress.state}",
            done=self.look.formats.number(progress.done),
            total=self.look.formats.number(progress.total),
            rows=self.look.formats.number(progress.rows),
            piece=f"{progress.account_name}, {progress.piece}",
        )
        self.tell(say("settings.history"), text)
        self.show_error(progress.words if progress.state in {"failed", "waiting"} else "")
        self.since.setAccessibleName(say("settings.history_since"))
        self.words = f"{say('settings.history')} {text}".casefold()


class PlanCard(Section):
    """The quota plan; ``rebuilt`` tells that its rows were made anew."""

    rebuilt = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session.look, "clock", "settings.plan")
        self._session = session
        self._plan = PlanMessage(0.0)
        self._aside = AsideMessage(0)
        self._build(0)
        self.look.keep_worded(self, self._reword)

    def reload(self) -> None:
        """Read the plan, the rows set aside, and how far older days are."""
        get = self._session.client.get
        get(Ask("/api/v1/sync/plan", PlanMessage), self, self.show_plan, _leave)
        get(Ask("/api/v1/sync/aside?limit=0", AsideMessage), self, self.show_aside, _leave)
        get(Ask(_HISTORY, HistoryMessage), self, self._show_history, _leave)

    def show_plan(self, plan: PlanMessage) -> None:
        """Show the plan, dearest accounts first."""
        self._plan = plan
        shown = plan.accounts[:_ACCOUNTS_SHOWN]
        if len(shown) != len(self.accounts):
            self._build(len(shown))
        for row, account in zip(self.accounts, shown, strict=True):
            row.show_plan(account)
        self.history.offer(self._session.now.date())
        self._reword()

    def show_aside(self, aside: AsideMessage) -> None:
        """Show how many rows could not be read, and why."""
        self._aside = aside
        self._reword()

    def _build(self, accounts: int) -> None:
        """Make the rows anew for so many accounts."""
        self.drop_rows()
        self._cost, self._aside_count = _value(), _value()
        self._total = FormRow(self.look, self._cost)
        self.accounts = [AccountPlanRow(self.look) for _ in range(accounts)]
        self.history = HistoryRow(self.look)
        self.history.begin.connect(self._begin)
        self.history.cancel.connect(self._cancel)
        self._aside_row = FormRow(self.look, self._aside_count)
        for row in (self._total, *self.accounts, self.history, self._aside_row):
            self.add(row)
        self.rebuilt.emit()

    def _begin(self, since: date) -> None:
        """Ask the engine to read older days; the card follows the work."""

        def refused(error: EngineError) -> None:
            self.history.show_error(error.text or error.title)

        ask = Ask(_HISTORY, HistoryMessage, body={"since": since.isoformat()})
        self._session.client.post(ask, self, self._show_history, refused)

    def _cancel(self) -> None:
        ask = Ask(_HISTORY, HistoryMessage)
        self._session.client.delete(ask, self, self._show_history, self._session.fail)

    def _show_history(self, progress: HistoryMessage) -> None:
        self.history.show_progress(progress)

    def _reword(self) -> None:
        say, formats = self.look.say, self.look.formats
        more = len(self._plan.accounts) - len(self.accounts)
        help_text = say("settings.plan_help")
        if more > 0:
            help_text += " " + say("settings.plan_more", count=more, shown=formats.number(more))
        self._total.tell(say("settings.plan_total"), help_text)
        self._cost.setText(_calls_an_hour(self.look, self._plan.calls_per_hour))
        aside = self._aside
        reasons = ", ".join(
            f"{one.reason} ({formats.number(one.rows)})" for one in aside.counts[:_REASONS_SHOWN]
        )
        self._aside_row.tell(say("settings.aside"), reasons or say("settings.aside_none"))
        self._aside_count.setText(formats.number(aside.total))
        self.words = say("settings.plan_words").casefold()


def _leave(_error: EngineError) -> None:
    """Leave the card as it is; the page tells what is wrong with the engine."""


def _value() -> QLabel:
    """Return a label for a number at the right."""
    made = label("", "strong")
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _calls_an_hour(look: Look, calls: float) -> str:
    digits = 0 if calls >= 10 else 1
    return look.say("settings.calls_an_hour", calls=look.formats.number(calls, digits))


def _every(look: Look, minutes: float) -> str:
    """Return a span in words: minutes, hours from two on, or days."""
    hours = minutes / 60
    unit, value = ("days", hours / 24) if hours >= 48 else ("hours", hours)
    if minutes < 120:
        unit, value = "minutes", minutes
    whole = round(value)
    return look.say(f"settings.{unit}", count=whole, shown=look.formats.number(whole))
