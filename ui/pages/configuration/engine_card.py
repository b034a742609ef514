"""The engine: what it is, how it is, and the kill switch."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.api.messages import EngineStatus
from ui.pages.configuration.row import FormRow
from ui.pages.configuration.section import Section
from ui.session import Session
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import label

_FACTS = ("version", "platform", "address", "work", "last_cycle", "calls")


class EngineCard(Section):
    """Facts of the engine; its button asks to ``stop`` or ``resume``."""

    stop = Signal()
    resume = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session.look, "gauge", "settings.engine")
        self._session = session
        self._url = session.client.request("").url().toString().rstrip("/")
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        self.button = Button(self.look, "settings.stop", ButtonKind.DANGER, "circle-stop")
        self._resume = Button(self.look, "engine.resume", ButtonKind.PRIMARY, "play")
        row.addWidget(self.button)
        row.addWidget(self._resume)
        self._switch = FormRow(self.look, box)
        self.add(self._switch)
        self._values: dict[str, QLabel] = {}
        self._rows: dict[str, FormRow] = {}
        for name in _FACTS:
            value = label()
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._values[name] = value
            self._rows[name] = FormRow(self.look, value)
            self.add(self._rows[name])
        self.button.clicked.connect(self.stop)
        self._resume.clicked.connect(self.resume)
        session.status_changed.connect(self._show)
        self.look.keep_worded(self, self._reword)

    def _reword(self) -> None:
        say = self.look.say
        for name, row in self._rows.items():
            title = say(f"settings.engine_{name}")
            row.tell(title, "")
            row.words = title.casefold()
        self.words = say("settings.engine_words").casefold()
        self._show()

    def _show(self) -> None:
        say, status = self.look.say, self._session.status
        stopped = status is not None and status.stopped
        self.button.setVisible(not stopped)
        self._resume.setVisible(stopped)
        if status is None:
            self._switch.tell(say("engine.starting"), "")
            return
        if stopped:
            reason = status.stop_reason or say("engine.no_reason")
            self._switch.tell(say("engine.stopped"), say("engine.stopped_text", reason=reason))
        else:
            self._switch.tell(say("settings.acting"), say("settings.acting_text"))
        self._switch.words = f"{self._switch.title.text()} kill switch stop".casefold()
        for name, text in self._facts(status).items():
            self._values[name].setText(text)
            self._values[name].setToolTip(text)

    def _facts(self, status: EngineStatus) -> dict[str, str]:
        look = self.look
        say, formats = look.say, look.formats
        cycle = say("settings.never")
        if status.last_cycle_at is not None:
            moment = datetime.fromisoformat(status.last_cycle_at)
            cycle = formats.moment(moment, self._session.zone)
        return {
            "version": status.version,
            "platform": say(f"settings.platform_{status.platform}"),
            "address": self._url,
            "work": say(
                "settings.work",
                accounts=formats.number(status.accounts),
                campaigns=formats.number(status.campaigns),
            ),
            "last_cycle": cycle,
            "calls": formats.number(status.calls),
        }
