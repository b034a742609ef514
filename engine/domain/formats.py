"""Numbers, money, dates and times as people read them.

Thousands are parted by U+202F, negatives carry U+2212. English puts a currency
sign before the number and a point before decimals; Ukrainian puts the sign
after the number and a comma before decimals.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from engine.domain.language import Language

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
UNKNOWN = "–"

_SYMBOLS = {
    "UAH": "₴",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "PLN": "zł",
    "CZK": "Kč",
    "JPY": "¥",
    "KZT": "₸",
    "GEL": "₾",
    "TRY": "₺",
    "ILS": "₪",
    "INR": "₹",
    "KRW": "₩",
}
_ENGLISH_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_UKRAINIAN_MONTHS = "січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд."
_MONTHS = {
    Language.ENGLISH: _ENGLISH_MONTHS.split(),
    Language.UKRAINIAN: _UKRAINIAN_MONTHS.split(),
}
_DAYS = {
    Language.ENGLISH: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    Language.UKRAINIAN: ["пн", "вт", "ср", "чт", "пт", "сб", "нд"],
}
_SHORT = {
    Language.ENGLISH: ((1e9, "B"), (1e6, "M"), (1e3, "k")),
    Language.UKRAINIAN: (
        (1e9, f"{NARROW_SPACE}млрд"),
        (1e6, f"{NARROW_SPACE}млн"),
        (1e3, f"{NARROW_SPACE}тис."),
    ),
}
_CITIES = {
    "Europe/Kyiv": "Київ",
    "Europe/Kiev": "Київ",
    "Europe/Warsaw": "Варшава",
    "Europe/Berlin": "Берлін",
    "Europe/London": "Лондон",
    "Europe/Prague": "Прага",
    "Europe/Paris": "Париж",
    "Europe/Madrid": "Мадрид",
    "Europe/Lisbon": "Лісабон",
    "America/New_York": "Нью-Йорк",
    "America/Los_Angeles": "Лос-Анджелес",
    "America/Chicago": "Чикаго",
    "Asia/Tokyo": "Токіо",
}


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency for display.

    ``code`` is ISO 4217; ``offset`` is Meta's own number of minor units in a
    major unit (1 or 100), which differs from ISO for some currencies.
    """

    code: str
    offset: int = 100

    @property
    def symbol(self) -> str:
        """Return the sign people write, or the code where there is none."""
        return _SYMBOLS.get(self.code, self.code)


class Formats:
    """Formats of one language."""

    def __init__(self, language: Language = Language.ENGLISH) -> None:
        self.language = language
        self._point = "." if language is Language.ENGLISH else ","

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a plain number with grouped thousands; – for unknown."""
        if value is None or not math.isfinite(value):
            return UNKNOWN
        text = f"{abs(value):,.{digits}f}"
        whole, _, decimals = text.partition(".")
        grouped = whole.replace(",", NARROW_SPACE)
        shown = f"{grouped}{self._point}{decimals}" if decimals else grouped
        is_zero = not any(character in "123456789" for character in shown)
        return shown if value >= 0 or is_zero else MINUS + shown

    def signed(self, value: float | None, digits: int = 0) -> str:
        """Return a number that always shows its sign, except zero."""
        shown = self.number(value, digits)
        positive = value is not None and value > 0 and any(c in "123456789" for c in shown)
        return f"+{shown}" if positive else shown

    def percent(self, share: float | None, digits: int = 1, sign: bool = False) -> str:
        """Return a share (0.082) as a percentage (8.2 %)."""
        if share is None or not math.isfinite(share):
            return UNKNOWN
        scaled = share * 100
        shown = self.signed(scaled, digits) if sign else self.number(scaled, digits)
        return f"{shown}{NARROW_SPACE}%"

    def money(self, minor: float | None, currency: Currency, exact: bool = False) -> str:
        """Return an amount given in minor units.

        Minor units are shown below 10 major units, where they matter, or
        always when ``exact`` is true. Currencies of offset 1 have none.
        """
        if minor is None or not math.isfinite(minor):
            return UNKNOWN
        major = minor / currency.offset
        fine = currency.offset > 1 and (exact or (0 < abs(major) < 10))
        return self.with_symbol(self.number(major, 2 if fine else 0), currency)

    def short_number(self, value: float) -> str:
        """Return a number in at most three digits and a word (140k)."""
        for size, word in _SHORT[self.language]:
            if abs(value) >= size * 0.9995:
                scaled = value / size
                digits = 1 if abs(scaled) < 10 and abs(scaled - round(scaled)) >= 0.05 else 0
                return self.number(scaled, digits) + word
        return self.number(value, 0 if abs(value) >= 10 or value == round(value) else 1)

    def short_money(self, minor: float, currency: Currency) -> str:
        """Return an amount in minor units for axes and bars (₴140k)."""
        if minor == 0:
            return "0"
        return self.with_symbol(self.short_number(minor / currency.offset), currency)

    def day(self, value: date, weekday: bool = False, year: bool = False) -> str:
        """Return a date: 14 Nov, Sat 14 Nov or 14 Nov 2026."""
        text = f"{value.day} {_MONTHS[self.language][value.month - 1]}"
        if year:
            text = f"{text} {value.year}"
        if not weekday:
            return text
        name = _DAYS[self.language][value.weekday()]
        return f"{name} {text}" if self.language is Language.ENGLISH else f"{name}, {text}"

    def month(self, value: date) -> str:
        """Return a month with its year: Nov 2026."""
        return f"{_MONTHS[self.language][value.month - 1]} {value.year}"

    def period(self, first: date, last: date) -> str:
        """Return both ends of a period: 24 Oct – 22 Nov 2026."""
        if first == last:
            return self.day(first, year=True)
        return f"{self.day(first, year=first.year != last.year)} – {self.day(last, year=True)}"

    def time(self, moment: datetime, zone: tzinfo) -> str:
        """Return the wall clock of a zone: 09:42."""
        return moment.astimezone(zone).strftime("%H:%M")

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """Return a date and time with its zone: 14 Nov 2026, 09:42 UTC+2."""
        local = moment.astimezone(zone)
        offset = _offset_text(local.utcoffset())
        return f"{self.day(local.date(), year=True)}, {local:%H:%M} {offset}"

    def zone(self, zone: tzinfo, at: datetime) -> str:
        """Return a zone by its city and its offset then: Kyiv, UTC+2."""
        key = str(zone)
        city = key.rpartition("/")[2].replace("_", " ")
        if self.language is Language.UKRAINIAN:
            city = _CITIES.get(key, city)
        offset = _offset_text(at.astimezone(zone).utcoffset())
        return offset if city == "UTC" else f"{city}, {offset}"

    def with_symbol(self, shown: str, currency: Currency) -> str:
        """Return a written number with the currency's sign where it belongs."""
        symbol = currency.symbol
        if self.language is Language.UKRAINIAN or symbol.isalpha():
            return f"{shown}{NARROW_SPACE}{symbol}"
        if shown.startswith(MINUS):
            return f"{MINUS}{symbol}{shown[1:]}"
        return f"{symbol}{shown}"


def _offset_text(offset: timedelta | None) -> str:
    """Return an offset from UTC: UTC+2, UTC+5:30, UTC."""
    minutes = round((offset or timedelta()).total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    sign = "+" if minutes > 0 else MINUS
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
