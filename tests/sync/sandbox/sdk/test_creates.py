"""New objects through Meta's own SDK: a whole campaign, labels, images."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adimage import AdImage
from facebook_business.adobjects.adlabel import AdLabel
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.exceptions import FacebookRequestError

Sdk = Any  # the SDK ships no types
STORY = {"page_id": "1", "link_data": {"link": "https://example.com", "message": "new"}}


def campaign_of(account: Sdk, **more: object) -> Sdk:
    return account.create_campaign(
        params={
            "name": "c",
            "objective": Campaign.Objective.outcome_sales,
            "status": Campaign.Status.paused,
            "special_ad_categories": [],
            "is_adset_budget_sharing_enabled": False,
            **more,
        }
    )


def adset_of(account: Sdk, campaign: Sdk, **more: object) -> Sdk:
    return account.create_ad_set(
        params={
            "name": "s",
            "campaign_id": campaign["id"],
            "daily_budget": 3000,
            "billing_event": AdSet.BillingEvent.impressions,
            "optimization_goal": AdSet.OptimizationGoal.offsite_conversions,
            "targeting": {"geo_locations": {"countries": ["US"]}},
            "status": "ACTIVE",
            **more,
        },
    )


def test_a_whole_campaign_is_made_and_read_back(account: Sdk) -> None:
    campaign = campaign_of(account)
    adset = adset_of(account, campaign)
    creative = account.create_ad_creative(params={"name": "k", "object_story_spec": STORY})
    ad = account.create_ad(
        fields=["effective_status", "creative"],
        params={
            "name": "a",
            "adset_id": adset["id"],
            "creative": {"creative_id": creative["id"]},
            "status": "ACTIVE",
        },
    )

    shown = AdSet(adset["id"]).api_get(fields=["name", "daily_budget"])
    assert (shown["name"], shown["daily_budget"]) == ("s", "3000")
    assert ad["effective_status"] == "CAMPAIGN_PAUSED"
    assert ad["creative"]["id"] == creative["id"]
    below = list(Campaign(campaign["id"]).get_ads(fields=["adset_id", "account_id"]))
    assert [dict(row) for row in below] == [
        {"id": ad["id"], "adset_id": adset["id"], "account_id": account["id"][4:]}
    ]


def test_a_deep_copy_lists_what_it_made(account: Sdk) -> None:
    campaign = campaign_of(account)
    adset = adset_of(account, campaign)
    copy = Campaign(campaign["id"]).create_copy(
        params={
            "deep_copy": True,
            "status_option": Campaign.StatusOption.paused,
            "rename_options": {"rename_strategy": "DEEP_RENAME", "rename_suffix": " v2"},
        }
    )

    made = {row["ad_object_type"]: row["copied_id"] for row in copy["ad_object_ids"]}
    assert made["campaign"] == copy["copied_campaign_id"]
    shown = AdSet(made["ad_set"]).api_get(fields=["name", "source_adset_id"])
    assert (shown["name"], shown["source_adset_id"]) == ("s v2", adset["id"])
    listed = list(Campaign(campaign["id"]).get_copies(fields=["name"]))
    assert [row["name"] for row in listed] == ["c v2"]


def test_labels_are_made_put_on_and_followed(account: Sdk) -> None:
    label = account.create_ad_label(params={"name": "x"})
    adset = adset_of(account, campaign_of(account))
    AdSet(adset["id"]).create_ad_label(params={"adlabels": [{"id": label["id"]}]})
    AdLabel(label["id"]).api_update(params={"name": "y"})

    shown = AdSet(adset["id"]).api_get(fields=["adlabels"])
    assert [one["name"] for one in shown["adlabels"]] == ["y"]
    assert [row["id"] for row in AdLabel(label["id"]).get_ad_sets()] == [adset["id"]]
    AdSet(adset["id"]).delete_ad_labels(params={"adlabels": [{"name": "y"}]})
    assert list(AdLabel(label["id"]).get_ad_sets()) == []
    AdLabel(label["id"]).api_delete()
    assert list(account.get_ad_labels()) == []


@pytest.mark.expects_log("deprecated")
def test_images_come_from_files_and_archives(account: Sdk, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"some pixels")
    archive = tmp_path / "b.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("one.png", b"first")
        packed.writestr("two.png", b"second")
    image = AdImage(parent_id=account["id"])
    image[AdImage.Field.filename] = str(picture)
    image.remote_create()
    AdImage.remote_create_from_zip(str(archive), account["id"])

    image_id = f"{account['id'][4:]}:{image['hash']}"
    assert AdImage(image_id).api_get(fields=["name"])["name"] == "a.png"
    rows = list(account.get_ad_images(fields=["hash", "name"]))
    assert {row["name"] for row in rows} == {"a.png", "one.png", "two.png"}
    creative = account.create_ad_creative(params={"title": "t", "image_hash": image["hash"]})
    assert AdCreative(creative["id"]).api_get(fields=["image_hash"])["image_hash"] == image["hash"]
    account.delete_ad_images(params={"hash": image["hash"]})
    assert len(list(account.get_ad_images())) == 2


def test_campaigns_are_deleted_in_bulk(account: Sdk) -> None:
    before = len(list(account.get_campaigns()))
    answer = account.delete_campaigns(
        params={"delete_strategy": "DELETE_OLDEST", "object_count": 2}
    )

    assert answer["objects_left_to_delete_count"] == before - 2
    assert len(answer["deleted_object_ids"]) == 2
    assert len(list(account.get_campaigns())) == before - 2


@pytest.mark.parametrize(
    ("more", "subcode"),
    [
        ({"daily_budget": 1}, 1885272),
        ({"bid_amount": 100}, 1885204),
        ({"targeting": {"geo_locations": {"countries": ["DE"]}}}, 3858079),
    ],
)
def test_refusals_carry_what_the_sdk_reads(
    account: Sdk, more: dict[str, object], subcode: int
) -> None:
    campaign = campaign_of(account)
    with pytest.raises(FacebookRequestError) as refused:
        adset_of(account, campaign, **more)

    error = refused.value
    assert (error.http_status(), error.api_error_code()) == (400, 100)
    assert error.api_error_subcode() == subcode
    assert error.api_error_message() == "Invalid parameter"
    assert error.api_transient_error() is False
    blamed = error.api_blame_field_specs()
    assert blamed is None or isinstance(blamed, list)


def test_validation_through_the_sdk_makes_nothing(account: Sdk) -> None:
    before = len(list(account.get_campaigns()))
    answer = campaign_of(account, execution_options=["validate_only"])

    assert answer.export_all_data() == {}
    assert len(list(account.get_campaigns())) == before


def test_objects_are_deleted_and_their_names_stay(account: Sdk) -> None:
    ad = next(iter(account.get_ads(fields=["name"])))
    creative = account.create_ad_creative(params={"name": "k", "object_story_spec": STORY})
    Ad(ad["id"]).api_delete()
    AdCreative(creative["id"]).api_update(params={"name": "l"})
    AdCreative(creative["id"]).api_delete()

    assert Ad(ad["id"]).api_get(fields=["effective_status"])["effective_status"] == "DELETED"
    assert AdCreative(creative["id"]).api_get(fields=["name"])["name"] == "l"
    with pytest.raises(FacebookRequestError) as refused:
        Ad(ad["id"]).api_update(params={"status": "ACTIVE"})
    assert refused.value.api_error_subcode() == 1885088
