"""Rules: read, saved in versions, checked, previewed, explained."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from engine.api.bodies import ModeBody, StatusBody
from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.details import (
    ExplainMessage,
    RuleCheck,
    RulePerformance,
    RuleVersion,
    TemplateMessage,
)
from engine.api.encoding import answer
from engine.api.guard import Caller
from engine.api.messages import DecisionPage, RuleMessage, RulePage, RulePreview
from engine.api.problems import faults_of
from engine.api.queries import Cursor, Limit, choice, part
from engine.api.rule_reader import words_of
from engine.api.views import journal as journal_views
from engine.api.views import preview as preview_views
from engine.api.views import rules as views
from engine.commands import rules as commands
from engine.commands.rules import RuleSaved
from engine.domain.errors import Fault, InvalidDocument, NotFound
from engine.domain.rule import Mode, Rule, RuleStatus
from engine.storage.state.journal_reader import JournalFilter

router = APIRouter(prefix="/api/v1", tags=["Rules"])
_STATUSES = ("active", "paused", "archived", "all")
_DOCUMENT = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
Reason = Annotated[str, Query(max_length=500, description="Why, for the list of versions.")]
Expected = Annotated[int | None, Query(description="The version the change is based on.")]


async def _document(request: Request) -> str:
    """Return the body as text; the reader of rules takes JSON and YAML."""
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault("document", "bytes that are not UTF-8", "JSON or YAML in UTF-8")
        raise InvalidDocument("The rule", (fault,)) from error


@router.get("/rules", response_model=RulePage, dependencies=[needs(Right.READ)])
async def rules(
    request: Request,
    api: ApiNow,
    status: str | None = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """Rules by priority; without `status` all that are not archived."""
    return answer(request, await asyncio.to_thread(_page, api, status, limit, cursor))


def _page(api: Api, status: str | None, limit: int, cursor: str | None) -> RulePage:
    wanted: tuple[RuleStatus, ...] = (RuleStatus.ACTIVE, RuleStatus.PAUSED)
    if status is not None:
        named = choice("status", status, _STATUSES)
        wanted = tuple(RuleStatus) if named == "all" else (RuleStatus(named),)
    found = views.messages(api, api.engine.state.rules.all(statuses=wanted))
    found.sort(key=lambda one: (one.priority, one.name, one.rule_id))
    asked = part(len(found), limit, cursor)
    return RulePage(tuple(found[asked.start : asked.end]), asked.cursor, len(found))


@router.post(
    "/rules",
    status_code=201,
    response_model=RuleMessage,
    dependencies=[needs(Right.WORK)],
    openapi_extra=_DOCUMENT,
)
async def add(request: Request, api: ApiNow, caller: CallerNow, reason: Reason = "") -> Response:
    """Add the rule in the body, word for word as rules are written."""
    document = await _document(request)
    saved = await asyncio.to_thread(commands.add, api.engine, document, caller.name, reason)
    response = await _saved(request, api, saved, 201)
    response.headers["Location"] = f"/api/v1/rules/{saved.stored.rule_id}"
    return response


@router.post(
    "/rules/check",
    response_model=RuleCheck,
    dependencies=[needs(Right.READ)],
    openapi_extra=_DOCUMENT,
)
async def check(request: Request, api: ApiNow) -> Response:
    """Say whether the body is a valid rule, and every fault when it is not."""
    document = await _document(request)
    try:
        rule = await asyncio.to_thread(commands.read, api.engine, document)
    except InvalidDocument as error:
        return answer(request, RuleCheck(False, None, faults_of(error)))
    return answer(request, RuleCheck(True, words_of(rule)))


@router.post(
    "/rules/preview",
    response_model=RulePreview,
    dependencies=[needs(Right.READ)],
    openapi_extra=_DOCUMENT,
)
async def preview(request: Request, api: ApiNow, caller: CallerNow) -> Response:
    """Say what the rule in the body would do now; nothing is sent."""
    document = await _document(request)
    return answer(request, await asyncio.to_thread(_preview, api, caller, document))


def _preview(api: Api, caller: Caller, document: str) -> RulePreview:
    rule = commands.read(api.engine, document)
    return preview_views.preview(api, rule, api.accounts_of(caller))


@router.get("/templates", response_model=list[TemplateMessage], dependencies=[needs(Right.READ)])
async def templates(request: Request) -> Response:
    """Ready rules to start from."""
    return answer(request, await asyncio.to_thread(views.templates))


@router.get("/rules/{rule_id}", response_model=RuleMessage, dependencies=[needs(Right.READ)])
async def rule(request: Request, api: ApiNow, rule_id: str) -> Response:
    """One rule with its document word for word."""
    return answer(request, await asyncio.to_thread(_one, api, rule_id))


def _one(api: Api, rule_id: str) -> RuleMessage:
    return views.message(api, api.engine.state.rules.get(rule_id))


@router.put(
    "/rules/{rule_id}",
    response_model=RuleMessage,
    dependencies=[needs(Right.WORK)],
    openapi_extra=_DOCUMENT,
)
async def save(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    rule_id: str,
    reason: Reason = "",
    version: Expected = None,
) -> Response:
    """Save the rule in the body as the next version."""
    document = await _document(request)
    saved = await asyncio.to_thread(
        commands.save,
        api.engine,
        rule_id,
        document,
        caller.name,
        reason,
        expected_version=version,
    )
    return await _saved(request, api, saved)


@router.delete("/rules/{rule_id}", response_model=RuleMessage, dependencies=[needs(Right.WORK)])
async def archive(
    request: Request, api: ApiNow, caller: CallerNow, rule_id: str, reason: Reason = ""
) -> Response:
    """Put a rule away; its versions and its journal stay."""
    saved = await asyncio.to_thread(commands.archive, api.engine, rule_id, caller.name, reason)
    return await _saved(request, api, saved)


@router.post(
    "/rules/{rule_id}/status", response_model=RuleMessage, dependencies=[needs(Right.WORK)]
)
async def set_status(
    request: Request, api: ApiNow, caller: CallerNow, rule_id: str, body: StatusBody
) -> Response:
    """Switch a rule on or off, or put it away."""
    status = RuleStatus(choice("status", body.status, tuple(RuleStatus)))
    saved = await asyncio.to_thread(
        commands.set_status, api.engine, rule_id, status, caller.name, body.reason
    )
    return await _saved(request, api, saved)


@router.post("/rules/{rule_id}/mode", response_model=RuleMessage, dependencies=[needs(Right.WORK)])
async def set_mode(
    request: Request, api: ApiNow, caller: CallerNow, rule_id: str, body: ModeBody
) -> Response:
    """Move a rule along dry run, approval and automatic."""
    mode = Mode(choice("mode", body.mode, tuple(Mode)))
    saved = await asyncio.to_thread(
        commands.set_mode, api.engine, rule_id, mode, caller.name, body.reason
    )
    return await _saved(request, api, saved)


@router.get(
    "/rules/{rule_id}/versions",
    response_model=list[RuleVersion],
    dependencies=[needs(Right.READ)],
)
async def versions(request: Request, api: ApiNow, rule_id: str) -> Response:
    """Every version of a rule, newest first."""
    return answer(request, await asyncio.to_thread(views.versions, api, rule_id))


@router.get(
    "/rules/{rule_id}/executions", response_model=DecisionPage, dependencies=[needs(Right.READ)]
)
async def executions(
    request: Request, api: ApiNow, rule_id: str, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """What a rule decided, newest first, with the traces."""
    await asyncio.to_thread(api.engine.state.rules.get, rule_id)
    asked = JournalFilter(rule_id=rule_id)
    page = await asyncio.to_thread(journal_views.decisions, api, asked, limit, cursor)
    return answer(request, page)


@router.get(
    "/rules/{rule_id}/performance",
    response_model=RulePerformance,
    dependencies=[needs(Right.READ)],
)
async def performance(request: Request, api: ApiNow, rule_id: str, days: Limit = 30) -> Response:
    """What a rule decided and what took effect in the last `days`."""
    since = api.now() - timedelta(days=days)
    return answer(request, await asyncio.to_thread(views.performance_of, api, rule_id, since))


@router.get(
    "/rules/{rule_id}/explain", response_model=ExplainMessage, dependencies=[needs(Right.READ)]
)
async def explain(
    request: Request, api: ApiNow, caller: CallerNow, rule_id: str, object_id: str
) -> Response:
    """Why a rule does or does not act on one object now, and by how much."""
    message = await asyncio.to_thread(_explain, api, caller, rule_id, object_id)
    return answer(request, message)


def _explain(api: Api, caller: Caller, rule_id: str, object_id: str) -> ExplainMessage:
    rule = _parsed(api, rule_id)
    target = api.engine.warehouse.find([object_id]).get(object_id)
    if target is None:
        raise NotFound(f"There is no object {object_id!r}.")
    account = api.account_of(caller, target.account_id)
    return preview_views.explain(api, rule, account, object_id)


def _parsed(api: Api, rule_id: str) -> Rule:
    stored = api.engine.state.rules.get(rule_id)
    return commands.read(api.engine, stored.source, rule_id=rule_id, version=stored.version)


async def _saved(request: Request, api: Api, saved: RuleSaved, status: int = 200) -> Response:
    message = await asyncio.to_thread(views.message, api, saved.stored)
    api.tell(saved.changes)
    return answer(request, message, status)
