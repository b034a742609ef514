"""One cycle over one account, in the order in which the product tells it."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from engine.cycle import streaks
from engine.cycle.evaluation import Seen, due_rules, evaluate_account, rules_for
from engine.cycle.reading import pull_account
from engine.cycle.rule_book import RuleBook
from engine.cycle.situation import Situation, describe
from engine.decide.decide import decide
from engine.decide.from_settings import guard_settings
from engine.decide.proposals import propose
from engine.domain.changes import Area, Changes
from engine.domain.decision import Decision, Outcome
from engine.domain.errors import PlatformError, StorageError
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import Account
from engine.domain.rule import Mode
from engine.domain.verdict import Answer
from engine.engine import Engine, Progress
from engine.execution.execute import execute
from engine.execution.reserve import daily_cap
from engine.ports import Activity, EditsAsked
from engine.pull import PullReport
from engine.storage.state.journal_reader import JournalFilter
from engine.sync_plan import ALL_PARTS, Part

log = structlog.get_logger(__name__)
_PHASES = ("pull", "evaluate", "decide", "act")
# What was decided against is told once a day, not in every cycle.
_TOLD_ONCE = frozenset({Outcome.VETOED, Outcome.SKIPPED})


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one cycle did; `error` is a sentence when it could not end."""

    account: Account
    pulled: PullReport | None = None
    rules: int = 0
    answers: Mapping[Answer, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    settled: Mapping[JournalState, int] = field(default_factory=dict)
    error: str = ""

    @property
    def trouble(self) -> str:
        """What people should know: why it ended early or what was not read."""
        if self.error or self.pulled is None or self.pulled.complete:
            return self.error
        return " ".join(self.pulled.faults)

    @property
    def changes(self) -> Changes:
        """The areas this cycle changed."""
        if self.pulled is None:
            return Changes.of(Area.ENGINE)
        changes = Changes.of(Area.ENGINE, Area.OBJECTS, Area.INSIGHTS, Area.RULES)
        if self.pulled.edits:
            changes |= Changes.of(Area.JOURNAL)
        if self.outcomes:
            changes |= Changes.of(Area.DECISIONS, Area.JOURNAL)
        return changes


async def run_cycle(
    engine: Engine, account: Account, book: RuleBook, parts: Collection[Part] = ALL_PARTS
) -> CycleReport:
    """Pull parts, evaluate, guard, journal and act for one account.

    A failure of Meta or of a database ends the cycle with its sentence; everything
    else is a bug and raised.
    """
    cycle_id = uuid.uuid4().hex
    cycles = engine.state.cycles
    await asyncio.to_thread(cycles.begin, cycle_id, account.account_id, engine.clock.now())
    try:
        with engine.telemetry.cycle_seconds.time():
            report = await _loop(engine, account, book, cycle_id, parts)
    except (PlatformError, StorageError) as error:
        log.warning("cycle ended early", account=account.account_id, reason=str(error))
        report = CycleReport(account, error=str(error))
    finally:
        engine.watch.progress = None
    engine.watch.tell(account.account_id, report.trouble)
    counts = dict(report.outcomes)
    await asyncio.to_thread(cycles.end, cycle_id, engine.clock.now(), counts, report.error or None)
    return report


async def _loop(
    engine: Engine, account: Account, book: RuleBook, cycle_id: str, parts: Collection[Part]
) -> CycleReport:
    default_mode = Mode(engine.settings().text("rules.default_mode"))
    rules = rules_for(account, await asyncio.to_thread(book.active, default_mode))

    _show(engine, account, "pull")
    pulled = await pull_account(engine, account, rules, parts)
    edits = await asyncio.to_thread(_recent_edits, engine, account)

    _show(engine, account, "evaluate")
    now = engine.clock.now()
    due = await asyncio.to_thread(due_rules, engine, account, rules, now)
    with engine.telemetry.evaluation_seconds.time():
        seen = await asyncio.to_thread(evaluate_account, engine, account, book, due, now)

    _show(engine, account, "decide")
    situation = await asyncio.to_thread(
        describe,
        engine,
        account,
        seen.rules,
        now,
        cycle_id=cycle_id,
        complete=pulled.complete,
        activities=edits,
    )
    decisions = await asyncio.to_thread(decide_account, engine, seen, situation)
    entries = await asyncio.to_thread(_journal, engine, seen, situation, decisions)

    _show(engine, account, "act")
    ids = [entry.entry_id for entry in entries]
    outcomes = Counter(entry.outcome.value for entry in entries)
    settled = await execute(ids, engine.state, engine.platform, engine.clock, engine.execution)
    return _report(engine, account, pulled, seen, outcomes, settled)


def decide_account(engine: Engine, seen: Seen, situation: Situation) -> list[Decision]:
    """Return one decision for every action of every matching rule."""
    family, background = situation.context.family, situation.background
    candidates = [
        candidate
        for rule, verdict in seen.matches
        for candidate in propose(rule, verdict, family, background)
    ]
    return decide(candidates, situation.context, forecaster=engine.forecaster)


def _journal(
    engine: Engine, seen: Seen, situation: Situation, decisions: Sequence[Decision]
) -> list[JournalEntry]:
    account_id = situation.context.account.account_id
    decisions = _new(engine, situation, decisions)
    caps = {account_id: daily_cap(situation.context)}
    entries = engine.state.journal.record(decisions, caps)
    streaks.save(engine.state.cycles, account_id, seen.streaks, seen.rules)
    engine.state.cycles.record_runs(seen.runs)
    return entries


def _new(engine: Engine, situation: Situation, decisions: Sequence[Decision]) -> list[Decision]:
    """Leave out what was decided against for the same reason earlier today."""
    context = situation.context
    asked = JournalFilter(accounts=[context.account.account_id], since=context.today)
    told = {
        (entry.rule_id, entry.rule_version, entry.object_id, entry.field, entry.reason_code)
        for entry in engine.state.reader.find(asked)
        if entry.outcome in _TOLD_ONCE
    }
    return [
        decision
        for decision in decisions
        if decision.outcome not in _TOLD_ONCE or _reason_key(decision) not in told
    ]


def _reason_key(decision: Decision) -> tuple[str, int, str, str, str]:
    proposal = decision.proposal
    return (
        proposal.rule_id,
        proposal.rule_version,
        proposal.object.object_id,
        proposal.field,
        decision.reason.code,
    )


def _recent_edits(engine: Engine, account: Account) -> list[Activity]:
    """Return the part of Meta's change history that guards look at."""
    since = engine.clock.now() - guard_settings(engine.settings()).person_edit_rest
    return engine.warehouse.history.edits(EditsAsked([account.account_id], since=since))


def _show(engine: Engine, account: Account, phase: str) -> None:
    engine.watch.progress = Progress(account, phase, _PHASES.index(phase), len(_PHASES))


def _report(
    engine: Engine,
    account: Account,
    pulled: PullReport,
    seen: Seen,
    outcomes: Counter[str],
    entries: Sequence[JournalEntry],
) -> CycleReport:
    states = Counter(entry.state for entry in entries)
    telemetry = engine.telemetry
    for answer, count in seen.answers.items():
        telemetry.verdicts.labels(answer.value).inc(count)
    for outcome, count in outcomes.items():
        telemetry.decisions.labels(outcome).inc(count)
    for state, count in states.items():
        telemetry.actions.labels(state.value).inc(count)
    telemetry.rows_stored.inc(pulled.stored.added + pulled.stored.changed)
    telemetry.rows_rejected.inc(pulled.rejected)
    telemetry.objects_drifted.inc(pulled.drifted)
    telemetry.calls.total.set(engine.platform.calls())
    return CycleReport(
        account, pulled, len(seen.rules), dict(seen.answers), dict(outcomes), dict(states)
    )
