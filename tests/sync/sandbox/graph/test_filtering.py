"""Filter operators on single values."""

from __future__ import annotations

import json

import pytest

from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.filtering import OPERATORS, parse_filtering, parse_list


@pytest.mark.parametrize(
    ("operator", "actual", "wanted", "meets"),
    [
        ("EQUAL", "ACTIVE", "active", True),
        ("EQUAL", "120000000000000001", 120000000000000001, True),
        ("EQUAL", "120000000000000001", "120000000000000002", False),
        ("NOT_EQUAL", "a", "b", True),
        ("GREATER_THAN", "900", 1000, False),
        ("GREATER_THAN", "10000", 9000, True),
        ("GREATER_THAN_OR_EQUAL", 5, "5", True),
        ("LESS_THAN", None, 1, True),
        ("LESS_THAN_OR_EQUAL", 1.5, 1, False),
        ("IN_RANGE", 5, [5, 7], True),
        ("NOT_IN_RANGE", 8, [5, 7], True),
        ("CONTAIN", "Summer SALE", "sale", True),
        ("NOT_CONTAIN", None, "sale", True),
        ("STARTS_WITH", "Summer", "sum", True),
        ("IN", "PAUSED", ["ACTIVE", "PAUSED"], True),
        ("NOT_IN", "PAUSED", ["ACTIVE", "PAUSED"], False),
        ("ANY", ["a", "b"], ["b", "c"], True),
        ("ALL", ["a", "b"], ["a", "b"], True),
        ("ALL", ["a"], ["a", "b"], False),
        ("NONE", ["a"], ["b"], True),
    ],
)
def test_operators(operator: str, actual: object, wanted: object, meets: bool) -> None:
    text = json.dumps([{"field": "ad.x", "operator": operator, "value": wanted}])
    (condition,) = parse_filtering({"filtering": text})

    assert (condition.prefix, condition.field) == ("ad", "x")
    assert condition.accepts(actual) is meets


def test_every_operator_of_the_list_works() -> None:
    for operator in OPERATORS:
        value = [1, 2] if operator not in ("EQUAL", "CONTAIN") else 1
        text = json.dumps([{"field": "x", "operator": operator, "value": value}])
        assert parse_filtering({"filtering": text})[0].accepts(1) in (True, False)


@pytest.mark.parametrize(
    "text",
    ["x", "{}", '[{"field":"x"}]', '[{"field":"x","operator":"IN","value":1}]',
     '[{"field":"x","operator":"IN_RANGE","value":[1]}]'],
)  # fmt: skip
def test_malformed_conditions_are_refused(text: str) -> None:
    with pytest.raises(GraphError):
        parse_filtering({"filtering": text})


def test_lists_come_as_json_or_with_commas() -> None:
    assert parse_list('["A","B"]') == parse_list("A, B") == ["A", "B"]
    assert parse_list(None) == parse_list("") == []
