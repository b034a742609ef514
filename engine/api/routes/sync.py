"""What is read how often and at which cost, older days, rows set aside."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from engine.api.bodies import HistoryBody
from engine.api.context import ApiNow, CallerNow, Right, needs
from engine.api.encoding import answer
from engine.api.sync_messages import AsideMessage, HistoryMessage, PlanMessage
from engine.api.views import sync as views

router = APIRouter(prefix="/api/v1/sync", tags=["Sync"])
# Rows set aside are counted over so many days.
_COUNTED = timedelta(days=30)


@router.get("/plan", response_model=PlanMessage, dependencies=[needs(Right.READ)])
async def plan(request: Request, api: ApiNow) -> Response:
    """The quota plan: how often each part is read, and its calls an hour."""
    found = await asyncio.to_thread(api.runner.plan)
    return answer(request, views.plan(found))


@router.get("/aside", response_model=AsideMessage, dependencies=[needs(Right.READ)])
async def aside(
    request: Request,
    api: ApiNow,
    account_id: str | None = None,
    limit: int = Query(100, ge=0, le=1000),
) -> Response:
    """Rows that could not be read: counts of 30 days, the newest as they came."""
    readings = api.engine.warehouse.readings
    bare = account_id.removeprefix("act_") if account_id else None
    counts = await asyncio.to_thread(readings.aside_counts, api.now() - _COUNTED)
    rows = await asyncio.to_thread(readings.aside, bare, limit)
    thinned = await asyncio.to_thread(readings.thinned)
    return answer(request, views.aside(counts, rows, thinned, bare))


@router.get("/history", response_model=HistoryMessage, dependencies=[needs(Right.READ)])
async def history(request: Request, api: ApiNow) -> Response:
    """How far the reading of older days is."""
    return answer(request, views.history(api.runner.history.progress))


@router.post("/history", response_model=HistoryMessage, dependencies=[needs(Right.WORK)])
async def begin_history(
    request: Request, api: ApiNow, caller: CallerNow, body: HistoryBody
) -> Response:
    """Begin to read all days from `since` on, by day; at most 37 months back."""
    progress = api.runner.begin_history(body.since, body.accounts)
    return answer(request, views.history(progress))


@router.delete("/history", response_model=HistoryMessage, dependencies=[needs(Right.WORK)])
async def cancel_history(request: Request, api: ApiNow) -> Response:
    """Cancel the reading of older days; what was stored stays."""
    return answer(request, views.history(await api.runner.history.cancel()))
