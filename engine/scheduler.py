"""Fires work in one engine, with APScheduler on the running event loop."""

from __future__ import annotations

import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from engine.ports import Job


class InProcessScheduler:
    """The Scheduler port for a single engine; a job never runs twice at once."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()

    def every(self, name: str, seconds: float, job: Job) -> None:
        """Run `job` every `seconds`; a missed tick is run once, late."""

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
        """Stop firing and wait for jobs that are running."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(set(self._running))
