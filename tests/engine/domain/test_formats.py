"""Numbers, money and times as people read them, in both languages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.domain.formats import MINUS, NARROW_SPACE, Currency, Formats
from engine.domain.language import Language

ENGLISH = Formats(Language.ENGLISH)
UKRAINIAN = Formats(Language.UKRAINIAN)
HRYVNIA = Currency("UAH", 100)
DOLLAR = Currency("USD", 100)
ZLOTY = Currency("PLN", 100)
YEN = Currency("JPY", 1)


def plain(text: str) -> str:
    """Write the narrow space as an underscore, to be seen in a test."""
    return text.replace(NARROW_SPACE, "_").replace(MINUS, "-")


@pytest.mark.parametrize(
    ("minor", "currency", "english", "ukrainian"),
    [
        (126435000, HRYVNIA, "₴1_264_350", "1_264_350_₴"),
        (342, DOLLAR, "$3.42", "3,42_$"),
        (-150000, DOLLAR, "-$1_500", "-1_500_$"),
        (150000, ZLOTY, "1_500_zł", "1_500_zł"),
        (1500, YEN, "¥1_500", "1_500_¥"),
        (0, HRYVNIA, "₴0", "0_₴"),
        (None, HRYVNIA, "–", "–"),
        (float("nan"), HRYVNIA, "–", "–"),
    ],
)
def test_money_is_written_as_the_language_writes_it(
    minor: float | None, currency: Currency, english: str, ukrainian: str
) -> None:
    assert plain(ENGLISH.money(minor, currency)) == english
    assert plain(UKRAINIAN.money(minor, currency)) == ukrainian


def test_exact_money_always_shows_minor_units() -> None:
    assert plain(ENGLISH.money(150005, DOLLAR, exact=True)) == "$1_500.05"
    assert plain(ENGLISH.money(1500, YEN, exact=True)) == "¥1_500"


@pytest.mark.parametrize(
    ("minor", "english", "ukrainian"),
    [
        (14000000, "₴140k", "140_тис._₴"),
        (126435000, "₴1.3M", "1,3_млн_₴"),
        (99999999, "₴1M", "1_млн_₴"),
        (50000, "₴500", "500_₴"),
        (0, "0", "0"),
    ],
)
def test_short_money_fits_an_axis(minor: float, english: str, ukrainian: str) -> None:
    assert plain(ENGLISH.short_money(minor, HRYVNIA)) == english
    assert plain(UKRAINIAN.short_money(minor, HRYVNIA)) == ukrainian


def test_a_change_shows_its_sign_and_zero_has_none() -> None:
    assert plain(ENGLISH.percent(0.082, sign=True)) == "+8.2_%"
    assert plain(ENGLISH.percent(-0.014, sign=True)) == "-1.4_%"
    assert plain(UKRAINIAN.percent(0.082, sign=True)) == "+8,2_%"
    assert plain(ENGLISH.percent(-0.0001, sign=True)) == "0.0_%"
    assert plain(ENGLISH.signed(0.12, 2)) == "+0.12"


def test_dates_name_month_and_weekday() -> None:
    day = date(2026, 11, 14)
    assert ENGLISH.day(day, weekday=True) == "Sat 14 Nov"
    assert UKRAINIAN.day(day, weekday=True) == "сб, 14 лист."
    assert ENGLISH.period(date(2026, 10, 24), date(2026, 11, 22)) == "24 Oct – 22 Nov 2026"
    assert ENGLISH.period(date(2025, 12, 30), day) == "30 Dec 2025 – 14 Nov 2026"


def test_times_name_their_zone() -> None:
    moment = datetime(2026, 11, 22, 8, 15, tzinfo=UTC)
    kyiv = ZoneInfo("Europe/Kyiv")
    assert ENGLISH.moment(moment, kyiv) == "22 Nov 2026, 10:15 UTC+2"
    assert ENGLISH.zone(kyiv, moment) == "Kyiv, UTC+2"
    assert UKRAINIAN.zone(kyiv, moment) == "Київ, UTC+2"
    assert ENGLISH.zone(ZoneInfo("Asia/Kolkata"), moment) == "Kolkata, UTC+5:30"
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    assert ENGLISH.zone(kyiv, summer) == "Kyiv, UTC+3"
