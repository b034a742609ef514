"""Fires work in one engine, with APScheduler on the running event loop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from engine.ports import Job

# A job that lasts longer when the engine stops is cut.
_PATIENCE_SECONDS = 2.0


class InProcessScheduler:
    """The Scheduler port for a single engine; a job never runs twice at once."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()

    def every(self, name: str, seconds: float, job: Job) -> None:
        """Run `job` now and every `seconds`; a missed tick is run once, late."""

        async def run() -> None:
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
