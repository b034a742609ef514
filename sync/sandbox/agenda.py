"""What a world does by itself once its clock gets there."""

import heapq
from collections.abc import Callable

Task = Callable[[], None]


class Agenda:
    """Tasks in order of time; equal times keep the order of their entry."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._entries: list[tuple[float, int, Task]] = []
        self._count = 0

    def add(self, time: float, task: Task) -> None:
        """Do ``task`` when the clock has come to ``time``, unix seconds."""
        self._count += 1
        heapq.heappush(self._entries, (time, self._count, task))

    def next_due(self, now: float) -> tuple[float, Task] | None:
        """Take the first task whose time has come off the list."""
        if not self._entries or self._entries[0][0] > now:
            return None
        time, _count, task = heapq.heappop(self._entries)
        return time, task
