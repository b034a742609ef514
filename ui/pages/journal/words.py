"""Journal rows in words: when, what, by whom, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.api.messages import JournalRow, Value, Words
from engine.domain.formats import UNKNOWN, Currency
from engine.domain.language import Language
from ui.look import Look
from ui.pages.objects.edit_rows import EDITED
from ui.pages.objects.outcomes import field_words

BUDGETS = ("daily_budget", "lifetime_budget")
_MONEY = (*BUDGETS, "bid_amount")
_FIELD_ICONS = {
    "bid_amount": "scale",
    "name": "pencil",
    "labels": "pin",
    "creative_id": "image",
    "copy": "copy",
}
LEVEL_ICONS = {
    "account": "building-2",
    "campaign": "megaphone",
    "adset": "layers",
    "ad": "image",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry does: an icon, and either words or two values.

    ``before`` and ``after`` are set for budgets, ``share`` is the relative change.
    """

    icon: str
    words: str
    before: str = ""
    after: str = ""
    share: str = ""

    @property
    def spoken(self) -> str:
        """Return all of it in one line."""
        if not self.after:
            return self.words
        values = f"{self.before} → {self.after}"
        return f"{values} ({self.share})" if self.share else values


def currency_of(row: JournalRow) -> Currency:
    """Return the currency of a row's amounts."""
    return Currency(row.currency, row.offset)


def change_of(look: Look, row: JournalRow) -> Change:
    """Return what a row changes; done things in the past tense."""
    done = "done" if row.state in ("applied", "undone", EDITED) else "planned"
    if row.field == "status":
        paused = row.after == "PAUSED"
        verb = "pause" if paused else "start"
        return Change("pause" if paused else "play", look.say(f"activity.{done}_{verb}"))
    if row.field in BUDGETS:
        if row.before is None or row.after is None:
            return Change("wallet", look.say("activity.planned_budget"))
        if row.before == row.after:
            same = amount(look, row, row.before)
            return Change("wallet", look.say("activity.budget_stays", amount=same))
        before, after = (amount(look, row, one) for one in (row.before, row.after))
        return Change("wallet", "", before, after, _share(look, row.before, row.after))
    if row.field == "notification":
        return Change("bell", look.say(f"activity.{done}_notify"))
    icon = _FIELD_ICONS.get(row.field, "circle-dot")
    if row.before is None and row.after is None:
        return Change(icon, row.action)
    return Change(icon, field_words(look, row))


def amount(look: Look, row: JournalRow, value: Value) -> str:
    """Return a value of a row: money where it is money, exact to what matters."""
    if isinstance(value, int) and row.field in _MONEY:
        whole = value % row.offset == 0
        return look.formats.money(value, currency_of(row), exact=not whole)
    if row.field == "status" and isinstance(value, str):
        key = f"activity.status_{value.lower()}"
        return look.say(key) if look.texts.has(key) else value
    return UNKNOWN if value is None else str(value)


def _share(look: Look, before: Value, after: Value) -> str:
    if isinstance(before, int) and isinstance(after, int) and before > 0:
        return look.formats.percent(after / before - 1, 0, sign=True)
    return ""


def by_whom(look: Look, row: JournalRow) -> tuple[str, str]:
    """Return the icon and the name of who decided: a rule or a person."""
    if row.state == EDITED:
        return "pencil", row.actor
    if row.undoes:
        return "undo-2", look.say("activity.undone_by", actor=row.actor)
    if row.actor != "engine" and not row.rule_name:
        return "user", row.actor
    return "workflow", row.rule_name or row.rule_id


def picked(look: Look, words: Words) -> str:
    """Return the words in the window's language."""
    return words.uk if look.texts.language is Language.UKRAINIAN else words.en


class Zones:
    """The time zone of each account, and moments in it."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._zones: dict[str, ZoneInfo] = {}

    def learn(self, zones: Mapping[str, str]) -> None:
        """Take over zone names by account id."""
        self._zones = {account: ZoneInfo(name) for account, name in zones.items()}

    def of(self, account_id: str) -> ZoneInfo:
        """Return an account's zone, UTC where it is not known."""
        return self._zones.get(account_id, ZoneInfo("UTC"))

    def short(self, moment: str, account_id: str, now: datetime) -> str:
        """Return 22 Nov, 14:32 in the account's zone; another year is named."""
        local = datetime.fromisoformat(moment).astimezone(self.of(account_id))
        year = local.year != now.astimezone(self.of(account_id)).year
        return f"{self._look.formats.day(local.date(), year=year)}, {local:%H:%M}"

    def full(self, moment: str, account_id: str) -> str:
        """Return the moment with its zone: 14 Nov 2026, 09:42 UTC+2."""
        return self._look.formats.moment(datetime.fromisoformat(moment), self.of(account_id))

    def clock(self, moment: str, account_id: str) -> str:
        """Return the time with its seconds, for a history: 14:32:07."""
        return f"{datetime.fromisoformat(moment).astimezone(self.of(account_id)):%H:%M:%S}"
