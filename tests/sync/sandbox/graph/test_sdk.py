"""Meta's own SDK works on the sandbox with nothing changed but its host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from tests.sync.sandbox.graph.graph_client import Caller

Sdk = Any  # the SDK ships no types


@pytest.fixture
def account(fresh: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sdk]:
    monkeypatch.setattr(FacebookSession, "GRAPH", fresh.address.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    address = fresh.address
    api = FacebookAdsApi.init(
        address.app_id, address.app_secret, address.access_token, crash_log=False
    )
    yield AdAccount(next(iter(User("me").get_ad_accounts()))["id"])
    api._session.requests.close()
    FacebookAdsApi.set_default_api(None)


def test_sdk_lists_every_level(account: Sdk) -> None:
    campaigns = list(account.get_campaigns(fields=["id", "name"], params={"limit": 2}))
    adsets = list(account.get_ad_sets(fields=["id", "campaign_id"], params={"limit": 3}))
    ads = list(account.get_ads(fields=["id", "adset_id", "creative"], params={"limit": 100}))

    assert len(campaigns) == 7
    assert {s["campaign_id"] for s in adsets} <= {c["id"] for c in campaigns}
    assert {a["adset_id"] for a in ads} <= {s["id"] for s in adsets}
    assert account.api_get(fields=["currency"])["currency"] == "USD"


def test_sdk_reads_insights_at_once_and_as_a_report(account: Sdk) -> None:
    asked = {"level": "campaign", "date_preset": "last_7d", "time_increment": 1, "limit": 5}
    rows = list(account.get_insights(fields=["campaign_id", "spend"], params=asked))
    run = account.get_insights(fields=["campaign_id", "spend"], params=asked, is_async=True)
    states = []
    while True:
        run = AdReportRun(run["report_run_id"] if "report_run_id" in run else run["id"]).api_get()
        states.append(run["async_status"])
        if run["async_status"] == "Job Completed" and run["async_percent_completion"] == 100:
            break
    later = list(run.get_insights(params={"limit": 4}))

    assert len(states) > 1
    assert [dict(row) for row in later] == [dict(row) for row in rows]


def test_sdk_updates_copies_and_deletes(account: Sdk) -> None:
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


def test_sdk_creates_a_campaign_and_swaps_a_creative(account: Sdk) -> None:
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


def test_sdk_runs_a_batch_and_a_multi_get(account: Sdk) -> None:
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
