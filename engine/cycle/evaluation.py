"""Evaluation inside a cycle: which rules are due, and what they see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.cycle import streaks as stored_streaks
from engine.cycle.rule_book import RuleBook
from engine.domain.objects import Account, Level
from engine.domain.rule import Rule
from engine.domain.verdict import Answer, Verdict
from engine.engine import Engine
from engine.rules.columns import columns_needed
from engine.rules.evaluate import Evaluation
from engine.rules.held_for import Streak, advance, has_held
from engine.rules.schedule import is_due
from engine.storage.state.cycles_store import RuleRun


@dataclass(frozen=True, slots=True)
class Seen:
    """What the due rules of one account saw at one moment.

    `matches` are the true verdicts of rules that held long enough; `answers` counts
    verdicts by answer; `runs` says what each rule saw, `streaks` how long it has held.
    """

    rules: tuple[Rule, ...]
    matches: tuple[tuple[Rule, Verdict], ...]
    answers: Mapping[Answer, int]
    runs: tuple[RuleRun, ...]
    streaks: Mapping[str, Mapping[str, Streak]]


def rules_for(account: Account, rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules whose scope may hold objects of `account`."""
    client = account.client.casefold()
    return [
        rule
        for rule in rules
        if (not rule.scope.accounts or account.account_id in rule.scope.accounts)
        and (not rule.scope.clients or client in map(str.casefold, rule.scope.clients))
    ]


def due_rules(engine: Engine, account: Account, rules: Iterable[Rule], now: datetime) -> list[Rule]:
    """Return the rules that are to be looked at now by their schedules."""
    last = {run.rule_id: run.ran_at for run in engine.state.cycles.runs(account.account_id)}
    return [rule for rule in rules if is_due(rule, account.zone, now, last.get(rule.rule_id))]


def evaluate_account(
    engine: Engine, account: Account, book: RuleBook, rules: Iterable[Rule], now: datetime
) -> Seen:
    """Evaluate `rules` on the newest numbers of `account`."""
    listed = tuple(rules)
    before = stored_streaks.load(engine.state.cycles, account.account_id, listed)
    streaks: dict[str, dict[str, Streak]] = {}
    matches: list[tuple[Rule, Verdict]] = []
    answers = dict.fromkeys(Answer, 0)
    runs: list[RuleRun] = []
    for evaluation in evaluations(engine, account, book, listed, now):
        for answer, count in evaluation.counts().items():
            answers[answer] += count
        for rule in evaluation.rules:
            held: dict[str, Streak] = {}
            if rule.held_for is not None:
                answers_now = evaluation.answers_of(rule.rule_id)
                held = advance(before.get(rule.rule_id, {}), rule, answers_now, now)
                streaks[rule.rule_id] = held
            matched = [
                object_id
                for object_id in evaluation.matches(rule.rule_id)
                if has_held(held, rule, object_id, now)
            ]
            runs.append(_run(rule, account, evaluation, len(matched), now))
            matches += [
                (rule, evaluation.verdict(rule.rule_id, object_id)) for object_id in matched
            ]
    return Seen(listed, tuple(matches), answers, tuple(runs), streaks)


def evaluations(
    engine: Engine, account: Account, book: RuleBook, rules: Iterable[Rule], now: datetime
) -> list[Evaluation]:
    """Return the answers of `rules`, one evaluation for each level."""
    listed = list(rules)
    columns = columns_needed(listed)
    found = []
    for level, compiled in book.compiled(listed).items():
        asked = sorted(columns.get(level, frozenset()))
        frame = engine.warehouse.frame(account, level, asked, now)
        found.append(compiled.evaluate(frame, now))
    return found


def levels_of(rules: Iterable[Rule]) -> set[Level]:
    """Return the levels whose numbers the rules need."""
    return {rule.level for rule in rules}


def _run(
    rule: Rule, account: Account, evaluation: Evaluation, matched: int, now: datetime
) -> RuleRun:
    counts = evaluation.counts_of(rule.rule_id)
    return RuleRun(
        rule.rule_id,
        account.account_id,
        now,
        matched,
        counts[Answer.UNKNOWN],
        sum(counts.values()),
    )
