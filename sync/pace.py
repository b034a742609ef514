"""Meta's limit on changes per second, kept before Meta has to refuse."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MOST_CHANGES = 100
# A little more than the second that Meta counts in.
WINDOW = 1.1


@dataclass(slots=True)
class _Book:
    """The changes of one account: on their way, and ended lately."""

    under_way: int = 0
    ended: deque[tuple[float, int]] = field(default_factory=deque)
    turns: asyncio.Lock = field(default_factory=asyncio.Lock)
    freed: asyncio.Event = field(default_factory=asyncio.Event)


class Pace:
    """Lets so many changes of an account be under way or just ended.

    Meta counts a change somewhere between its sending and its answer, and nobody knows
    where. So it counts here until a window after its answer: however unevenly calls
    travel, no second of Meta's holds more than the limit. Who waits is served in turn.
    """

    def __init__(
        self,
        most: int = MOST_CHANGES,
        window: float = WINDOW,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`most` changes within `window` seconds, of each account."""
        self._most = most
        self._window = window
        self._monotonic = monotonic
        self._sleep = sleep
        self._books: dict[str, _Book] = {}

    @asynccontextmanager
    async def turn(self, account_id: str, changes: int) -> AsyncIterator[None]:
        """Wait until so many changes may be sent; they are sent inside."""
        if changes == 0:
            yield
            return
        book = self._books.setdefault(account_id, _Book())
        async with book.turns:
            while self._is_full(book, changes):
                if book.ended:
                    await self._sleep(book.ended[0][0] + self._window - self._monotonic())
                else:
                    book.freed.clear()
                    await book.freed.wait()
            book.under_way += changes
        try:
            yield
        finally:
            book.under_way -= changes
            book.ended.append((self._monotonic(), changes))
            book.freed.set()

    def _is_full(self, book: _Book, changes: int) -> bool:
        """Whether there is no room now; what ended before the window is forgotten."""
        while book.ended and book.ended[0][0] + self._window <= self._monotonic():
            book.ended.popleft()
        counted = book.under_way + sum(count for _, count in book.ended)
        return counted > 0 and counted + changes > self._most
