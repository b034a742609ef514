"""How full Meta's limits are for one account, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.api.details import LimitMessage
from ui.look import Look
from ui.theme import Tone
from ui.widgets.pill import Pill

_SLOW_FROM = 75.0
_USE_CASES = {"": "all", "ads_management": "management", "ads_insights": "insights"}


class LimitPill(Pill):
    """The fullest limit that covers an account; the tooltip names them all.

    Hidden while nothing is known.
    """

    def __init__(self, look: Look, account_id: str, zone: str) -> None:
        super().__init__(look, "", dot=True)
        self._account_id = account_id
        self._zone = ZoneInfo(zone)
        self._limits: tuple[LimitMessage, ...] = ()
        self.setVisible(False)

    def show_limits(self, limits: Sequence[LimitMessage]) -> None:
        """Take over the limits; those of other accounts are left out."""
        mine = {"", self._account_id}
        self._limits = tuple(one for one in limits if one.account_id in mine)
        self.reword()

    def reword(self) -> None:
        """Say it in the language of the window."""
        self.setVisible(bool(self._limits))
        if not self._limits:
            return
        say = self._look.say
        blocked = [one for one in self._limits if one.blocked_until is not None]
        used = max((one.used_percent or 0.0 for one in self._limits), default=0.0)
        if blocked:
            worst = max(blocked, key=lambda one: one.blocked_until or "")
            words = say(f"settings.limit_{worst.why}", time=self._time(worst.blocked_until))
            tone = Tone.WARN if worst.why == "reserve" else Tone.BAD
        else:
            words = say("settings.limit_used", percent=self._percent(used))
            tone = Tone.WARN if used >= _SLOW_FROM else Tone.NEUTRAL
        self.show_state(words, tone)
        self.setToolTip("\n".join(self._line(one) for one in self._limits))

    def _line(self, limit: LimitMessage) -> str:
        """Return one limit as a line: whose, for what, how full, until when."""
        say = self._look.say
        whose = say("settings.limit_account" if limit.account_id else "settings.limit_app")
        case = _USE_CASES.get(limit.use_case)
        what = say(f"settings.limit_case_{case}") if case else limit.use_case
        parts = [f"{whose}, {what}"]
        if limit.used_percent is not None:
            parts.append(self._percent(limit.used_percent))
        if limit.blocked_until is not None:
            parts.append(say(f"settings.limit_{limit.why}", time=self._time(limit.blocked_until)))
        return " · ".join(parts)

    def _percent(self, percent: float) -> str:
        return self._look.formats.percent(percent / 100, digits=0)

    def _time(self, moment: str | None) -> str:
        """Return the account's time of day."""
        at = datetime.fromisoformat(moment or "")
        return f"{at.astimezone(self._zone):%H:%M}"
