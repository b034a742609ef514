"""Campaigns, ad sets and ads: the grid, days, and changes by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from engine.api.bodies import CopyBody, ObjectBody
from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.details import ObjectDetail, ObjectMetrics, ObjectPage
from engine.api.encoding import MSGPACK, answer
from engine.api.guard import Caller
from engine.api.messages import JournalPage, ObjectTable
from engine.api.queries import Cursor, Limit, choice, period
from engine.api.views import journal as journal_views
from engine.api.views import object_detail, scopes
from engine.api.views import objects as views
from engine.commands import objects as commands
from engine.domain.errors import NotFound
from engine.domain.journal import JournalState
from engine.domain.objects import Account, AdObject, Level
from engine.domain.written import LABELS_FIELD, labels_value
from engine.engine import Engine
from engine.storage.state.journal_reader import JournalFilter

router = APIRouter(prefix="/api/v1", tags=["Campaigns"])
_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which objects are asked for, over which days."""

    level: Level
    scope: str | None
    since: date | None
    until: date | None


@router.get("/campaigns", response_model=ObjectPage, dependencies=[needs(Right.NUMBERS)])
async def campaigns(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    level: str = "campaign",
    scope: str | None = None,
    since: date | None = None,
    until: date | None = None,
    shape: Annotated[str, Query(alias="format")] = "rows",
    status: str | None = None,
    name: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Objects with their sums over a period, those that spent most first.

    Rows in pages, filtered by `status` and by a part of the `name`; with
    `format=columns`, or where msgpack is asked for, all of them as one ObjectTable.
    """
    choice("format", shape, ("rows", "columns"))
    asked = _Asked(Level(choice("level", level, _LEVELS)), scope, since, until)
    table = await asyncio.to_thread(_table, api, caller, asked)
    if shape == "columns" or MSGPACK in request.headers.get("accept", ""):
        return answer(request, table)
    return answer(request, views.page(table, status, name, limit, cursor))


def _table(api: Api, caller: Caller, asked: _Asked) -> ObjectTable:
    visible = api.accounts_of(caller)
    accounts = tuple(visible)
    if asked.scope is not None or not visible:
        accounts = scopes.resolve(asked.scope, visible).accounts
    now = api.now()
    days = period(asked.since, asked.until, now, accounts[0].zone)
    pending = _pending(api.engine, accounts)
    return views.build(api.engine.warehouse, accounts, asked.level, days, now, pending)


def _pending(engine: Engine, accounts: tuple[Account, ...]) -> set[str]:
    waiting = JournalFilter(
        accounts=[account.account_id for account in accounts],
        states=[JournalState.AWAITING_APPROVAL],
    )
    return {entry.object_id for entry in engine.state.reader.find(waiting)}


@router.put("/campaigns/{object_id}", response_model=JournalPage, dependencies=[needs(Right.WORK)])
async def change(
    request: Request, api: ApiNow, caller: CallerNow, object_id: str, body: ObjectBody
) -> Response:
    """Change an object by hand, through guards and journal.

    The answer is the journal's rows: `applied`, or `vetoed` with the reason.
    """
    values = body.model_dump(exclude_none=True)
    if body.labels is not None:
        values[LABELS_FIELD] = labels_value(body.labels)
    changed = await commands.change(api.engine, object_id, values, caller.name)
    return await _settled(request, api, changed)


@router.post(
    "/campaigns/{object_id}/copy", response_model=JournalPage, dependencies=[needs(Right.WORK)]
)
async def copy(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    object_id: str,
    body: CopyBody | None = None,
) -> Response:
    """Copy an object with all below it, paused, through guards and journal.

    A large one is made by Meta in the background: its row is `unknown` until it is seen.
    """
    suffix = body.name_suffix if body is not None else ""
    changed = await commands.copy(api.engine, object_id, suffix, caller.name)
    return await _settled(request, api, changed)


async def _settled(request: Request, api: Api, changed: commands.ObjectChanged) -> Response:
    api.tell(changed.changes)
    accounts = await asyncio.to_thread(journal_views.known_accounts, api.engine)
    rows = tuple(journal_views.row(entry, accounts) for entry in changed.entries)
    return answer(request, JournalPage(rows, None, len(rows)))


@router.get(
    "/campaigns/{object_id}", response_model=ObjectDetail, dependencies=[needs(Right.NUMBERS)]
)
async def detail(request: Request, api: ApiNow, caller: CallerNow, object_id: str) -> Response:
    """One campaign, ad set or ad as last read from Meta."""
    return answer(request, await asyncio.to_thread(_detail, api, caller, object_id))


def _detail(api: Api, caller: Caller, object_id: str) -> ObjectDetail:
    target = _target(api, object_id)
    account = api.account_of(caller, target.account_id)
    return object_detail.build(api.engine.warehouse, account, target)


def _target(api: Api, object_id: str) -> AdObject:
    target = api.engine.warehouse.find([object_id]).get(object_id)
    if target is None:
        raise NotFound(f"There is no object {object_id!r}.")
    return target


@router.get(
    "/campaigns/{object_id}/metrics",
    response_model=ObjectMetrics,
    dependencies=[needs(Right.NUMBERS)],
)
async def metrics(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    object_id: str,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """One object's numbers day by day."""
    message = await asyncio.to_thread(_metrics, api, caller, object_id, since, until)
    return answer(request, message)


def _metrics(
    api: Api, caller: Caller, object_id: str, since: date | None, until: date | None
) -> ObjectMetrics:
    target = _target(api, object_id)
    account = api.account_of(caller, target.account_id)
    days = period(since, until, api.now(), account.zone)
    return views.metrics(api.engine.warehouse, account, target, days, api.now())
