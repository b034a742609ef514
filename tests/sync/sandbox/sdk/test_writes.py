"""Writes through Meta's own SDK: updates, copies, creates, batches."""

from __future__ import annotations

from typing import Any

from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.api import FacebookAdsApi

Sdk = Any  # the SDK ships no types


def test_the_sdk_updates_copies_and_deletes(account: Sdk) -> None:
    asked = ["id", "daily_budget", "effective_status"]
    adset = next(
        s
        for s in account.get_ad_sets(fields=asked)
        if s["daily_budget"] != "0" and s["effective_status"] == "ACTIVE"
    )
    higher = int(adset["daily_budget"]) + 700
    AdSet(adset["id"]).api_update(params={"daily_budget": higher})
    copy = AdSet(adset["id"]).create_copy(params={"status_option": "PAUSED"})
    AdSet(copy["copied_adset_id"]).api_delete()

    assert AdSet(adset["id"]).api_get(fields=["daily_budget"])["daily_budget"] == str(higher)
    assert "id" not in copy.export_all_data()
    gone = AdSet(copy["copied_adset_id"]).api_get(fields=["status"])
    assert gone["status"] == "DELETED"


def test_the_sdk_creates_a_campaign_and_swaps_a_creative(account: Sdk) -> None:
    campaign = account.create_campaign(
        params={
            "name": "c",
            "objective": "OUTCOME_SALES",
            "status": "PAUSED",
            "special_ad_categories": [],
            "is_adset_budget_sharing_enabled": False,
        }
    )
    story = {"page_id": "1", "link_data": {"link": "https://example.com", "message": "new"}}
    creative = account.create_ad_creative(params={"name": "k", "object_story_spec": story})
    ad = next(iter(account.get_ads(fields=["id"])))
    Ad(ad["id"]).api_update(params={"creative": {"creative_id": creative["id"]}})

    assert Campaign(campaign["id"]).api_get(fields=["name"])["name"] == "c"
    swapped = Ad(ad["id"]).api_get(fields=["creative", "effective_status"])
    assert swapped["creative"]["id"] == creative["id"]


def test_the_sdk_runs_a_batch_and_a_multi_get(account: Sdk) -> None:
    campaigns = list(account.get_campaigns(fields=["id", "name"]))
    heard: list[Sdk] = []
    batch = FacebookAdsApi.get_default_api().new_batch()
    Campaign(campaigns[0]["id"]).api_get(fields=["name"], batch=batch, success=heard.append)
    Campaign(campaigns[1]["id"]).api_update(
        params={"name": "é &x"}, batch=batch, success=heard.append
    )
    Campaign("1").api_get(batch=batch, failure=heard.append)
    again = batch.execute()

    assert again is None
    assert [answer.is_success() for answer in heard] == [True, True, False]
    both = Campaign.get_by_ids([c["id"] for c in campaigns[:2]], fields=["name"])
    assert {c["name"] for c in both} == {campaigns[0]["name"], "é &x"}
