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
)
TEXTS = ("Літо [SCALE]", "winter sale", "Sale", "тест", "VIP", "sal")
OFFSETS = {"1": 100, "2": 1}

texts = st.sampled_from(TEXTS)
numbers = st.one_of(
    st.sampled_from([0, 1, 1.0, 0.5, 2, 3, 10, 10.07, 100]),
    st.sampled_from([0, 1, 2, 0.02, 0.05, 50, 150, 1000]),
    st.integers(0, 4000),
)
whose = st.sampled_from(["self", "parent", "account", "siblings_mean", "siblings_median"])


def frame_rows(seed: int) -> list[dict[str, Any]]:
    """Return up to a dozen objects: few families, many equal numbers, zeros and holes."""
    random = Random(seed)
    holes = random.choice([0.0, 0.0, 0.02, 0.2])
    largest = random.choice([2, 6, 4000])

    def count() -> int | None:
        return None if random.random() < holes else random.choice([0, random.randint(0, largest)])

    found = []
    for place in range(random.randint(0, 12)):
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


rows = st.integers(0, 2**32).map(frame_rows)


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.integers(0, 4)) == 0:
        metric = draw(st.sampled_from(["budget", "hours_since_edit"]))
        operator = draw(st.sampled_from(["<", ">=", "=="]))
        return {"metric": metric, "operator": operator, "value": draw(numbers)}
    node: dict[str, Any] = {
        "metric": draw(st.sampled_from(METRICS)),
        "time_window": draw(st.sampled_from(WINDOWS)),
    }
    if draw(st.booleans()):
        node["of"] = draw(whose)
    for name in draw(st.sets(st.sampled_from(["impressions", "spend", "clicks"]), max_size=1)):
        node[f"min_{name}"] = draw(numbers)
    kind = draw(st.integers(0, 9))
    if kind < 4:
        node["operator"] = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
        node["value"] = draw(numbers)
    elif kind < 6:
        node["operator"] = draw(st.sampled_from(["<", ">", "<=", ">="]))
        node["value"] = draw(
            st.fixed_dictionaries(
                {"of": whose},
                optional={
                    "times": st.sampled_from([0.5, 1.25, 2]),
                    "time_window": st.sampled_from(WINDOWS),
                },
            )
        )
    elif kind == 6:
        node["operator"] = draw(st.sampled_from(["between", "not_between"]))
        node["value"] = sorted([draw(numbers), draw(numbers)])
    elif kind == 7:
        node["operator"] = draw(st.sampled_from(["in", "not_in"]))
        node["value"] = draw(st.lists(numbers, min_size=1, max_size=3))
    else:
        node["operator"] = draw(st.sampled_from(["increased_by_percent", "decreased_by_percent"]))
        node["value"] = draw(st.sampled_from([0, 50, 100]))
    return node


@st.composite
def text_tests(draw: st.DrawFn) -> dict[str, Any]:
    operator = draw(st.sampled_from(["==", "!=", "in", "not_in", "contains", "not_contains"]))
    listed = operator in {"in", "not_in"}
    return {
        "metric": draw(st.sampled_from(["name", "label", "objective", "client"])),
        "operator": operator,
        "value": draw(st.lists(texts, min_size=1, max_size=2) if listed else texts),
    }


@st.composite
def ranks(draw: st.DrawFn) -> dict[str, Any]:
    node = {
        "rank": draw(st.sampled_from(["top", "bottom"])),
        "by": draw(st.sampled_from(["roas", "spend", "ctr", "conversions"])),
        "time_window": draw(st.sampled_from(WINDOWS)),
        "within": draw(st.sampled_from(["parent", "account", "scope"])),
    }
    if draw(st.booleans()):
        return {**node, "percent": draw(st.sampled_from([20, 33.3, 50, 100]))}
    return {**node, "count": draw(st.integers(1, 3))}


leaves = st.one_of(comparisons(), comparisons(), ranks(), text_tests())
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
)
filters = st.one_of(
    st.sampled_from(["10", "21", "32"]),
    st.builds(lambda test: {test["metric"]: {test["operator"]: test["value"]}}, text_tests()),
)
scopes = st.fixed_dictionaries(
    {},
    optional={
        "accounts": st.lists(st.sampled_from(list(OFFSETS)), min_size=1, max_size=2),
        "clients": st.just(["ALPHA"]),
        "include": st.lists(filters, min_size=1, max_size=2),
        "exclude": st.lists(filters, min_size=1, max_size=2),
    },
)
documents = st.builds(
    lambda conditions, scope: {
        "name": "any",
        "conditions": conditions,
        "scope": scope,
        "actions": [{"type": "pause"}],
    },
    # Bare conditions most of the time: in a large tree one part often hides the others.
    st.one_of(leaves, leaves, leaves, trees, st.lists(trees, min_size=1, max_size=3)),
    st.one_of(st.just({}), st.just({}), st.just({}), scopes),
)
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


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(rows, st.lists(documents, min_size=4, max_size=6))
def test_both_readings_give_the_same_answers(
    found: list[dict[str, Any]], given_documents: list[dict[str, Any]]
) -> None:
    rules = [
        parse_rule(document, rule_id=f"r{place}", version=1)
        for place, document in enumerate(given_documents)
    ]
    evaluation = evaluate(rules, pl.DataFrame(found, schema=SCHEMA), AS_OF)
    plain = PlainRules(found)
    for rule, document in zip(rules, given_documents, strict=True):
        for row in found:
            try:
                expected = Answer.of(plain.answer(document, row))
            except TooCloseToCall:
                continue
            assert evaluation.answer(rule.rule_id, row["object_id"]) is expected, (document, row)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(rows, documents)
def test_a_trace_tells_what_the_answer_says(
    found: list[dict[str, Any]], document: dict[str, Any]
) -> None:
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
