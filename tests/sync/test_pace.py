"""Changes per second: never more within any second of Meta's than it takes."""

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


def counted(sizes: list[tuple[int, float, float]]) -> list[tuple[float, int]]:
    """Return when Meta counts changes that are sent one after another.

    Each is a number of changes, the seconds until its answer, and where between
    sending and answer (0 to 1) Meta counts it.
    """

    async def run() -> list[tuple[float, int]]:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)
        found = []
        for size, seconds, where in sizes:
            async with pace.turn("77", size):
                found.append((time.now + seconds * where, size))
                time.now += seconds
        return found

    return asyncio.run(run())


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 3), st.floats(0, 1)), max_size=40))
def test_no_second_of_metas_ever_holds_more_than_the_limit(
    sizes: list[tuple[int, float, float]],
) -> None:
    times = counted(sizes)
    for start, _ in times:
        assert sum(size for at, size in times if start <= at < start + 1.0) <= 100


def test_it_waits_no_longer_than_it_has_to() -> None:
    assert counted([(50, 0.0, 0.0)] * 10)[-1][0] < 4.1


def test_accounts_do_not_wait_for_each_other() -> None:
    async def run() -> None:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)
        for number in range(20):
            async with pace.turn(str(number), 50):
                pass
        assert time.now == 0.0

    asyncio.run(run())


def test_what_is_on_its_way_is_counted_and_who_waits_is_served_in_turn() -> None:
    order: list[int] = []
    most = 0

    async def run() -> None:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)
        sizes = random.Random(3).choices(range(1, 51), k=20)
        under_way = 0

        async def one(number: int, size: int) -> None:
            nonlocal under_way, most
            async with pace.turn("77", size):
                order.append(number)
                under_way += size
                most = max(most, under_way)
                for _ in range(3):
                    await asyncio.sleep(0)
                under_way -= size

        await asyncio.gather(*(one(number, size) for number, size in enumerate(sizes)))

    asyncio.run(run())
    assert order == list(range(20))
    assert 50 < most <= 100


def test_a_change_given_up_makes_room_too() -> None:
    async def run() -> None:
        time = Time()
        pace = Pace(100, 1.0, monotonic=time, sleep=time.sleep)

        async def never() -> None:
            async with pace.turn("77", 100):
                await asyncio.Event().wait()

        task = asyncio.create_task(never())
        await asyncio.sleep(0)
        waiting = asyncio.create_task(pace.turn("77", 1).__aenter__())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait_for(waiting, 5)

    asyncio.run(run())
