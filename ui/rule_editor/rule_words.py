"""A rule's state in words and colours."""

from __future__ import annotations

from datetime import datetime, tzinfo

from engine.api.messages import RuleMessage
from engine.domain.formats import UNKNOWN
from engine.domain.language import Language
from engine.domain.rule import Mode
from ui.look import Look
from ui.theme import Tone

_MODES = {
    Mode.DRY_RUN.value: Tone.NEUTRAL,
    Mode.APPROVAL.value: Tone.ACCENT,
    Mode.AUTOMATIC.value: Tone.GOOD,
}
_DAY_SECONDS = 86_400


def mode_tone(mode: str) -> Tone:
    """Return the colour of a mode."""
    return _MODES.get(mode, Tone.NEUTRAL)


def ago_words(look: Look, moment: str | None, now: datetime, zone: tzinfo) -> str:
    """Return when something was: minutes or hours ago, else the day."""
    if moment is None:
        return look.say("rules.never")
    then = datetime.fromisoformat(moment)
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return look.say("rules.just_now")
    if seconds < 3600:
        return look.say("rules.minutes_ago", count=round(seconds // 60))
    if seconds < _DAY_SECONDS:
        return look.say("rules.hours_ago", count=round(seconds // 3600))
    return look.formats.day(then.astimezone(zone).date())


def moment_words(look: Look, moment: str, zone: tzinfo) -> str:
    """Return a day and a time: 14 Nov, 09:42."""
    then = datetime.fromisoformat(moment).astimezone(zone)
    return f"{look.formats.day(then.date())}, {then:%H:%M}"


def both_words(look: Look, rule: RuleMessage) -> tuple[str, str]:
    """Return what a rule does in the window's language, then in the other."""
    pair = (rule.words.en or UNKNOWN, rule.words.uk or UNKNOWN)
    return (pair[1], pair[0]) if look.texts.language is Language.UKRAINIAN else pair
