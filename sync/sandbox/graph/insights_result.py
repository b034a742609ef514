"""The whole result of an insights query, before it is cut into pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast

import numpy as np

from sync.sandbox.graph.breakdowns import OFF_META_DROPPED, ON_META, split
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import too_much_data
from sync.sandbox.graph.insights_query import InsightsQuery
from sync.sandbox.graph.insights_rows import metric_values
from sync.sandbox.graph.insights_scope import InsightsScope, metric_mask, scope_of
from sync.sandbox.graph.insights_table import Columns, columns_of, grouped_by_hour, joined
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.periods import Period
from sync.sandbox.market.insights import Level, insights, insights_by_part
from sync.sandbox.market.parts import Part
from sync.sandbox.records import AccountRecord

Piece = tuple[Mapping[str, str], Part]


@dataclass(frozen=True, slots=True)
class ResultMaker:
    """Makes one query's result; `granted` gives what needs an opt-in."""

    context: GraphContext
    node: Node
    account: AccountRecord
    query: InsightsQuery
    granted: bool = False

    def rows(self, row_limit: int) -> Columns:
        """Return all rows; raises 100/1487534 beyond the limit."""
        query = self.query
        scope = scope_of(self.context, self.node, query)
        if query.opt_in and not self.granted:
            scope = InsightsScope(ids=[])
        pieces: list[Piece] = []
        if query.breakdowns and scope.ids != []:
            pieces = list(
                split(self.context, self.account.id, query.breakdowns, query.product_limit)
            )
        if self._count(scope, len(pieces)) > row_limit:
            raise too_much_data()
        found = joined([self._part(scope, pieces, *cut) for cut in query.spread.cuts()])
        if set(query.asked_breakdowns) & set(OFF_META_DROPPED):
            found = found.only(ON_META)
        if query.filters and len(found):
            found = found.pick(metric_mask(found, query.filters, self.account.offset))
        return _sorted(found, query, self.account.offset)

    def most_rows(self) -> int:
        """Return how many rows the result may have at most."""
        pieces = len(self.query.breakdowns) * 10
        return self._count(scope_of(self.context, self.node, self.query), pieces)

    def _part(
        self, scope: InsightsScope, pieces: list[Piece], period: Period, cut: str | int
    ) -> Columns:
        """Return the rows of one period."""
        query, world, account = self.query, self.context.world, self.account
        level = cast(Level, query.level)
        hourly = query.hour_key is not None
        step = _step("all" if hourly else cut)
        span = (period.since, period.until)
        if pieces:
            parts = [part for _labels, part in pieces]
            tables = insights_by_part(
                world,
                account.id,
                level,
                scope.ids,
                *span,
                step,
                parts,
                scope.ads,
            )
            named = zip(pieces, tables, strict=True)
            return self._interleaved(
                joined([columns_of(table).labelled(labels) for (labels, _p), table in named])
            )
        ids = [] if query.breakdowns else scope.ids
        table = insights(world, account.id, level, ids, *span, step, hourly, scope.ads)
        rows = columns_of(table)
        if hourly and cut != 1:
            days = period.days if cut == "all" else int(cut)
            since, until = np.datetime64(period.since), np.datetime64(period.until)
            rows = grouped_by_hour(rows, since, until, days)
        return rows

    def _interleaved(self, rows: Columns) -> Columns:
        """Put an object's and day's breakdown rows beside each other."""
        world = self.context.world
        pools: dict[str, Iterable[str]] = {
            "campaign": world.campaigns,
            "adset": world.adsets,
            "ad": world.ads,
            "account": world.accounts,
        }
        known = pools[self.query.level]
        places = {one: place for place, one in enumerate(known)}
        place = np.fromiter((places[one] for one in rows.object_id), np.int64, len(rows))
        return rows.pick(np.lexsort((rows.date.astype(np.int64), place)))

    def _count(self, scope: InsightsScope, pieces: int) -> int:
        """Count the rows there could be, without making them."""
        world, query, account = self.context.world, self.query, self.account
        if scope.ids is not None:
            objects = len(scope.ids)
        elif query.level == "campaign":
            objects = len(world.campaigns_of(account.id))
        elif query.level == "adset":
            objects = len(world.adsets_of_account(account.id))
        else:
            objects = 1 if query.level == "account" else len(world.ads_of_account(account.id))
        history = timedelta(days=world.scenario.history_days)
        lived = (self.context.now() - world.clock.start + history).days + 2
        rows = 0
        for period, cut in query.spread.cuts():
            days = min(period.days, lived)
            spans = 1 if cut == "all" else -(-days // int(cut))
            rows += objects * spans * (24 if query.hour_key else max(pieces, 1))
        return rows


def _step(cut: str | int) -> Literal["all", "daily"] | int:
    """Return a cut as the market counts days."""
    if cut == "all":
        return "all"
    return "daily" if int(cut) == 1 else int(cut)


def _sorted(rows: Columns, query: InsightsQuery, offset: int) -> Columns:
    """Sort by every asked key, the first one foremost."""
    for sort in reversed(query.sort):
        if sort.name in ("date_start", "date_stop"):
            days = rows.date if sort.name == "date_start" else rows.date_stop
            keys = days.astype(np.int64).astype(np.float64)
        else:
            values = metric_values(rows, sort.name, offset)
            if values is None:
                continue
            keys = values
        rows = rows.pick(np.argsort(-keys if sort.falling else keys, kind="stable"))
    return rows
