"""Asynchronous reports: asking, polling and reading their results."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.graph.calls import GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, missing_object
from sync.sandbox.graph.insights_edge import InsightsEdge, read_query
from sync.sandbox.graph.nodes import Node, find_node
from sync.sandbox.graph.parameters import GENERIC
from sync.sandbox.graph.reports import ReportRun

FIRST_RUN = 602_392_014_900_000_000


def ask_report(context: GraphContext, node: Node, given: Mapping[str, str]) -> dict[str, object]:
    """Start a report; its parameters are checked at once."""
    query = read_query(context, node, given)
    params = {name: value for name, value in given.items() if name not in ("access_token",)}
    run = ReportRun(
        id=str(FIRST_RUN + len(context.reports.runs) + 1),
        account_id=node.account_id or "",
        node_id=node.id,
        params=params,
        asked=context.now(),
        date_start=min(period.since for period in query.spread.periods).isoformat(),
        date_stop=max(period.until for period in query.spread.periods).isoformat(),
        polls_needed=context.limits.report_polls,
    )
    context.reports.add(run)
    return {"report_run_id": run.id}


def poll_report(context: GraphContext, node: Node) -> None:
    """Move a report on by one look; a raced one does not exist yet."""
    run = node.record
    if not isinstance(run, ReportRun):
        return
    if run.races > 0:
        run.races -= 1
        raise missing_object(run.id)
    run.poll(context.now())


def report_page(
    context: GraphContext, insights: InsightsEdge, node: Node, call: GraphCall
) -> dict[str, object]:
    """Return one page of a finished report's rows."""
    run = node.record
    if not isinstance(run, ReportRun):
        raise missing_object(node.id)
    if run.completed is None:
        raise GraphError(
            message=(
                "(#2601) Loading Async Ads Report Failed: the report does not exist "
                f"or is not ready ({run.state})"
            ),
            code=2601,
        )
    paging = {name: value for name, value in call.params.items() if name in GENERIC}
    params = {**run.params, **paging}
    target = find_node(context, run.node_id)
    return insights.answer(context, target, params, call.url(), context.limits.report_rows)
