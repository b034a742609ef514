"""Changes per second: never more within any window than Meta takes."""

from __future__ import annotations

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from sync.pace import Pace


class Time:
    """A clock that goes on by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds + 1e-9


def begun(sizes: list[int]) -> list[tuple[float, int]]:
    """Return when changes of these sizes begin, one after another."""

    async def run() -> list[tuple[float, int]]:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)
        found = []
        for size in sizes:
            await pace.take("77", size)
            found.append((time.now, size))
        return found

    return asyncio.run(run())


@given(st.lists(st.integers(1, 50), max_size=40))
def test_no_window_ever_holds_more_than_the_limit(sizes: list[int]) -> None:
    times = begun(sizes)
    for start, _ in times:
        assert sum(size for at, size in times if start <= at < start + 1.0) <= 100


def test_it_waits_no_longer_than_it_has_to() -> None:
    assert begun([50] * 10)[-1][0] < 4.1


def test_accounts_do_not_wait_for_each_other() -> None:
    async def run() -> None:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)
        for number in range(20):
            await pace.take(str(number), 50)
        assert time.now == 0.0

    asyncio.run(run())


def test_who_waits_is_served_in_turn() -> None:
    order: list[int] = []

    async def run() -> None:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)
        sizes = random.Random(3).choices(range(1, 51), k=20)

        async def one(number: int, size: int) -> None:
            await pace.take("77", size)
            order.append(number)

        await asyncio.gather(*(one(number, size) for number, size in enumerate(sizes)))

    asyncio.run(run())
    assert order == list(range(20))
