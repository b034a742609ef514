"""Meta's change history: who changed what, and from what to what.

It is how a lost write is proven, and how budget edits by people are seen:
Meta does not move `updated_time` for those.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import aclosing
from datetime import UTC, datetime

import msgspec
import structlog

from engine.domain.decision import Value
from engine.domain.errors import Temporary
from engine.domain.objects import Account, Level
from engine.ports import Activity
from sync.errors import CursorExpired
from sync.graph_client import GraphClient
from sync.graph_fields import activity_fields
from sync.paging import Listing, PageStream
from sync.reading import Unreadable, split_rows

_LOG = structlog.stdlib.get_logger("sync")
_PAGE = 500
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_STATUS_WORDS = {"ACTIVE": "ACTIVE", "INACTIVE": "PAUSED", "PAUSED": "PAUSED"}
_FIELD_ENDINGS = (
    ("_run_status", "status"),
    ("_name", "name"),
    ("_bidding", "bid_amount"),
    ("_bid_info", "bid_amount"),
    ("_bid_strategy", "bid_strategy"),
    ("_ad_creative", "creative_id"),
    ("_labels", "labels"),
)
_TEXTS = frozenset({"status", "name", "creative_id", "labels", "bid_strategy"})
_LEVELS = {
    "CAMPAIGN": Level.CAMPAIGN,
    "CAMPAIGNGROUP": Level.CAMPAIGN,
    "ADSET": Level.ADSET,
    "AD": Level.AD,
    "ADGROUP": Level.AD,
}
_BUDGET_EVENTS = {
    "update_campaign_budget",
    "update_campaign_group_budget",
    "update_ad_set_budget",
}


class _Payload(msgspec.Struct, gc=False):
    event_time: str
    event_type: str
    object_id: str | int = ""
    extra_data: str | None = None
    actor_id: str | int = ""
    actor_name: str = ""
    application_id: str | int = ""
    application_name: str = ""
    object_name: str = ""
    object_type: str = ""
    translated_event_type: str = ""


_ROW = msgspec.json.Decoder(_Payload)


async def read_activities(
    client: GraphClient, account: Account, since: datetime, lifetime_budgets: Collection[str]
) -> list[Activity]:
    """Return the account's changes from `since` (aware) on, oldest first.

    `lifetime_budgets` are the ids of objects whose budget is for their lifetime;
    the history itself does not always say which. Rows carry no id, so equal ones
    are taken for one. Raises PlatformError, also when a page is missing: half a
    history proves nothing.
    """
    try:
        rows = await _read_pages(client, account, since, lifetime_budgets)
    except CursorExpired:
        rows = await _read_pages(client, account, since, lifetime_budgets)
    return sorted(dict.fromkeys(rows), key=lambda row: row.at)


async def _read_pages(
    client: GraphClient, account: Account, since: datetime, lifetime_budgets: Collection[str]
) -> list[Activity]:
    """Read every page of the history."""
    listing = Listing(
        path=f"act_{account.account_id}/activities",
        params={
            "fields": ",".join(activity_fields()),
            "since": str(int(since.timestamp())),
        },
        account_id=account.account_id,
        limit=_PAGE,
    )
    stream = PageStream(client, listing)
    rows: list[Activity] = []
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            for raw in split_rows(page.rows):
                try:
                    rows.append(read_activity(raw, client.app_id, lifetime_budgets))
                except Unreadable as error:
                    _LOG.info("activity_set_aside", account=account.account_id, why=str(error))
    if not stream.complete:
        raise Temporary("; ".join(stream.faults) or "The change history has a gap.")
    return [row for row in rows if row.at >= since]


def read_activity(
    raw: msgspec.Raw | bytes, app_id: str, lifetime_budgets: Collection[str] = ()
) -> Activity:
    """Return one row of the history. Raises Unreadable."""
    try:
        payload = _ROW.decode(raw)
        at = datetime.fromisoformat(payload.event_time)
        extra = msgspec.json.decode(payload.extra_data) if payload.extra_data else {}
    except (*_BROKEN, ValueError) as error:
        raise Unreadable(f"a change that can't be read: {error}") from error
    if at.tzinfo is None or not isinstance(extra, dict):
        raise Unreadable("a change without a zone or with unreadable details")
    object_id = str(payload.object_id)
    field = _field(payload.event_type, extra, object_id in lifetime_budgets)
    return Activity(
        object_id=object_id,
        at=at.astimezone(UTC),
        event=payload.event_type,
        field=field,
        before=_value(extra.get("old_value"), field),
        after=_value(extra.get("new_value"), field),
        actor=payload.actor_name or str(payload.actor_id),
        by_us=bool(app_id) and str(payload.application_id) == app_id,
        actor_id=str(payload.actor_id),
        application=payload.application_name,
        object_name=payload.object_name,
        level=_LEVELS.get(payload.object_type.upper().replace("_", "")),
        words=payload.translated_event_type,
    )


def _field(event: str, extra: dict[str, object], lifetime: bool) -> str | None:
    """Return our name of the changed field, none when we do not know it."""
    if event in _BUDGET_EVENTS:
        told = msgspec.json.encode(extra).decode().lower()
        if "lifetime" in told:
            return "lifetime_budget"
        if "daily" in told or "per day" in told:
            return "daily_budget"
        return "lifetime_budget" if lifetime else "daily_budget"
    for ending, field in _FIELD_ENDINGS:
        if event.startswith("update_") and event.endswith(ending):
            return field
    return None


def _value(value: object, field: str | None) -> Value:
    """Return a value of the history as our own: minor units, or a status."""
    if isinstance(value, dict):
        inner = (value.get(name) for name in ("new_value", "old_value", "value", "amount"))
        value = next((item for item in inner if item is not None), None)
    if isinstance(value, list) and field == "labels":
        named = [item.get("name") if isinstance(item, dict) else item for item in value]
        return ", ".join(str(name) for name in named if name) or None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if field == "status" and isinstance(value, str):
        return _STATUS_WORDS.get(value.upper(), value.upper())
    if field in _TEXTS:
        return str(value)
    if isinstance(value, str) and field is not None and value.isdecimal():
        return int(value)
    return value
