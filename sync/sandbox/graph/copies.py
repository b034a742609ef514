"""POST /{id}/copies: copies of campaigns, ad sets and ads."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from sync.sandbox.graph.ad_writes import add_creative, parent_adset
from sync.sandbox.graph.adset_writes import parent_campaign
from sync.sandbox.graph.budget_rules import Values, has_budget, live_adsets
from sync.sandbox.graph.campaign_writes import check_span, plan_campaign
from sync.sandbox.graph.changes import note_created
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value, missing_object
from sync.sandbox.graph.field_changes import fill
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.refusals import refused
from sync.sandbox.graph.reviews import send_to_review
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord, CreativeRecord

_SUFFIXES = {
    "uk": " – копія",
    "pl": " – kopia",
    "de": " – Kopie",
    "fr": " – Copie",
    "es": " - copia",
    "it": " - Copia",
    "pt": " - Cópia",
    "cs": " – kopie",
    "tr": " - Kopya",
}
_ENGLISH_SUFFIX = " - Copy"
_STRATEGIES = ("DEEP_RENAME", "ONLY_TOP_LEVEL_RENAME", "NO_RENAME")
_OPTIONS = ("rename_strategy", "rename_prefix", "rename_suffix")
_RESULT_KEYS = {"Campaign": "copied_campaign_id", "AdSet": "copied_adset_id", "Ad": "copied_ad_id"}
_TYPES = {"Campaign": "campaign", "AdSet": "ad_set", "Ad": "ad"}
Copyable = CampaignRecord | AdSetRecord | AdRecord


@dataclass(slots=True)
class _Copying:
    """One running copy: its options and what was made so far."""

    context: GraphContext
    values: Values
    locale: str
    request_id: str
    made: list[dict[str, object]] = field(default_factory=list)

    def name(self, old: str, top: bool) -> str:
        """Return a copy's name; only a given strategy renames what lies below."""
        options = _rename_options(self.values)
        strategy = options.get("rename_strategy", "ONLY_TOP_LEVEL_RENAME")
        if strategy == "NO_RENAME" or (strategy == "ONLY_TOP_LEVEL_RENAME" and not top):
            return old
        suffix = options.get("rename_suffix")
        if suffix is None and not options.get("rename_prefix"):
            suffix = _SUFFIXES.get(self.locale[:2].lower(), _ENGLISH_SUFFIX)
        return f"{options.get('rename_prefix') or ''}{old}{suffix or ''}"

    def status(self, source: str) -> str:
        """Return a copy's status; what is archived is not brought back to life."""
        option = self.values.get("status_option", "PAUSED")
        if option != "INHERITED_FROM_SOURCE":
            return str(option)
        return source if source in ("ACTIVE", "PAUSED") else "PAUSED"

    def note(self, kind: str, record: Copyable, source: str) -> None:
        """Write a copy down and list it in the answer."""
        note_created(self.context, record, source, self.request_id)
        if isinstance(record, AdRecord):
            send_to_review(self.context, record)
        self.made.append(
            {"ad_object_type": _TYPES[kind], "source_id": source, "copied_id": record.id}
        )

    def time(self, name: str) -> datetime | None:
        """Return a time given with the copy."""
        value = self.values.get(name)
        return value if isinstance(value, datetime) else None

    def start(self, source: datetime) -> datetime:
        """Return when a copy starts: as asked, else now or when its source will."""
        return self.time("start_time") or max(source, self.context.now())

    def end(self, start: datetime, end: datetime | None) -> datetime | None:
        """Return when a copy ends: as asked, with its source, or its length from now."""
        asked, now = self.time("end_time"), self.context.now()
        if asked is not None or end is None or end > now:
            return asked or end
        return self.start(start) + (end - start)


def copy_node(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Copy an object, with its children when `deep_copy` is true.

    Raises 100/1885194 beyond three children, or 51 in an asynchronous request; the answer
    has no `id` key.
    """
    record, limits = node.record, context.limits
    most = limits.async_copies if context.at_hand.call.later else limits.sync_copies
    if not isinstance(record, Copyable):
        raise missing_object(node.id, "post")
    zone = context.world.accounts[record.account_id].timezone_name
    values = read_parameters(f"POST {node.kind} copies", given, zone)
    if record.status == "DELETED":
        raise refused("not_copied")
    _rename_options(values)
    _check_children(context, record, bool(values.get("deep_copy")), most)
    check_span(values.get("start_time"), values.get("end_time"), context.now())
    copying = _Copying(context, values, given.get("locale", "en_US"), request_id)
    if isinstance(record, CampaignRecord):
        copied = _copy_campaign(copying, record)
    elif isinstance(record, AdSetRecord):
        target = str(values.get("campaign_id") or record.campaign_id)
        campaign = parent_campaign(context, record.account_id, target)
        _check_budget(record, campaign)
        copied = _copy_adset(copying, record, campaign, top=True)
    else:
        target = str(values.get("adset_id") or record.adset_id)
        parent = parent_adset(context, record.account_id, target)
        copied = _copy_ad(copying, record, parent, top=True)
    return {_RESULT_KEYS[node.kind]: copied, "ad_object_ids": copying.made}


def _rename_options(values: Values) -> dict[str, object]:
    """Return the rename options; code 100 for what they cannot hold."""
    options = values.get("rename_options")
    found = options if isinstance(options, dict) else {}
    for name in found:
        if name not in _OPTIONS:
            raise bad_value(f"Param rename_options must hold {', '.join(_OPTIONS)}, got '{name}'")
    if found.get("rename_strategy", _STRATEGIES[0]) not in _STRATEGIES:
        raise bad_value(f"Param rename_strategy must be one of {{{', '.join(_STRATEGIES)}}}")
    return found


def _check_children(context: GraphContext, record: Copyable, deep: bool, most: int) -> None:
    world = context.world
    if not deep or isinstance(record, AdRecord):
        return
    if isinstance(record, AdSetRecord):
        children = len(_live(world.ads_of(record.id)))
    else:
        adsets = live_adsets(context, record.id)
        children = len(adsets) + sum(len(_live(world.ads_of(one.id))) for one in adsets)
    if children > most:
        raise refused("too_many_copies", 1885194, ("deep_copy",), most=most, found=children)


def _check_budget(adset: AdSetRecord, campaign: CampaignRecord) -> None:
    """Refuse a copy that would leave neither ad set nor campaign a budget."""
    if not has_budget(adset) and not has_budget(campaign):
        raise refused("budget_required", blame=("campaign_id",))


def _live(ads: list[AdRecord]) -> list[AdRecord]:
    return [ad for ad in ads if ad.status not in GONE]


def _copy_campaign(copying: _Copying, source: CampaignRecord) -> str:
    context, now = copying.context, copying.context.now()
    record = replace(
        deepcopy(source),
        id=context.world.new_id("campaign"),
        name=copying.name(source.name, top=True),
        status=copying.status(source.status),
        created_time=now,
        updated_time=now,
        start_time=copying.start(source.start_time),
        stop_time=copying.end(source.start_time, source.stop_time),
        last_budget_toggling_time=None,
        source_campaign_id=source.id,
    )
    _override(copying, record)
    context.world.add_campaign(record)
    copying.note("Campaign", record, source.id)
    if copying.values.get("deep_copy"):
        for adset in live_adsets(context, source.id):
            _copy_adset(copying, adset, record, top=False)
    return record.id


def _override(copying: _Copying, record: CampaignRecord) -> None:
    """Write `parameter_overrides` into the copy of a campaign, checked as an update."""
    overrides = copying.values.get("parameter_overrides")
    if not isinstance(overrides, dict) or not overrides:
        return
    context = copying.context
    zone = context.world.accounts[record.account_id].timezone_name
    texts = {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in overrides.items()
    }
    values = read_parameters("POST Campaign", texts, zone)
    for change in plan_campaign(context, record, values):
        setattr(change.record, change.field, change.after)
    fill(context, record, values, copying.request_id)


def _copy_adset(copying: _Copying, source: AdSetRecord, campaign: CampaignRecord, top: bool) -> str:
    context, now = copying.context, copying.context.now()
    record = replace(
        deepcopy(source),
        id=context.world.new_id("adset"),
        campaign_id=campaign.id,
        name=copying.name(source.name, top),
        status=copying.status(source.status),
        created_time=now,
        updated_time=now,
        start_time=copying.start(source.start_time),
        end_time=copying.end(source.start_time, source.end_time),
        source_adset_id=source.id,
    )
    if has_budget(campaign):
        record.daily_budget = record.lifetime_budget = None
    context.world.add_adset(record)
    copying.note("AdSet", record, source.id)
    if copying.values.get("deep_copy"):
        for ad in _live(context.world.ads_of(source.id)):
            _copy_ad(copying, ad, record, top=False)
    return record.id


def _copy_ad(copying: _Copying, source: AdRecord, adset: AdSetRecord, top: bool) -> str:
    context, now = copying.context, copying.context.now()
    record = replace(
        deepcopy(source),
        id=context.world.new_id("ad"),
        adset_id=adset.id,
        campaign_id=adset.campaign_id,
        creative_id=_copied_creative(copying, source),
        name=copying.name(source.name, top),
        status=copying.status(source.status),
        created_time=now,
        updated_time=now,
        review="PENDING_REVIEW",
        reviews=0,
        source_ad_id=source.id,
    )
    context.world.add_ad(record)
    copying.note("Ad", record, source.id)
    return record.id


def _copied_creative(copying: _Copying, source: AdRecord) -> str:
    """Return the creative of a copied ad: the same, unless it is told otherwise."""
    given = copying.values.get("creative_parameters")
    if not isinstance(given, dict) or not given:
        return source.creative_id
    context = copying.context
    old: CreativeRecord = context.world.creatives[source.creative_id]
    kept = {
        name: value
        for name in ("name", "title", "body", "image_hash", "link_url", "object_story_spec")
        if (value := getattr(old, name))
    }
    account = context.world.accounts[source.account_id]
    creative_id = add_creative(context, account, {**kept, **given}, copying.request_id)
    copying.made.append(
        {
            "ad_object_type": "unique_adcreative",
            "source_id": source.creative_id,
            "copied_id": creative_id,
        }
    )
    return creative_id
