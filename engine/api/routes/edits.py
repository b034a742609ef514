"""Changes that others made at Meta: who, when, what."""

from __future__ import annotations

import asyncio
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.api.context import ApiNow, Right, needs
from engine.api.details import EditPage, EditRow
from engine.api.encoding import answer
from engine.api.queries import Cursor, Limit, Text, moment
from engine.api.views import edits as views
from engine.ports import EditsAsked
from engine.setting import listed

router = APIRouter(prefix="/api/v1", tags=["Journal"])


@router.get("/edits", response_model=EditPage, dependencies=[needs(Right.READ)])
async def edits(
    request: Request,
    api: ApiNow,
    account_id: str | None = None,
    object_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    text: Text = "",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Changes at Meta that this engine did not make, newest first.

    They are told apart by the app they were made with and by the journal.
    """
    accounts = [one.strip().removeprefix("act_") for one in listed(account_id or "")]
    asked = EditsAsked(
        accounts=accounts or None,
        object_id=object_id,
        since=moment(since),
        until=moment(until),
        text=text,
    )
    return answer(request, await asyncio.to_thread(views.page, api, asked, limit, cursor))


@router.get("/edits/{edit_id}", response_model=EditRow, dependencies=[needs(Right.READ)])
async def edit(request: Request, api: ApiNow, edit_id: str) -> Response:
    """One change that was made at Meta."""
    return answer(request, await asyncio.to_thread(views.one, api, edit_id))
