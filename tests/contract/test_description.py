"""What the library says of Meta's API is what the project's contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.description import describe

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "meta" / "contract_v26.json"


def test_a_campaign_is_described_with_its_edges_and_values() -> None:
    campaign = describe("Campaign")
    assert campaign is not None
    assert campaign.fields["daily_budget"] == "string"
    update = campaign.calls["POST"]
    assert update.parameters["daily_budget"].type == "unsigned int"
    states = {"ACTIVE", "PAUSED", "DELETED", "ARCHIVED"}
    assert update.parameters["status"].enum == frozenset(states)
    assert campaign.calls["GET adsets"].returns == "AdSet"
    assert describe("NoSuchThing") is None


@pytest.mark.skipif(
    not CONTRACT.exists(), reason="the project's contract is not beside this checkout"
)
def test_the_library_agrees_with_the_contract() -> None:
    nodes: dict[str, Any] = json.loads(CONTRACT.read_text("utf-8"))["nodes"]
    differences = []
    for name, told in nodes.items():
        node = describe(name)
        assert node is not None, name
        if set(told["fields"]) != set(node.fields):
            differences.append(f"{name}: fields {set(told['fields']) ^ set(node.fields)}")
        if set(told["apis"]) != set(node.calls):
            differences.append(f"{name}: calls {set(told['apis']) ^ set(node.calls)}")
        for call, known in node.calls.items():
            contract = told["apis"].get(call, {}).get("params", {})
            ours = {key: (one.type, one.enum) for key, one in known.parameters.items()}
            theirs = {
                key: (one["type"], frozenset(one["enum"]) if one.get("enum") else None)
                for key, one in contract.items()
            }
            if ours != theirs:
                differences.append(f"{name} {call}: {set(ours.items()) ^ set(theirs.items())}")
    assert differences == []
