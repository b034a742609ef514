"""The insights edge: results, pages and summaries, sync or of a report."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.insights_query import InsightsQuery, counts_people, parse_query
from sync.sandbox.graph.insights_result import ResultMaker
from sync.sandbox.graph.insights_rows import RowSource, build_rows
from sync.sandbox.graph.insights_table import Columns, total
from sync.sandbox.graph.nodes import LEVELS, Node
from sync.sandbox.graph.paging import PageAddress, offset_slice, paging_block, parse_limit
from sync.sandbox.market.insights import insights
from sync.sandbox.records import AccountRecord

KEPT_ROWS = 1_000_000
_SHAPING = (
    "level date_preset time_range time_ranges time_increment breakdowns filtering sort "
    "product_id_limit"
).split()


@dataclass(slots=True)
class _Kept:
    """A finished result and the state of the world it was made in."""

    stamp: tuple[object, ...]
    rows: Columns


@dataclass(frozen=True, slots=True)
class InsightsRights:
    """What an answer may hold: its rows, opt-in breakdowns, old reach."""

    row_limit: int
    opted_in: bool
    old_reach: bool = False


@dataclass(slots=True)
class InsightsEdge:
    """Answers insights queries; keeps results while they are paged through."""

    _kept: OrderedDict[tuple[str, ...], _Kept] = field(default_factory=OrderedDict)

    def __call__(
        self, context: GraphContext, node: Node, params: Mapping[str, str], url: str
    ) -> dict[str, object]:
        """Answer a synchronous query with one page."""
        limits = context.limits
        rights = InsightsRights(limits.sync_rows, limits.opted_in)
        return self.answer(context, node, params, url, rights)

    def answer(
        self,
        context: GraphContext,
        node: Node,
        params: Mapping[str, str],
        url: str,
        rights: InsightsRights,
    ) -> dict[str, object]:
        """Answer with one page; raises 100/1487534 beyond the row limit."""
        account = context.world.accounts[node.account_id or ""]
        query = read_query(context, node, params)
        maker = ResultMaker(context, node, account, query, rights.opted_in)
        rows = self._rows(maker, params, rights)
        limit = parse_limit(params)
        cut = offset_slice(params, len(rows), limit)
        page = RowSource(context, account, query, rows.pick(slice(cut.start, cut.stop)))
        fields = query.fields
        if query.old_reach and not rights.old_reach:
            fields = tuple(name for name in fields if not counts_people(name))
        out: dict[str, object] = {"data": build_rows(page, fields)}
        if cut.stop > cut.start:
            address = PageAddress(url, params)
            out["paging"] = paging_block(cut, str(cut.start), str(cut.stop - 1), address)
        if query.summary is not None and len(rows):
            out["summary"] = _summary(context, node, account, query, rows)
        return out

    def _rows(
        self, maker: ResultMaker, params: Mapping[str, str], rights: InsightsRights
    ) -> Columns:
        """Return the whole result, kept from an earlier page when possible."""
        context = maker.context
        key = (maker.node.id, str(rights), *(params.get(name, "") for name in _SHAPING))
        stamp = (context.now(), len(context.ledger), len(context.world.foreign_edits))
        kept = self._kept.get(key)
        paging = bool(params.get("after") or params.get("before"))
        if kept is not None and (paging or kept.stamp == stamp):
            self._kept.move_to_end(key)
            return kept.rows
        rows = maker.rows(rights.row_limit)
        self._kept[key] = _Kept(stamp, rows)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(len(k.rows) for k in self._kept.values()) > KEPT_ROWS:
            self._kept.popitem(last=False)
        return rows


def read_query(context: GraphContext, node: Node, params: Mapping[str, str]) -> InsightsQuery:
    """Read an insights query asked at a node, in the account's own days."""
    account = context.world.accounts[node.account_id or ""]
    today = context.now().astimezone(ZoneInfo(account.timezone_name)).date()
    return parse_query(params, LEVELS[node.kind], today, context.limits.refuse_ended_windows)


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
    whole = node.kind == "AdAccount" and not query.filters and not query.asked_breakdowns
    if whole and len(periods) == 1:
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
