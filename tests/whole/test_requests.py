"""What the rules that ship ask of Meta is what Meta understands.

Every sandbox of these folders is judged when it ends (see tests.contract); here
all templates are looked at in one cycle, and the edges that were asked are named.
"""

from __future__ import annotations

import json

import httpx

from engine.rules.templates import templates
from tests.contract.watch import judge_sandbox
from tests.whole.conftest import Place

EDGES = {"campaigns", "adsets", "ads", "insights", "activities", "adaccounts"}


def test_every_request_of_all_templates_is_one_that_meta_knows(served: Place) -> None:
    told = json.loads((served.home / "engine.json").read_text("utf-8"))
    headers = {"Authorization": f"Bearer {told['token']}"}
    acting = {
        "name": "Acts on every campaign",
        "mode": "automatic",
        "conditions": [{"metric": "hours_since_creation", "operator": ">", "value": 0}],
        "actions": [{"type": "pause"}],
    }
    with httpx.Client(
        base_url=told["url"], headers=headers, timeout=120, trust_env=False
    ) as client:
        for template in templates():
            client.post("/api/v1/rules", json=dict(template.document))
        client.post("/api/v1/rules", json=acting).raise_for_status()
        client.post("/api/v1/engine/cycle").raise_for_status()
    opinion = judge_sandbox(served.sandbox.url, served.sandbox.access_token)
    assert not opinion.faults
    paths = {str(row["path"]).rstrip("/").split("/")[-1] for row in served.sandbox.requests()}
    assert paths >= EDGES
    assert served.sandbox.ledger(), "something was written"
