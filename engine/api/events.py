"""The live stream: which areas changed, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import msgspec

from engine.api.messages import Event
from engine.domain.changes import Area, Changes

_KEEP_ALIVE_SECONDS = 15.0
_WAITING_AT_MOST = 256


class EventStream:
    """Hands every change to every listener.

    A listener too slow is told to reload all.
    """

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self._watchers: list[Callable[[Changes], None]] = []

    def watch(self, heard: Callable[[Changes], None]) -> None:
        """Call `heard` with every change, on the event loop, before the listeners."""
        self._watchers.append(heard)

    def publish(self, changes: Changes, at: datetime) -> None:
        """Tell all listeners; must be called on the event loop."""
        if not changes:
            return
        for heard in self._watchers:
            heard(changes)
        event = Event(tuple(sorted(changes.areas)), at.isoformat())
        for queue in self._listeners:
            if queue.full():
                # Losing one of many changes would leave a stale screen: drop the
                # backlog and name every area at once instead.
                event = Event(tuple(sorted(Area)), event.at)
                while not queue.empty():
                    queue.get_nowait()
            queue.put_nowait(event)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def listen(self) -> AsyncIterator[bytes]:
        """Yield events in the text/event-stream format, with keep-alive comments."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(_WAITING_AT_MOST)
        self._listeners.add(queue)
        try:
            yield b": connected\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), _KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield b": alive\n\n"
                    continue
                if event is None:
                    return
                yield b"event: changes\ndata: " + msgspec.json.encode(event) + b"\n\n"
        finally:
            self._listeners.discard(queue)
