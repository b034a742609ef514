"""Several reads at once, failing as one of them failed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")


async def together(work: Iterable[Coroutine[Any, Any, _T]]) -> list[_T]:
    """Return the results in order; the first failure stops the rest."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def ahead(
    work: Iterable[Callable[[], Coroutine[Any, Any, _T]]], at_once: int
) -> AsyncGenerator[_T, None]:
    """Yield the results in order; at most `at_once` are under way.

    Those that wait to be read count too. The first failure, or the end of the reader's
    interest, stops the rest.
    """
    waiting = iter(work)
    running: deque[asyncio.Task[_T]] = deque()
    try:
        while True:
            while len(running) < at_once and (begin := next(waiting, None)) is not None:
                running.append(asyncio.create_task(begin()))
            if not running:
                return
            yield await running.popleft()
    finally:
        for task in running:
            task.cancel()
        for task in running:
            with suppress(asyncio.CancelledError, Exception):
                await task
