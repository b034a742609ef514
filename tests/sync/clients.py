"""Clients for tests: no waiting between tries, no chance in the pauses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from sync.credentials import Credentials
from sync.graph_client import GraphClient, GraphSettings
from tests.sync.scripted_server import ScriptedServer, Step, scripted

TOKEN = "canary-0123456789-token"
SECRET = "canary-app-secret"


@dataclass
class Pauses:
    """Stands in for sleeping and keeps how long it would have been."""

    seconds: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass(frozen=True)
class Talk:
    """A client and the scripted server it talks to."""

    client: GraphClient
    server: ScriptedServer
    pauses: Pauses


@asynccontextmanager
async def talking(*steps: Step, settings: GraphSettings | None = None) -> AsyncIterator[Talk]:
    """Yield a client connected to a server that answers by `steps`."""
    async with scripted(*steps) as server:
        pauses = Pauses()
        client = GraphClient(
            Credentials(TOKEN, "4711", SECRET),
            replace(settings or GraphSettings(), base_url=server.url),
            sleep=pauses.sleep,
            jitter=lambda: 1.0,
        )
        try:
            yield Talk(client, server, pauses)
        finally:
            await client.close()
