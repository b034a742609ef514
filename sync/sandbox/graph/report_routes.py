"""Asynchronous reports: asking, polling and reading their results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sync.sandbox.graph.calls import GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, missing_object
from sync.sandbox.graph.field_grammar import parse_fields
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.insights_edge import InsightsEdge, InsightsRights, read_query
from sync.sandbox.graph.insights_query import InsightsQuery
from sync.sandbox.graph.insights_result import ResultMaker
from sync.sandbox.graph.nodes import Node, find_node
from sync.sandbox.graph.parameters import GENERIC
from sync.sandbox.graph.reports import (
    NO_OPT_IN_LEFT,
    NO_REACH_LEFT,
    TOO_LARGE,
    ReportFailure,
    ReportRun,
)

DAY = timedelta(days=1)
REACH_THROTTLE = "x-Fb-Ads-Insights-Reach-Throttle"
FIRST_RUN = 602_392_014_900_000_000


def ask_report(context: GraphContext, node: Node, given: Mapping[str, str]) -> dict[str, object]:
    """Start a report; its parameters are checked at once."""
    query = read_query(context, node, given)
    params = {name: value for name, value in given.items() if name not in ("access_token",)}
    account = context.world.accounts[node.account_id or ""]
    largest = ResultMaker(context, node, account, query, granted=True).most_rows()
    scarce, failure = _scarcity(context, account.id, query)
    run = ReportRun(
        id=str(FIRST_RUN + len(context.reports.runs) + 1),
        account_id=account.id,
        node_id=node.id,
        params=params,
        asked=context.now(),
        date_start=min(period.since for period in query.spread.periods).isoformat(),
        date_stop=max(period.until for period in query.spread.periods).isoformat(),
        polls_needed=context.limits.report_polls,
        doomed=TOO_LARGE if largest > context.limits.report_rows else failure,
        scarce=scarce,
    )
    context.reports.add(run)
    if scarce == "reach":
        used = context.reports.scarce_since(account.id, scarce, context.now() - DAY)
        share = min(100, 100 * used // max(context.limits.reach_reports, 1))
        context.at_hand.headers[REACH_THROTTLE] = f'{{"acc_id_util_pct":{share}}}'
    return {"report_run_id": run.id}


def _scarcity(
    context: GraphContext, account_id: str, query: InsightsQuery
) -> tuple[str, ReportFailure | None]:
    """Tell whether a report is of a kind that runs out, and whether it has."""
    limits, day = context.limits, context.now() - DAY
    if query.opt_in and not limits.opted_in:
        most = min(10, len(context.world.adsets_of_account(account_id)))
        gone = context.reports.scarce_since(account_id, "opt_in", day) >= most
        return "opt_in", NO_OPT_IN_LEFT if gone else None
    if query.old_reach:
        gone = context.reports.scarce_since(account_id, "reach", day) >= limits.reach_reports
        return "reach", NO_REACH_LEFT if gone else None
    return "", None


def poll_report(context: GraphContext, node: Node) -> None:
    """Move a report on by one look; a raced or old one does not exist."""
    run = node.record
    if not isinstance(run, ReportRun):
        return
    if context.now() - run.asked > timedelta(days=context.limits.report_days):
        raise missing_object(run.id)
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
    _check_summary(run, call)
    paging = {name: value for name, value in call.params.items() if name in GENERIC}
    params = {**run.params, "access_token": call.token or "", **paging}
    target = find_node(context, run.node_id)
    rights = InsightsRights(context.limits.report_rows, opted_in=True, old_reach=True)
    return insights.answer(context, target, params, call.url(), rights)


def _check_summary(run: ReportRun, call: GraphCall) -> None:
    """Refuse a summary of fields that the report was not made of."""
    made_of = {request.name for request in parse_fields(run.params.get("fields"))}
    for name in parse_list(call.params.get("summary"), "summary"):
        if made_of and name.lower() not in ("true", "false", "1", "0") and name not in made_of:
            raise bad_value(
                f"Cannot include {name} in summary param because they weren't there while "
                "creating the report run"
            )
