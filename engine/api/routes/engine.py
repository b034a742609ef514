"""The engine itself: health, metrics, status, stop, cycles, events."""

from __future__ import annotations

import asyncio
import os

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from engine.api.bodies import CycleBody, ReasonBody
from engine.api.context import ApiNow, CallerNow, Right, needs
from engine.api.details import (
    CycleList,
    CycleMessage,
    Health,
    LimitMessage,
    SyncList,
    SyncMessage,
)
from engine.api.encoding import answer
from engine.api.messages import Done, EngineStatus
from engine.api.views import status as views
from engine.commands import kill_switch
from engine.cycle.run import CycleReport
from engine.domain.limits import LimitState
from engine.domain.objects import Account
from engine.ports import Metered
from engine.pull import PullReport

router = APIRouter(tags=["Engine"])
V1 = "/api/v1"


@router.get("/health", response_model=Health)
async def health(request: Request, api: ApiNow) -> Response:
    """Whether the engine answers; the one route without a key."""
    return answer(request, Health("ok", api.version, os.getpid(), api.now().isoformat()))


@router.get("/metrics", dependencies=[needs(Right.READ)])
async def metrics(api: ApiNow) -> Response:
    """The engine's numbers in the text format of Prometheus."""
    telemetry, platform = api.engine.telemetry, api.engine.platform
    telemetry.calls.total.set(platform.calls())
    if isinstance(platform, Metered):
        telemetry.calls.show(platform.limits())
        for account in await asyncio.to_thread(api.engine.accounts):
            left = platform.remaining(account.account_id)
            telemetry.calls.remaining.labels(account.account_id).set(left)
    return Response(telemetry.text(), headers={"Content-Type": telemetry.content_type})


@router.get(f"{V1}/status", response_model=EngineStatus, dependencies=[needs(Right.READ)])
async def status(request: Request, api: ApiNow) -> Response:
    """The engine at a glance."""
    return answer(request, await asyncio.to_thread(views.status, api))


@router.get(f"{V1}/limits", response_model=list[LimitMessage], dependencies=[needs(Right.READ)])
async def limits(request: Request, api: ApiNow) -> Response:
    """What is used of Meta's limits, and which calls are held back now."""
    platform = api.engine.platform
    known = platform.limits() if isinstance(platform, Metered) else ()
    return answer(request, tuple(_limit(one) for one in known))


@router.get(f"{V1}/events", dependencies=[needs(Right.NUMBERS)])
async def events(api: ApiNow) -> Response:
    """Which areas changed, as server-sent events without an end."""
    return StreamingResponse(
        api.events.listen(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.post(f"{V1}/engine/stop", response_model=Done, dependencies=[needs(Right.WORK)])
async def stop(
    request: Request, api: ApiNow, caller: CallerNow, body: ReasonBody | None = None
) -> Response:
    """Pull the kill switch: nothing is sent to Meta any more."""
    reason = body.reason if body is not None else ""
    changes = await asyncio.to_thread(kill_switch.stop, api.engine, caller.name, reason)
    return answer(request, Done(api.tell(changes), "All actions are stopped."))


@router.post(f"{V1}/engine/resume", response_model=Done, dependencies=[needs(Right.MANAGE)])
async def resume(
    request: Request, api: ApiNow, caller: CallerNow, body: ReasonBody | None = None
) -> Response:
    """Let actions go out again."""
    reason = body.reason if body is not None else ""
    changes = await asyncio.to_thread(kill_switch.resume, api.engine, caller.name, reason)
    return answer(request, Done(api.tell(changes), "Actions may go out again."))


@router.post(f"{V1}/engine/cycle", response_model=CycleList, dependencies=[needs(Right.WORK)])
async def cycle(request: Request, api: ApiNow, body: CycleBody | None = None) -> Response:
    """Run one cycle now, over all accounts or those named."""
    await api.connection.look_after()
    reports = await api.runner.run_all(body.accounts if body is not None else None)
    return answer(request, CycleList(tuple(_message(report) for report in reports)))


@router.post(f"{V1}/engine/sync", response_model=SyncList, dependencies=[needs(Right.WORK)])
async def sync(request: Request, api: ApiNow, body: CycleBody | None = None) -> Response:
    """Read accounts from Meta now, all or those named; no rule is looked at."""
    await api.connection.look_after()
    reports = await api.runner.sync_all(body.accounts if body is not None else None)
    accounts = await asyncio.to_thread(api.engine.accounts)
    known = {account.account_id: account for account in accounts}
    return answer(
        request, SyncList(tuple(_read(report, known[report.account_id]) for report in reports))
    )


def _limit(limit: LimitState) -> LimitMessage:
    return LimitMessage(
        account_id=limit.scope.account_id,
        use_case=limit.scope.use_case,
        used_percent=limit.used_percent,
        blocked_until=limit.blocked_until.isoformat() if limit.blocked_until else None,
        why=limit.why,
    )


def _read(report: PullReport, account: Account) -> SyncMessage:
    synced = report.freshness.daily
    return SyncMessage(
        account_id=report.account_id,
        account_name=account.name,
        objects=report.objects,
        added=report.stored.added,
        changed=report.stored.changed,
        rejected=report.rejected,
        calls=report.calls,
        complete=report.complete,
        synced_at=synced.isoformat() if synced is not None else None,
        faults=report.faults,
    )


def _message(report: CycleReport) -> CycleMessage:
    pulled = report.pulled
    return CycleMessage(
        account_id=report.account.account_id,
        account_name=report.account.name,
        objects=pulled.objects if pulled else 0,
        rows=pulled.stored.added + pulled.stored.changed if pulled else 0,
        calls=pulled.calls if pulled else 0,
        rules=report.rules,
        answers={name.value: count for name, count in report.answers.items()},
        outcomes=dict(report.outcomes),
        settled={state.value: count for state, count in report.settled.items()},
        error=report.error,
    )
