"""Which objects an insights query is about, after conditions on objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.edges import filter_value
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.filtering import Filter
from sync.sandbox.graph.insights_query import LEVELS, InsightsQuery
from sync.sandbox.graph.insights_rows import metric_values
from sync.sandbox.graph.insights_table import Columns
from sync.sandbox.graph.nodes import Node
from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord

_KINDS = {"campaign": "Campaign", "adset": "AdSet", "ad": "Ad"}
_METRICS = (
    "impressions clicks inline_link_clicks spend reach ctr cpc cpm cpp frequency "
    "inline_link_click_ctr cost_per_inline_link_click"
).split()


def is_metric(condition: Filter) -> bool:
    """Tell whether a condition is about numbers, not about objects."""
    return condition.field in _METRICS or condition.field.startswith("actions:")


@dataclass(frozen=True, slots=True)
class InsightsScope:
    """Which objects of the level, and which ads below them, are counted.

    None means the whole account.
    """

    ids: list[str] | None = None
    ads: list[str] | None = None


def scope_of(context: GraphContext, node: Node, query: InsightsQuery) -> InsightsScope:
    """Return the objects that the query's conditions leave.

    Conditions on what stands below the query's level choose among its ads.
    """
    conditions = [_normal(f) for f in query.filters if not is_metric(f)]
    below = [f for f in conditions if _rank(f.prefix) > _rank(query.level)]
    own = [f for f in conditions if f not in below]
    ads = _kept(context, node, "ad", below) if below else None
    if query.level == "account":
        _refuse_on_account(own)
        return InsightsScope(None, ads)
    if node.kind == "AdAccount" and not own:
        return InsightsScope(None, ads)
    return InsightsScope(_kept(context, node, query.level, own), ads)


def _kept(context: GraphContext, node: Node, level: str, conditions: Sequence[Filter]) -> list[str]:
    kind = _KINDS[level]
    return [
        record.id
        for record in _records(context, node, level)
        if all(f.accepts(filter_value(context, kind, record, f)) for f in conditions)
    ]


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else 0


def metric_mask(rows: Columns, filters: Sequence[Filter], offset: int) -> NDArray[np.bool_]:
    """Return which rows meet every condition on numbers."""
    mask = np.ones(len(rows), dtype=bool)
    for condition in filters:
        if not is_metric(condition):
            continue
        values = metric_values(rows, condition.field, offset)
        if values is None:
            values = np.zeros(len(rows))
        mask &= np.fromiter((condition.accepts(v) for v in values.tolist()), bool, len(rows))
    return mask


def _records(
    context: GraphContext, node: Node, level: str
) -> Sequence[CampaignRecord | AdSetRecord | AdRecord]:
    world = context.world
    record = node.record
    if node.kind == "AdAccount":
        if level == "campaign":
            return world.campaigns_of(record.id)
        by_account = world.adsets_of_account if level == "adset" else world.ads_of_account
        return by_account(record.id)
    if isinstance(record, CampaignRecord):
        if level == "campaign":
            return [record]
        adsets = world.adsets_of(record.id)
        return adsets if level == "adset" else [ad for s in adsets for ad in world.ads_of(s.id)]
    if isinstance(record, AdSetRecord):
        return [record] if level == "adset" else world.ads_of(record.id)
    return [record] if isinstance(record, AdRecord) else []


def _normal(condition: Filter) -> Filter:
    """Turn `campaign_id` and `ad_name` forms into prefix and field."""
    if condition.prefix == "":
        prefix, _, rest = condition.field.partition("_")
        if prefix in _KINDS and rest in ("id", "name"):
            return Filter(prefix, rest, condition.operator, condition.value)
    return condition


def _refuse_on_account(conditions: Sequence[Filter]) -> None:
    if conditions:
        first = conditions[0]
        raise bad_value(
            f"Filtering field '{first.prefix}.{first.field}' is not supported at level account"
        )
