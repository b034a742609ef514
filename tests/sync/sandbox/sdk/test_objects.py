"""Every object and edge our product names, read through Meta's own SDK."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adlabel import AdLabel
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.exceptions import FacebookRequestError

Sdk = Any  # the SDK ships no types

LISTS = {
    "get_campaigns": (Campaign, ["id", "name", "status", "effective_status", "objective"]),
    "get_ad_sets": (AdSet, ["id", "campaign_id", "daily_budget", "learning_stage_info"]),
    "get_ads": (Ad, ["id", "adset_id", "campaign_id", "creative"]),
    "get_ad_creatives": (AdCreative, ["id", "name", "title", "body", "object_type"]),
}


@pytest.mark.parametrize(("method", "kind", "fields"), [(m, *row) for m, row in LISTS.items()])
def test_lists_are_walked_page_by_page(
    read_account: Sdk, method: str, kind: Sdk, fields: list[str]
) -> None:
    whole = list(getattr(read_account, method)(fields=fields, params={"limit": 1000}))
    cursor = getattr(read_account, method)(fields=fields, params={"limit": 3})
    walked = list(cursor)

    assert [row.export_all_data() for row in walked] == [row.export_all_data() for row in whole]
    assert len(whole) > 3
    assert cursor.total() == len(whole)
    assert all(isinstance(row, kind) for row in whole)
    assert all(set(fields) <= set(row.export_all_data()) for row in whole)


@pytest.mark.parametrize(("method", "kind", "fields"), [(m, *row) for m, row in LISTS.items()])
def test_nodes_are_read_one_by_one_and_many_at_once(
    read_account: Sdk, method: str, kind: Sdk, fields: list[str]
) -> None:
    listed = getattr(read_account, method)(fields=fields, params={"limit": 2})
    rows = [listed[0].export_all_data(), listed[1].export_all_data()]
    alone = kind(rows[0]["id"]).api_get(fields=fields)
    both = kind.get_by_ids([row["id"] for row in rows], fields=fields)

    assert alone.export_all_data() == rows[0]
    assert [one.export_all_data() for one in both] == rows


def test_children_hang_below_their_parents(read_account: Sdk) -> None:
    campaign = read_account.get_campaigns()[0]
    adsets = list(campaign.get_ad_sets(fields=["campaign_id"]))
    ads = list(campaign.get_ads(fields=["adset_id"]))
    below = [ad["id"] for adset in adsets for ad in adset.get_ads()]

    assert {s["campaign_id"] for s in adsets} == {campaign["id"]}
    assert sorted(below) == sorted(ad["id"] for ad in ads)
    creative = ads[0].get_ad_creatives(fields=["title"])[0]
    assert AdCreative(creative["id"]).api_get(fields=["title"])["title"] == creative["title"]
    assert adsets[0].get_ad_creatives()[0]["id"]


def test_conditions_and_statuses_choose_rows(read_account: Sdk) -> None:
    paused = read_account.get_campaigns(
        fields=["effective_status"], params={"effective_status": ["PAUSED"]}
    )
    first = read_account.get_campaigns(fields=["name", "updated_time"])[0]
    by_name = read_account.get_campaigns(
        params={"filtering": [{"field": "name", "operator": "CONTAIN", "value": first["name"]}]}
    )
    later = read_account.get_campaigns(
        params={
            "filtering": [
                {"field": "campaign.updated_time", "operator": "GREATER_THAN", "value": 4102444800}
            ]
        }
    )

    assert {c["effective_status"] for c in paused} == {"PAUSED"}
    assert first["id"] in [c["id"] for c in by_name]
    assert list(later) == []


def test_wire_types_survive_the_sdk(read_account: Sdk) -> None:
    account = read_account.api_get(
        fields=["id", "account_id", "currency", "min_daily_budget", "amount_spent", "spend_cap"]
    )
    adset = next(
        s
        for s in read_account.get_ad_sets(
            fields=["daily_budget", "lifetime_budget", "source_adset_id", "created_time"]
        )
        if s["daily_budget"] != "0"
    )

    assert account["id"] == f"act_{account['account_id']}"
    assert type(account["min_daily_budget"]) is int
    assert type(account["amount_spent"]) is type(account["spend_cap"]) is str
    assert (adset["lifetime_budget"], adset["source_adset_id"]) == ("0", "0")
    assert adset["created_time"][-5] == "-"


def test_history_and_smallest_budgets_are_edges_too(account: Sdk) -> None:
    campaign = account.get_campaigns()[0]
    campaign.api_update(params={"name": "renamed"})
    rows = account.get_activities(fields=["event_type", "object_id", "extra_data", "actor_id"])
    smallest = account.get_minimum_budgets(fields=["currency", "min_daily_budget_imp"])

    assert rows[0]["object_id"] == campaign["id"]
    assert isinstance(rows[0]["extra_data"], str)
    assert smallest[0]["currency"] == "USD"
    assert type(smallest[0]["min_daily_budget_imp"]) is int


def test_labels_lead_to_what_carries_them(account: Sdk) -> None:
    label = account.create_ad_label(params={"name": "winners"})
    campaign, ad = account.get_campaigns()[0], account.get_ads()[0]
    campaign.create_ad_label(params={"adlabels": [{"id": label["id"]}]})
    ad.create_ad_label(params={"adlabels": [{"name": "winners"}]})

    assert [row["name"] for row in account.get_ad_labels(fields=["name"])] == ["winners"]
    assert [c["id"] for c in AdLabel(label["id"]).get_campaigns()] == [campaign["id"]]
    assert [a["id"] for a in AdLabel(label["id"]).get_ads()] == [ad["id"]]
    assert list(AdLabel(label["id"]).get_ad_sets()) == []
    found = account.get_ads_by_labels(params={"ad_label_ids": [label["id"]], "operator": "ANY"})
    assert [a["id"] for a in found] == [ad["id"]]


def test_errors_reach_the_sdk_with_all_their_parts(read_account: Sdk) -> None:
    with (
        pytest.warns(UserWarning, match="nonsense"),
        pytest.raises(FacebookRequestError) as unknown,
    ):
        AdAccount(read_account["id"]).api_get(fields=["nonsense"])
    with pytest.raises(FacebookRequestError) as missing:
        Campaign("123").api_get()

    assert (unknown.value.http_status(), unknown.value.api_error_code()) == (400, 100)
    assert "nonsense" in unknown.value.api_error_message()
    error = missing.value
    assert (error.api_error_code(), error.api_error_subcode()) == (100, 33)
    assert error.api_error_type() == "GraphMethodException"
    assert "X-App-Usage" in error.http_headers()
