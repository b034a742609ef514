"""Settings, keys of the API, and messages to people."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.api.bodies import KeyBody, SettingBody
from engine.api.context import ApiNow, CallerNow, Right, needs
from engine.api.details import KeyMessage, NotificationMessage
from engine.api.encoding import answer
from engine.api.messages import Done, SettingMessage
from engine.api.queries import Limit
from engine.api.views import settings as views
from engine.commands import api_keys as key_commands
from engine.commands import settings as commands

router = APIRouter(prefix="/api/v1", tags=["Settings"])


@router.get("/settings", response_model=list[SettingMessage], dependencies=[needs(Right.READ)])
async def settings(request: Request, api: ApiNow) -> Response:
    """Every setting with its value, bounds and words."""
    return answer(request, await asyncio.to_thread(views.settings, api.engine))


@router.put("/settings/{key}", response_model=Done, dependencies=[needs(Right.MANAGE)])
async def change(
    request: Request, api: ApiNow, caller: CallerNow, key: str, body: SettingBody
) -> Response:
    """Set one setting; 422 says what is allowed."""
    changes = await asyncio.to_thread(commands.change, api.engine, key, body.value, caller.name)
    return answer(request, Done(api.tell(changes)))


@router.delete("/settings/{key}", response_model=Done, dependencies=[needs(Right.MANAGE)])
async def reset(request: Request, api: ApiNow, key: str) -> Response:
    """Let a setting's default hold again."""
    changes = await asyncio.to_thread(commands.reset, api.engine, key)
    return answer(request, Done(api.tell(changes)))


@router.get("/api-keys", response_model=list[KeyMessage], dependencies=[needs(Right.OWN)])
async def keys(request: Request, api: ApiNow) -> Response:
    """Every key that was made, without its secret."""
    found = await asyncio.to_thread(api.engine.state.api_keys.all)
    return answer(request, [views.key(one) for one in found])


@router.post(
    "/api-keys", status_code=201, response_model=KeyMessage, dependencies=[needs(Right.OWN)]
)
async def create(request: Request, api: ApiNow, caller: CallerNow, body: KeyBody) -> Response:
    """Make a key; its `token` is shown in this answer and never again."""
    made = await asyncio.to_thread(
        key_commands.create, api.engine, body.role, body.name, caller.name, body.client
    )
    api.tell(made.changes)
    return answer(request, views.key(made.key, made.token), 201)


@router.delete("/api-keys/{key_id}", response_model=Done, dependencies=[needs(Right.OWN)])
async def revoke(request: Request, api: ApiNow, key_id: str) -> Response:
    """Let a key open nothing any more, within a second."""
    changes = await asyncio.to_thread(key_commands.revoke, api.engine, key_id)
    return answer(request, Done(api.tell(changes)))


@router.get(
    "/notifications",
    response_model=list[NotificationMessage],
    dependencies=[needs(Right.READ)],
)
async def notifications(request: Request, api: ApiNow, limit: Limit = 100) -> Response:
    """Messages to people, newest first, and how far they came."""
    found = await asyncio.to_thread(api.engine.state.notifications.latest, limit)
    return answer(request, [views.notification(one) for one in found])
