"""Meta's clock: follows the Date header, runs smoothly in between."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.platform_clock import PlatformClock, parse_date_header

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Elapsed:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_before_the_first_answer_it_tells_the_computers_time() -> None:
    assert PlatformClock(local=lambda: NOON).now() == NOON


def test_it_runs_on_from_the_newest_header() -> None:
    elapsed = Elapsed()
    clock = PlatformClock(elapsed, lambda: NOON)
    clock.observe(NOON + timedelta(hours=3))
    elapsed.seconds += 7.5
    assert clock.now() == NOON + timedelta(hours=3, seconds=7.5)
    assert clock.local_error == timedelta(hours=-3, seconds=-7.5)


def test_a_header_within_its_second_does_not_jerk_it() -> None:
    elapsed = Elapsed()
    clock = PlatformClock(elapsed)
    clock.observe(NOON)
    elapsed.seconds += 0.9
    clock.observe(NOON)
    assert clock.now() == NOON + timedelta(seconds=0.9)
    clock.observe(None)
    assert clock.now() == NOON + timedelta(seconds=0.9)


@pytest.mark.parametrize("moved", [timedelta(hours=5), timedelta(0), timedelta(hours=-1)])
def test_it_jumps_with_a_clock_that_is_moved_by_hand(moved: timedelta) -> None:
    elapsed = Elapsed()
    clock = PlatformClock(elapsed)
    clock.observe(NOON)
    elapsed.seconds += 30
    clock.observe(NOON + moved)
    assert clock.now() == NOON + moved


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", NOON),
        ("Sun, 22 Nov 2026 14:00:00 +0200", NOON),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_a_date_header_is_read_or_passed_over(text: str | None, moment: datetime | None) -> None:
    assert parse_date_header(text) == moment


def test_time_does_not_run_back_where_the_servers_clock_stands_still() -> None:
    elapsed = Elapsed()
    clock = PlatformClock(elapsed, lambda: NOON)
    told = []
    for _ in range(4):
        clock.observe(NOON)
        told.append(clock.now())
        elapsed.seconds += 0.9
    assert told == sorted(told)


def test_a_server_that_is_set_back_is_followed() -> None:
    clock = PlatformClock(Elapsed(), lambda: NOON)
    clock.observe(NOON)
    assert clock.now() == NOON
    clock.observe(NOON - timedelta(hours=1))
    assert clock.now() == NOON - timedelta(hours=1)
