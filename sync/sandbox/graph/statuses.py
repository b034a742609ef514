"""Effective status: an object's own status seen through its parents.

What is gone comes first, then a rejection, then the object's own pause and
its parents', then a review that is still on, then issues.
"""

from __future__ import annotations

from datetime import datetime

from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord
from sync.sandbox.world import World

GONE = ("DELETED", "ARCHIVED")
REVIEWS = ("PENDING_REVIEW", "PREAPPROVED", "PENDING_BILLING_INFO", "IN_PROCESS", "DISAPPROVED")
"""What may keep an ad from running, or from running yet."""

# The 14 words by which deliveries are filtered; each object has exactly one.
DELIVERIES = (
    "active archived completed deleted inactive limited not_delivering not_published "
    "pending_review permanently_deleted recently_completed recently_rejected rejected scheduled"
).split()


def campaign_status(campaign: CampaignRecord) -> str:
    """Return a campaign's effective status: its own, or issues while active."""
    return "WITH_ISSUES" if campaign.status == "ACTIVE" and campaign.issues else campaign.status


def adset_status(world: World, adset: AdSetRecord) -> str:
    """Return an ad set's effective status."""
    if adset.status in GONE:
        return adset.status
    parent = world.campaigns[adset.campaign_id].status
    if parent in GONE:
        return parent
    if adset.status == "PAUSED":
        return "PAUSED"
    if parent == "PAUSED":
        return "CAMPAIGN_PAUSED"
    return "WITH_ISSUES" if adset.issues else "ACTIVE"


def ad_status(world: World, ad: AdRecord) -> str:
    """Return an ad's effective status; pauses come before the review."""
    if ad.status in GONE:
        return ad.status
    adset = world.adsets[ad.adset_id]
    campaign = world.campaigns[ad.campaign_id].status
    for parent in (campaign, adset.status):
        if parent in GONE:
            return parent
    if ad.review == "DISAPPROVED":
        return "DISAPPROVED"
    if ad.status == "PAUSED":
        return "PAUSED"
    if campaign == "PAUSED":
        return "CAMPAIGN_PAUSED"
    if adset.status == "PAUSED":
        return "ADSET_PAUSED"
    if ad.review in REVIEWS:
        return ad.review
    return "WITH_ISSUES" if ad.issues else "ACTIVE"


def effective_status(world: World, record: CampaignRecord | AdSetRecord | AdRecord) -> str:
    """Return the effective status of an object of any level."""
    if isinstance(record, CampaignRecord):
        return campaign_status(record)
    if isinstance(record, AdSetRecord):
        return adset_status(world, record)
    return ad_status(world, record)


_DELIVERY = {
    "DELETED": "deleted",
    "ARCHIVED": "archived",
    "PENDING_REVIEW": "pending_review",
    "PREAPPROVED": "pending_review",
    "IN_PROCESS": "pending_review",
    "PENDING_BILLING_INFO": "not_delivering",
    "WITH_ISSUES": "not_delivering",
    "DISAPPROVED": "rejected",
    "ACTIVE": "active",
}


def delivery(world: World, record: CampaignRecord | AdSetRecord | AdRecord, now: datetime) -> str:
    """Return the one word of an object's delivery."""
    status = effective_status(world, record)
    if status != "ACTIVE":
        return _DELIVERY.get(status, "inactive")
    timed = world.adsets[record.adset_id] if isinstance(record, AdRecord) else record
    end = timed.stop_time if isinstance(timed, CampaignRecord) else timed.end_time
    if timed.start_time > now:
        return "scheduled"
    return "completed" if end is not None and end <= now else "active"
