"""The connection to Meta: logins, the app they go through, what they see."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access.logins import LoginAsk, Way
from engine.api.bodies import AppBody, LoginAnswerBody, LoginBody, TokenBody
from engine.api.connection import (
    ConnectionMessage,
    DiscoveryMessage,
    IdentityMessage,
    LoginMessage,
)
from engine.api.context import ApiNow, CallerNow, Right, needs
from engine.api.encoding import answer
from engine.api.messages import Done
from engine.api.views import connection as views
from engine.commands import identities as commands
from engine.login_ports import MetaApp

router = APIRouter(prefix="/api/v1", tags=["Connection"])


@router.get("/connection", response_model=ConnectionMessage, dependencies=[needs(Right.READ)])
async def connection(request: Request, api: ApiNow) -> Response:
    """All logins, what people must know about them, and where tokens are kept."""
    return answer(request, await asyncio.to_thread(views.connection, api.connection))


@router.put("/connection/app", response_model=Done, dependencies=[needs(Right.OWN)])
async def choose_app(request: Request, api: ApiNow, caller: CallerNow, body: AppBody) -> Response:
    """Name the Meta app to log in through; its secret is kept with the tokens."""
    app = MetaApp(body.app_id.strip(), body.app_secret.get_secret_value().strip())
    changes = await commands.choose_app(api.connection, app, caller.name)
    return answer(request, Done(api.tell(changes)))


@router.get("/identities", response_model=list[IdentityMessage], dependencies=[needs(Right.READ)])
async def identities(request: Request, api: ApiNow) -> Response:
    """Those in whose name Meta is called, without their tokens."""
    found = await asyncio.to_thread(views.connection, api.connection)
    return answer(request, found.identities)


@router.post(
    "/identities",
    status_code=201,
    response_model=IdentityMessage,
    dependencies=[needs(Right.OWN)],
)
async def paste(request: Request, api: ApiNow, caller: CallerNow, body: TokenBody) -> Response:
    """Take in a token made elsewhere, as a system user's; Meta is asked first."""
    kept = await commands.paste(api.connection, body.token.get_secret_value(), caller.name)
    api.tell(kept.changes)
    shown = await asyncio.to_thread(views.identity, api.connection, kept.identity)
    return answer(request, shown, 201)


@router.delete("/identities/{identity_id}", response_model=Done, dependencies=[needs(Right.OWN)])
async def remove(request: Request, api: ApiNow, identity_id: str) -> Response:
    """Forget a login and its token; the accounts and their history stay."""
    changes = await asyncio.to_thread(commands.remove, api.connection, identity_id)
    return answer(request, Done(api.tell(changes)))


@router.post(
    "/identities/{identity_id}/check",
    response_model=IdentityMessage,
    dependencies=[needs(Right.MANAGE)],
)
async def check(request: Request, api: ApiNow, identity_id: str) -> Response:
    """Ask Meta about a login now: if it works, until when, what it may do."""
    kept = await commands.check(api.connection, identity_id)
    api.tell(kept.changes)
    shown = await asyncio.to_thread(views.identity, api.connection, kept.identity)
    return answer(request, shown)


@router.get(
    "/identities/{identity_id}/accounts",
    response_model=DiscoveryMessage,
    dependencies=[needs(Right.MANAGE)],
)
async def discover(request: Request, api: ApiNow, identity_id: str) -> Response:
    """The accounts a login sees, by business, asked of Meta now."""
    found = await commands.discover(api.connection, identity_id)
    shown = await asyncio.to_thread(views.discovery, api.connection, identity_id, found)
    return answer(request, shown)


@router.post(
    "/logins", status_code=201, response_model=LoginMessage, dependencies=[needs(Right.OWN)]
)
async def begin(
    request: Request, api: ApiNow, caller: CallerNow, body: LoginBody | None = None
) -> Response:
    """Begin a login: open its `address` in a browser and follow its `stage`."""
    asked = body or LoginBody()
    ask = LoginAsk(Way(asked.way), asked.read_only, asked.identity_id)
    app = await asyncio.to_thread(api.connection.apps.current)
    begun = await api.connection.logins.begin(ask, app, caller.name)
    return answer(request, views.login(begun), 201)


@router.get("/logins/{login_id}", response_model=LoginMessage, dependencies=[needs(Right.OWN)])
async def login(request: Request, api: ApiNow, login_id: str) -> Response:
    """How far a login is."""
    return answer(request, views.login(api.connection.logins.get(login_id)))


@router.post(
    "/logins/{login_id}/answer", response_model=LoginMessage, dependencies=[needs(Right.OWN)]
)
async def finish(request: Request, api: ApiNow, login_id: str, body: LoginAnswerBody) -> Response:
    """Finish a login with the address that the browser ended at."""
    found = await api.connection.logins.answer(login_id, body.address.get_secret_value())
    return answer(request, views.login(found))


@router.delete("/logins/{login_id}", response_model=LoginMessage, dependencies=[needs(Right.OWN)])
async def cancel(request: Request, api: ApiNow, login_id: str) -> Response:
    """End a login that is under way; nothing of it is kept."""
    return answer(request, views.login(await api.connection.logins.cancel(login_id)))
