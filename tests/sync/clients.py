"""Clients for tests: no waiting between tries, no chance in the pauses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

import polars as pl
import pytest

from engine.domain.errors import PlatformError
from engine.ports import InsightsBatch
from sync.calls import Meter
from sync.credentials import Credentials
from sync.graph_client import GraphClient, GraphSettings, unmetered
from tests.sync.scripted_server import ScriptedServer, Step, scripted

TOKEN = "canary-0123456789-token"
SECRET = "canary-app-secret"


def joined(batches: Sequence[InsightsBatch]) -> InsightsBatch:
    """Return the batches of an answer as one."""
    return replace(
        batches[-1],
        rows=pl.concat([batch.rows for batch in batches]),
        actions=pl.concat([batch.actions for batch in batches]),
        complete=all(batch.complete for batch in batches),
        rejected=sum(batch.rejected for batch in batches),
        faults=tuple(fault for batch in batches for fault in batch.faults),
        set_aside=tuple(row for batch in batches for row in batch.set_aside),
    )


@dataclass
class Pauses:
    """Stands in for sleeping and keeps how long it would have been."""

    seconds: list[float] = field(default_factory=list)
    then: Callable[[float], Awaitable[None]] | None = None

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if self.then is not None:
            await self.then(seconds)


@dataclass(frozen=True)
class Talk:
    """A client and the scripted server it talks to."""

    client: GraphClient
    server: ScriptedServer
    pauses: Pauses


@asynccontextmanager
async def talking(
    *steps: Step,
    settings: GraphSettings | None = None,
    meter: Meter = unmetered,
    time: Callable[[], float] = monotonic,
) -> AsyncIterator[Talk]:
    """Yield a client connected to a server that answers by `steps`."""
    async with scripted(*steps) as server:
        pauses = Pauses()
        client = GraphClient(
            Credentials(TOKEN, "4711", SECRET),
            replace(settings or GraphSettings(), base_url=server.url),
            meter=meter,
            sleep=pauses.sleep,
            jitter=lambda: 1.0,
            monotonic=time,
        )
        try:
            yield Talk(client, server, pauses)
        finally:
            await client.close()


def read(*steps: Step, settings: GraphSettings | None = None) -> tuple[bytes, int, list[float]]:
    """Read once; return the body, the number of requests and the pauses."""

    async def run() -> tuple[bytes, int, list[float]]:
        async with talking(*steps, settings=settings) as talk:
            answer = await talk.client.get("1", {"fields": "id"}, account_id="77")
            return answer.body, len(talk.server.requests), talk.pauses.seconds

    return asyncio.run(run())


def failed_read(*steps: Step, settings: GraphSettings | None = None) -> tuple[PlatformError, int]:
    """Read once; return the error and the number of requests."""

    async def run() -> tuple[PlatformError, int]:
        async with talking(*steps, settings=settings) as talk:
            with pytest.raises(PlatformError) as caught:
                await talk.client.get("1", {"fields": "id"}, account_id="77")
            return caught.value, len(talk.server.requests)

    return asyncio.run(run())
