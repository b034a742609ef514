"""The sandbox's clock runs as it is told."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.sandbox.clock import SandboxClock

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = SandboxClock(START, "manual")
    assert clock.now() == START
    clock.advance(1.5)
    assert clock.now() == START + timedelta(minutes=90)


@pytest.mark.parametrize(("mode", "minutes"), [("real", 1), ("x60", 60), ("x0.5", 0.5)])
def test_a_running_clock_follows_the_machine_at_its_rate(mode: str, minutes: float) -> None:
    ticks = iter([100.0, 160.0])
    clock = SandboxClock(START, mode, lambda: next(ticks))
    assert clock.now() == START + timedelta(minutes=minutes)


@pytest.mark.parametrize("mode", ["fast", "x", "x0", "60"])
def test_an_unknown_mode_is_refused(mode: str) -> None:
    with pytest.raises(ValueError, match="clock"):
        SandboxClock(START, mode)


def test_only_manual_clocks_are_moved_and_only_forward() -> None:
    with pytest.raises(ValueError, match="runs by itself"):
        SandboxClock(START, "real").advance(1)
    with pytest.raises(ValueError, match="forward"):
        SandboxClock(START, "manual").advance(-1)
    with pytest.raises(ValueError, match="time zone"):
        SandboxClock(datetime(2026, 3, 1, 9), "manual")
