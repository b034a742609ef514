"""The engine's HTTP API, put together: routes, errors, door."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from engine.access.connection import Connection
from engine.api import problems
from engine.api.context import Api, Right, Runner, needs
from engine.api.events import EventStream
from engine.api.guard import Door
from engine.api.keys import KeyRing
from engine.api.messages import Problem
from engine.api.routes import (
    accounts,
    analytics,
    campaigns,
    docs,
    edits,
    ingest,
    journal,
    reports,
    rules,
    settings,
    sync,
)
from engine.api.routes import connection as connection_routes
from engine.api.routes import engine as engine_routes
from engine.engine import Engine

OPENAPI_PATH = "/api/v1/openapi.json"
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "A problem document (RFC 9457)."}
}


def build_api(
    engine: Engine,
    events: EventStream,
    runner: Runner,
    connection: Connection,
    *,
    token: str,
    hosts: frozenset[str],
    version: str,
) -> ASGIApp:
    """Return the API of `engine` behind its door.

    `token` is the owner's key of this run; `hosts` are the Host headers that are
    served, all where empty. Starts nothing and keeps nothing open.
    """
    api = Api(engine, events, runner, connection, version)
    app = build_app(api)
    ring = KeyRing(engine.state.api_keys, engine.clock)
    engine.telemetry.stopped.set(engine.state.stop.current() is not None)
    return Door(app, hosts=hosts, token=token, find_key=ring.find, tickets=api.tickets)


def build_app(api: Api) -> FastAPI:
    """Return the routes without the door, for the documents and for tests."""
    app = FastAPI(
        title="AI-Buyer",
        version=api.version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=_PROBLEMS,
    )
    app.state.api = api
    for module in (
        engine_routes,
        accounts,
        connection_routes,
        analytics,
        campaigns,
        rules,
        journal,
        edits,
        reports,
        settings,
        ingest,
        sync,
        docs,
    ):
        app.include_router(module.router)
    app.add_api_route(
        OPENAPI_PATH,
        openapi,
        dependencies=[needs(Right.READ)],
        include_in_schema=False,
    )
    problems.install(app)
    return app


async def openapi(request: Request) -> Response:
    """The description of every operation, for programs."""
    app: FastAPI = request.app
    return JSONResponse(app.openapi())
