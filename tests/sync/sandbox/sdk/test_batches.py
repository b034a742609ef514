"""Batches through Meta's own SDK: order, failures, items to repeat."""

from __future__ import annotations

from typing import Any

from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.sdk.conftest import sdk_on

Sdk = Any  # the SDK ships no types


def test_each_item_has_an_answer_of_its_own(fresh: Caller) -> None:
    heard: list[tuple[str, Sdk]] = []
    with sdk_on(fresh) as api:
        account = next(iter(User("me").get_ad_accounts()))
        campaigns = list(account.get_campaigns(fields=["name"]))
        batch = api.new_batch()
        for one in (campaigns[0]["id"], "1", campaigns[1]["id"]):
            Campaign(one).api_get(
                fields=["name"],
                batch=batch,
                success=lambda answer: heard.append(("read", answer.json()["name"])),
                failure=lambda answer: heard.append(("failed", answer.error().api_error_code())),
            )
        again = batch.execute()

    assert again is None
    assert heard == [("read", campaigns[0]["name"]), ("failed", 100), ("read",
                     campaigns[1]["name"])]  # fmt: skip


def test_items_that_were_not_finished_are_in_the_next_batch(fresh: Caller) -> None:
    heard: list[bool] = []
    with sdk_on(fresh) as api:
        account = next(iter(User("me").get_ad_accounts()))
        campaign = account.get_campaigns()[0]
        batch = api.new_batch()
        for name in ("a", "b"):
            campaign.api_update(
                params={"name": name},
                batch=batch,
                success=lambda answer: heard.append(answer.is_success()),
            )
        fresh.fault("batch_item_null", nth=2)
        rest = batch.execute()
        assert len(rest) == 1
        assert campaign.api_get(fields=["name"])["name"] == "a"
        assert rest.execute() is None
        assert campaign.api_get(fields=["name"])["name"] == "b"

    assert heard == [True, True]
    assert [row["after"] for row in fresh.ledger()] == ["a", "b"]


def test_a_weak_item_does_not_harm_the_others(fresh: Caller) -> None:
    failed: list[int] = []
    with sdk_on(fresh) as api:
        account = next(iter(User("me").get_ad_accounts()))
        campaign = account.get_campaigns()[0]
        batch = api.new_batch()
        campaign.api_update(
            params={"daily_budget": 1, "lifetime_budget": 1},
            batch=batch,
            failure=lambda answer: failed.append(answer.error().api_error_code()),
        )
        campaign.api_update(params={"name": "kept"}, batch=batch)
        batch.execute()

        assert failed == [100]
        assert campaign.api_get(fields=["name"])["name"] == "kept"
