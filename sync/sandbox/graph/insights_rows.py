"""Insights columns turned into JSON rows, one asked field at a time.

Every metric is text; money in major units. Core counts read "0" when zero,
everything else is left out when zero or not applicable, as recorded rows do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import key
from sync.sandbox.graph.actions import ACTION_FIELDS
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.insights_query import InsightsQuery
from sync.sandbox.graph.insights_table import Columns
from sync.sandbox.graph.numbers import major_texts, ratio_texts
from sync.sandbox.graph.results import result_cells, result_cost_cells
from sync.sandbox.graph.times import graph_time
from sync.sandbox.records import AccountRecord, AdRecord, AdSetRecord, CampaignRecord

_HOUR_TEXTS = [f"{hour:02d}:00:00 - {hour:02d}:59:59" for hour in range(24)]
Cells = Sequence[object]
Described = CampaignRecord | AdSetRecord | AdRecord | None


@dataclass(frozen=True, slots=True)
class RowSource:
    """A page of columns with what is needed to describe its objects."""

    context: GraphContext
    account: AccountRecord
    query: InsightsQuery
    columns: Columns

    def record(self, object_id: str) -> Described:
        """Return the object of a row; None for account rows."""
        world = self.context.world
        if self.query.level == "campaign":
            return world.campaigns.get(object_id)
        if self.query.level == "adset":
            return world.adsets.get(object_id)
        return world.ads.get(object_id) if self.query.level == "ad" else None

    def per_object(self, describe: Callable[[Described], object]) -> Cells:
        """Describe each row's object, computed once per object."""
        known: dict[str, object] = {}
        cells = []
        for object_id in self.columns.object_id:
            if object_id not in known:
                known[object_id] = describe(self.record(object_id))
            cells.append(known[object_id])
        return cells


def build_rows(source: RowSource, fields: Sequence[str]) -> list[dict[str, object]]:
    """Return the rows with the asked fields, dates and breakdown key."""
    columns = source.columns
    filled = {
        name: _cells(source, name) for name in fields if name not in ("date_start", "date_stop")
    }
    filled["date_start"] = columns.date.astype(str).tolist()
    filled["date_stop"] = columns.date_stop.astype(str).tolist()
    if columns.hour is not None:
        filled[source.query.hour_key or ""] = [_HOUR_TEXTS[hour] for hour in columns.hour.tolist()]
    filled.update({name: labels.tolist() for name, labels in columns.labels.items()})
    known = {name: cells for name, cells in filled.items() if cells is not None}
    names = tuple(known)
    return [
        {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
        for row in zip(*known.values(), strict=True)
    ]


def _cells(source: RowSource, name: str) -> Cells | None:
    """Return one field's cells; None for a field the market does not know."""
    if name in _COUNTS:
        return [str(n) for n in source.columns.counts[name].tolist()]
    if name in _RATIOS:
        return _ratio(source, name)
    if name in ACTION_FIELDS:
        return ACTION_FIELDS[name](source.columns, source.account.offset, source.query.shape)
    describe = _OBJECT_FIELDS.get(name)
    if describe is not None:
        return source.per_object(lambda record: describe(source, record))
    simple = _SIMPLE.get(name)
    return None if simple is None else simple(source)


_COUNTS = ("impressions", "clicks", "reach")
# name: numerator, denominator, factor; money numerators are in minor units.
_RATIOS: dict[str, tuple[str, str, float]] = {
    "unique_ctr": ("unique_clicks", "reach", 100),
    "unique_inline_link_click_ctr": ("unique_inline_link_clicks", "reach", 100),
    "unique_link_clicks_ctr": ("unique_inline_link_clicks", "reach", 100),
    "cost_per_unique_click": ("spend", "unique_clicks", 1),
    "cost_per_unique_inline_link_click": ("spend", "unique_inline_link_clicks", 1),
    "ctr": ("clicks", "impressions", 100),
    "cpc": ("spend", "clicks", 1),
    "cpm": ("spend", "impressions", 1000),
    "cpp": ("spend", "reach", 1000),
    "frequency": ("impressions", "reach", 1),
    "inline_link_click_ctr": ("inline_link_clicks", "impressions", 100),
    "cost_per_inline_link_click": ("spend", "inline_link_clicks", 1),
}
_ZERO_SHOWN = ("ctr", "frequency")


def _ratio(source: RowSource, name: str) -> Cells:
    over, under, factor = _RATIOS[name]
    scale = factor / source.account.offset if over == "spend" else factor
    texts = ratio_texts(_count(source.columns, over) * scale, _count(source.columns, under))
    if name in _ZERO_SHOWN:
        return [text if text is not None else "0" for text in texts]
    return [None if text == "0" else text for text in texts]


def _count(columns: Columns, name: str) -> NDArray[np.int64]:
    """Return a column of counts; people who clicked are at most those reached."""
    if name.startswith("unique_"):
        clicks = columns.counts[name.removeprefix("unique_")]
        return np.asarray(np.minimum(clicks, columns.counts["reach"]))
    return columns.counts[name]


def _spend(source: RowSource) -> Cells:
    return major_texts(source.columns.counts["spend"], source.account.offset)


def _shown(column: NDArray[np.int64]) -> Cells:
    return [str(n) if n else None for n in column.tolist()]


def _objectives(source: RowSource) -> list[object]:
    return list(source.per_object(lambda record: _of_campaign("objective")(source, record)))


def _same(value: object) -> Callable[[RowSource], Cells]:
    return lambda source: [value] * len(source.columns)


_RANKED_FROM = 500
_RANKS = (
    ("ABOVE_AVERAGE", 0.35),
    ("AVERAGE", 0.75),
    ("BELOW_AVERAGE_35", 0.87),
    ("BELOW_AVERAGE_20", 0.95),
    ("BELOW_AVERAGE_10", 1.0),
)


def _ranking(source: RowSource, purpose: int) -> Cells:
    """Return an ad's rank among its rivals; unknown to others and of few impressions."""
    cells: list[object] = []
    shown = source.columns.counts["impressions"].tolist()
    for object_id, impressions in zip(source.columns.object_id, shown, strict=True):
        if source.query.level != "ad" or impressions < _RANKED_FROM:
            cells.append("UNKNOWN")
            continue
        draw = key(int(object_id), purpose) / 2**64
        cells.append(next(word for word, below in _RANKS if draw < below))
    return cells


_SIMPLE: dict[str, Callable[[RowSource], Cells]] = {
    "spend": _spend,
    "inline_link_clicks": lambda s: _shown(s.columns.counts["inline_link_clicks"]),
    "unique_clicks": lambda s: _shown(_count(s.columns, "unique_clicks")),
    "unique_inline_link_clicks": lambda s: _shown(_count(s.columns, "unique_inline_link_clicks")),
    "results": lambda s: result_cells(s.columns, _objectives(s)),
    "cost_per_result": lambda s: result_cost_cells(s.columns, _objectives(s), s.account.offset),
    "account_currency": lambda s: [s.account.currency] * len(s.columns),
    "account_id": lambda s: [s.account.id] * len(s.columns),
    "account_name": lambda s: [s.account.name] * len(s.columns),
    "attribution_setting": _same("7d_click_1d_view"),
    "wish_bid": _same("0"),
    "quality_ranking": lambda s: _ranking(s, 61),
    "engagement_rate_ranking": lambda s: _ranking(s, 62),
    "conversion_rate_ranking": lambda s: _ranking(s, 63),
}


def _campaign(source: RowSource, record: Described) -> CampaignRecord | None:
    if record is None or isinstance(record, CampaignRecord):
        return record
    return source.context.world.campaigns[record.campaign_id]


def _adset(source: RowSource, record: Described) -> AdSetRecord | None:
    if isinstance(record, AdSetRecord):
        return record
    return source.context.world.adsets[record.adset_id] if isinstance(record, AdRecord) else None


def _of_campaign(name: str) -> Callable[[RowSource, Described], object]:
    def describe(source: RowSource, record: Described) -> object:
        campaign = _campaign(source, record)
        return None if campaign is None else getattr(campaign, name)

    return describe


def _of_adset(name: str) -> Callable[[RowSource, Described], object]:
    def describe(source: RowSource, record: Described) -> object:
        adset = _adset(source, record)
        return None if adset is None else getattr(adset, name)

    return describe


def _of_ad(name: str) -> Callable[[RowSource, Described], object]:
    return lambda _source, record: getattr(record, name) if isinstance(record, AdRecord) else None


def _day_of(name: str) -> Callable[[RowSource, Described], object]:
    def describe(source: RowSource, record: Described) -> object:
        moment = source.account.created_time if record is None else getattr(record, name)
        return str(graph_time(moment, source.account.timezone_name))[:10]

    return describe


_OBJECT_FIELDS: dict[str, Callable[[RowSource, Described], object]] = {
    "campaign_id": _of_campaign("id"),
    "campaign_name": _of_campaign("name"),
    "objective": _of_campaign("objective"),
    "buying_type": _of_campaign("buying_type"),
    "adset_id": _of_adset("id"),
    "adset_name": _of_adset("name"),
    "optimization_goal": _of_adset("optimization_goal"),
    "ad_id": _of_ad("id"),
    "ad_name": _of_ad("name"),
    "created_time": _day_of("created_time"),
    "updated_time": _day_of("updated_time"),
}


def metric_values(columns: Columns, name: str, offset: int) -> NDArray[np.float64] | None:
    """Return a metric as numbers in major units, for filters and sorting."""
    if name.startswith("actions:"):
        found = columns.conversions.get(name.partition(":")[2])
        return None if found is None else found[0].astype(np.float64)
    if name in columns.counts:
        scale = 1 / offset if name == "spend" else 1.0
        return columns.counts[name].astype(np.float64) * scale
    if name in _RATIOS:
        over, under, factor = _RATIOS[name]
        scale = factor / offset if over == "spend" else factor
        bottom = _count(columns, under)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = _count(columns, over).astype(np.float64) * scale / bottom
        values: NDArray[np.float64] = np.where(bottom == 0, 0.0, ratio)
        return values
    return None
