"""Reading only what may have changed in an account since it was known.

Meta's `updated_time` tells of most edits, but not of budgets; its change history
tells of those. Neither tells of what moves by itself: learning, reviews, and the
effective status of what stands below an edited object. So what is read again is

- every campaign in which anything has a younger `updated_time` or a row in the
  history, with all that stands below it: an edit may move anything in its campaign;
- every ad set whose learning is not over, and everything on its way through a review.

A level is listed whole where that takes fewer calls. What is read twice does no
harm: an object that did not change adds no version.
"""

from __future__ import annotations

from collections.abc import Collection, Coroutine, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from engine.domain.objects import Account, AdObject, Level, Status, Structure
from engine.ports import Known
from sync.errors import CursorExpired
from sync.graph_client import GraphClient
from sync.graph_fields import place_fields
from sync.paging import PageStream
from sync.reading import split_rows
from sync.structure import Edge, Filter, Listed, gathered, read_edge
from sync.together import together

# Bridges a list that lags behind what it lists, and clocks that differ.
OVERLAP = timedelta(minutes=10)
# So many ids fit into one question without making its address too long.
IDS_AT_ONCE = 100
_SETTLED_LEARNING = frozenset({None, "SUCCESS"})
_SETTLED = frozenset(
    {"ACTIVE", "PAUSED", "CAMPAIGN_PAUSED", "ADSET_PAUSED", "ARCHIVED", "DELETED", "DISAPPROVED"}
)
_GONE = frozenset({Status.ARCHIVED, Status.DELETED})


class _Place(msgspec.Struct, gc=False):
    id: str | int
    campaign_id: str | int = ""


_PLACE = msgspec.json.Decoder(_Place)


async def read_changes(
    client: GraphClient, account: Account, known: Known, page_rows: int
) -> Structure:
    """Return the objects that may differ from `known`; `whole` is false.

    Raises PlatformError when not even the first page of a list came.
    """
    started = client.server_clock.now()
    recent = await together(
        _campaigns_of_recent(client, Edge(account.account_id, level, page_rows), known.at)
        for level in Level
    )
    campaigns = touched_campaigns(known)
    campaigns |= {campaign_id for part in recent for campaign_id in part.campaigns}
    moving = [
        one for one in known.objects if is_moving(one) and (one.campaign_id or "") not in campaigns
    ]
    readings = list(_readings(client, account.account_id, campaigns, moving, known, page_rows))
    edges = await together(readings)
    # The moment of the first question, not of the last: an edit after it may be missing.
    dates = [part.date for part in recent if part.date is not None]
    edges.append(Listed(complete=all(part.complete for part in recent)))
    return gathered(account.account_id, edges, min(dates, default=started), whole=False)


def touched_campaigns(known: Known) -> set[str]:
    """Return the campaigns that the change history speaks of."""
    home = {one.object_id: one.campaign_id or one.object_id for one in known.objects}
    since = known.at - OVERLAP
    return {
        home[edit.object_id] for edit in known.edits if edit.at >= since and edit.object_id in home
    }


def is_moving(one: AdObject) -> bool:
    """Return whether Meta may change an object without anybody's edit."""
    if one.status in _GONE:
        return False
    learns = one.level is Level.ADSET and one.learning_stage not in _SETTLED_LEARNING
    return learns or one.effective_status not in _SETTLED or bool(one.issues)


@dataclass(slots=True)
class _Recent:
    """The campaigns in which objects of one level were updated."""

    campaigns: set[str] = field(default_factory=set)
    complete: bool = True
    date: datetime | None = None


async def _campaigns_of_recent(client: GraphClient, edge: Edge, at: datetime) -> _Recent:
    """Return the campaigns of what was updated since `at`."""
    since = int((at - OVERLAP).timestamp())
    narrowed = Edge(
        edge.account_id,
        edge.level,
        edge.page_rows,
        (_filter(f"{edge.level.value}.updated_time", "GREATER_THAN", since),),
    )
    try:
        return await _read_places(client, narrowed)
    except CursorExpired:
        return await _read_places(client, narrowed)


async def _read_places(client: GraphClient, edge: Edge) -> _Recent:
    stream = PageStream(client, edge.listing(place_fields(edge.level)))
    found = _Recent()
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            found.date = found.date or page.date
            for raw in split_rows(page.rows):
                try:
                    place = _PLACE.decode(raw)
                except msgspec.DecodeError:
                    # Which campaign it belongs to is not known: this was no complete reading.
                    found.complete = False
                    continue
                found.campaigns.add(str(place.campaign_id or place.id))
    found.complete = found.complete and stream.complete
    return found


def _readings(
    client: GraphClient,
    account_id: str,
    campaigns: Collection[str],
    moving: Sequence[AdObject],
    known: Known,
    page_rows: int,
) -> Iterable[Coroutine[None, None, Listed]]:
    """Begin the readings of each level, by ids or whole, whichever is cheaper."""
    for level in Level:
        asked = [
            *_chunks("campaign.id", sorted(campaigns)),
            *_chunks(
                f"{level.value}.id", sorted(one.object_id for one in moving if one.level is level)
            ),
        ]
        count = sum(one.level is level for one in known.objects)
        if len(asked) > -(-count // page_rows):
            yield read_edge(client, Edge(account_id, level, page_rows))
            continue
        for condition in asked:
            yield read_edge(client, Edge(account_id, level, page_rows, (condition,)))


def _chunks(name: str, ids: Sequence[str]) -> list[Filter]:
    """Return filters that name all `ids`, a limited number each."""
    return [
        _filter(name, "IN", ids[start : start + IDS_AT_ONCE])
        for start in range(0, len(ids), IDS_AT_ONCE)
    ]


def _filter(name: str, operator: str, value: object) -> Filter:
    return {"field": name, "operator": operator, "value": value}
