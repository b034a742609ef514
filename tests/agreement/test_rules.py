"""The engine and a plain-Python reading of the same rules agree on random frames."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.domain.verdict import Answer, all_of, any_of
from engine.rules.evaluate import evaluate
from engine.rules.parse import parse_rule
from tests.agreement.plain_rules import PlainRules, TooCloseToCall

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOWS = ("24h", "7d")
SUMS = ("impressions", "clicks", "spend", "conversions", "revenue", "reach")
METRICS = (
    *SUMS,
    "ctr",
    "cpc",
    "cpm",
    "cpa",
    "roas",
    "frequency",
    "(revenue - spend) / impressions * 1000",
    "clicks / 100",
)
PROPERTIES = ("name", "label", "objective", "client")
TEXTS = ("OUTCOME_SALES", "alpha", "Літо [SCALE]", "winter sale", "Sale", "тест", "VIP", "sal")
OFFSETS = {"1": 100, "2": 1}

NUMBERS = (0, 1, 2, 3, 0.5, 10, 10.07, 0.02, 0.05, 50, 100, 150, 1000)
WHOSE = ("self", "parent", "account", "siblings_mean", "siblings_median")


def frame_rows(seed: int) -> list[dict[str, Any]]:
    """Return up to a dozen objects: few families, many equal numbers, zeros and holes."""
    random = Random(f"rows {seed}")
    holes = random.choice([0.0, 0.0, 0.02, 0.2])
    largest = random.choice([2, 6, 4000])

    def count() -> int | None:
        return None if random.random() < holes else random.choice([0, random.randint(0, largest)])

    found = []
    for place in range(random.randint(1, 12)):
        account = random.choice(list(OFFSETS))
        row: dict[str, Any] = {
            "object_id": f"{random.randint(0, 9)}{place}",
            "account_id": account,
            "client": random.choice(["Alpha", "beta", None]),
            "parent_id": random.choice([None, "p"]),
            "name": random.choice([*TEXTS, None]),
            "status": random.choice(["ACTIVE"] * 6 + ["PAUSED", "DELETED", "OTHER"]),
            "effective_status": random.choice(["ACTIVE"] * 6 + ["ARCHIVED", None]),
            "objective": random.choice(["OUTCOME_SALES", None]),
            "labels": random.choice([None, [], ["VIP"], ["Sale", "тест"]]),
            "budget": random.choice([None, 0, 1007, 5000]),
            "currency_offset": OFFSETS[account],
            "hours_since_edit": random.choice([None, 0.5, 10.0, 48.0]),
        }
        for name in SUMS:
            for window in WINDOWS:
                for suffix in ("", "@before"):
                    row[f"{name}@{window}{suffix}"] = count()
        found.append(row)
    return found


class Author:
    """Writes rules at random, each part of the language as often as the others.

    Hypothesis draws the seeds: its own strategies favour small documents and leave most
    pairs of an owner, an operator and a metric untried.
    """

    def __init__(self, seed: int) -> None:
        """Start from a seed."""
        self.random = Random(f"rules {seed}")

    def document(self) -> dict[str, Any]:
        """Return a rule, mostly of one bare condition: in a tree one part hides others."""
        kind = self.random.randint(0, 5)
        conditions: Any = self.leaf() if kind < 4 else self.tree(2)
        if kind == 5:
            conditions = [conditions, self.tree(1)]
        scope = self.scope() if self.random.random() < 0.2 else {}
        actions = [{"type": "pause"}]
        return {"name": "any", "conditions": conditions, "scope": scope, "actions": actions}

    def tree(self, depth: int) -> dict[str, Any]:
        """Return a tree of conditions."""
        word = self.random.choice(["all", "any", "not", "leaf"]) if depth else "leaf"
        if word == "leaf":
            return self.leaf()
        if word == "not":
            return {"not": self.tree(depth - 1)}
        return {word: [self.tree(depth - 1) for _ in range(self.random.randint(1, 3))]}

    def leaf(self) -> dict[str, Any]:
        """Return one condition."""
        write = self.random.choice([self.comparison] * 5 + [self.rank, self.text, self.attribute])
        return write()

    def comparison(self) -> dict[str, Any]:
        """Return a comparison of a measurement over a window."""
        pick = self.random.choice
        node: dict[str, Any] = {"metric": pick(METRICS), "time_window": pick(WINDOWS)}
        if self.random.random() < 0.5:
            node["of"] = pick(WHOSE)
        if self.random.random() < 0.2:
            node[f"min_{pick(['impressions', 'spend', 'clicks', 'conversions'])}"] = pick(NUMBERS)
        kind = pick(["number", "number", "measured", "measured", "range", "list", "change"])
        if kind == "number":
            return {
                **node,
                "operator": pick(["<", "<=", ">", ">=", "==", "!="]),
                "value": pick(NUMBERS),
            }
        if kind == "measured":
            value = {"of": pick(WHOSE), "time_window": pick(WINDOWS), "times": pick([0.5, 1, 1.25])}
            return {**node, "operator": pick(["<", "<=", ">", ">="]), "value": value}
        if kind == "range":
            ends = sorted([pick(NUMBERS), pick(NUMBERS)])
            return {**node, "operator": pick(["between", "not_between"]), "value": ends}
        if kind == "list":
            return {**node, "operator": pick(["in", "not_in"]), "value": [pick(NUMBERS), 0]}
        sign = pick(["increased_by_percent", "decreased_by_percent"])
        return {**node, "operator": sign, "value": pick([0, 50, 100])}

    def rank(self) -> dict[str, Any]:
        """Return a place among the highest or lowest."""
        pick = self.random.choice
        size: dict[str, Any] = pick(
            [{"percent": pick([20, 33.3, 50, 100])}, {"count": pick([1, 2, 3])}]
        )
        return {
            "rank": pick(["top", "bottom"]),
            "by": pick(["roas", "spend", "ctr", "conversions"]),
            "time_window": pick(WINDOWS),
            "within": pick(["parent", "account", "scope"]),
            **size,
        }

    def text(self) -> dict[str, Any]:
        """Return a test of a property."""
        pick = self.random.choice
        operator = pick(["==", "!=", "in", "not_in", "contains", "not_contains"])
        value = [pick(TEXTS), pick(TEXTS)] if operator.endswith("in") else pick(TEXTS)
        return {"metric": pick(PROPERTIES), "operator": operator, "value": value}

    def attribute(self) -> dict[str, Any]:
        """Return a test of a number that belongs to the object itself."""
        pick = self.random.choice
        metric = pick(["budget", "hours_since_edit"])
        return {"metric": metric, "operator": pick(["<", ">=", "=="]), "value": pick(NUMBERS)}

    def scope(self) -> dict[str, Any]:
        """Return a scope with one or two restrictions."""
        parts: dict[str, Any] = {
            "accounts": ["1"],
            "clients": ["ALPHA"],
            "include": [self.filter(), self.filter()],
            "exclude": [self.filter()],
        }
        names = self.random.sample(sorted(parts), self.random.randint(1, 2))
        return {name: parts[name] for name in names}

    def filter(self) -> str | dict[str, Any]:
        """Return an id or a filter on a property."""
        if self.random.random() < 0.3:
            return f"{self.random.randint(0, 9)}{self.random.randint(0, 9)}"
        test = self.text()
        return {test["metric"]: {test["operator"]: test["value"]}}


seeds = st.integers(0, 2**32)
SCHEMA: dict[str, Any] = {
    **dict.fromkeys(
        ("object_id", "account_id", "client", "parent_id", "name", "status"), pl.String()
    ),
    **dict.fromkeys(("effective_status", "objective"), pl.String()),
    "labels": pl.List(pl.String()),
    "budget": pl.Int64(),
    "currency_offset": pl.Int64(),
    "hours_since_edit": pl.Float64(),
    **{f"{n}@{w}{b}": pl.Int64() for n in SUMS for w in WINDOWS for b in ("", "@before")},
}


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(seeds)
def test_both_readings_give_the_same_answers(seed: int) -> None:
    found, author = frame_rows(seed), Author(seed)
    documents = [author.document() for _ in range(10)]
    rules = [
        parse_rule(document, rule_id=f"r{place}", version=1)
        for place, document in enumerate(documents)
    ]
    evaluation = evaluate(rules, pl.DataFrame(found, schema=SCHEMA), AS_OF)
    plain = PlainRules(found)
    for rule, document in zip(rules, documents, strict=True):
        for row in found:
            try:
                expected = Answer.of(plain.answer(document, row))
            except TooCloseToCall:
                continue
            assert evaluation.answer(rule.rule_id, row["object_id"]) is expected, (document, row)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(seeds)
def test_a_trace_tells_what_the_answer_says(seed: int) -> None:
    found, document = frame_rows(seed), Author(seed).document()
    rule = parse_rule(document, rule_id="r", version=3)
    evaluation = evaluate([rule], pl.DataFrame(found, schema=SCHEMA), AS_OF)
    for row in found:
        verdict = evaluation.verdict("r", row["object_id"])
        readings = {reading.path: reading for reading in verdict.readings}
        outside = readings.pop("scope", None)
        conditions = document["conditions"]
        told = (
            all_of(_told(f"conditions/{i}", part, readings) for i, part in enumerate(conditions))
            if isinstance(conditions, list)
            else _told("conditions", conditions, readings)
        )
        assert verdict.answer is (Answer.FALSE if outside else told)
        assert verdict.answer is evaluation.answer("r", row["object_id"])
        for reading in readings.values():
            assert bool(reading.reason) == (reading.answer is Answer.UNKNOWN), reading


def _told(path: str, node: dict[str, Any], readings: dict[str, Any]) -> Answer:
    """Put the readings together by the tree of the document."""
    for word, join in (("all", all_of), ("any", any_of)):
        if word in node:
            return join(
                _told(f"{path}/{word}/{i}", part, readings) for i, part in enumerate(node[word])
            )
    if "not" in node:
        return ~_told(f"{path}/not", node["not"], readings)
    answer: Answer = readings[path].answer
    return answer
