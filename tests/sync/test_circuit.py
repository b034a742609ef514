"""The circuit: Meta is left alone while it answers nobody, and looked at again."""

from __future__ import annotations

import pytest

from sync.circuit import Circuit, CircuitSettings, Outage


class Seconds:
    """A clock that never jumps by itself."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def failing(circuit: Circuit, clock: Seconds, times: int, seconds: float) -> None:
    """Let calls fail, the last one so many seconds after the first."""
    for _ in range(times - 1):
        circuit.failed()
    clock.now += seconds
    circuit.failed()


def goes_out(circuit: Circuit, *, probe: bool = True) -> bool:
    try:
        circuit.check(probe=probe)
    except Outage:
        return False
    return True


@pytest.mark.parametrize(
    ("times", "seconds", "open_"),
    [(9, 60, False), (10, 9, False), (10, 10, True), (40, 3, False)],
)
def test_many_failures_over_some_time_open_it(times: int, seconds: float, open_: bool) -> None:
    clock = Seconds()
    circuit = Circuit(monotonic=clock)
    failing(circuit, clock, times, seconds)
    assert goes_out(circuit) is not open_
    assert (circuit.seconds_open > 0) is open_


def test_a_success_in_between_starts_the_count_anew() -> None:
    clock = Seconds()
    circuit = Circuit(monotonic=clock)
    failing(circuit, clock, 9, 60)
    circuit.succeeded()
    failing(circuit, clock, 9, 60)
    assert goes_out(circuit)


def test_it_is_looked_at_again_by_one_read_at_a_time_and_ever_more_seldom() -> None:
    clock = Seconds()
    circuit = Circuit(CircuitSettings(), monotonic=clock)
    failing(circuit, clock, 10, 20)
    pauses = []
    for _ in range(7):
        pauses.append(circuit.seconds_open)
        clock.now += circuit.seconds_open - 1
        assert not goes_out(circuit)
        clock.now += 1
        assert not goes_out(circuit, probe=False), "a change is never the one that looks"
        assert [goes_out(circuit) for _ in range(3)] == [True, False, False]
        circuit.failed()
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    clock.now += 600
    assert goes_out(circuit)
    circuit.succeeded()
    assert goes_out(circuit, probe=False)
    assert circuit.seconds_open == 0


def test_calls_that_were_on_their_way_do_not_lengthen_it() -> None:
    clock = Seconds()
    circuit = Circuit(monotonic=clock)
    failing(circuit, clock, 10, 20)
    clock.now += 1
    for _ in range(8):
        circuit.failed()
    assert circuit.seconds_open == 29


def test_a_look_that_was_given_up_is_followed_by_another() -> None:
    clock = Seconds()
    circuit = Circuit(monotonic=clock)
    failing(circuit, clock, 10, 20)
    clock.now += 30
    assert goes_out(circuit)
    clock.now += 30
    assert goes_out(circuit)
