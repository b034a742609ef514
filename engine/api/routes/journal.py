"""The journal and its decisions; approving, rejecting and taking back."""

from __future__ import annotations

import asyncio
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.api.bodies import ApproveBody, ReasonBody, SettleBody
from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.encoding import answer
from engine.api.messages import DecisionMessage, DecisionPage, JournalPage
from engine.api.queries import Cursor, Limit, Text, moment, states
from engine.api.views import journal as views
from engine.commands import journal as commands
from engine.commands.journal import Settled
from engine.setting import listed
from engine.storage.state.journal_reader import JournalFilter

router = APIRouter(prefix="/api/v1", tags=["Journal"])


def _filter(
    state: str | None,
    rule_id: str | None,
    object_id: str | None,
    account_id: str | None,
    since: datetime | None,
    text: str,
) -> JournalFilter:
    return JournalFilter(
        accounts=[one.strip().removeprefix("act_") for one in listed(account_id or "")],
        rule_id=rule_id,
        object_id=object_id,
        states=states(state),
        since=moment(since),
        text=text,
    )


@router.get("/journal", response_model=JournalPage, dependencies=[needs(Right.READ)])
async def journal(
    request: Request,
    api: ApiNow,
    state: str | None = None,
    rule_id: str | None = None,
    object_id: str | None = None,
    account_id: str | None = None,
    since: datetime | None = None,
    text: Text = "",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Journal rows, newest first; states and accounts go with commas."""
    asked = _filter(state, rule_id, object_id, account_id, since, text)
    return answer(request, await asyncio.to_thread(views.page, api, asked, limit, cursor))


@router.get("/decisions", response_model=DecisionPage, dependencies=[needs(Right.READ)])
async def decisions(
    request: Request,
    api: ApiNow,
    state: str | None = None,
    rule_id: str | None = None,
    object_id: str | None = None,
    account_id: str | None = None,
    since: datetime | None = None,
    text: Text = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Decisions with their traces, newest first."""
    asked = _filter(state, rule_id, object_id, account_id, since, text)
    return answer(request, await asyncio.to_thread(views.decisions, api, asked, limit, cursor))


@router.get(
    "/decisions/{entry_id}", response_model=DecisionMessage, dependencies=[needs(Right.READ)]
)
async def decision(request: Request, api: ApiNow, entry_id: str) -> Response:
    """One decision: why, or why not, and what became of it."""
    return answer(request, await asyncio.to_thread(views.decision, api, entry_id))


@router.post(
    "/decisions/{entry_id}/approve",
    response_model=JournalPage,
    dependencies=[needs(Right.WORK)],
)
async def approve(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    entry_id: str,
    body: ApproveBody | None = None,
) -> Response:
    """Approve a waiting decision and carry it out, if the guards let it."""
    fingerprint = body.fingerprint if body is not None else None
    settled = await commands.approve(api.engine, entry_id, caller.name, fingerprint)
    return await _settled(request, api, settled)


@router.post(
    "/decisions/{entry_id}/reject", response_model=JournalPage, dependencies=[needs(Right.WORK)]
)
async def reject(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    entry_id: str,
    body: ReasonBody | None = None,
) -> Response:
    """Reject a waiting decision."""
    reason = body.reason if body is not None else ""
    settled = await commands.reject(api.engine, entry_id, caller.name, reason)
    return await _settled(request, api, settled)


@router.post(
    "/journal/{entry_id}/undo", response_model=JournalPage, dependencies=[needs(Right.WORK)]
)
async def undo(request: Request, api: ApiNow, caller: CallerNow, entry_id: str) -> Response:
    """Take an applied change back, unless somebody changed the thing after us."""
    settled = await commands.undo(api.engine, entry_id, caller.name)
    return await _settled(request, api, settled)


@router.post(
    "/journal/{entry_id}/settle", response_model=JournalPage, dependencies=[needs(Right.WORK)]
)
async def settle(
    request: Request, api: ApiNow, caller: CallerNow, entry_id: str, body: SettleBody
) -> Response:
    """Say whether a change that needs a person took effect at Meta."""
    settled = await commands.settle(api.engine, entry_id, caller.name, applied=body.applied)
    return await _settled(request, api, settled)


async def _settled(request: Request, api: Api, settled: Settled) -> Response:
    api.tell(settled.changes)
    accounts = await asyncio.to_thread(views.known_accounts, api.engine)
    rows = tuple(views.row(entry, accounts) for entry in settled.entries)
    return answer(request, JournalPage(rows, None, len(rows)))
