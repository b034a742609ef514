"""Reports: a client's numbers on a page."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.guard import Caller
from engine.commands.client_report import client_report
from engine.domain.language import Language
from engine.reports.render import render_pdf

router = APIRouter(prefix="/api/v1", tags=["Reports"])
PDF = "application/pdf"
Days = Annotated[int, Query(ge=1, le=365, description="How many complete days it tells of.")]


@router.get(
    "/reports/client",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "The report, one page of A4."}},
    dependencies=[needs(Right.NUMBERS)],
)
async def of_client(
    api: ApiNow,
    caller: CallerNow,
    client: str | None = None,
    language: Language = Language.ENGLISH,
    days: Days = 30,
) -> Response:
    """A client's report as PDF; the first client's without a name."""
    content = await asyncio.to_thread(_render, api, caller, client, language, days)
    return Response(content, media_type=PDF)


def _render(api: Api, caller: Caller, client: str | None, language: Language, days: int) -> bytes:
    # A client sees its own report, whatever it asks for.
    named = caller.client if caller.role == "client" else client
    return render_pdf(client_report(api.engine, named, days), language)
