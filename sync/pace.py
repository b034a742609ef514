"""Meta's limit on changes per second, kept before Meta has to refuse."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

MOST_CHANGES = 100
# A little more than the second that Meta counts in, because calls travel unevenly.
WINDOW = 1.1


class Pace:
    """Lets at most so many changes of one account begin within any window.

    Who waits is served in the order of coming.
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
        self._begun: dict[str, deque[tuple[float, int]]] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def take(self, account_id: str, changes: int) -> None:
        """Wait until so many changes of the account may begin, and count them."""
        begun = self._begun.setdefault(account_id, deque())
        async with self._turns.setdefault(account_id, asyncio.Lock()):
            while sum(count for _, count in self._recent(begun)) + changes > self._most and begun:
                await self._sleep(begun[0][0] + self._window - self._monotonic())
            begun.append((self._monotonic(), changes))

    def _recent(self, begun: deque[tuple[float, int]]) -> deque[tuple[float, int]]:
        """Forget what began before the window."""
        while begun and begun[0][0] + self._window <= self._monotonic():
            begun.popleft()
        return begun
