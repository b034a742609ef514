"""Reading accounts and the objects in them."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog

from engine.domain.objects import Account, AdObject, Level, Structure
from sync.errors import CursorExpired
from sync.graph_client import GraphClient
from sync.graph_fields import account_fields, effective_statuses, object_fields
from sync.insight_rows import paused_collection
from sync.paging import Listing, PageStream
from sync.reading import Unreadable, read_account, read_object, split_rows
from sync.together import together

_LOG = structlog.stdlib.get_logger("sync")
_EDGES = {Level.CAMPAIGN: "campaigns", Level.ADSET: "adsets", Level.AD: "ads"}
_REREADS = 3


@dataclass(slots=True)
class _Listed:
    """The objects of one edge, each id once."""

    objects: dict[str, AdObject] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    complete: bool = True
    first_date: datetime | None = None


async def read_accounts(client: GraphClient, page_rows: int) -> list[Account]:
    """Return every ad account the token can see. Raises PlatformError."""
    fields = ",".join(account_fields())
    stream = PageStream(client, Listing("me/adaccounts", {"fields": fields}, "", page_rows))
    accounts: dict[str, Account] = {}
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            for raw in split_rows(page.rows):
                try:
                    account = read_account(raw)
                except Unreadable as error:
                    _LOG.warning("account_set_aside", why=str(error))
                    continue
                accounts[account.account_id] = account
    return list(accounts.values())


async def read_structure(client: GraphClient, account: Account, page_rows: int) -> Structure:
    """Return all campaigns, ad sets and ads, archived and deleted ones too.

    Raises PlatformError when not even the first page of an edge came.
    """
    started = client.server_clock.now()
    edges = await together(
        _read_edge(client, account.account_id, level, page_rows) for level in Level
    )
    reasons: Counter[str] = sum((edge.reasons for edge in edges), Counter())
    if reasons:
        _LOG.info("objects_set_aside", account=account.account_id, reasons=dict(reasons))
    dates = [edge.first_date for edge in edges if edge.first_date is not None]
    return Structure(
        account_id=account.account_id,
        as_of=min(dates, default=started),
        objects=tuple(item for edge in edges for item in edge.objects.values()),
        complete=all(edge.complete for edge in edges),
        rejected=reasons.total(),
    )


async def _read_edge(client: GraphClient, account_id: str, level: Level, page_rows: int) -> _Listed:
    """Read one edge, from its start again when a cursor died on the way."""
    try:
        return await _read_pages(client, account_id, level, page_rows)
    except CursorExpired:
        _LOG.info("edge_from_start", account=account_id, level=level.value)
        return await _read_pages(client, account_id, level, page_rows)


async def _read_pages(
    client: GraphClient, account_id: str, level: Level, page_rows: int
) -> _Listed:
    """Read every page of one edge."""
    statuses = msgspec.json.encode(effective_statuses(level)).decode()
    listing = Listing(
        path=f"act_{account_id}/{_EDGES[level]}",
        params={"fields": ",".join(object_fields(level)), "effective_status": statuses},
        account_id=account_id,
        limit=page_rows,
    )
    stream = PageStream(client, listing)
    listed = _Listed()
    rereads = 0
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            if listed.first_date is None:
                listed.first_date = page.date
            found, reasons = await asyncio.to_thread(_decode, page.rows, level, account_id)
            # A broken answer is often whole the second time; a broken row is not.
            if reasons and rereads < _REREADS:
                rereads += 1
                page = await stream.again(page)
                found, reasons = await asyncio.to_thread(_decode, page.rows, level, account_id)
            listed.objects.update(found)
            listed.reasons.update(reasons)
    listed.complete = stream.complete
    return listed


def _decode(
    rows: msgspec.Raw, level: Level, account_id: str
) -> tuple[dict[str, AdObject], Counter[str]]:
    """Return a page's objects by id, and why rows were set aside."""
    found: dict[str, AdObject] = {}
    reasons: Counter[str] = Counter()
    with paused_collection():
        for raw in split_rows(rows):
            try:
                item = read_object(raw, level, account_id)
            except Unreadable as error:
                reasons[str(error)] += 1
                continue
            found[item.object_id] = item
    return found, reasons
