"""The limiter: slow before Meta refuses, still while it does, never for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from engine.domain.errors import RateLimited
from engine.domain.limits import CHANGES, INSIGHTS, MANAGEMENT, LimitScope, LimitState
from sync.errors import GraphError, decode_error
from sync.limits import Limits, LimitSettings, scopes_of
from sync.throttles import Throttle, throttle_of
from sync.usage import Usage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = LimitScope("77", MANAGEMENT)
MANAGING = scopes_of("77", MANAGEMENT)
READING = scopes_of("77", INSIGHTS)
NOTHING = Usage()


def fresh(**settings: float) -> Limits:
    """Return a limiter whose waits are exact."""
    return Limits(LimitSettings(**settings), jitter=lambda: 0.0)


def used(percent: float, scope: LimitScope = OWN) -> Usage:
    return Usage({scope: percent})


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def goes_out(
    limits: Limits, scopes: tuple[LimitScope, ...], now: datetime = NOW, *, urgent: bool = False
) -> bool:
    try:
        limits.check(scopes, now, urgent=urgent)
    except RateLimited:
        return False
    return True


@pytest.mark.parametrize(("percent", "delay"), [(0, 0), (75, 0), (77.5, 1), (80, 2), (130, 2)])
def test_reads_slow_down_from_three_quarters_on(percent: float, delay: float) -> None:
    limits = fresh()
    limits.observe(MANAGING, used(percent), NOW)
    assert limits.delay(MANAGING, NOW) == pytest.approx(delay)
    assert limits.delay(scopes_of("78", MANAGEMENT), NOW) == 0


def test_one_use_case_near_its_limit_leaves_the_other_alone() -> None:
    limits = fresh()
    limits.observe(READING, used(79, LimitScope("77", INSIGHTS)), NOW)
    assert limits.delay(READING, NOW) > 1
    assert limits.delay(MANAGING, NOW) == 0


def test_the_last_fifth_is_kept_for_actions() -> None:
    limits = fresh()
    limits.observe(MANAGING, used(81), NOW)
    assert not goes_out(limits, MANAGING)
    assert goes_out(limits, MANAGING, urgent=True)


def test_one_read_a_minute_looks_whether_usage_has_fallen() -> None:
    limits = fresh()
    limits.observe(MANAGING, used(90), NOW)
    later = after(seconds=61)
    assert [goes_out(limits, MANAGING, later) for _ in range(3)] == [True, False, False]
    limits.observe(MANAGING, used(60), later)
    assert [goes_out(limits, MANAGING, later) for _ in range(3)] == [True, True, True]


def test_without_headers_the_last_known_usage_stands_for_an_hour() -> None:
    limits = fresh()
    limits.observe(MANAGING, used(90), NOW)
    limits.observe(MANAGING, NOTHING, after(minutes=59))
    assert limits.remaining("77", after(minutes=59)) == 10
    assert limits.remaining("77", after(minutes=60)) == 100
    assert goes_out(limits, MANAGING, after(minutes=60))


@pytest.mark.parametrize(
    ("waits", "least", "seconds"),
    [
        ({}, 0.0, 60),
        ({OWN: 420.0}, 0.0, 420),
        ({OWN: 420.0, LimitScope("77"): 500.0}, 0.0, 500),
        ({OWN: 20.0}, 0.0, 60),
        ({OWN: 420.0}, 3600.0, 3600),
    ],
)
def test_the_longest_of_all_waits_counts(
    waits: dict[LimitScope, float], least: float, seconds: float
) -> None:
    limits = fresh()
    until = limits.refuse(Throttle(OWN, least), MANAGING, Usage({}, waits), NOW)
    assert until == after(seconds=seconds)
    assert not goes_out(limits, MANAGING, until - timedelta(seconds=1), urgent=True)
    assert goes_out(limits, MANAGING, until)
    assert goes_out(limits, scopes_of("78", MANAGEMENT))


def test_a_wait_has_a_little_chance_on_top() -> None:
    limits = Limits(jitter=lambda: 0.5)
    assert limits.refuse(Throttle(OWN), MANAGING, NOTHING, NOW) == after(seconds=63)


def test_refusals_one_after_another_double_the_wait_until_something_works() -> None:
    limits = fresh()
    now, waits = NOW, []
    for _ in range(8):
        until = limits.refuse(Throttle(OWN), MANAGING, NOTHING, now)
        waits.append((until - now).total_seconds())
        now = until
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    limits.observe(MANAGING, NOTHING, now)
    assert limits.refuse(Throttle(OWN), MANAGING, NOTHING, now) == now + timedelta(minutes=1)


def test_calls_refused_together_count_as_one_refusal() -> None:
    limits = fresh()
    for _ in range(8):
        until = limits.refuse(Throttle(OWN), MANAGING, NOTHING, NOW)
    assert until == after(seconds=60)


def test_an_answer_that_was_on_its_way_ends_no_block() -> None:
    limits = fresh()
    limits.refuse(Throttle(OWN), MANAGING, NOTHING, NOW)
    limits.observe(MANAGING, NOTHING, after(seconds=1))
    assert not goes_out(limits, MANAGING, after(seconds=2), urgent=True)
    until = limits.refuse(Throttle(OWN), MANAGING, NOTHING, after(seconds=61))
    assert until == after(seconds=61 + 120)


def test_a_full_counter_with_a_time_shuts_before_meta_refuses() -> None:
    limits = fresh()
    limits.observe(MANAGING, Usage({OWN: 100.0}, {OWN: 300.0}), NOW)
    assert not goes_out(limits, MANAGING, after(seconds=299), urgent=True)
    assert goes_out(limits, READING, after(seconds=299), urgent=True)


def throttle(code: int, subcode: int = 0) -> Throttle:
    raw = msgspec.json.encode({"code": code, "error_subcode": subcode})
    error: GraphError = decode_error(msgspec.Raw(raw))
    return throttle_of(error, "77", MANAGEMENT)


@pytest.mark.parametrize(
    ("code", "subcode", "scope"),
    [
        (4, 0, LimitScope()),
        (341, 0, LimitScope()),
        (4, 1504022, LimitScope("", INSIGHTS)),
        (4, 1504039, LimitScope("", INSIGHTS)),
        (17, 2446079, LimitScope("77")),
        (32, 0, LimitScope("77")),
        (613, 0, LimitScope("77")),
        (613, 1487742, LimitScope("77")),
        (613, 5044001, LimitScope("77", CHANGES)),
        (80000, 2446079, LimitScope("77", INSIGHTS)),
        (80004, 2446079, LimitScope("77", MANAGEMENT)),
        (80014, 2446079, LimitScope("77", MANAGEMENT)),
        (613, 1487632, None),
        (17, 1885172, None),
    ],
)
def test_a_refusal_stops_whom_it_is_about(
    code: int, subcode: int, scope: LimitScope | None
) -> None:
    assert throttle(code, subcode).scope == scope


def test_a_rule_for_one_object_stops_nobody_else() -> None:
    limits = fresh()
    until = limits.refuse(throttle(613, 1487632), MANAGING, NOTHING, NOW)
    assert until == after(hours=1)
    assert goes_out(limits, MANAGING)


def test_the_limit_on_changes_per_second_does_not_stop_reading() -> None:
    limits = fresh()
    limits.refuse(throttle(613, 5044001), MANAGING, NOTHING, NOW)
    assert goes_out(limits, MANAGING, urgent=True)
    assert not goes_out(limits, scopes_of("77", MANAGEMENT, CHANGES), urgent=True)


def test_a_sudden_permission_error_is_suspected_once() -> None:
    limits = fresh()
    assert not limits.suspect("77")
    limits.observe(MANAGING, NOTHING, NOW)
    assert limits.suspect("77")
    assert not limits.suspect("77")


def test_what_is_known_can_be_read() -> None:
    limits = fresh()
    limits.observe(MANAGING, used(55), NOW)
    limits.observe(READING, used(85, LimitScope("77", INSIGHTS)), NOW)
    until = limits.refuse(Throttle(LimitScope("78")), scopes_of("78", ""), NOTHING, NOW)
    assert limits.states(NOW) == [
        LimitState(OWN, 55),
        LimitState(LimitScope("77", INSIGHTS), 85, after(seconds=60), "reserve"),
        LimitState(LimitScope("78"), None, until, "refused"),
    ]
    assert limits.states(after(hours=2)) == []
