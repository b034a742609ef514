"""Rules over a window frame: all rules of a level in one lazy select.

`CompiledRules` builds the expressions once; a cycle evaluates them on each new
frame. An `Evaluation` holds three-valued answers of every rule on every object,
and works out the trace of one of them when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

import polars as pl

from engine.domain.rule import Rule
from engine.domain.verdict import Answer, Verdict
from engine.rules.compile import base_columns, compile_rules, numbers_of
from engine.rules.trace import Trace, trace_rule

# The plan shares what rules have in common, so Polars need not search for it.
AS_WRITTEN = pl.QueryOptFlags.none()


class CompiledRules:
    """The rules of one level, compiled once and evaluated many times.

    `fixed_at` tells when a rule with a fixed scope was saved (aware), by rule id; objects
    created later are outside. Without that time only the ids it lists are inside.
    """

    def __init__(
        self, rules: Sequence[Rule], *, fixed_at: Mapping[str, datetime] | None = None
    ) -> None:
        if len({rule.level for rule in rules}) > 1:
            raise ValueError("rules of several levels can't share one frame")
        self.rules = tuple(rules)
        self.fixed_at = dict(fixed_at or {})
        self.places = {rule.rule_id: place for place, rule in enumerate(self.rules)}
        if len(self.places) < len(self.rules):
            raise ValueError("two rules have the same id")
        self._plan, self.scopes, answers = compile_rules(self.rules, self.fixed_at)
        self._outputs = [pl.col("object_id"), *(pl.col(name) for name in sorted(set(self.scopes)))]
        self._outputs += [answer.alias(f"r{place}") for place, answer in enumerate(answers)]
        self._numbers = numbers_of(self.rules)

    def evaluate(self, frame: pl.DataFrame, as_of: datetime) -> Evaluation:
        """Return the answers on `frame`, known as of `as_of` (aware)."""
        answers = (
            frame.lazy()
            .select(base_columns(self._plan, self._numbers, frame.schema, as_of))
            .with_columns(self._plan.values)
            .with_columns(self._plan.scopes)
            .with_columns(self._plan.shared)
            .select(self._outputs)
            .collect(optimizations=AS_WRITTEN)
        )
        return Evaluation(self, frame, answers, as_of)


class Evaluation:
    """The answers of rules on the objects of one frame.

    An object outside a rule's scope, and an archived or deleted one, answers false
    and is not counted.
    """

    def __init__(
        self, compiled: CompiledRules, frame: pl.DataFrame, answers: pl.DataFrame, as_of: datetime
    ) -> None:
        self.rules = compiled.rules
        self.as_of = as_of
        self._compiled = compiled
        self._frame = frame
        self._answers = answers
        self._traces: dict[str, Trace] = {}

    def matches(self, rule_id: str) -> list[str]:
        """Return the ids of the objects that the rule is true on, in frame order."""
        ids = self._answers.get_column("object_id")
        return ids.filter(self._column(rule_id).fill_null(False)).to_list()

    def answers_of(self, rule_id: str) -> dict[str, Answer]:
        """Return the rule's answer on every object in its scope, by object id."""
        scope = self._answers.get_column(self._scope(rule_id))
        ids = self._answers.get_column("object_id").filter(scope)
        answers = self._column(rule_id).filter(scope)
        return {
            object_id: Answer.of(answer) for object_id, answer in zip(ids, answers, strict=True)
        }

    def counts(self) -> dict[Answer, int]:
        """Return how many verdicts there are by answer, over all rules."""
        total = dict.fromkeys(Answer, 0)
        for rule in self.rules:
            for answer, count in self.counts_of(rule.rule_id).items():
                total[answer] += count
        return total

    def counts_of(self, rule_id: str) -> dict[Answer, int]:
        """Return how many objects in the rule's scope gave each answer."""
        place = self._place(rule_id)
        true, unknown = self._sums[f"r{place}"], self._nulls[f"r{place}"]
        inside = self._sums[self._compiled.scopes[place]]
        return {
            Answer.TRUE: true,
            Answer.FALSE: inside - true - unknown,
            Answer.UNKNOWN: unknown,
        }

    def answer(self, rule_id: str, object_id: str) -> Answer:
        """Return one answer. Raises KeyError for an unknown rule or object."""
        return Answer.of(self._column(rule_id)[self._rows[object_id]])

    def verdict(self, rule_id: str, object_id: str, language: str = "en") -> Verdict:
        """Return one answer with every measurement that it rests on.

        `language` is that of the words in the trace. Raises KeyError for an unknown
        rule or object.
        """
        rule = self.rules[self._place(rule_id)]
        if rule_id not in self._traces:
            saved = self._compiled.fixed_at.get(rule_id)
            self._traces[rule_id] = trace_rule(rule, self._frame, self.as_of, saved)
        row = self._rows[object_id]
        readings = self._traces[rule_id].readings(row, language)
        answer = self.answer(rule_id, object_id)
        return Verdict(rule_id, rule.version, object_id, answer, self.as_of, readings)

    @cached_property
    def _rows(self) -> dict[str, int]:
        ids = self._answers.get_column("object_id")
        return {object_id: row for row, object_id in enumerate(ids)}

    @cached_property
    def _sums(self) -> dict[str, int]:
        return self._answers.select(pl.exclude("object_id").sum()).row(0, named=True)

    @cached_property
    def _nulls(self) -> dict[str, int]:
        return self._answers.select(pl.exclude("object_id").null_count()).row(0, named=True)

    def _place(self, rule_id: str) -> int:
        return self._compiled.places[rule_id]

    def _column(self, rule_id: str) -> pl.Series:
        return self._answers.get_column(f"r{self._place(rule_id)}")

    def _scope(self, rule_id: str) -> str:
        return self._compiled.scopes[self._place(rule_id)]


def evaluate(rules: Sequence[Rule], frame: pl.DataFrame, as_of: datetime) -> Evaluation:
    """Return the answers of rules of one level on the objects of one frame.

    Where the same rules meet many frames, keep a `CompiledRules` instead.
    """
    return CompiledRules(rules).evaluate(frame, as_of)
