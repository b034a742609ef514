"""The pages of one span of days, and the batch they make."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
import structlog

from engine.ports import InsightsBatch, InsightsQuery
from sync.graph_client import GraphClient
from sync.insight_rows import PageFrames, RowReader, empty_actions, empty_rows
from sync.paging import Listing, PageStream

_LOG = structlog.stdlib.get_logger("sync")
_ROW_KEY = ["object_id", "date", "hour"]
_ACTION_KEY = ["object_id", "date", "action_type"]
_REREADS = 3
_REASONS_TOLD = 5
# Of the rows of a batch that could not be read so many are kept as they came.
_KEPT_ASIDE = 200


@dataclass(slots=True)
class Gathered:
    """What the pages of one span gave; `complete` when the last one came."""

    pages: list[PageFrames] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    complete: bool = True
    first_date: datetime | None = None


async def gather(client: GraphClient, listing: Listing, query: InsightsQuery) -> Gathered:
    """Read every page of a listing. Raises PlatformError as PageStream does."""
    stream = PageStream(client, listing)
    reader = RowReader(query)
    gathered = Gathered()
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


def made_batch(query: InsightsQuery, gathered: Gathered, known_at: datetime) -> InsightsBatch:
    """Put pages together: each row once, each row set aside counted."""
    pages = gathered.pages
    reasons: Counter[str] = sum((page.reasons for page in pages), Counter())
    all_rows = pl.concat([empty_rows(), *(page.rows for page in pages)])
    # Looking whether rows came twice costs a quarter of taking them out.
    marks = sum((pl.col(name).hash(place) for place, name in enumerate(_ROW_KEY)), pl.lit(0))
    rows = all_rows
    if all_rows.select(marks.n_unique()).item() < all_rows.height:
        rows = all_rows.unique(subset=_ROW_KEY, keep="last", maintain_order=True)
    actions = pl.concat([empty_actions(), *(page.actions for page in pages)])
    if twice := all_rows.height - rows.height:
        actions = actions.unique(subset=_ACTION_KEY, keep="last", maintain_order=True)
    faults = list(gathered.faults)
    faults += [
        f"{count} rows set aside: {why}" for why, count in reasons.most_common(_REASONS_TOLD)
    ]
    if twice:
        faults.append(f"{twice} rows came twice and were kept once.")
    if faults:
        _LOG.info("insights_faults", account=query.account.account_id, faults=faults)
    aside = [row for page in pages for row in page.set_aside]
    return InsightsBatch(
        query=query,
        known_at=known_at,
        rows=rows,
        actions=actions,
        complete=gathered.complete,
        rejected=reasons.total(),
        faults=tuple(faults),
        set_aside=tuple(aside[:_KEPT_ASIDE]),
    )
