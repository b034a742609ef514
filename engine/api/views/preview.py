"""What a rule would do now, and why it does or does not act.

The same path as a cycle takes (frame, verdicts, proposals, arbiter, guards),
without a journal and without a call to Meta. Other rules are not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine.api.context import Api
from engine.api.details import ExplainMessage, GapMessage
from engine.api.messages import PreviewRow, RulePreview, Words
from engine.api.rule_reader import readings_of, words_of
from engine.cycle.evaluation import rules_for
from engine.cycle.situation import Situation, describe
from engine.decide.decide import decide
from engine.decide.proposals import propose
from engine.domain.decision import Decision, Outcome, Reason
from engine.domain.errors import NotFound, UserError
from engine.domain.objects import Account
from engine.domain.rule import Rule
from engine.domain.verdict import Answer, Verdict
from engine.rules.columns import columns_needed
from engine.rules.evaluate import CompiledRules, Evaluation
from engine.rules.explain import distances_of
from engine.rules.held_for import Streak, has_held
from engine.rules.words import held_for_in_words
from engine.rules.words_of_rules import action_in_words

MOST_ROWS = 200
_CYCLE = "preview"


@dataclass(frozen=True, slots=True)
class _Decided:
    """A decision and, where the conditions have not held long enough, the reason."""

    decision: Decision
    waits: Reason | None

    @property
    def outcome(self) -> str:
        return Outcome.SKIPPED.value if self.waits else self.decision.outcome.value

    @property
    def reason(self) -> Reason:
        return self.waits or self.decision.reason


def preview(api: Api, rule: Rule, accounts: Sequence[Account]) -> RulePreview:
    """Return a rule's answers in its scope, and what it would do; blocking."""
    answers: Counter[Answer] = Counter()
    rows: list[PreviewRow] = []
    matches = 0
    for account in rules_scope(accounts, rule):
        evaluation = _evaluate(api, rule, account)
        answers.update(evaluation.counts_of(rule.rule_id))
        matched = evaluation.matches(rule.rule_id)
        matches += len(matched)
        wanted = matched[: MOST_ROWS - len(rows)]
        verdicts = [evaluation.verdict(rule.rule_id, object_id) for object_id in wanted]
        rows += [_row(rule, account, one) for one in _decide(api, rule, account, verdicts)]
    return RulePreview(
        words=words_of(rule),
        as_of=api.now().isoformat(),
        answers={answer.value: answers[answer] for answer in Answer},
        rows=tuple(rows[:MOST_ROWS]),
        truncated=matches > MOST_ROWS or len(rows) > MOST_ROWS,
    )


def rules_scope(accounts: Sequence[Account], rule: Rule) -> list[Account]:
    """Return the accounts that a rule's scope may reach."""
    return [account for account in accounts if rules_for(account, [rule])]


def explain(api: Api, rule: Rule, account: Account, object_id: str) -> ExplainMessage:
    """Return why a rule does or does not act on one object; blocking.

    Raises NotFound for an unknown object, UserError for one of another level.
    """
    target = api.engine.warehouse.find([object_id]).get(object_id)
    if target is None:
        raise NotFound(f"There is no object {object_id!r}.")
    if target.level is not rule.level:
        raise UserError(
            f"{target.name} is one of the level {target.level}, the rule looks at {rule.level}."
        )
    evaluation = _evaluate(api, rule, account)
    verdict = evaluation.verdict(rule.rule_id, object_id)
    decided: list[_Decided] = []
    if verdict.answer is Answer.TRUE:
        decided = _decide(api, rule, account, [verdict])
    readings = readings_of(verdict.readings, rule, account.currency)
    said = {reading.path: reading.said or reading.words for reading in readings}
    first = decided[0] if decided else None
    return ExplainMessage(
        rule_id=rule.rule_id,
        object_id=object_id,
        object_name=target.name,
        as_of=verdict.as_of.isoformat(),
        answer=verdict.answer.value,
        readings=readings,
        nearest=tuple(
            GapMessage(gap.reading.path, said[gap.reading.path], gap.gap_percent)
            for gap in distances_of(rule, verdict)
        ),
        outcome=first.outcome if first else "",
        guard=first.reason.guard if first else "",
        reason=first.reason.words if first else "",
        before=first.decision.proposal.before if first else None,
        after=first.decision.proposal.after if first else None,
    )


def _evaluate(api: Api, rule: Rule, account: Account) -> Evaluation:
    now = api.now()
    columns = sorted(columns_needed([rule])[rule.level])
    frame = api.engine.warehouse.frame(account, rule.level, columns, now)
    return CompiledRules([rule], fixed_at={rule.rule_id: now}).evaluate(frame, now)


def _decide(api: Api, rule: Rule, account: Account, verdicts: Sequence[Verdict]) -> list[_Decided]:
    if not verdicts:
        return []
    now = api.now()
    situation: Situation = describe(api.engine, account, [rule], now, cycle_id=_CYCLE)
    candidates = [
        candidate
        for verdict in verdicts
        for candidate in propose(rule, verdict, situation.context.family, situation.background)
    ]
    decisions = decide(candidates, situation.context, forecaster=api.engine.forecaster)
    stored = api.engine.state.cycles.streaks(account.account_id)
    held = {
        object_id: Streak(one.since, now, one.cycles)
        for (rule_id, object_id), one in stored.items()
        if rule_id == rule.rule_id and one.rule_version == rule.version
    }
    found = []
    for one in decisions:
        long_enough = has_held(held, rule, one.proposal.verdict.object_id, now)
        found.append(_Decided(one, None if long_enough else _waits(rule)))
    return found


def _waits(rule: Rule) -> Reason:
    assert rule.held_for is not None
    words = (
        f"The conditions hold, but not yet long enough: {held_for_in_words(rule.held_for, 'en')}."
    )
    return Reason("held_for", words, "held_for")


def _row(rule: Rule, account: Account, one: _Decided) -> PreviewRow:
    proposal = one.decision.proposal
    currency = account.currency
    return PreviewRow(
        object_id=proposal.object.object_id,
        object_name=proposal.object.name,
        account_name=account.name,
        currency=currency,
        offset=account.offset,
        action=Words(
            action_in_words(proposal.action, "en", rule.level, currency),
            action_in_words(proposal.action, "uk", rule.level, currency),
        ),
        field=proposal.field,
        before=proposal.before,
        after=proposal.after,
        outcome=one.outcome,
        reason=one.reason.words,
        readings=readings_of(proposal.verdict.readings, rule, currency),
    )
