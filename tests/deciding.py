"""Makers of rules, proposals, decisions and situations that tests share.

Every argument has a default, so a test names only what it is about. Money is
in minor units, times are aware.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from engine.decide.context import GuardContext, History
from engine.decide.family import Family
from engine.domain.action import Action, ActionType, Param
from engine.domain.conditions import Comparison, Measurement, Operator
from engine.domain.decision import Decision, Outcome, Proposal, Reason
from engine.domain.frame import Freshness
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.metrics import CATALOGUE
from engine.domain.objects import AdObject, Level
from engine.domain.rule import Mode, Rule
from engine.domain.verdict import Answer, Reading, Verdict
from engine.domain.windows import Window
from tests.builders import NOW, account, campaign

PAUSE = Action(ActionType.PAUSE)
ACTIVATE = Action(ActionType.ACTIVATE)
FRESH = Freshness(structure=NOW, hourly=NOW, daily=NOW)


def action(kind: ActionType, **params: Param) -> Action:
    """Return an action with its parameters."""
    return Action(kind, tuple(params.items()))


def raise_by(percent: float = 20, **params: Param) -> Action:
    """Return an increase of the budget."""
    return action(ActionType.INCREASE_BUDGET, increase_by_percent=percent, **params)


def lower_by(percent: float = 20, **params: Param) -> Action:
    """Return a decrease of the budget."""
    return action(ActionType.DECREASE_BUDGET, decrease_by_percent=percent, **params)


def notify(message: str = "{name}: {ctr}", **params: Param) -> Action:
    """Return a message to the client."""
    return action(ActionType.NOTIFY_CLIENT, message=message, **params)


def rule(rule_id: str = "r1", *actions: Action, **changes: object) -> Rule:
    """Return an automatic rule `ctr < 1` with the given actions; `changes` sets other fields."""
    low_ctr = Comparison(Measurement(CATALOGUE["ctr"], Window("24h")), Operator.LESS, 1.0)
    base = Rule(
        rule_id,
        1,
        f"Rule {rule_id}",
        Level.CAMPAIGN,
        low_ctr,
        actions or (PAUSE,),
        mode=Mode.AUTOMATIC,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of Rule


def verdict(of: Rule | None = None, object_id: str = "1", *readings: Reading) -> Verdict:
    """Return a true verdict, by default on a CTR of 0.42 % in 24 hours."""
    rule_id, version = (of.rule_id, of.version) if of else ("r1", 1)
    seen = Reading("conditions/0", "CTR", "ctr", "24h", 0.42, 1.0, Answer.TRUE)
    return Verdict(rule_id, version, object_id, Answer.TRUE, NOW, readings or (seen,))


def proposal(
    target: AdObject | None = None, after: int | str = "PAUSED", **changes: object
) -> Proposal:
    """Return a proposal: a budget when `after` is a number, otherwise a status."""
    one = target or campaign()
    budget = isinstance(after, int)
    before = one.daily_budget if budget else one.status.value
    kind = ActionType.SET_BUDGET if budget else ActionType.PAUSE
    if after == "ACTIVE":
        kind = ActionType.ACTIVATE
    base = Proposal(
        rule_id="r1",
        rule_version=1,
        rule_name="Rule r1",
        mode=Mode.AUTOMATIC,
        priority=100,
        action=Action(kind),
        object=one,
        field="daily_budget" if budget else "status",
        before=before,
        after=after,
        verdict=verdict(object_id=one.object_id),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of Proposal


def decision(
    of: Proposal | None = None,
    decision_id: str = "d1",
    outcome: Outcome = Outcome.ACT,
    **changes: object,
) -> Decision:
    """Return a decision of the cycle `c1`."""
    base = Decision(
        decision_id, "c1", NOW, "b1", of or proposal(), outcome, Reason("passed", "All held.")
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of Decision


def entry(
    of: Proposal | None = None,
    state: JournalState = JournalState.APPLIED,
    at: datetime = NOW,
    **changes: object,
) -> JournalEntry:
    """Return a journal entry that was decided, sent and settled at one moment."""
    one = of or proposal()
    base = JournalEntry(
        entry_id="e1",
        state=state,
        mode=one.mode,
        rule_id=one.rule_id,
        rule_version=one.rule_version,
        rule_name=one.rule_name,
        cycle_id="earlier",
        bucket="earlier",
        account_id=one.object.account_id,
        object_id=one.object.object_id,
        object_name=one.object.name,
        level=one.object.level,
        action=one.action.type,
        field=one.field,
        before=one.before,
        after=one.after,
        decided_at=at,
        intent_at=at,
        sent_at=at,
        settled_at=at,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of JournalEntry


def family(*objects: AdObject, complete: bool = True) -> Family:
    """Return the family of an account in US dollars."""
    return Family.of(account(), objects or (campaign(),), complete=complete)


def context(
    *objects: AdObject, recent: Iterable[JournalEntry] = (), **changes: object
) -> GuardContext:
    """Return a situation with fresh numbers in which nothing forbids acting."""
    entries = tuple(recent)
    base = GuardContext(
        now=NOW,
        cycle_id="c1",
        bucket="b1",
        family=family(*objects),
        freshness=FRESH,
        recent=entries,
        daily_spend=100_000,
        history=History(entries),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of GuardContext
