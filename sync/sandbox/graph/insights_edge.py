"""The insights edge: results, pages and summaries, sync or of a report."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import too_much_data
from sync.sandbox.graph.insights_query import InsightsQuery, parse_query
from sync.sandbox.graph.insights_rows import RowSource, build_rows, metric_values
from sync.sandbox.graph.insights_scope import metric_mask, scope_ids
from sync.sandbox.graph.insights_table import (
    Columns,
    columns_of,
    grouped_by_hour,
    joined,
    total,
)
from sync.sandbox.graph.nodes import LEVELS, Node
from sync.sandbox.graph.paging import PageAddress, offset_slice, paging_block, parse_limit
from sync.sandbox.market.insights import Level, insights
from sync.sandbox.records import AccountRecord

KEPT_ROWS = 1_000_000
_SHAPING = (
    "level date_preset time_range time_ranges time_increment breakdowns filtering sort"
).split()


@dataclass(slots=True)
class _Kept:
    """A finished result and the state of the world it was made in."""

    stamp: tuple[object, ...]
    rows: Columns


@dataclass(slots=True)
class InsightsEdge:
    """Answers insights queries; keeps results while they are paged through."""

    _kept: OrderedDict[tuple[str, ...], _Kept] = field(default_factory=OrderedDict)

    def __call__(
        self, context: GraphContext, node: Node, params: Mapping[str, str], url: str
    ) -> dict[str, object]:
        """Answer a synchronous query with one page."""
        return self.answer(context, node, params, url, context.limits.sync_rows)

    def answer(
        self,
        context: GraphContext,
        node: Node,
        params: Mapping[str, str],
        url: str,
        row_limit: int,
    ) -> dict[str, object]:
        """Answer with one page; raises 100/1487534 beyond `row_limit` rows."""
        account = context.world.accounts[node.account_id or ""]
        query = read_query(context, node, params)
        rows = self._rows(context, node, account, query, params, row_limit)
        limit = parse_limit(params)
        cut = offset_slice(params, len(rows), limit)
        page = RowSource(context, account, query, rows.pick(slice(cut.start, cut.stop)))
        out: dict[str, object] = {"data": build_rows(page, query.fields)}
        if cut.stop > cut.start:
            address = PageAddress(url, params)
            out["paging"] = paging_block(cut, str(cut.start), str(cut.stop - 1), address)
        if query.summary is not None and len(rows):
            out["summary"] = _summary(context, node, account, query, rows)
        return out

    def _rows(
        self,
        context: GraphContext,
        node: Node,
        account: AccountRecord,
        query: InsightsQuery,
        params: Mapping[str, str],
        row_limit: int,
    ) -> Columns:
        """Return the whole result, kept from an earlier page when possible."""
        key = (node.id, *(params.get(name, "") for name in _SHAPING))
        stamp = (context.now(), len(context.ledger), len(context.world.foreign_edits))
        kept = self._kept.get(key)
        paging = bool(params.get("after") or params.get("before"))
        if kept is not None and (paging or kept.stamp == stamp):
            self._kept.move_to_end(key)
            return kept.rows
        rows = _compute(context, node, account, query, row_limit)
        self._kept[key] = _Kept(stamp, rows)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(len(k.rows) for k in self._kept.values()) > KEPT_ROWS:
            self._kept.popitem(last=False)
        return rows


def read_query(context: GraphContext, node: Node, params: Mapping[str, str]) -> InsightsQuery:
    """Read an insights query asked at a node, in the account's own days."""
    account = context.world.accounts[node.account_id or ""]
    today = context.now().astimezone(ZoneInfo(account.timezone_name)).date()
    return parse_query(params, LEVELS[node.kind], today)


def _compute(
    context: GraphContext,
    node: Node,
    account: AccountRecord,
    query: InsightsQuery,
    row_limit: int,
) -> Columns:
    ids = scope_ids(context, node, query)
    _check_size(context, account, query, ids, row_limit)
    parts: list[Columns] = []
    for period, cut in query.spread.cuts():
        increment = "all" if cut == "all" or query.hourly else int(cut)
        table = insights(
            context.world,
            account.id,
            cast(Level, query.level),
            [] if query.opt_in else ids,
            period.since,
            period.until,
            "daily" if increment == 1 else increment,  # type: ignore[arg-type]  # "all" or int
            query.hourly,
        )
        rows = columns_of(table)
        if query.hourly and cut != 1:
            days = period.days if cut == "all" else int(cut)
            since, until = np.datetime64(period.since), np.datetime64(period.until)
            rows = grouped_by_hour(rows, since, until, days)
        parts.append(rows)
    found = joined(parts)
    if query.filters and len(found):
        found = found.pick(metric_mask(found, query.filters, account.offset))
    return _sorted(found, query, account.offset)


def _check_size(
    context: GraphContext,
    account: AccountRecord,
    query: InsightsQuery,
    ids: list[str] | None,
    row_limit: int,
) -> None:
    """Refuse before computing when the answer could pass the limit."""
    world = context.world
    if ids is not None:
        objects = len(ids)
    elif query.level == "campaign":
        objects = len(world.campaigns_of(account.id))
    elif query.level == "adset":
        objects = len(world.adsets_of_account(account.id))
    else:
        objects = 1 if query.level == "account" else len(world.ads_of_account(account.id))
    history = timedelta(days=world.scenario.history_days)
    lived = (context.now() - world.clock.start + history).days + 2
    rows = 0
    for period, cut in query.spread.cuts():
        days = min(period.days, lived)
        spans = 1 if cut == "all" else -(-days // int(cut))
        rows += objects * spans * (24 if query.hourly else 1)
    if rows > row_limit:
        raise too_much_data()


def _sorted(rows: Columns, query: InsightsQuery, offset: int) -> Columns:
    if query.sort is None or not len(rows):
        return rows
    name, falling = query.sort
    if name in ("date_start", "date_stop"):
        keys = (rows.date if name == "date_start" else rows.date_stop).astype(np.float64)
    else:
        values = metric_values(rows, name, offset)
        if values is None:
            return rows
        keys = values
    return rows.pick(np.argsort(-keys if falling else keys, kind="stable"))


def _summary(
    context: GraphContext,
    node: Node,
    account: AccountRecord,
    query: InsightsQuery,
    rows: Columns,
) -> dict[str, object]:
    """Return the summary row; reach only where it can be known."""
    reach: int | None = None
    periods = query.spread.periods
    if node.kind == "AdAccount" and len(periods) == 1 and not query.filters and not query.hourly:
        table = insights(
            context.world, account.id, "account", None, periods[0].since, periods[0].until, "all"
        )
        reach = int(table.reach[0]) if len(table) else 0
    wanted = query.summary or query.fields
    if reach is None:
        wanted = tuple(n for n in wanted if n not in ("reach", "frequency", "cpp"))
    source = RowSource(context, account, query, total(rows, reach))
    summary = build_rows(source, [n for n in wanted if not n.endswith(("_id", "_name"))])[0]
    if "account_id" in wanted:
        summary["account_id"] = account.id
    return summary
