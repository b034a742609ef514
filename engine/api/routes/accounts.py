"""Accounts and the scopes a person may look at."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.api.bodies import AccountBody, AddAccountsBody
from engine.api.connection import AddedMessage
from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.encoding import answer
from engine.api.guard import Caller
from engine.api.messages import AccountMessage, Done, ScopeMessage
from engine.api.views import scopes as scope_views
from engine.api.views import status as views
from engine.commands import accounts as commands
from engine.domain.changes import Changes

router = APIRouter(prefix="/api/v1", tags=["Accounts"])


@router.get("/accounts", response_model=list[AccountMessage], dependencies=[needs(Right.NUMBERS)])
async def accounts(request: Request, api: ApiNow, caller: CallerNow) -> Response:
    """All accounts but removed ones, with their counts and freshness."""
    return answer(request, await asyncio.to_thread(_list, api, caller))


def _list(api: Api, caller: Caller) -> tuple[AccountMessage, ...]:
    known = [one for one in api.engine.state.accounts.all() if one.removed_at is None]
    if caller.role == "client":
        known = [one for one in known if one.account.client == caller.client]
    return views.accounts(api, known)


@router.post(
    "/accounts", status_code=201, response_model=AddedMessage, dependencies=[needs(Right.MANAGE)]
)
async def add(request: Request, api: ApiNow, body: AddAccountsBody) -> Response:
    """Work on more accounts: by id, a business's, or all that a login sees."""
    ask = commands.AddAsk(
        body.account_ids, body.business_id, body.everything, body.identity_id, body.client
    )
    added = await commands.add(api.engine, api.connection, ask)
    ids = tuple(account.account_id for account in added.accounts)
    return answer(request, AddedMessage(ids, api.tell(added.changes)), 201)


@router.delete("/accounts/{account_id}", response_model=Done, dependencies=[needs(Right.MANAGE)])
async def remove(request: Request, api: ApiNow, caller: CallerNow, account_id: str) -> Response:
    """Work on an account no longer; its history and numbers stay."""
    bare = account_id.removeprefix("act_")
    changes = await asyncio.to_thread(commands.remove, api.engine, bare, caller.name)
    return answer(request, Done(api.tell(changes)))


@router.put("/accounts/{account_id}", response_model=Done, dependencies=[needs(Right.MANAGE)])
async def change(request: Request, api: ApiNow, account_id: str, body: AccountBody) -> Response:
    """Switch an account's work or automation, name its client, its event."""
    bare = account_id.removeprefix("act_")
    return answer(request, Done(api.tell(await asyncio.to_thread(_change, api, bare, body))))


def _change(api: Api, account_id: str, body: AccountBody) -> Changes:
    engine = api.engine
    engine.state.accounts.get(account_id)
    changes = commands.switch(engine, account_id, enabled=body.enabled, automation=body.automation)
    if body.client is not None:
        changes |= commands.assign_client(engine, account_id, body.client)
    if body.primary_event is not None:
        changes |= commands.choose_primary_event(engine, account_id, body.primary_event)
    return changes


@router.get("/scopes", response_model=list[ScopeMessage], dependencies=[needs(Right.NUMBERS)])
async def scopes(request: Request, api: ApiNow, caller: CallerNow) -> Response:
    """What the top bar offers: currencies, clients, accounts."""
    visible = await asyncio.to_thread(api.accounts_of, caller)
    return answer(request, scope_views.scopes(visible))
