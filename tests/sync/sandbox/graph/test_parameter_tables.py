"""Writes take every parameter that Meta documents, with its type and values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.meta_parameters import OPERATIONS, operation
from sync.sandbox.graph.parameters import options_of, read_parameters

CONTRACT = Path(__file__).parents[5] / "shared" / "meta" / "contract_v26.json"


Json = Any  # the contract as it was read


def described(contract: Json, name: str) -> dict[str, Json]:
    verb, *rest = name.split()
    node, edge = (rest[0], rest[1:]) if rest[0][0].isupper() else ("AdAccount", rest)
    found: dict[str, Json] = contract["nodes"][node]["apis"][" ".join([verb, *edge])]["params"]
    return found


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract is not beside this checkout")
@pytest.mark.parametrize("name", OPERATIONS)
def test_parameters_agree_with_the_contract(name: str) -> None:
    wanted = described(json.loads(CONTRACT.read_text()), name)
    found = operation(name)

    assert set(wanted) <= set(found.types)
    for parameter, entry in wanted.items():
        assert found.types[parameter] == entry["type"], parameter
        if entry.get("enum"):
            kind = found.types[parameter].removeprefix("list<").removesuffix(">")
            assert set(entry["enum"]) == found.enums[kind], parameter


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("POST AdSet", {"daily_budget": "2000"}, {"daily_budget": 2000}),
        ("POST AdSet", {"end_time": "0"}, {"end_time": None}),
        ("POST AdSet", {"attribution_spec": "[]"}, {"attribution_spec": []}),
        ("POST AdSet", {"relative_value": "1.5"}, {"relative_value": 1.5}),
        ("POST AdSet", {"pacing_type": "standard"}, {"pacing_type": ["standard"]}),
        ("POST Ad", {"tracking_specs": '[{"a":["b"]}]'}, {"tracking_specs": [{"a": ["b"]}]}),
        ("POST Campaign", {"special_ad_categories": '["NONE"]'}, {"special_ad_categories": []}),
        ("POST Campaign", {"special_ad_categories": "HOUSING"},
         {"special_ad_categories": ["HOUSING"]}),
        ("POST Campaign", {"is_skadnetwork_attribution": "1"},
         {"is_skadnetwork_attribution": True}),
        ("POST Campaign", {"adset_bid_amounts": '{"1":5}'}, {"adset_bid_amounts": {"1": 5}}),
        ("POST Campaign", {"locale": "uk_UA", "access_token": "x"}, {}),
    ],
)  # fmt: skip
def test_values_are_read_by_their_type(
    name: str, given: dict[str, str], read: dict[str, object]
) -> None:
    assert read_parameters(name, given, "UTC") == read


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("POST AdSet", {"daily_budget": "20.5"}),
        ("POST AdSet", {"daily_budget": "-1"}),
        ("POST AdSet", {"daily_budget": "9" * 30}),
        ("POST AdSet", {"bid_amount": "much"}),
        ("POST AdSet", {"targeting": "[1]"}),
        ("POST AdSet", {"status": "RUNNING"}),
        ("POST AdSet", {"attribution_spec": "{}"}),
        ("POST AdSet", {"time_based_ad_rotation_intervals": "[1,-2]"}),
        ("POST AdSet", {"adlabels": '["x"]'}),
        ("POST AdSet", {"execution_options": '["validate"]'}),
        ("POST Campaign", {"special_ad_categories": '["CARS"]'}),
        ("POST Campaign", {"is_skadnetwork_attribution": "yes"}),
        ("POST AdAccount", {"spend_cap": "lots"}),
        ("POST AdAccount", {"currency": "XXX"}),
        ("POST AdRule", {"budget": "1"}),
        ("DELETE campaigns", {"delete_strategy": "DELETE_ALL"}),
    ],
)
def test_what_does_not_fit_is_code_100(name: str, given: dict[str, str]) -> None:
    with pytest.raises(GraphError) as refused:
        read_parameters(name, given, "UTC")

    assert refused.value.code == 100


def test_synchronous_review_asks_for_validation() -> None:
    both = {"execution_options": ["validate_only", "synchronous_ad_review"]}
    assert options_of(both) == both["execution_options"]
    with pytest.raises(GraphError):
        options_of({"execution_options": ["synchronous_ad_review"]})
