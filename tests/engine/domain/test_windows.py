"""Windows: days of the account's zone, also where a day has 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import UserError
from engine.domain.windows import (
    COMPLETE_DAYS,
    WINDOW_NAMES,
    Grain,
    Window,
    day_start,
    days_span,
    floor_hour,
)

KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2026, 11, 25, 12, 34, tzinfo=UTC)  # a Wednesday
ZONES = st.sampled_from(
    ["Europe/Kyiv", "America/New_York", "Africa/Cairo", "Asia/Kolkata", "Australia/Lord_Howe"]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", date(2026, 11, 25), date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 24), date(2026, 11, 24)),
        ("7d", date(2026, 11, 18), date(2026, 11, 24)),
        ("7d+today", date(2026, 11, 18), date(2026, 11, 25)),
        ("this_week", date(2026, 11, 23), date(2026, 11, 25)),
        ("last_week", date(2026, 11, 16), date(2026, 11, 22)),
        ("this_month", date(2026, 11, 1), date(2026, 11, 25)),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_day_windows_name_their_days(name: str, first: date, last: date) -> None:
    assert Window(name).span(NOON, KYIV).days == (first, last)


def test_a_day_begins_at_the_accounts_midnight() -> None:
    late = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # already the 26th in Kyiv
    assert Window("today").span(late, KYIV).days == (date(2026, 11, 26), date(2026, 11, 26))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 25), 24)],
)
def test_a_day_may_have_23_or_25_hours(day: date, hours: int) -> None:
    assert days_span(day, day, KYIV).hours == hours


def test_rolling_windows_end_with_the_last_complete_hour() -> None:
    span = Window("3h").span(NOON, KYIV)
    assert span.end == datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert span.hours == 3


def test_hours_are_hours_of_the_account_where_zones_are_half_an_hour_apart() -> None:
    assert floor_hour(NOON, ZoneInfo("Asia/Kolkata")).minute == 30


@given(st.sampled_from(WINDOW_NAMES), MOMENTS, ZONES)
def test_the_preceding_window_ends_where_the_window_begins(
    name: str, now: datetime, zone: ZoneInfo
) -> None:
    window = Window(name)
    if window.grain in {Grain.LIFETIME, Grain.HOUR_OF_DAY}:
        return
    before, current = window.preceding(now, zone), window.span(now, zone)
    assert before.end == current.start
    assert before.start < before.end
    if before.days and current.days:
        lengths = {(span.days[1] - span.days[0]).days for span in (before, current) if span.days}
        assert len(lengths) == 1


@given(st.dates(date(2020, 1, 1), date(2032, 1, 1)), ZONES)
def test_days_follow_each_other_without_a_gap(day: date, zone: ZoneInfo) -> None:
    start = day_start(day, zone)
    assert start.astimezone(zone).date() == day
    assert (start - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)


@given(st.sampled_from(sorted(COMPLETE_DAYS)), MOMENTS, ZONES)
def test_complete_days_leave_today_out(name: str, now: datetime, zone: ZoneInfo) -> None:
    assert Window(name).span(now, zone).end <= now
    assert Window(f"{name}+today").span(now, zone).end > now


def test_an_unknown_window_is_told_what_there_is() -> None:
    with pytest.raises(UserError, match=r"'8d' is not a window.*7d"):
        Window("8d")


@pytest.mark.parametrize("name", ["lifetime", "hour_of_day"])
def test_what_is_no_single_span_says_so(name: str) -> None:
    with pytest.raises(ValueError, match="not one span"):
        Window(name).span(NOON, KYIV)
