"""Whose key is it: State asked, and the answer remembered for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from engine.api.guard import Caller
from engine.domain.clock import Clock
from engine.storage.state.api_keys_store import ApiKey, ApiKeysStore

# A revoked key works at most this long; the promise is one second.
REMEMBERED_SECONDS = 0.5
_USE_NOTED_EVERY_SECONDS = 60.0


class KeyRing:
    """Finds callers by their key's hash; unknown ones are not remembered."""

    def __init__(
        self, store: ApiKeysStore, clock: Clock, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._seconds = seconds
        self._known: dict[str, tuple[Caller, float]] = {}
        self._noted: dict[str, float] = {}

    async def find(self, hashed: str) -> Caller | None:
        """Return whose key it is, none for an unknown or revoked one."""
        now = self._seconds()
        caller, until = self._known.get(hashed, (None, 0.0))
        if caller is not None and now < until:
            return caller
        key = await asyncio.to_thread(self._store.find, hashed)
        if key is None:
            self._known.pop(hashed, None)
            return None
        await self._note_use(key, now)
        caller = Caller(key.name, key.role, key.client)
        self._known[hashed] = (caller, now + REMEMBERED_SECONDS)
        return caller

    async def _note_use(self, key: ApiKey, now: float) -> None:
        if now - self._noted.get(key.key_id, float("-inf")) < _USE_NOTED_EVERY_SECONDS:
            return
        self._noted[key.key_id] = now
        await asyncio.to_thread(self._store.used, key.key_id, self._clock.now())
