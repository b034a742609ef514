"""From a Graph call to its answer: version, token, node, edge, quota."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from sync.sandbox.graph.access import check_access
from sync.sandbox.graph.business_writes import WRITES as BUSINESS_WRITES
from sync.sandbox.graph.calls import GraphAnswer, GraphCall, normal_path
from sync.sandbox.graph.context import AtHand, GraphContext
from sync.sandbox.graph.errors import (
    GraphError,
    bad_value,
    deprecated_version,
    missing_object,
    unknown_field,
    unknown_path,
)
from sync.sandbox.graph.field_grammar import parse_fields
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.images import upload_images
from sync.sandbox.graph.insights_edge import InsightsEdge
from sync.sandbox.graph.login_routes import answer_login
from sync.sandbox.graph.nodes import Node, find_node
from sync.sandbox.graph.read_parameters import check_read_names
from sync.sandbox.graph.reading import NodeReader
from sync.sandbox.graph.report_routes import ask_report, poll_report, report_page
from sync.sandbox.graph.side_objects import SideObject
from sync.sandbox.graph.tokens import Token, no_active_token
from sync.sandbox.graph.write_routes import WRITES

MAX_IDS = 50
_NODE = re.compile(r"(act_)?\d+|me")
_WRITTEN = ("id", "copied_campaign_id", "copied_adset_id", "copied_ad_id")


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
        headers = self._check_version(call)
        if call.verb == "GET" and self._asks_many(call):
            answer = self._multi_get(call)
        elif not call.segments:
            raise missing_object("unknown", call.verb.lower())
        elif len(call.segments) > 2:
            raise unknown_path("/".join(call.segments[2:]))
        else:
            answer = self._one(call, call.segments[0], call.segments[1:])
        answer.headers.update(headers)
        return answer

    def check_envelope(self, call: GraphCall) -> None:
        """Check version and token of a batch as a whole.

        Without a version its items name theirs.
        """
        if call.version is not None:
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
        context = self.context
        token = self._check_token(call, object_id)
        if object_id == "me":
            if token.kind == "APP":
                raise no_active_token()
            object_id = token.user_id
        context.at_hand = AtHand(
            context.tokens.identities.get(token.user_id, context.at_hand.actor),
            token.scopes,
            call.version or context.limits.versions[-1],
            call.params.get("date_format"),
            call=call,
        )
        context.settle()
        self._charge(call, object_id, edge)
        node = find_node(context, object_id, call.verb.lower())
        check_access(context, token, node, edge, call.verb != "GET" and edge != "insights")
        if call.verb == "GET":
            value = self._read(call, node, edge)
        elif call.verb == "POST":
            value = self._post(call, node, edge)
        elif call.verb == "DELETE":
            value = self._write(call, node, edge)
        else:
            raise bad_value(f"Unsupported method {call.verb}")
        return GraphAnswer(200, value, dict(context.at_hand.headers))

    def _read(self, call: GraphCall, node: Node, edge: str) -> dict[str, object]:
        params = call.params
        reader = self._reader(call)
        if edge == "insights":
            check_read_names(params, node.kind, edge)
            if node.kind == "AdReportRun":
                return report_page(self.context, self.insights, node, call)
            _check_insights_node(node)
            return self.insights(self.context, node, _with_token(call), call.url())
        check_read_names(params, node.kind, edge)
        if isinstance(node.record, SideObject):
            node.record.looked_at(self.context.now())
        if edge:
            return reader.edge(node, edge, params)
        if node.kind == "AdReportRun":
            poll_report(self.context, node)
        found = reader.node(node, parse_fields(params.get("fields")))
        if params.get("metadata", "").lower() in ("1", "true"):
            found["metadata"] = reader.metadata(node)
        return found

    def _post(self, call: GraphCall, node: Node, edge: str) -> dict[str, object]:
        if edge == "insights":
            check_read_names(call.params, node.kind, edge)
            _check_insights_node(node)
            return ask_report(self.context, node, call.params)
        if node.kind == "AdAccount" and edge == "adimages":
            return upload_images(self.context, node, call.params, call.files, call.request_id)
        return self._read_after_write(call, node, self._write(call, node, edge))

    def _write(self, call: GraphCall, node: Node, edge: str) -> dict[str, object]:
        way = (call.verb, node.kind, edge)
        if way in BUSINESS_WRITES:
            return BUSINESS_WRITES[way](self.context, node, call.params)
        if way in WRITES:
            return WRITES[way](self.context, node, call.params, call.request_id)
        if edge:
            raise unknown_field(edge, node.kind)
        raise missing_object(node.id, call.verb.lower())

    def _read_after_write(
        self, call: GraphCall, node: Node, answer: dict[str, object]
    ) -> dict[str, object]:
        """Add the asked fields of the written node to the answer."""
        wanted = parse_fields(call.params.get("fields"))
        if not wanted:
            return answer
        wrote = next((answer[name] for name in _WRITTEN if name in answer), None)
        written = node if wrote is None else find_node(self.context, str(wrote))
        return {**self._reader(call).node(written, wanted), **answer}

    def _asks_many(self, call: GraphCall) -> bool:
        """Tell whether `?ids=` is asked: of nodes, or of one edge of each."""
        if not call.segments or call.segments == ("insights",):
            return True
        if len(call.segments) > 1 or "ids" not in call.params:
            return False
        return not _NODE.fullmatch(call.segments[0])

    def _multi_get(self, call: GraphCall) -> GraphAnswer:
        """Answer `?ids=`: an object keyed by id; one bad id fails the call."""
        ids = parse_list(call.params.get("ids"), "ids")
        if not ids:
            raise bad_value("The parameter ids is required")
        if len(ids) > MAX_IDS:
            raise bad_value(f"Too many IDs. Maximum: {MAX_IDS}. Provided: {len(ids)}.")
        params = {name: value for name, value in call.query.items() if name != "ids"}
        found: dict[str, object] = {}
        for one in ids:
            path = "/".join(("", call.version or "", one, *call.segments))
            single = replace(call, query=params, path=path)
            found[one] = self._one(single, one, call.segments).value
        return GraphAnswer(200, found)

    def _reader(self, call: GraphCall) -> NodeReader:
        base = f"{call.base_url}/{call.version}"
        return NodeReader(self.context, self.insights, base, call.token or "")

    def _check_version(self, call: GraphCall) -> dict[str, str]:
        """Refuse a version that is not alive; return headers that tell of an upgrade."""
        limits = self.context.limits
        if call.version in limits.versions:
            return {}
        if call.version is None or not limits.auto_upgrade:
            raise deprecated_version(limits.versions[-1])
        used = limits.versions[0]
        warning = f"The call has been auto-upgraded to {used} as {call.version} has expired."
        return {"facebook-api-version": used, "x-ad-api-version-warning": warning}

    def _check_token(self, call: GraphCall, asked: str) -> Token:
        tokens, params = self.context.tokens, call.params
        token = tokens.check(call.token, self.context.now(), asked)
        tokens.check_proof(
            token,
            params.get("appsecret_proof"),
            params.get("appsecret_time"),
            self.context.limits.require_appsecret_proof,
        )
        return token

    def _charge(self, call: GraphCall, object_id: str, edge: str) -> None:
        account_id = self.account_of(object_id)
        family = use_case(object_id, edge, self.context)
        write = call.verb != "GET" and edge != "insights"
        self.context.usage.charge(self.context.quota_time(), account_id, family, write)


def use_case(object_id: str, edge: str, context: GraphContext) -> str:
    """Return the quota family a call belongs to."""
    if edge == "insights" or object_id in context.reports.runs:
        return "ads_insights"
    return "custom_audience" if edge == "customaudiences" else "ads_management"


def _with_token(call: GraphCall) -> dict[str, str]:
    """Return the parameters with the token, which addresses of pages carry."""
    return {"access_token": call.token or "", **call.params}


def call_target(call: GraphCall) -> tuple[str, str]:
    """Return the first id and the edge that a call is about."""
    if call.segments and call.segments != ("insights",):
        return call.segments[0], call.segments[1] if len(call.segments) > 1 else ""
    first = call.params.get("ids", "").split(",")[0]
    return first, "insights" if call.segments else ""


def fault_path(call: GraphCall) -> str:
    """Return the path that scripted faults are matched against."""
    return normal_path(call.path)


def _check_insights_node(node: Node) -> None:
    if node.kind not in ("AdAccount", "Campaign", "AdSet", "Ad"):
        raise unknown_field("insights", node.kind)
