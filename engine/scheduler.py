"""Fires work in one engine, with APScheduler on the running event loop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from engine.ports import Job

# A job that lasts longer when the engine stops is cut.
_PATIENCE_SECONDS = 2.0


class InProcessScheduler:
    """The Scheduler port for a single engine; a job never runs twice at once."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self._paces: dict[str, float] = {}
        self._starts: dict[str, datetime] = {}

    def every(self, name: str, seconds: float, job: Job) -> None:
        """Run `job` now and every `seconds`; a missed tick is run once, late."""

        self._paces[name] = seconds

        async def run() -> None:
            self._starts[name] = datetime.now(UTC)
            task = asyncio.current_task()
            if task is not None:
                self._running.add(task)
            try:
                await job()
            finally:
                if task is not None:
                    self._running.discard(task)

        self._scheduler.add_job(
            run,
            "interval",
            seconds=seconds,
            next_run_time=datetime.now(UTC),
            id=name,
            replace_existing=True,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def repace(self, name: str, seconds: float) -> None:
        """Run a job every `seconds` from its last start; at once when past."""
        if self._paces.get(name) in (None, seconds):
            return
        self._paces[name] = seconds
        now = datetime.now(UTC)
        due = self._starts.get(name, now) + timedelta(seconds=seconds)
        trigger = IntervalTrigger(seconds=seconds, timezone="UTC")
        self._scheduler.modify_job(name, trigger=trigger, next_run_time=max(due, now))

    def due_in(self, name: str) -> float | None:
        """Return the seconds until a job's next start, none if unplanned."""
        job = self._scheduler.get_job(name)
        # A job that waits for the scheduler's start has no such attribute yet.
        due = getattr(job, "next_run_time", None)
        return max((due - datetime.now(UTC)).total_seconds(), 0.0) if due is not None else None

    def start(self) -> None:
        """Begin firing."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Stop firing; a job that runs gets a moment to end, then it is cut."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(set(self._running), timeout=_PATIENCE_SECONDS)
        # APScheduler cancels what still runs.
        self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(set(self._running))
