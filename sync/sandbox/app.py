"""The sandbox as a web application: Graph addresses and controls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.sandbox.clock import SandboxClock
from sync.sandbox.controls import Controls
from sync.sandbox.gateway import Delivery, Gateway
from sync.sandbox.graph.calls import GraphCall, read_tags
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.query_text import read_query
from sync.sandbox.graph.routing import GraphRouter
from sync.sandbox.graph.tokens import TokenOffice
from sync.sandbox.multipart import read_form
from sync.sandbox.scenarios import Scenario
from sync.sandbox.world import World

METHODS = ["GET", "POST", "DELETE"]
Scope = MutableMapping[str, Any]  # ASGI's own definition
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Drop = Callable[[tuple[str, int]], None]


def build_context(scenario: Scenario, seed: int, clock: SandboxClock) -> GraphContext:
    """Build a world and everything the HTTP side keeps beside it."""
    world = World(scenario, seed, clock)
    tokens = TokenOffice(seed, clock.now())
    return GraphContext(world=world, tokens=tokens)


@dataclass(slots=True)
class SandboxApp:
    """The ASGI application; every answer's `Date` is simulated time.

    `drop` closes the connection of a client address (host, port).
    """

    context: GraphContext
    scenario_name: str
    drop: Drop
    _gateway: Gateway = field(init=False)
    _inner: Starlette = field(init=False)

    def __post_init__(self) -> None:
        self._gateway = Gateway(self.context, GraphRouter(self.context))
        routes = Controls(self.context, self.scenario_name).routes()
        routes.append(Route("/{path:path}", self._graph, methods=METHODS))
        self._inner = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and stamp its answer with the simulated time."""

        async def stamped(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self.context.now(), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        await self._inner(scope, receive, stamped)

    async def _graph(self, request: Request) -> Response:
        call = _read_call(request, await request.body())
        delivery = self._gateway.receive(call)
        if delivery.delay:
            await asyncio.sleep(delivery.delay)
        if delivery.drop and request.client is not None:
            self.drop((request.client.host, request.client.port))
        return _response(delivery)


def _read_call(request: Request, body: bytes) -> GraphCall:
    """Turn a web request into a Graph call."""
    query = request.scope["query_string"].decode("latin-1")
    form = read_form(request.headers.get("content-type", ""), body)
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    return GraphCall(
        method=request.method,
        path=request.scope["path"],
        query=read_query(query),
        form=form.values,
        files=form.files,
        parts=form.parts,
        known_tags=read_tags(request.headers),
        bearer=credential.strip() if scheme.lower() == "bearer" else None,
        base_url=f"{request.url.scheme}://{request.url.netloc}",
    )


def _response(delivery: Delivery) -> Response:
    return Response(
        delivery.body,
        delivery.status or 500,
        headers={**delivery.headers, "content-type": delivery.content_type},
    )
