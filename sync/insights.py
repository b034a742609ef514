"""Reading insights: the question, its pages, and the batch they make."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import polars as pl
import structlog

from engine.domain.errors import Refused, UserError
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery
from sync.errors import CursorExpired, TooMuchData
from sync.graph_client import GraphClient
from sync.graph_fields import effective_statuses, hourly_breakdown, insight_fields
from sync.insight_rows import PageFrames, RowReader, empty_actions, empty_rows
from sync.paging import Listing, PageStream
from sync.together import together

_LOG = structlog.stdlib.get_logger("sync")
_ROW_KEY = ["object_id", "date", "hour"]
_ACTION_KEY = ["object_id", "date", "action_type"]
_REREADS = 3
_REASONS_TOLD = 5


@dataclass(frozen=True, slots=True)
class InsightsSettings:
    """Rows a page, and how many spans of days of one query are read at once."""

    page_rows: int = 5000
    spans: int = 3


@dataclass(slots=True)
class _Gathered:
    """What the pages of one span gave so far."""

    pages: list[PageFrames] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    complete: bool = True
    first_date: datetime | None = None


async def read_insights(
    client: GraphClient,
    query: InsightsQuery,
    settings: InsightsSettings,
    *,
    expected_rows: int = 0,
) -> InsightsBatch:
    """Return every row the query asks for.

    `expected_rows` is a guess, 0 for none; a large answer is read in several
    spans of days at once. Raises PlatformError when not even the first page of a
    span came.
    """
    try:
        # The currency and the zone are checked before anything is asked.
        query.account.offset, query.account.zone  # noqa: B018 - both raise when unknown
    except (UserError, KeyError) as error:
        raise Refused(f"The account's numbers can't be read: {error}") from error
    started = client.server_clock.now()
    parts = min(settings.spans, -(-expected_rows // settings.page_rows)) if expected_rows else 1
    spans = divide(query, parts)
    read = await together(_read_span(client, span, settings) for span in spans)
    gathered = [part for span in read for part in span]
    dates = [part.first_date for part in gathered if part.first_date is not None]
    return await asyncio.to_thread(_batch, query, gathered, min(dates, default=started))


def divide(query: InsightsQuery, parts: int) -> list[InsightsQuery]:
    """Cut a query into at most `parts` of about as many days each."""
    days = (query.until - query.since).days + 1
    if query.grain is Grain.LIFETIME or parts <= 1 or days <= 1:
        return [query]
    parts = min(parts, days)
    edges = [query.since + timedelta(days=days * index // parts) for index in range(parts + 1)]
    return [
        replace(query, since=start, until=end - timedelta(days=1)) for start, end in pairwise(edges)
    ]


def parameters(query: InsightsQuery) -> dict[str, str]:
    """Return the parameters of the question, without paging."""
    hourly = query.grain is Grain.HOUR
    asked = {
        "level": query.level.value,
        "fields": ",".join(insight_fields(query.level, hourly=hourly)),
        # Without it Meta leaves out what is archived or deleted by now.
        "filtering": _json(
            [
                {
                    "field": f"{query.level.value}.effective_status",
                    "operator": "IN",
                    "value": effective_statuses(query.level),
                }
            ]
        ),
    }
    if query.grain is Grain.LIFETIME:
        return {**asked, "date_preset": "maximum", "time_increment": "all_days"}
    span = {"since": query.since.isoformat(), "until": query.until.isoformat()}
    asked |= {"time_range": _json(span), "time_increment": "1"}
    return asked | {"breakdowns": hourly_breakdown()} if hourly else asked


async def _read_span(
    client: GraphClient, query: InsightsQuery, settings: InsightsSettings
) -> list[_Gathered]:
    """Read one span, in halves when Meta finds it too large."""
    divisible = query.grain is not Grain.LIFETIME and query.since < query.until
    try:
        return [await _read_pages(client, query, settings, divisible=divisible)]
    except CursorExpired:
        _LOG.info("insights_from_start", account=query.account.account_id)
        return [await _read_pages(client, query, settings, divisible=False)]
    except TooMuchData:
        if not divisible:
            raise
    _LOG.info("insights_halved", account=query.account.account_id, since=str(query.since))
    halves = [await _read_span(client, half, settings) for half in divide(query, 2)]
    return [part for half in halves for part in half]


async def _read_pages(
    client: GraphClient, query: InsightsQuery, settings: InsightsSettings, *, divisible: bool
) -> _Gathered:
    """Read every page of one span."""
    account_id = query.account.account_id
    listing = Listing(
        path=f"act_{account_id}/insights",
        params=parameters(query),
        account_id=account_id,
        limit=settings.page_rows,
        divisible=divisible,
    )
    stream = PageStream(client, listing)
    reader = RowReader(query)
    gathered = _Gathered()
    rereads = 0
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            if gathered.first_date is None:
                gathered.first_date = page.date
            frames = await asyncio.to_thread(reader.read, page.rows)
            # A broken answer is often whole the second time; a broken row is not.
            if frames.rejected and rereads < _REREADS:
                rereads += 1
                page = await stream.again(page)
                frames = await asyncio.to_thread(reader.read, page.rows)
            gathered.pages.append(frames)
    gathered.complete = stream.complete
    gathered.faults.extend(stream.faults)
    return gathered


def _batch(
    query: InsightsQuery, gathered: Sequence[_Gathered], known_at: datetime
) -> InsightsBatch:
    """Put the spans together: each row once, each row set aside counted."""
    pages = [page for part in gathered for page in part.pages]
    reasons: Counter[str] = sum((page.reasons for page in pages), Counter())
    all_rows = pl.concat([empty_rows(), *(page.rows for page in pages)])
    rows = all_rows.unique(subset=_ROW_KEY, keep="last", maintain_order=True)
    actions = pl.concat([empty_actions(), *(page.actions for page in pages)]).unique(
        subset=_ACTION_KEY, keep="last", maintain_order=True
    )
    faults = [fault for part in gathered for fault in part.faults]
    faults += [
        f"{count} rows set aside: {why}" for why, count in reasons.most_common(_REASONS_TOLD)
    ]
    if twice := all_rows.height - rows.height:
        faults.append(f"{twice} rows came twice and were kept once.")
    if faults:
        _LOG.info("insights_faults", account=query.account.account_id, faults=faults)
    return InsightsBatch(
        query=query,
        known_at=known_at,
        rows=rows,
        actions=actions,
        complete=all(part.complete for part in gathered),
        rejected=reasons.total(),
        faults=tuple(faults),
    )


def _json(value: object) -> str:
    """Return the JSON text of a parameter."""
    return msgspec.json.encode(value).decode()
