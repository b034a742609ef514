"""Creating and updating ads and creatives: content, swaps, review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sync.sandbox.graph.budget_rules import Values
from sync.sandbox.graph.changes import Change, note_created
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value
from sync.sandbox.graph.field_changes import fill
from sync.sandbox.graph.parameters import parameter_names
from sync.sandbox.graph.refusals import refused
from sync.sandbox.graph.reviews import forbidden_words
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.records import (
    AccountRecord,
    AdRecord,
    AdSetRecord,
    CreativeRecord,
    JsonObject,
)

_CONTENT = (
    "object_story_spec",
    "object_story_id",
    "asset_feed_spec",
    "image_hash",
    "image_url",
    "title",
    "source_instagram_media_id",
    "object_id",
    "template_url_spec",
    "platform_customizations",
)


def parent_adset(context: GraphContext, account_id: str, adset_id: str) -> AdSetRecord:
    """Return the ad set of a new ad, which must be running or to come."""
    adset = context.world.adsets.get(adset_id)
    if adset is None or adset.account_id != account_id or adset.status in GONE:
        raise refused("parent_missing", blame=("adset_id",), parent="ad set", id=adset_id)
    check_not_ended(context, adset)
    most = context.limits.ads_per_account
    if len(context.world.ads) >= most and _kept_ads(context, account_id) >= most:
        raise refused("too_many_ads", blame=("adset_id",), most=most)
    return adset


def check_not_ended(context: GraphContext, adset: AdSetRecord) -> None:
    """Refuse work on the ads of an ad set that has ended (100/1487007)."""
    if adset.end_time is not None and adset.end_time <= context.now():
        raise refused("adset_ended", 1487007)


def new_ad(context: GraphContext, adset: AdSetRecord, creative_id: str, values: Values) -> AdRecord:
    """Make the record of a new ad that has been checked."""
    now = context.now()
    return AdRecord(
        id=context.world.new_id("ad"),
        account_id=adset.account_id,
        campaign_id=adset.campaign_id,
        adset_id=adset.id,
        creative_id=creative_id,
        name=str(values["name"]),
        status=str(values["status"]),
        created_time=now,
        updated_time=now,
        source_ad_id=str(values.get("source_ad_id") or "0"),
    )


def plan_ad(context: GraphContext, record: AdRecord, values: Values) -> list[Change]:
    """Check an update of an ad; the creative is looked at apart."""
    if set(values) - {"name", "execution_options"}:
        check_not_ended(context, context.world.adsets[record.adset_id])
    bid = values.get("bid_amount")
    if isinstance(bid, int) and bid < 0:
        raise bad_value("Param bid_amount must not be negative")
    if values.get("status") == "ARCHIVED" != record.status:
        _check_archive(context, record.account_id)
    switched_on = values.get("status") == "ACTIVE" != record.status
    if record.review == "DISAPPROVED" and switched_on and "creative" not in values:
        raise refused("rejected", 2490427, ("status",))
    return []


def _check_archive(context: GraphContext, account_id: str) -> None:
    """Refuse one more archived ad than an account may have (100/1487990)."""
    most = context.limits.archived_ads
    if len(context.world.ads) >= most:
        ads = context.world.ads_of_account(account_id)
        if sum(ad.status == "ARCHIVED" for ad in ads) >= most:
            raise refused("too_many_archived", 1487990, ("status",), most=most)


def check_creative(
    context: GraphContext, account: AccountRecord, values: Values, ad: AdRecord | None
) -> None:
    """Check the creative an ad shall show, named by id or described in place."""
    described = values.get("creative")
    if not isinstance(described, dict):
        return
    if is_described(described):
        check_content(described)
        shown = _image_of(described)
    else:
        shown = named_creative(context, account.id, described).image_hash
    extras: JsonObject = ad.extras if ad is not None else {}
    groups = values.get("creative_asset_groups_spec", extras.get("creative_asset_groups_spec"))
    first = _first_image(groups)
    if first and first != shown:
        raise GraphError(
            message=(
                "The first image or video of the first asset group for flexible format must "
                "match the image or video in the creative specification."
            ),
            code=100,
            subcode=3858355,
        )


def check_review(context: GraphContext, account: AccountRecord, values: Values) -> None:
    """Review at once, as `synchronous_ad_review` asks (100/2490468)."""
    described = values.get("creative")
    if not isinstance(described, dict):
        return
    creative = (
        creative_record(context, account, described, "0")
        if is_described(described)
        else named_creative(context, account.id, described)
    )
    words = forbidden_words(creative)
    if words:
        raise refused("would_be_rejected", 2490468, ("creative",), words=words)


def is_described(creative: Mapping[str, object]) -> bool:
    """Tell whether a creative is described in place instead of named."""
    return not {"creative_id", "id"} & creative.keys()


def named_creative(
    context: GraphContext, account_id: str, given: Mapping[str, object]
) -> CreativeRecord:
    """Return the creative named by `{"creative_id"}` or `{"id"}`."""
    creative_id = str(given.get("creative_id") or given.get("id") or "")
    creative = context.world.creatives.get(creative_id)
    if creative is None or creative.account_id != account_id or creative.status == "DELETED":
        raise refused("creative_missing", blame=("creative",), id=creative_id)
    return creative


def creative_for(
    context: GraphContext, account: AccountRecord, given: object, request_id: str
) -> str:
    """Return the id of a checked creative, made first when it is described."""
    described = cast("dict[str, object]", given)
    if not is_described(described):
        return named_creative(context, account.id, described).id
    return add_creative(context, account, described, request_id)


def check_content(values: Mapping[str, object]) -> None:
    """Refuse a creative that shows nothing."""
    if not any(values.get(name) for name in _CONTENT):
        raise refused("creative_empty", blame=("object_story_spec",))


def check_immutable(given: Mapping[str, str]) -> None:
    """Refuse new content for a creative: it never changes (100/1815573)."""
    content = parameter_names("POST adcreatives") - parameter_names("POST AdCreative")
    if set(given) & content:
        raise GraphError(message="(#100) The parameter is not supported", code=100, subcode=1815573)


def add_creative(
    context: GraphContext, account: AccountRecord, values: Mapping[str, object], request_id: str
) -> str:
    """Take in a new creative and return its id."""
    record = creative_record(context, account, values, context.world.new_id("creative"))
    further = {k: v for k, v in values.items() if k == "adlabels" or not hasattr(record, k)}
    fill(context, record, further, request_id)
    context.world.add_creative(record)
    note_created(context, record, None, request_id)
    return record.id


def creative_record(
    context: GraphContext, account: AccountRecord, values: Mapping[str, object], creative_id: str
) -> CreativeRecord:
    """Describe a creative by what it shows, wherever its spec says so."""
    story = values.get("object_story_spec")
    link = _link_of(story)
    action = values.get("call_to_action") or link.get("call_to_action")
    return CreativeRecord(
        id=creative_id,
        account_id=account.id,
        name=str(values.get("name") or values.get("title") or link.get("name") or "Creative"),
        title=str(values.get("title") or link.get("name") or link.get("title") or ""),
        body=str(values.get("body") or link.get("message") or ""),
        object_type=str(values.get("object_type") or _type_of(story)),
        call_to_action_type=str(action.get("type", "")) if isinstance(action, dict) else "",
        image_hash=_image_of(values),
        image_url=str(values.get("image_url") or link.get("picture") or ""),
        link_url=str(values.get("link_url") or link.get("link") or ""),
        object_story_spec=cast("JsonObject | None", story),
        asset_feed_spec=cast("JsonObject | None", values.get("asset_feed_spec")),
        created_time=context.now(),
    )


def _kept_ads(context: GraphContext, account_id: str) -> int:
    ads = context.world.ads_of_account(account_id)
    return sum(ad.status != "DELETED" for ad in ads)


def _link_of(story: object) -> dict[str, object]:
    """Return the part of a story that holds the words."""
    if isinstance(story, dict):
        for name in ("link_data", "video_data", "photo_data", "template_data", "text_data"):
            if isinstance(story.get(name), dict):
                return cast("dict[str, object]", story[name])
    return {}


def _type_of(story: object) -> str:
    return "VIDEO" if isinstance(story, dict) and "video_data" in story else "SHARE"


def _image_of(values: Mapping[str, object]) -> str:
    link = _link_of(values.get("object_story_spec"))
    return str(values.get("image_hash") or link.get("image_hash") or "")


def _first_image(groups: object) -> str:
    """Return the hash of the first image of a flexible format's first group."""
    found = groups.get("groups") if isinstance(groups, dict) else None
    first = found[0] if isinstance(found, list) and found else None
    images = first.get("images") if isinstance(first, dict) else None
    image = images[0] if isinstance(images, list) and images else None
    hashes = (image.get("hash"), image.get("image_hash")) if isinstance(image, dict) else ()
    return next((str(one) for one in hashes if one), "")
