"""Meta's review of ads: they wait, then run or are rejected."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sync.sandbox.graph.activities import META_ITSELF
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.records import AdRecord, CreativeRecord

REVIEW_TIME = timedelta(minutes=30)
PROMISES = ("miracle cure", "guaranteed profit", "lose 20 kg", "get rich quick")
"""What an ad's text must not promise; such ads are rejected."""


def send_to_review(context: GraphContext, ad: AdRecord) -> None:
    """Put an ad into review; it is decided half a simulated hour later."""
    before, ad.review = ad.review, "PENDING_REVIEW"
    if before != ad.review:
        context.world.object_changed(ad.id, "review", before, ad.review)
    due = (context.now() + REVIEW_TIME).timestamp()
    ad.reviews += 1
    context.world.agenda.add(due, partial(_decide, context, ad, ad.reviews))


def forbidden_words(creative: CreativeRecord) -> str:
    """Return what the creative promises against the policies, or nothing."""
    text = f"{creative.title} {creative.body} {creative.name}".lower()
    return ", ".join(words for words in PROMISES if words in text)


def _decide(context: GraphContext, ad: AdRecord, number: int) -> None:
    """Approve or reject, unless a later change has begun another review."""
    if number != ad.reviews or ad.review != "PENDING_REVIEW":
        return
    creative = context.world.creatives[ad.creative_id]
    ad.review = "DISAPPROVED" if forbidden_words(creative) else "APPROVED"
    context.world.object_changed(ad.id, "review", "PENDING_REVIEW", ad.review)
    context.note_change(context.now(), ad.id, "review", "PENDING_REVIEW", ad.review, META_ITSELF)
