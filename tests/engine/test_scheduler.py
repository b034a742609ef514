"""The scheduler: a job at once, then at a pace that can be changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from engine.scheduler import InProcessScheduler

HOUR = 3600.0
pytestmark = pytest.mark.anyio


class Counted:
    """A job that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0
        self._ran = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        self._ran.set()

    async def next_run(self) -> None:
        """Wait for a run that begins from now on."""
        self._ran.clear()
        await asyncio.wait_for(self._ran.wait(), 20)


@pytest.fixture
async def scheduler() -> AsyncIterator[InProcessScheduler]:
    made = InProcessScheduler()
    yield made
    await made.stop()


@pytest.fixture
async def job(scheduler: InProcessScheduler) -> Counted:
    """Return a job that ran once and is due again in an hour."""
    made = Counted()
    scheduler.every("work", HOUR, made)
    scheduler.start()
    await made.next_run()
    return made


def minutes_left(scheduler: InProcessScheduler) -> float:
    due = scheduler.due_in("work")
    assert due is not None
    return due / 60


async def test_a_job_runs_at_once_and_tells_when_it_is_due(
    scheduler: InProcessScheduler, job: Counted
) -> None:
    assert 50 < minutes_left(scheduler) <= 60
    assert job.runs == 1
    assert scheduler.due_in("another") is None


async def test_a_new_pace_counts_from_the_last_start(
    scheduler: InProcessScheduler, job: Counted
) -> None:
    scheduler.repace("work", 3 * HOUR)
    assert 170 < minutes_left(scheduler) <= 180
    scheduler.repace("work", HOUR / 2)
    assert 20 < minutes_left(scheduler) <= 30
    assert job.runs == 1


async def test_a_pace_that_is_past_already_runs_now(
    scheduler: InProcessScheduler, job: Counted
) -> None:
    scheduler.repace("work", 0.001)
    await job.next_run()
    scheduler.repace("work", HOUR)
    assert minutes_left(scheduler) > 50


async def test_the_same_pace_and_a_job_nobody_planned_change_nothing(
    scheduler: InProcessScheduler, job: Counted
) -> None:
    before = minutes_left(scheduler)
    scheduler.repace("work", HOUR)
    scheduler.repace("another", HOUR)
    assert minutes_left(scheduler) <= before
    assert job.runs == 1
