"""Reads of nodes and object edges: fields, expansion and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.edges import EDGES, border_key, newest_first, nodes_behind
from sync.sandbox.graph.errors import GraphError, unknown_field
from sync.sandbox.graph.field_grammar import FieldRequest, parse_fields
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.meta_edges import edges_of
from sync.sandbox.graph.meta_names import field_types, fields_of
from sync.sandbox.graph.nodes import Node, PlainNode, find_node
from sync.sandbox.graph.object_fields import READERS
from sync.sandbox.graph.paging import (
    PageAddress,
    Slice,
    id_slice,
    offset_slice,
    paging_block,
    parse_limit,
)
from sync.sandbox.graph.read_parameters import check_read_names
from sync.sandbox.graph.reports import ReportRun
from sync.sandbox.graph.side_objects import SideObject

_CURSOR_BY_ID = ("Campaign", "AdSet", "Ad", "AdCreative")
_REFERENCES = {
    ("AdSet", "campaign"): "campaign_id",
    ("Ad", "campaign"): "campaign_id",
    ("Ad", "adset"): "adset_id",
    ("Ad", "creative"): "creative_id",
    ("Campaign", "source_campaign"): "source_campaign_id",
    ("AdSet", "source_adset"): "source_adset_id",
    ("Ad", "source_ad"): "source_ad_id",
    ("Campaign", "account"): "account_id",
    ("AdSet", "account"): "account_id",
    ("Ad", "account"): "account_id",
}
_DEFAULTS = {
    "AdActivity": (
        "actor_id",
        "actor_name",
        "event_time",
        "event_type",
        "extra_data",
        "object_id",
        "object_name",
        "object_type",
    ),
    "Permission": ("permission", "status"),
    "MinimumBudget": (
        "currency",
        "min_daily_budget_imp",
        "min_daily_budget_high_freq",
        "min_daily_budget_low_freq",
        "min_daily_budget_video_views",
    ),
    "AdLabel": ("id", "name"),
    "AdAsyncRequestSet": ("id", "owner_id", "name", "is_completed"),
    "AdAsyncRequest": ("id", "scope_object_id", "status"),
    "AdAccountSubscribedApps": ("app_id", "app_name"),
    "AsyncSession": (
        "id",
        "name",
        "status",
        "result",
        "error_code",
        "exception",
        "complete_time",
    ),
    "AdRuleHistory": ("timestamp", "is_manual", "results"),
    "AdAccountAdRulesHistory": ("rule_id", "timestamp", "is_manual", "results"),
    "HighDemandPeriod": (
        "id",
        "ad_object_id",
        "budget_value",
        "budget_value_type",
        "recurrence_type",
        "time_start",
        "time_end",
    ),
    "User": ("id", "name"),
    "SystemUser": ("id", "name"),
    "AssignedUser": ("id", "name"),
    "Business": ("id", "name"),
    "AdReportRun": (
        "id",
        "account_id",
        "time_ref",
        "time_completed",
        "async_status",
        "async_percent_completion",
        "is_running",
        "date_start",
        "date_stop",
        "error_code",
        "error_message",
        "error_subcode",
        "error_user_title",
        "error_user_msg",
    ),
}
_WITHOUT_ID = (
    "AdAccountSubscribedApps",
    "AdActivity",
    "AdAccountAdRulesHistory",
    "AdRuleHistory",
    "Permission",
    "MinimumBudget",
)


class InsightsAnswer(Protocol):
    """How nested `insights` expansions are answered."""

    def __call__(
        self, context: GraphContext, node: Node, params: Mapping[str, str], url: str
    ) -> dict[str, object]:
        """Return the edge's answer as a JSON object."""


@dataclass(frozen=True, slots=True)
class NodeReader:
    """Reads nodes and edges for one call.

    `base_url` is scheme, host and version; `token` goes into page addresses.
    """

    context: GraphContext
    insights: InsightsAnswer
    base_url: str
    token: str

    def node(self, node: Node, wanted: Sequence[FieldRequest]) -> dict[str, object]:
        """Return a node's asked fields; unset ones are left out."""
        self._count_node()
        out: dict[str, object] = {}
        asked = wanted or [FieldRequest(name) for name in _DEFAULTS.get(node.kind, ("id",))]
        for request in asked:
            value = self._field(node, request)
            if value is not None:
                out[request.key] = value
        if node.kind not in _WITHOUT_ID:
            out.setdefault("id", node.id)
        return out

    def edge(self, node: Node, edge: str, params: Mapping[str, str]) -> dict[str, object]:
        """Return one page of an edge, with paging and an asked summary."""
        params = {"access_token": self.token, **params}
        kind, rows = nodes_behind(self.context, node, edge, params)
        limit = parse_limit(params)
        cut = self._cut(kind, rows, params, limit)
        wanted = parse_fields(params.get("fields"))
        page = rows[cut.start : cut.stop]
        answer: dict[str, object] = {"data": [self.node(row, wanted) for row in page]}
        if page:
            address = PageAddress(f"{self.base_url}/{node.id}/{edge}", params)
            first, last = (
                (page[0].record.id, page[-1].record.id)
                if kind in _CURSOR_BY_ID
                else (str(cut.start), str(cut.stop - 1))
            )
            answer["paging"] = paging_block(cut, first, last, address)
        if params.get("summary", "").lower() not in ("", "false", "0"):
            answer["summary"] = {"total_count": len(rows)}
        return answer

    def metadata(self, node: Node) -> dict[str, object]:
        """Return what `metadata=1` adds: a node's fields, type and edges."""
        edges = [name for kind, name in EDGES if kind == node.kind]
        types = field_types(node.kind)
        return {
            "fields": [{"name": name, "type": kind} for name, kind in types.items()],
            "type": node.kind.lower(),
            "connections": {name: f"{self.base_url}/{node.id}/{name}" for name in edges},
        }

    def _count_node(self) -> None:
        """Refuse an answer that would read too many objects."""
        at_hand = self.context.at_hand
        at_hand.nodes += 1
        if at_hand.nodes > self.context.limits.read_nodes:
            raise GraphError(
                message="Please reduce the amount of data you're asking for, "
                "then retry your request",
                code=1,
                status=500,
            )

    def _cut(self, kind: str, rows: list[Node], params: Mapping[str, str], limit: int) -> Slice:
        if kind not in _CURSOR_BY_ID:
            return offset_slice(params, len(rows), limit)
        return id_slice(
            params,
            rows,
            limit,
            sort_key=lambda cursor_id: _border(self.context, cursor_id),
            key_of=newest_first,
            id_of=lambda row: row.record.id,
        )

    def _field(self, node: Node, request: FieldRequest) -> object:
        reference = _REFERENCES.get((node.kind, request.name))
        if reference is not None:
            return self._reference(node, request, reference)
        if (node.kind, request.name) in EDGES:
            nested = _nested_params(request)
            check_read_names(nested, EDGES[(node.kind, request.name)][0], request.name)
            return _unless_empty(self.edge(node, request.name, nested))
        if request.name == "insights" and node.kind in ("AdAccount", "Campaign", "AdSet", "Ad"):
            url = f"{self.base_url}/{node.id}/insights"
            params = {"access_token": self.token, **_nested_params(request)}
            check_read_names(params, node.kind, "insights")
            return _unless_empty(self.insights(self.context, node, params, url))
        value = self._plain(node, request.name)
        if request.children:
            return _subset(value, request.children)
        return value

    def _plain(self, node: Node, name: str) -> object:
        readers = READERS.get(node.kind)
        if readers is not None:
            reader = readers.get(name)
            if reader is not None:
                return reader(self.context, node.record)
            extras = getattr(node.record, "extras", {})
            if name in extras:
                return extras[name]
        elif isinstance(node.record, SideObject):
            shown = node.record.shown(partial(local_time, self.context, node.record.account_id))
            if name in shown:
                return shown[name]
        elif isinstance(node.record, PlainNode) and name in node.record.values:
            return node.record.values[name]
        elif isinstance(node.record, ReportRun):
            found = node.record.fields(self.context.at_hand.version not in ("v23.0", "v24.0"))
            if name in found:
                return found[name]
        if name == "id" or name in fields_of(node.kind) or name in edges_of(node.kind):
            return None
        raise unknown_field(name, node.kind)

    def _reference(self, node: Node, request: FieldRequest, attribute: str) -> object:
        target_id = str(getattr(node.record, attribute))
        if target_id == "0":
            return None
        if request.name == "account":
            target_id = f"act_{target_id}"
        try:
            target = find_node(self.context, target_id)
        except GraphError:
            return None
        return self.node(target, request.children or ())


def _border(context: GraphContext, cursor_id: str) -> tuple[float, int] | None:
    try:
        return border_key(context, cursor_id)
    except GraphError:
        return None


def _unless_empty(page: dict[str, object]) -> dict[str, object] | None:
    """Leave an expanded edge out when nothing is behind it, as Graph does."""
    return page if page["data"] or "paging" in page or "summary" in page else None


def _nested_params(request: FieldRequest) -> dict[str, str]:
    """Turn modifiers and children of an expansion into edge parameters."""
    params = {name: value for name, value in request.modifiers.items() if name != "as"}
    if request.children is not None:
        params["fields"] = ",".join(field_text(child) for child in request.children)
    return params


def field_text(request: FieldRequest) -> str:
    """Write a parsed field request back as text."""
    text = request.name
    text += "".join(f".{name}({value})" for name, value in request.modifiers.items())
    if request.children is not None:
        text += "{" + ",".join(field_text(child) for child in request.children) + "}"
    return text


def _subset(value: object, children: Sequence[FieldRequest]) -> object:
    """Keep the asked keys of a nested object or of a list of them."""
    if isinstance(value, list):
        return [_subset(item, children) for item in value]
    if isinstance(value, dict):
        return {child.key: value[child.name] for child in children if child.name in value}
    return value
