"""Effective status: an object's own status seen through its parents."""

from __future__ import annotations

from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord
from sync.sandbox.world import World

GONE = ("DELETED", "ARCHIVED")


def campaign_status(campaign: CampaignRecord) -> str:
    """Return a campaign's effective status, which is its own."""
    return campaign.status


def adset_status(world: World, adset: AdSetRecord) -> str:
    """Return an ad set's effective status."""
    if adset.status in GONE:
        return adset.status
    parent = world.campaigns[adset.campaign_id].status
    if parent in GONE:
        return parent
    if adset.status == "PAUSED":
        return "PAUSED"
    return "CAMPAIGN_PAUSED" if parent == "PAUSED" else "ACTIVE"


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
    return "PENDING_REVIEW" if ad.review == "PENDING_REVIEW" else "ACTIVE"


def effective_status(world: World, record: CampaignRecord | AdSetRecord | AdRecord) -> str:
    """Return the effective status of an object of any level."""
    if isinstance(record, CampaignRecord):
        return campaign_status(record)
    if isinstance(record, AdSetRecord):
        return adset_status(world, record)
    return ad_status(world, record)
