"""Ads and creatives: creation, review, swaps, what never changes."""

from __future__ import annotations

import base64
import json
import struct

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json
from tests.sync.sandbox.graph.write_cases import (
    STORY,
    codes,
    events,
    new_ad,
    new_creative,
    refused,
)

PROMISE = json.dumps({"link_data": {"link": "https://example.com", "message": "A miracle cure!"}})


def active_ad(caller: Caller) -> Json:
    rows = caller.every(
        f"{caller.account()}/ads", fields="id,name,adset_id,creative,effective_status"
    )
    return next(row for row in rows if row["effective_status"] == "ACTIVE")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"name": ""}, (100, None)),
        ({"adset_id": "1"}, (100, None)),
        ({"status": "ARCHIVED"}, (100, None)),
        ({"creative": '{"creative_id":"1"}'}, (100, None)),
        ({"creative": "125"}, (100, None)),
        ({"creative": '{"name":"empty"}'}, (100, None)),
        ({"creative": json.dumps({"object_story_spec": json.loads(PROMISE)}),
          "execution_options": '["validate_only","synchronous_ad_review"]'}, (100, 2490468)),
        ({"execution_options": '["synchronous_ad_review"]'}, (100, None)),
        ({"bid_amount": "x"}, (100, None)),
    ],
)  # fmt: skip
def test_a_new_ad_must_keep_the_rules(
    shared: Caller, change: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    ad = active_ad(shared)
    form = {
        "name": "a",
        "adset_id": ad["adset_id"],
        "status": "PAUSED",
        "creative": json.dumps({"creative_id": ad["creative"]["id"]}),
        **change,
    }

    given = {name: value for name, value in form.items() if value}
    assert refused(shared, f"{shared.account()}/ads", **given) == wanted


def test_a_new_ad_waits_for_its_review_and_then_runs(fresh: Caller) -> None:
    ad = new_ad(fresh, active_ad(fresh)["adset_id"], new_creative(fresh))

    def status() -> str:
        return str(fresh.get(ad, fields="effective_status")["effective_status"])

    assert status() == "PENDING_REVIEW"
    fresh.control("POST", "advance", {"hours": 0.4})
    assert status() == "PENDING_REVIEW"
    fresh.control("POST", "advance", {"hours": 0.2})
    assert status() == "ACTIVE"
    assert events(fresh, ad) == ["ad_review_approved", "create_ad"]
    times = {row["time"] for row in fresh.ledger() if row["object_id"] == ad}
    assert times == {"2026-03-10T09:30:00.000000Z"}


def test_whoever_asks_when_the_review_ends_at_its_own_time(fresh: Caller) -> None:
    ad = new_ad(fresh, active_ad(fresh)["adset_id"], new_creative(fresh))
    fresh.control("POST", "advance", {"hours": 9})

    rows = fresh.get(f"{fresh.account()}/activities", oid=ad, fields="event_time,event_type")
    approved = next(r for r in rows["data"] if r["event_type"] == "ad_review_approved")
    assert approved["event_time"] == "2026-03-10T10:00:00+0000"


def test_a_rejected_ad_says_why_and_is_not_switched_on(fresh: Caller) -> None:
    bad = new_creative(fresh, object_story_spec=PROMISE)
    ad = new_ad(fresh, active_ad(fresh)["adset_id"], bad, status="PAUSED")
    fresh.control("POST", "advance", {"hours": 1})

    shown = fresh.get(ad, fields="effective_status,ad_review_feedback")
    assert shown["effective_status"] == "DISAPPROVED"
    assert "global" in shown["ad_review_feedback"]
    assert refused(fresh, ad, status="ACTIVE") == (100, 2490427)
    good = json.dumps({"creative_id": new_creative(fresh)})
    fresh.post(ad, creative=good, status="ACTIVE")
    fresh.control("POST", "advance", {"hours": 1})
    assert fresh.get(ad, fields="effective_status")["effective_status"] == "ACTIVE"
    assert events(fresh, ad).count("ad_review_declined") == 1


def test_a_swap_asks_for_a_review_and_a_new_start(fresh: Caller) -> None:
    ad = active_ad(fresh)
    fresh.control("POST", "advance", {"hours": 1})
    new = new_creative(fresh, name="new")
    fresh.post(ad["id"], creative=json.dumps({"creative_id": new}))

    shown = fresh.get(ad["id"], fields="creative{id,name},effective_status,updated_time")
    assert shown["creative"] == {"id": new, "name": "new"}
    assert shown["effective_status"] == "PENDING_REVIEW"
    assert shown["updated_time"] == "2026-03-10T06:30:00-0400"
    assert events(fresh, ad["id"]) == ["update_ad_creative"]
    fresh.control("POST", "advance", {"hours": 2})
    stage = fresh.get(ad["adset_id"], fields="learning_stage_info")["learning_stage_info"]
    assert (stage["status"], stage["last_sig_edit_ts"]) == ("LEARNING", 1773138600)
    assert fresh.get(ad["id"], fields="effective_status")["effective_status"] == "ACTIVE"


def test_an_ad_takes_a_creative_described_in_place(fresh: Caller) -> None:
    ad = active_ad(fresh)
    described = json.dumps({"name": "inline", "object_story_spec": json.loads(STORY)})
    fresh.post(ad["id"], creative=described)

    found = fresh.get(ad["id"], fields="creative{name,title,body,link_url}")["creative"]
    del found["id"]
    assert found == {
        "name": "inline",
        "title": "Shop",
        "body": "fresh",
        "link_url": "https://example.com",
    }


def test_the_first_image_of_a_flexible_format_must_match(fresh: Caller) -> None:
    ad = active_ad(fresh)["id"]
    groups = json.dumps({"groups": [{"images": [{"hash": "aaa"}]}]})
    creative = json.dumps({"creative_id": new_creative(fresh, image_hash="bbb")})

    form = {"creative": creative, "creative_asset_groups_spec": groups}
    error = fresh.refusal(fresh.post_raw(ad, **form))
    assert codes(error) == (100, 3858355)
    assert error["message"].startswith("The first image or video of the first asset group")


def test_validation_of_a_described_creative_makes_none(fresh: Caller) -> None:
    ad = active_ad(fresh)["id"]
    described = json.dumps({"object_story_spec": json.loads(STORY)})
    options = '["validate_only","synchronous_ad_review"]'

    assert fresh.post(ad, creative=described, execution_options=options) == {"success": True}
    assert fresh.ledger() == []


@pytest.mark.parametrize(
    "content",
    ["title", "body", "object_story_spec", "image_hash", "link_url", "asset_feed_spec", "url_tags"],
)
def test_a_creatives_content_never_changes(shared: Caller, content: str) -> None:
    creative = active_ad(shared)["creative"]["id"]

    assert refused(shared, creative, **{content: "{}"}) == (100, 1815573)


def test_a_creative_takes_another_name_labels_and_deletion(fresh: Caller) -> None:
    creative = new_creative(fresh, name="old", url_tags="utm=1", call_to_action='{"type":"BUY"}')
    fresh.post(creative, name="new", adlabels='[{"name":"spring"}]')

    found = fresh.get(creative, fields="name,adlabels{name},url_tags,call_to_action_type,status")
    assert found == {
        "id": creative,
        "name": "new",
        "adlabels": [{"name": "spring"}],
        "url_tags": "utm=1",
        "call_to_action_type": "BUY",
        "status": "ACTIVE",
    }
    assert fresh.delete(creative) == {"success": True}
    assert creative not in {
        row["id"] for row in fresh.every(f"{fresh.account()}/adcreatives", fields="id")
    }
    ad = active_ad(fresh)["id"]
    assert refused(fresh, ad, creative=json.dumps({"creative_id": creative})) == (100, None)


def test_images_are_uploaded_copied_and_deleted(fresh: Caller) -> None:
    first, second = fresh.account(0), fresh.account(1)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + b"rest"
    answer = fresh.post(f"{first}/adimages", bytes=base64.b64encode(png).decode(), name="pic")
    digest = answer["images"]["bytes"]["hash"]
    copied = json.dumps({"source_account_id": first[4:], "hash": digest})

    assert set(answer["images"]["bytes"]) == {"hash", "url"}
    found = fresh.get(f"{first}/adimages", fields="id,hash,name,width,height,status,account_id")
    assert found["data"] == [
        {
            "id": f"{first[4:]}:{digest}",
            "hash": digest,
            "name": "pic",
            "width": 640,
            "height": 480,
            "status": "ACTIVE",
            "account_id": first[4:],
        }
    ]
    assert fresh.post(f"{second}/adimages", copy_from=copied)["images"]["pic"]["hash"] == digest
    assert fresh.delete(f"{first}/adimages", hash=digest) == {"success": True}
    assert fresh.get(f"{first}/adimages")["data"] == []
    assert codes(fresh.refusal(fresh.raw("DELETE", f"{first}/adimages", hash="0")))[0] == 100
    assert refused(fresh, f"{first}/adimages", bytes="???")[0] == 100
    assert refused(fresh, f"{first}/adimages")[0] == 100
    told = events(fresh, first[4:])
    assert (told.count("add_images"), told.count("delete_images")) == (1, 1)
    assert [row["level"] for row in fresh.ledger()] == ["adimage"] * 3


def test_an_account_full_of_ads_takes_no_more(fresh: Caller) -> None:
    ad = active_ad(fresh)
    fresh.control("POST", "limits", {"ads_per_account": 1})
    creative = json.dumps({"creative_id": ad["creative"]["id"]})

    form = {"name": "a", "adset_id": ad["adset_id"], "status": "PAUSED", "creative": creative}
    error = fresh.refusal(fresh.post_raw(f"{fresh.account()}/ads", **form))
    assert (codes(error), error["error_user_title"]) == ((100, None), "Too Many Ads")


def test_a_full_archive_takes_no_more(fresh: Caller) -> None:
    rows = fresh.every(f"{fresh.account()}/ads", fields="id")
    fresh.post(rows[0]["id"], status="ARCHIVED")
    fresh.control("POST", "limits", {"archived_ads": 1})

    assert refused(fresh, rows[1]["id"], status="ARCHIVED") == (100, 1487990)
