"""What became of a change, in words and colours for people."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from engine.api.messages import JournalRow, Value
from engine.domain.decision import COPY_FIELD
from engine.domain.formats import UNKNOWN, Currency
from engine.domain.reason_words import reason_in_words
from engine.domain.written import BID_FIELD, LABELS_FIELD, labels_in
from ui.look import Look
from ui.theme import Tone

_TONES = {
    "applied": Tone.GOOD,
    "undone": Tone.NEUTRAL,
    "awaiting_approval": Tone.ACCENT,
    "vetoed": Tone.WARN,
    "skipped": Tone.NEUTRAL,
    "held_out": Tone.NEUTRAL,
    "rejected": Tone.NEUTRAL,
    "cancelled": Tone.NEUTRAL,
    "not_applied": Tone.BAD,
    "unknown": Tone.WARN,
    "conflict": Tone.BAD,
    "needs_human": Tone.BAD,
}
_BUDGETS = ("daily_budget", "lifetime_budget")


def state_tone(state: str) -> Tone:
    """Return the colour of a journal state."""
    return _TONES.get(state, Tone.ACCENT)


def state_words(look: Look, state: str) -> str:
    """Return a journal state in words; for what stands there for good."""
    key = f"activity.state_{state}"
    return look.say(key) if look.texts.has(key) else state


def state_of(look: Look, row: JournalRow) -> tuple[str, Tone]:
    """Return the words and the colour of a row's state."""
    if row.state == "decided":
        return look.say("activity.would_act"), Tone.ACCENT
    if row.state == "awaiting_approval":
        return look.say("activity.waits"), Tone.ACCENT
    return state_words(look, row.state), state_tone(row.state)


def reason_words(look: Look, entry: JournalRow) -> str:
    """Return why, with the numbers of the case, in the window's language."""
    return reason_in_words(entry.reason, look.texts.language)


def change_words(look: Look, entry: JournalRow) -> str:
    """Return what an entry changes: Budget ₴1 650 → ₴1 980."""
    if entry.field == "status":
        return look.say("outcome.to_pause" if entry.after == "PAUSED" else "outcome.to_start")
    if entry.field in _BUDGETS:
        currency = Currency(entry.currency, entry.offset)
        before, after = (_money(look, one, currency) for one in (entry.before, entry.after))
        return look.say("outcome.to_budget", before=before, after=after)
    valued = entry.before is not None or entry.after is not None
    if valued and entry.field != "notification":
        return field_words(look, entry)
    key = f"action.{entry.action}"
    return look.say(key) if look.texts.has(key) else entry.action


def field_words(look: Look, entry: JournalRow) -> str:
    """Return a field with both its values: Name: Cakes → Buns."""
    name = f"activity.field_{entry.field}"
    what = look.say(name) if look.texts.has(name) else entry.action
    before, after = (_value(look, entry, one) for one in (entry.before, entry.after))
    return f"{what}: {after}" if entry.field == COPY_FIELD else f"{what}: {before} → {after}"


def _value(look: Look, entry: JournalRow, value: Value) -> str:
    if entry.field == BID_FIELD:
        return _money(look, value, Currency(entry.currency, entry.offset))
    if entry.field == LABELS_FIELD and isinstance(value, str):
        with suppress(ValueError):
            value = ", ".join(labels_in(value))
    return str(value) if value not in {None, ""} else UNKNOWN


def when_words(look: Look, entry: JournalRow, zone: datetime) -> str:
    """Return when an entry was decided, in the zone of ``zone``."""
    moment = datetime.fromisoformat(entry.decided_at).astimezone(zone.tzinfo)
    return f"{look.formats.day(moment.date())}, {moment:%H:%M}"


def _money(look: Look, value: Value, currency: Currency) -> str:
    return look.formats.money(value, currency) if isinstance(value, int) else UNKNOWN
