"""When rules run: intervals, local times, days, and days with 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.domain.rule import Rule
from engine.rules.schedule import is_due, next_due
from tests.engine.rules.frames import rule, when

KYIV = ZoneInfo("Europe/Kyiv")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def scheduled(**schedule: object) -> Rule:
    return rule([when("spend", ">", 1)], schedule=schedule)


def local(text: str, zone: ZoneInfo = KYIV) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def runs(one: Rule, start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """Look at the rule in steps, as cycles do, and return when it ran."""
    found: list[datetime] = []
    now = start
    while now < end:
        if is_due(one, KYIV, now, found[-1] if found else start - timedelta(seconds=1)):
            found.append(now)
        now += step
    return found


def test_a_rule_without_a_schedule_is_always_due() -> None:
    always = rule([when("spend", ">", 1)])
    now = local("2026-03-02T10:00")
    assert is_due(always, KYIV, now, now)
    assert next_due(always, KYIV, now, now) == now


def test_an_interval_keeps_its_pace_when_cycles_come_early_or_late() -> None:
    quarter = scheduled(every="15m")
    last = local("2026-03-02T10:00:20")
    assert not is_due(quarter, KYIV, local("2026-03-02T10:14:59"), last)
    assert is_due(quarter, KYIV, local("2026-03-02T10:15:00"), last)
    assert next_due(quarter, KYIV, local("2026-03-02T10:03"), last) == local("2026-03-02T10:15")


@pytest.mark.parametrize("day", [date(2026, 3, 2), SPRING, AUTUMN])
@pytest.mark.parametrize("clock", ["00:00", "03:30", "04:00", "18:30", "23:59"])
@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_one_run_per_local_time_and_date(day: date, clock: str, minutes: int) -> None:
    start = local(f"{day - timedelta(days=1)}T00:00")
    end = local(f"{day + timedelta(days=2)}T00:00")
    # A look every 60 minutes at full hours would see 23:59 only on the next date.
    late = timedelta(minutes=59) if clock == "23:59" else timedelta()
    found = runs(scheduled(at=[clock]), start + late, end, timedelta(minutes=minutes))
    dates = [moment.astimezone(KYIV).date() for moment in found]
    assert dates == [day + timedelta(days=shift) for shift in (-1, 0, 1)]


def test_a_time_that_the_clock_jumps_over_is_taken_right_after_the_gap() -> None:
    found = next_due(
        scheduled(at=["03:30"]), KYIV, local("2026-03-29T00:00"), local("2026-03-28T04:00")
    )
    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_missed_today_is_made_up_for_but_not_one_of_yesterday() -> None:
    morning = scheduled(at=["06:00"])
    yesterday = local("2026-03-01T06:00")
    assert is_due(morning, KYIV, local("2026-03-02T15:00"), yesterday)
    assert not is_due(morning, KYIV, local("2026-03-02T05:00"), local("2026-02-27T06:00"))


def test_a_zone_of_its_own_beats_the_account_s() -> None:
    tokyo = scheduled(at=["06:00"], timezone="Asia/Tokyo")
    due = next_due(tokyo, KYIV, local("2026-03-02T12:00"), local("2026-03-02T12:00"))
    assert due == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


def test_a_night_belongs_to_the_evening_it_begins_on() -> None:
    friday_night = scheduled(between=["22:00", "06:00"], days=["fri"])
    assert is_due(friday_night, KYIV, local("2026-03-06T23:00"), None)
    assert is_due(friday_night, KYIV, local("2026-03-07T05:59"), None)
    assert not is_due(friday_night, KYIV, local("2026-03-06T05:00"), None)
    assert not is_due(friday_night, KYIV, local("2026-03-07T22:30"), None)
    assert next_due(friday_night, KYIV, local("2026-03-02T12:00"), None) == local(
        "2026-03-06T22:00"
    )
