"""From a Graph call to its answer: version, token, node, edge, quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sync.sandbox.graph.attachments import (
    add_labels,
    create_label,
    remove_labels,
    upload_images,
)
from sync.sandbox.graph.calls import GraphAnswer, GraphCall, normal_path
from sync.sandbox.graph.changes import finish_reviews
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.copies import copy_node
from sync.sandbox.graph.creates import (
    create_ad,
    create_adset,
    create_campaign,
    create_creative,
)
from sync.sandbox.graph.deletions import delete_campaigns
from sync.sandbox.graph.errors import (
    GraphError,
    bad_value,
    deprecated_version,
    missing_object,
    unknown_field,
)
from sync.sandbox.graph.field_grammar import parse_fields
from sync.sandbox.graph.insights_edge import InsightsEdge
from sync.sandbox.graph.login_routes import answer_login
from sync.sandbox.graph.nodes import Node, find_node
from sync.sandbox.graph.oauth import Token
from sync.sandbox.graph.parameters import GENERIC, unknown_parameter
from sync.sandbox.graph.reading import NodeReader
from sync.sandbox.graph.report_routes import ask_report, poll_report, report_page
from sync.sandbox.graph.updates import delete_node, update_node

MAX_IDS = 50
_CREATES = {
    "campaigns": create_campaign,
    "adsets": create_adset,
    "ads": create_ad,
    "adcreatives": create_creative,
}
_EDGE_PARAMS = frozenset(
    "effective_status date_preset time_range updated_since is_completed category data_source oid "
    "extra_oids uid business_id add_children search_query include_shared_ad_accounts "
    "thumbnail_width thumbnail_height is_draft ad_draft_id include_deleted bid_amount hashes "
    "minheight minwidth am_call_tags from_adtable review_feedback_breakdown ad_active_time "
    "input_token client_id client_secret grant_type".split()
)
_INSIGHTS_PARAMS = frozenset(
    "level breakdowns action_breakdowns action_attribution_windows action_report_time "
    "date_preset time_range time_ranges time_increment product_id_limit "
    "summary_action_breakdowns use_account_attribution_setting use_unified_attribution_setting "
    "export_columns export_format export_name graph_cache cpas_only is_async async".split()
)


@dataclass(slots=True)
class GraphRouter:
    """Answers Graph calls against one context."""

    context: GraphContext
    insights: InsightsEdge = field(default_factory=InsightsEdge)

    def answer(self, call: GraphCall) -> GraphAnswer:
        """Answer one call; raises GraphError for every refusal."""
        login = answer_login(self.context, call)
        if login is not None:
            return login
        self._check_version(call)
        if not call.segments and call.verb == "GET":
            return self._multi_get(call)
        if call.segments == ("insights",) and call.verb == "GET":
            return self._multi_get(call)
        if not call.segments or len(call.segments) > 2:
            raise missing_object("/".join(call.segments) or "unknown", call.verb.lower())
        return self._one(call, call.segments[0], call.segments[1:])

    def check_envelope(self, call: GraphCall) -> None:
        """Check version and token of a batch as a whole."""
        self._check_version(call)
        self._check_token(call, "batch")

    def account_of(self, object_id: str) -> str | None:
        """Return the bare ad account id that a call on this id concerns."""
        try:
            return find_node(self.context, object_id).account_id
        except GraphError:
            return None

    def _one(self, call: GraphCall, object_id: str, rest: tuple[str, ...]) -> GraphAnswer:
        edge = rest[0] if rest else ""
        token = self._check_token(call, object_id)
        self.context.settle()
        finish_reviews(self.context)
        self._charge(call, object_id, edge)
        node = find_node(self.context, object_id, call.verb.lower())
        _check_scope(token, node, call, edge)
        if call.verb == "GET":
            value = self._read(call, node, edge)
        elif call.verb == "POST":
            value = self._post(call, node, edge)
        elif call.verb == "DELETE":
            value = self._delete(call, node, edge)
        else:
            raise bad_value(f"Unsupported method {call.verb}")
        return GraphAnswer(200, value)

    def _read(self, call: GraphCall, node: Node, edge: str) -> dict[str, object]:
        params = call.params
        reader = self._reader(call)
        if edge == "insights":
            _check_names(params, _INSIGHTS_PARAMS, "AdsInsights")
            if node.kind == "AdReportRun":
                return report_page(self.context, self.insights, node, call)
            _check_insights_node(node)
            return self.insights(self.context, node, params, call.url())
        _check_names(params, _EDGE_PARAMS, node.kind)
        if edge:
            return reader.edge(node, edge, params)
        if node.kind == "AdReportRun":
            poll_report(self.context, node)
        return reader.node(node, parse_fields(params.get("fields")))

    def _post(self, call: GraphCall, node: Node, edge: str) -> dict[str, object]:
        context, given, request_id = self.context, call.params, call.request_id
        if not edge:
            answer = update_node(context, node, given, request_id)
        elif edge == "insights":
            _check_names(given, _INSIGHTS_PARAMS, "AdsInsights")
            _check_insights_node(node)
            return ask_report(context, node, given)
        elif edge == "copies":
            return copy_node(context, node, given, request_id)
        elif edge == "adlabels":
            label = create_label if node.kind == "AdAccount" else add_labels
            return label(context, node, given, request_id)
        elif node.kind == "AdAccount" and edge == "adimages":
            return upload_images(context, node, given, call.files)
        elif node.kind == "AdAccount" and edge in _CREATES:
            answer = _CREATES[edge](context, node, given, request_id)
        else:
            raise unknown_field(edge, node.kind)
        return self._read_after_write(call, node, answer)

    def _delete(self, call: GraphCall, node: Node, edge: str) -> dict[str, object]:
        if not edge:
            return delete_node(self.context, node, call.request_id)
        if edge == "adlabels":
            return remove_labels(self.context, node, call.params, call.request_id)
        if edge == "campaigns" and node.kind == "AdAccount":
            return delete_campaigns(self.context, node, call.params, call.request_id)
        raise unknown_field(edge, node.kind)

    def _read_after_write(
        self, call: GraphCall, node: Node, answer: dict[str, object]
    ) -> dict[str, object]:
        """Add the asked fields of the written node to the answer."""
        wanted = parse_fields(call.params.get("fields"))
        if not wanted:
            return answer
        written = find_node(self.context, str(answer["id"])) if "id" in answer else node
        return {**self._reader(call).node(written, wanted), **answer}

    def _multi_get(self, call: GraphCall) -> GraphAnswer:
        """Answer `?ids=`: an object keyed by id; one bad id fails the call."""
        ids = [part for part in call.params.get("ids", "").split(",") if part]
        if not ids:
            raise bad_value("The parameter ids is required")
        if len(ids) > MAX_IDS:
            raise bad_value(f"Too many IDs. Maximum: {MAX_IDS}. Provided: {len(ids)}.")
        params = {name: value for name, value in call.query.items() if name != "ids"}
        single = replace(call, query=params)
        found = {one: self._one(single, one, call.segments).value for one in ids}
        return GraphAnswer(200, found)

    def _reader(self, call: GraphCall) -> NodeReader:
        base = f"{call.base_url}/{call.version}"
        return NodeReader(self.context, self.insights, base, call.token or "")

    def _check_version(self, call: GraphCall) -> None:
        versions = self.context.limits.versions
        if call.version not in versions:
            raise deprecated_version(versions[-1])

    def _check_token(self, call: GraphCall, asked: str) -> Token:
        tokens = self.context.tokens
        token = tokens.check(call.token, self.context.now(), asked)
        tokens.check_proof(token.text, call.params.get("appsecret_proof"))
        return token

    def _charge(self, call: GraphCall, object_id: str, edge: str) -> None:
        account_id = self.account_of(object_id)
        points = 1 if call.verb == "GET" else 3
        self.context.usage.charge(
            self.context.now(), account_id, use_case(object_id, edge, self.context), points
        )


def use_case(object_id: str, edge: str, context: GraphContext) -> str:
    """Return the quota family a call belongs to."""
    report = object_id in context.reports.runs
    return "ads_insights" if edge == "insights" or report else "ads_management"


def call_target(call: GraphCall) -> tuple[str, str]:
    """Return the first id and the edge that a call is about."""
    if call.segments and call.segments != ("insights",):
        return call.segments[0], call.segments[1] if len(call.segments) > 1 else ""
    first = call.params.get("ids", "").split(",")[0]
    return first, "insights" if call.segments else ""


def fault_path(call: GraphCall) -> str:
    """Return the path that scripted faults are matched against."""
    return normal_path(call.path)


def _check_scope(token: Token, node: Node, call: GraphCall, edge: str) -> None:
    """Refuse calls that the token's permissions do not cover."""
    writes = call.verb != "GET" and edge != "insights"
    if writes and "ads_management" not in token.scopes:
        raise GraphError(
            message=(
                "(#200) Ad account owner has NOT granted ads_management permission to the app"
            ),
            code=200,
            status=403,
        )
    business = node.kind == "Business" or edge == "businesses"
    if business and "business_management" not in token.scopes:
        raise GraphError(
            message="(#200) Requires business_management permission to manage the object",
            code=200,
            status=403,
        )
    if node.account_id is not None and not {"ads_read", "ads_management"} & set(token.scopes):
        raise GraphError(message="(#100) Missing permissions", code=100)


def _check_names(params: Mapping[str, str], allowed: frozenset[str], node: str) -> None:
    for name in params:
        if name not in allowed and name not in GENERIC:
            raise unknown_parameter(name, node)


def _check_insights_node(node: Node) -> None:
    if node.kind not in ("AdAccount", "Campaign", "AdSet", "Ad"):
        raise unknown_field("insights", node.kind)
