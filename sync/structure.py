"""Reading accounts and the objects in them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog

from engine.domain.objects import Account, AdObject, Creative, Level, Structure
from sync.errors import CursorExpired
from sync.graph_client import GraphClient
from sync.graph_fields import effective_statuses, object_fields
from sync.insight_rows import paused_collection
from sync.paging import Listing, PageStream
from sync.reading import (
    ReadObject,
    Unreadable,
    read_with_creative,
    split_rows,
)
from sync.together import together

_LOG = structlog.stdlib.get_logger("sync")
_EDGES = {Level.CAMPAIGN: "campaigns", Level.ADSET: "adsets", Level.AD: "ads"}
_REREADS = 3
Filter = Mapping[str, object]


@dataclass(slots=True)
class Listed:
    """The objects of one edge, each id once, with the creatives of ads."""

    objects: dict[str, AdObject] = field(default_factory=dict)
    creatives: dict[str, Creative] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    complete: bool = True
    first_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """One level of an account, narrowed by Meta's filters where there are any."""

    account_id: str
    level: Level
    page_rows: int
    filters: tuple[Filter, ...] = ()

    def listing(self, fields: Sequence[str]) -> Listing:
        """Return what to ask for, archived and deleted objects too."""
        statuses = msgspec.json.encode(effective_statuses(self.level)).decode()
        params = {"fields": ",".join(fields), "effective_status": statuses}
        if self.filters:
            params["filtering"] = msgspec.json.encode(self.filters).decode()
        path = f"act_{self.account_id}/{_EDGES[self.level]}"
        return Listing(path, params, self.account_id, self.page_rows)


async def read_structure(client: GraphClient, account: Account, page_rows: int) -> Structure:
    """Return all campaigns, ad sets and ads, archived and deleted ones too.

    Raises PlatformError when not even the first page of an edge came.
    """
    started = client.server_clock.now()
    edges = await together(
        read_edge(client, Edge(account.account_id, level, page_rows)) for level in Level
    )
    return gathered(account.account_id, edges, started)


def gathered(
    account_id: str, edges: Sequence[Listed], started: datetime, *, whole: bool = True
) -> Structure:
    """Return what was read of several edges as one structure."""
    reasons: Counter[str] = sum((edge.reasons for edge in edges), Counter())
    if reasons:
        _LOG.info("objects_set_aside", account=account_id, reasons=dict(reasons))
    dates = [edge.first_date for edge in edges if edge.first_date is not None]
    objects = {one.object_id: one for edge in edges for one in edge.objects.values()}
    creatives = {one.creative_id: one for edge in edges for one in edge.creatives.values()}
    return Structure(
        account_id=account_id,
        as_of=min(dates, default=started),
        objects=tuple(objects.values()),
        complete=all(edge.complete for edge in edges),
        rejected=reasons.total(),
        whole=whole,
        creatives=tuple(creatives.values()),
    )


async def read_edge(client: GraphClient, edge: Edge) -> Listed:
    """Read one edge, from its start again when a cursor died on the way."""
    try:
        return await _read_pages(client, edge)
    except CursorExpired:
        _LOG.info("edge_from_start", account=edge.account_id, level=edge.level.value)
        return await _read_pages(client, edge)


async def _read_pages(client: GraphClient, edge: Edge) -> Listed:
    """Read every page of one edge."""
    stream = PageStream(client, edge.listing(object_fields(edge.level)))
    listed = Listed()
    rereads = 0
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            if listed.first_date is None:
                listed.first_date = page.date
            found, reasons = await asyncio.to_thread(_decode, page.rows, edge)
            # A broken answer is often whole the second time; a broken row is not.
            if reasons and rereads < _REREADS:
                rereads += 1
                page = await stream.again(page)
                found, reasons = await asyncio.to_thread(_decode, page.rows, edge)
            for one in found:
                listed.objects[one.object.object_id] = one.object
                if one.creative is not None:
                    listed.creatives[one.creative.creative_id] = one.creative
            listed.reasons.update(reasons)
    listed.complete = stream.complete
    return listed


def _decode(rows: msgspec.Raw, edge: Edge) -> tuple[list[ReadObject], Counter[str]]:
    """Return a page's objects, and why rows were set aside."""
    found: list[ReadObject] = []
    reasons: Counter[str] = Counter()
    with paused_collection():
        for raw in split_rows(rows):
            try:
                found.append(read_with_creative(raw, edge.level, edge.account_id))
            except Unreadable as error:
                reasons[str(error)] += 1
    return found, reasons
