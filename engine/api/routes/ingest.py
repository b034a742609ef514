"""Numbers that others push."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from engine.api.context import Api, ApiNow, CallerNow, Right, needs
from engine.api.details import IngestMessage, SetAsideMessage
from engine.api.encoding import answer
from engine.api.guard import Caller
from engine.commands.ingest import Push, Taken, ingest
from engine.ingest.decode import ARROW, NDJSON

router = APIRouter(prefix="/api/v1", tags=["Ingest"])
_SHOWN = 100
_ROWS = {"schema": {"type": "array", "items": {"type": "object"}}}
_BODY = {"requestBody": {"content": {"application/json": _ROWS, ARROW: {}, min(NDJSON): {}}}}
BatchId = Annotated[str, Query(max_length=200, description="Your name for this batch.")]
AccountId = Annotated[str, Query(max_length=40, description="The account of rows that name none.")]
LevelName = Annotated[str, Query(max_length=10, description="campaign, adset or ad.")]


@router.post(
    "/ingest",
    response_model=IngestMessage,
    dependencies=[needs(Right.WORK)],
    openapi_extra=_BODY,
)
async def push(
    request: Request,
    api: ApiNow,
    caller: CallerNow,
    batch_id: BatchId = "",
    account_id: AccountId = "",
    level: LevelName = "",
) -> Response:
    """Take in insights rows, once for each batch id.

    They come as JSON, NDJSON or an Arrow stream. A row has an object (`object_id` with
    `level`, or `campaign_id`, `adset_id`, `ad_id`), a `date`, for hours an `hour` of 0 to
    23, and numbers: `impressions`, `clicks`, `link_clicks`, `spend` (major units), `reach`,
    `video_plays`, `thruplays`, `conversions` and `revenue` by action type. Rows of Meta's
    insights are understood as they are.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sent = Push(await request.body(), kind, batch_id, account_id, level)
    taken = await asyncio.to_thread(_take, api, caller, sent)
    if taken.changes:
        api.tell(taken.changes)
    return answer(request, _message(taken))


def _take(api: Api, caller: Caller, sent: Push) -> Taken:
    visible = {account.account_id: account for account in api.accounts_of(caller)}
    return ingest(api.engine, sent, visible)


def _message(taken: Taken) -> IngestMessage:
    return IngestMessage(
        batch_id=taken.batch_id,
        rows=taken.rows,
        added=taken.stored.added,
        changed=taken.stored.changed,
        unchanged=taken.stored.unchanged,
        repeated=taken.stored.repeated,
        rejected=len(taken.set_aside),
        set_aside=tuple(SetAsideMessage(one.row, one.reason) for one in taken.set_aside[:_SHOWN]),
        ignored_fields=taken.ignored,
    )
