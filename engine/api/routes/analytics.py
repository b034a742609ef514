"""Numbers for people: the dashboard, rules' performance, trends."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.details import RulePerformance, Trends
from engine.api.encoding import answer
from engine.api.guard import Caller
from engine.api.messages import Dashboard
from engine.api.queries import Limit, period
from engine.api.views import dashboard as views
from engine.api.views import needs as need_views
from engine.api.views import objects as object_views
from engine.api.views import rules as rule_views
from engine.api.views import scopes

router = APIRouter(prefix="/api/v1/analytics", tags=["Analytics"])


@router.get("/dashboard", response_model=Dashboard, dependencies=[needs(Right.NUMBERS)])
async def dashboard(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    scope: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """Everything the dashboard shows for one scope, by default 30 days."""
    message = await asyncio.to_thread(_dashboard, api, caller, scope, since, until)
    return answer(request, message)


def _dashboard(
    api: Api, caller: Caller, scope: str | None, since: date | None, until: date | None
) -> Dashboard:
    looked_at = scopes.resolve(scope, api.accounts_of(caller))
    now = api.now()
    days = period(since, until, now, ZoneInfo(looked_at.timezone_name))
    marks = need_views.marks(api, looked_at, days, now)
    return views.build(api.engine.warehouse, looked_at, days, now, marks)


@router.get("/performance", response_model=list[RulePerformance], dependencies=[needs(Right.READ)])
async def performance(request: Request, api: ApiNow, days: Limit = 30) -> Response:
    """What each rule decided and what took effect in the last `days`."""
    since = api.now() - timedelta(days=days)
    return answer(request, await asyncio.to_thread(rule_views.performance, api, since))


@router.get("/trends", response_model=Trends, dependencies=[needs(Right.NUMBERS)])
async def trends(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    scope: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """The scope's numbers day by day."""
    message = await asyncio.to_thread(_trends, api, caller, scope, since, until)
    return answer(request, message)


def _trends(
    api: Api, caller: Caller, scope: str | None, since: date | None, until: date | None
) -> Trends:
    looked_at = scopes.resolve(scope, api.accounts_of(caller))
    now = api.now()
    days = period(since, until, now, ZoneInfo(looked_at.timezone_name))
    return object_views.trends(api.engine.warehouse, looked_at, days, now)
