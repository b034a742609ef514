"""Running rules: on their schedule by the world's clock, or when asked."""

from __future__ import annotations

from functools import partial

from sync.sandbox.graph.ad_rules.evaluation import eyes_of, passing, set_off
from sync.sandbox.graph.ad_rules.execution import Hand
from sync.sandbox.graph.ad_rules.rule import NativeRule, RuleRun
from sync.sandbox.graph.ad_rules.schedules import next_run
from sync.sandbox.graph.context import GraphContext

_LOOKS = {"schedule_type": "SEMI_HOURLY"}
"""How often a triggered rule looks for what sets it off."""


def run_rule(context: GraphContext, rule: NativeRule, request_id: str | None = None) -> None:
    """Evaluate a rule now, act, and write its history.

    A run that somebody asked for by a request is manual and stands in the ledger.
    """
    manual = request_id is not None
    records = passing(context, rule)
    eyes = eyes_of(context, rule)
    if rule.triggered() and not manual:
        records = [one for one in records if set_off(eyes, rule, one)]
    rule.seen = context.now()
    results = Hand(eyes, rule, request_id).act(records)
    rule.history.append(
        RuleRun(
            context.now(),
            manual,
            rule.evaluation_spec,
            rule.execution_spec,
            rule.schedule_spec,
            results,
        )
    )
    if rule.execution_spec.get("is_once_off") and any(one.changed() for one in results):
        rule.status = "DISABLED"
        rule.version += 1


def plan_runs(context: GraphContext, rule: NativeRule) -> None:
    """Put an enabled rule's next run on the agenda; earlier plans are void."""
    rule.version += 1
    if rule.status == "ENABLED":
        _plan_next(context, rule, rule.version)


def _plan_next(context: GraphContext, rule: NativeRule, version: int) -> None:
    zone = context.world.accounts[rule.account_id].timezone_name
    moment = next_run(rule.schedule_spec or _LOOKS, context.now(), zone)
    if moment is not None:
        task = partial(_run_planned, context, rule, version)
        context.world.agenda.add(moment.timestamp(), task)


def _run_planned(context: GraphContext, rule: NativeRule, version: int) -> None:
    if version != rule.version:
        return
    run_rule(context, rule)
    if version == rule.version:
        _plan_next(context, rule, version)
