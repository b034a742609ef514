"""POST /{id}/copies: copies of campaigns, ad sets and ads."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync.sandbox.graph.budget_rules import BUDGETS, Values
from sync.sandbox.graph.changes import note_created
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value, invalid_parameter, missing_object
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.statuses import GONE
from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord

SYNC_CHILDREN = 3
_SUFFIXES = {"uk_UA": " – копія", "pl_PL": " – kopia", "de_DE": " – Kopie"}
_STRATEGIES = ("DEEP_RENAME", "ONLY_TOP_LEVEL_RENAME", "NO_RENAME")
_RESULT_KEYS = {"Campaign": "copied_campaign_id", "AdSet": "copied_adset_id", "Ad": "copied_ad_id"}
_TYPES = {"Campaign": "campaign", "AdSet": "ad_set", "Ad": "ad"}


@dataclass(slots=True)
class _Copying:
    """One running copy: its options and what was made so far."""

    context: GraphContext
    values: Values
    locale: str
    request_id: str
    made: list[dict[str, object]] = field(default_factory=list)

    def name(self, old: str, top: bool) -> str:
        options = self.values.get("rename_options")
        options = options if isinstance(options, dict) else {}
        strategy = options.get("rename_strategy", "ONLY_TOP_LEVEL_RENAME")
        if strategy not in _STRATEGIES:
            raise bad_value(f"Param rename_strategy must be one of {{{', '.join(_STRATEGIES)}}}")
        if strategy == "NO_RENAME" or (strategy == "ONLY_TOP_LEVEL_RENAME" and not top):
            return old
        suffix = options.get("rename_suffix")
        if suffix is None and not options.get("rename_prefix"):
            suffix = _SUFFIXES.get(self.locale, " - Copy")
        return f"{options.get('rename_prefix') or ''}{old}{suffix or ''}"

    def status(self, source: str) -> str:
        option = self.values.get("status_option", "PAUSED")
        return source if option == "INHERITED_FROM_SOURCE" else str(option)

    def note(self, kind: str, record: CampaignRecord | AdSetRecord | AdRecord, source: str) -> None:
        note_created(self.context, Node(kind, record), source, self.request_id)
        self.made.append(
            {"ad_object_type": _TYPES[kind], "source_id": source, "copied_id": record.id}
        )

    def time(self, name: str) -> datetime | None:
        value = self.values.get(name)
        return value if isinstance(value, datetime) else None


def copy_node(
    context: GraphContext, node: Node, given: Mapping[str, str], request_id: str
) -> dict[str, object]:
    """Copy an object, with its children when `deep_copy` is true.

    Raises 100/1885194 beyond three children; the answer has no `id` key.
    """
    record = node.record
    if not isinstance(record, CampaignRecord | AdSetRecord | AdRecord):
        raise missing_object(node.id, "post")
    zone = context.world.accounts[record.account_id].timezone_name
    values = read_parameters(f"POST {node.kind} copies", given, zone)
    if record.status == "DELETED":
        raise invalid_parameter("Object Is Deleted", "A deleted object cannot be copied.")
    _check_children(context, record, bool(values.get("deep_copy")))
    copying = _Copying(context, values, given.get("locale", "en_US"), request_id)
    if isinstance(record, CampaignRecord):
        copied = _copy_campaign(copying, record)
    elif isinstance(record, AdSetRecord):
        target = _target(context.world.campaigns, values, "campaign_id", record.campaign_id)
        _check_budget(record, context.world.campaigns[target])
        copied = _copy_adset(copying, record, target, top=True)
    else:
        parent = _target(context.world.adsets, values, "adset_id", record.adset_id)
        copied = _copy_ad(copying, record, parent, top=True)
    return {_RESULT_KEYS[node.kind]: copied, "ad_object_ids": copying.made}


def _check_children(
    context: GraphContext, record: CampaignRecord | AdSetRecord | AdRecord, deep: bool
) -> None:
    world = context.world
    if not deep or isinstance(record, AdRecord):
        return
    if isinstance(record, AdSetRecord):
        children = len(_live(world.ads_of(record.id)))
    else:
        adsets = [one for one in world.adsets_of(record.id) if one.status not in GONE]
        children = len(adsets) + sum(len(_live(world.ads_of(one.id))) for one in adsets)
    if children > SYNC_CHILDREN:
        raise invalid_parameter(
            "Too Many Objects To Copy",
            f"A synchronous copy takes at most {SYNC_CHILDREN} child objects; "
            f"this one has {children}. Copy it in parts or in an asynchronous batch.",
            subcode=1885194,
        )


def _check_budget(adset: AdSetRecord, campaign: CampaignRecord) -> None:
    """Refuse a copy that would leave neither ad set nor campaign a budget."""
    if not any(getattr(holder, name) for holder in (adset, campaign) for name in BUDGETS):
        raise invalid_parameter(
            "Budget Required",
            "Neither the ad set nor the target campaign has a budget.",
            blame=("campaign_id",),
        )


def _live(ads: list[AdRecord]) -> list[AdRecord]:
    return [ad for ad in ads if ad.status not in GONE]


def _target(
    pool: Mapping[str, CampaignRecord] | Mapping[str, AdSetRecord],
    values: Values,
    name: str,
    default: str,
) -> str:
    target = str(values.get(name) or default)
    found = pool.get(target)
    if found is None or found.status in GONE:
        raise invalid_parameter("Target Not Found", f"'{target}' does not exist.", blame=(name,))
    return target


def _copy_campaign(copying: _Copying, source: CampaignRecord) -> str:
    context, now = copying.context, copying.context.now()
    record = replace(
        deepcopy(source),
        id=context.world.new_id("campaign"),
        name=copying.name(source.name, top=True),
        status=copying.status(source.status),
        created_time=now,
        updated_time=now,
        start_time=copying.time("start_time") or now,
        stop_time=copying.time("end_time") or _moved(source.start_time, source.stop_time, now),
        source_campaign_id=source.id,
    )
    context.world.add_campaign(record)
    copying.note("Campaign", record, source.id)
    if copying.values.get("deep_copy"):
        for adset in context.world.adsets_of(source.id):
            if adset.status not in GONE:
                _copy_adset(copying, adset, record.id, top=False)
    return record.id


def _copy_adset(copying: _Copying, source: AdSetRecord, campaign_id: str, top: bool) -> str:
    context, now = copying.context, copying.context.now()
    campaign = context.world.campaigns[campaign_id]
    record = replace(
        deepcopy(source),
        id=context.world.new_id("adset"),
        campaign_id=campaign_id,
        name=copying.name(source.name, top),
        status=copying.status(source.status),
        created_time=now,
        updated_time=now,
        start_time=copying.time("start_time") or now,
        end_time=copying.time("end_time") or _moved(source.start_time, source.end_time, now),
        source_adset_id=source.id,
    )
    if campaign.daily_budget or campaign.lifetime_budget:
        record.daily_budget = record.lifetime_budget = None
    context.world.add_adset(record)
    copying.note("AdSet", record, source.id)
    if copying.values.get("deep_copy"):
        for ad in _live(context.world.ads_of(source.id)):
            _copy_ad(copying, ad, record.id, top=False)
    return record.id


def _copy_ad(copying: _Copying, source: AdRecord, adset_id: str, top: bool) -> str:
    context, now = copying.context, copying.context.now()
    record = replace(
        deepcopy(source),
        id=context.world.new_id("ad"),
        adset_id=adset_id,
        campaign_id=context.world.adsets[adset_id].campaign_id,
        name=copying.name(source.name, top),
        status=copying.status(source.status),
        created_time=now,
        updated_time=now,
        review="PENDING_REVIEW",
        source_ad_id=source.id,
    )
    context.world.add_ad(record)
    copying.note("Ad", record, source.id)
    return record.id


def _moved(start: datetime, end: datetime | None, now: datetime) -> datetime | None:
    """Return when a copy ends: its source's end, or its length from now."""
    if end is None or end > now:
        return end
    return now + (end - start)
