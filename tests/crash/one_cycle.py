"""One engine's life in a process of its own: recover, decide, act; it may be killed.

The tests start it again and again on the same state and the same sandbox. What
it wants is fixed (a plan of changes), so that afterwards the sandbox's ledger
can be compared with the plan and with the journal.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path

from engine.decide.family import Family
from engine.decide.proposals import Candidate, propose
from engine.domain.action import Action, ActionType
from engine.domain.conditions import Comparison, Measurement, Operator
from engine.domain.decision import Decision, Outcome, Reason
from engine.domain.metrics import CATALOGUE
from engine.domain.objects import Level
from engine.domain.rule import Mode, Rule
from engine.domain.verdict import Answer, Verdict
from engine.domain.windows import Window
from engine.execution.crashpoints import VARIABLE, crashpoint
from engine.execution.execute import execute
from engine.execution.recover import reconcile, recover
from engine.execution.settings import ExecutionSettings
from engine.storage.state.state import State, open_state
from sync.credentials import Credentials
from sync.graph_client import GraphSettings
from sync.graph_platform import GraphPlatform, PlatformSettings
from sync.platform_clock import PlatformClock


@dataclass(frozen=True)
class Address:
    """Where the sandbox is."""

    url: str
    token: str
    app_id: str
    app_secret: str


@dataclass(frozen=True)
class Wish:
    """One field of one object that the plan wants to have a value."""

    object_id: str
    amount: float | None = None


@dataclass(frozen=True)
class Plan:
    """What an engine wants of one account: budgets in major units, or a pause.

    `batch` is how many changes travel together.
    """

    account_id: str
    wishes: tuple[Wish, ...]
    level: Level = Level.CAMPAIGN
    batch: int = 1


def live(path: Path, address: Address, plan: Plan, buckets: tuple[str, ...], crash: str) -> None:
    """Live one life of the engine: recovery, then a cycle for each bucket.

    `crash` says where to die, empty for nowhere.
    """
    os.environ.pop(VARIABLE, None)
    if crash:
        os.environ[VARIABLE] = crash
    crashpoint("start")
    state = open_state(path)
    try:
        asyncio.run(_live(state, address, plan, buckets))
    finally:
        state.close()


async def _live(state: State, address: Address, plan: Plan, buckets: tuple[str, ...]) -> None:
    clock = PlatformClock()
    keys = Credentials(address.token, address.app_id, address.app_secret)
    settings = PlatformSettings(graph=GraphSettings(base_url=address.url))
    platform = GraphPlatform(keys, settings, clock=clock, server_clock=clock)
    quick = replace(ExecutionSettings.for_sandbox(), batch=plan.batch)
    try:
        accounts = await platform.accounts()
        await asyncio.to_thread(state.accounts.remember, accounts, clock.now())
        await recover(state, platform, clock, quick)
        account = next(one for one in accounts if one.account_id == plan.account_id)
        for bucket in buckets:
            structure = await platform.structure(account)
            family = Family.of(account, structure.objects)
            decisions = _decisions(plan, family, bucket, clock)
            crashpoint("before-record")
            entries = await asyncio.to_thread(state.journal.record, decisions)
            crashpoint("after-record")
            await execute([one.entry_id for one in entries], state, platform, clock, quick)
            await reconcile(state, platform, clock, quick)
    finally:
        await platform.close()


def _decisions(plan: Plan, family: Family, bucket: str, clock: PlatformClock) -> list[Decision]:
    """Return a decision, and a message about it, for every wish that is not yet true."""
    now = clock.now()
    found: list[Decision] = []
    for wish in plan.wishes:
        rule = _rule(plan, wish)
        verdict = Verdict(rule.rule_id, 1, wish.object_id, Answer.TRUE, now)
        change, message = propose(rule, verdict, family)
        if change.changes_nothing:
            continue
        leader = _act(change, bucket, now.isoformat())
        follower = replace(_act(message, bucket, now.isoformat()), follows=leader.decision_id)
        found += [replace(leader, decided_at=now), replace(follower, decided_at=now)]
    return found


def _act(candidate: Candidate, bucket: str, moment: str) -> Decision:
    proposal = candidate.proposal
    assert candidate.refused is None, candidate.refused
    name = f"{bucket}-{proposal.object.object_id}-{proposal.position}-{moment}-{os.getpid()}"
    held = Reason("passed", "The plan wants it.")
    now = proposal.verdict.as_of
    return Decision(name, bucket, now, bucket, proposal, Outcome.ACT, held)


def _rule(plan: Plan, wish: Wish) -> Rule:
    never = Comparison(Measurement(CATALOGUE["ctr"], Window("24h")), Operator.LESS, 1.0)
    change = (
        Action(ActionType.PAUSE)
        if wish.amount is None
        else Action(ActionType.SET_BUDGET, (("amount", wish.amount),))
    )
    told = Action(ActionType.NOTIFY_TEAM, (("message", "Changed {name}"),))
    name = f"plan {wish.object_id}"
    return Rule(name, 1, name, plan.level, never, (change, told), mode=Mode.AUTOMATIC)
