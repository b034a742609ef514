"""Applying changes: record, market, ledger and change history together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.nodes import LEVELS, Node
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CampaignRecord,
    CreativeRecord,
    JsonValue,
)

REVIEW_TIME = timedelta(minutes=30)
# Meta does not bump updated_time for these, so an incremental sync misses them.
SILENT = ("daily_budget", "lifetime_budget", "spend_cap", "review")
Changeable = AccountRecord | CampaignRecord | AdSetRecord | AdRecord | CreativeRecord


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute of one record that shall get a new value."""

    record: Changeable
    field: str
    after: object


def level_of(record: Changeable) -> str:
    """Return the ledger's level of a record."""
    if isinstance(record, AccountRecord):
        return "account"
    if isinstance(record, CampaignRecord):
        return "campaign"
    if isinstance(record, AdSetRecord):
        return "adset"
    return "ad" if isinstance(record, AdRecord) else "creative"


def plain(value: object) -> JsonValue:
    """Return a value as the ledger and the market take it.

    Times become unix seconds, everything else stays as it is.
    """
    if isinstance(value, datetime):
        return int(value.timestamp())
    return cast(JsonValue, value)


def apply_changes(context: GraphContext, changes: Sequence[Change], request_id: str) -> None:
    """Carry out changes that differ from the present values, in order.

    The world must have been settled; every change gets a ledger row.
    """
    now = context.now()
    for change in changes:
        record, name = change.record, change.field
        before = getattr(record, name)
        if before == change.after:
            continue
        setattr(record, name, change.after)
        if name not in SILENT and isinstance(record, CampaignRecord | AdSetRecord | AdRecord):
            record.updated_time = now
        level = level_of(record)
        old, new = plain(before), plain(change.after)
        if level in ("campaign", "adset", "ad"):
            context.world.object_changed(record.id, name, old, new)
        context.ledger.add(now, record.id, level, name, old, new, request_id)
        context.note_change(now, record.id, name, old, new)


def note_created(context: GraphContext, node: Node, source_id: str | None, request_id: str) -> None:
    """Write a new object into the ledger and the change history."""
    now = context.now()
    level = LEVELS.get(node.kind, "creative")
    context.ledger.add(now, node.id, level, "created", source_id, node.id, request_id)
    context.note_change(now, node.id, "created", source_id, node.id)
    if isinstance(node.record, AdRecord):
        send_to_review(context, node.record)


def send_to_review(context: GraphContext, ad: AdRecord) -> None:
    """Put an ad into review; it is approved half a simulated hour later."""
    before, ad.review = ad.review, "PENDING_REVIEW"
    if before != ad.review:
        context.world.object_changed(ad.id, "review", before, ad.review)
    context.reviews.append((context.now() + REVIEW_TIME, ad.id))


def finish_reviews(context: GraphContext) -> None:
    """Approve the ads whose review is over."""
    now = context.now()
    while context.reviews and context.reviews[0][0] <= now:
        _due, ad_id = context.reviews.popleft()
        ad = context.world.ads.get(ad_id)
        waiting = any(other == ad_id for _time, other in context.reviews)
        if ad is not None and ad.review == "PENDING_REVIEW" and not waiting:
            ad.review = "APPROVED"
            context.world.object_changed(ad_id, "review", "PENDING_REVIEW", "APPROVED")
