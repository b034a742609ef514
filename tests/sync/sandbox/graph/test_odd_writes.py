"""Whatever is written, the answer is Graph's: an effect or a refusal."""

from __future__ import annotations

import json
import random
from collections import defaultdict

import pytest

from sync.sandbox.graph.meta_parameters import OPERATIONS, operation
from sync.sandbox.graph.write_routes import WRITES
from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.write_cases import new_campaign

WRITES_TRIED = 400
LEAVES = (None, True, 0, -1, 5, 10**20, 1.5, "", "x", "💥", "ACTIVE", "1773200000", "id", "PAUSE")
KEYS = (
    "id", "name", "creative_id", "adset_id", "daily_budget", "geo_locations", "countries",
    "object_story_spec", "link_data", "groups", "images", "rename_strategy", "field", "operator",
    "value", "filters", "evaluation_type", "execution_type", "execution_options", "amount",
    "unit", "limit", "schedule_type", "schedule", "days", "start_minute", "relative_url", "body",
    "budget_value", "time_start", "trigger", "type", "roas_average_floor", "hash",
)  # fmt: skip
TEXTS = (
    "", "0", "-1", "5000", "9" * 25, "true", "null", "NaN", "ACTIVE", "PAUSED", "ARCHIVED",
    "tomorrow", "2026-04-01", "1773200000", "COST_CAP", "REACH", '["validate_only"]', "{", "[",
)  # fmt: skip
EDGES = {
    "Campaign": "campaigns",
    "AdSet": "adsets",
    "Ad": "ads",
    "AdCreative": "adcreatives",
    "AdLabel": "adlabels",
    "AdRule": "adrules_library",
}


def nested(chance: random.Random, depth: int = 0) -> object:
    """Make up a JSON value from words that writes know."""
    kind = chance.random()
    if depth > 3 or kind < 0.3:
        return chance.choice(LEAVES)
    if kind < 0.6:
        return [nested(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return {chance.choice(KEYS): nested(chance, depth + 1) for _ in range(chance.randint(0, 4))}


def text(chance: random.Random) -> str:
    return chance.choice(TEXTS) if chance.random() < 0.4 else json.dumps(nested(chance))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_answer_is_an_effect_or_a_refusal(shared_short: Caller, seed: int) -> None:
    chance, caller = random.Random(seed), shared_short
    account = caller.account()
    new_campaign(caller)
    known: dict[str, list[str]] = defaultdict(list, {"AdAccount": [account]})
    for kind, edge in EDGES.items():
        known[kind] = [row["id"] for row in caller.get(f"{account}/{edge}", limit="99")["data"]]
    ways = [way for way in WRITES if known[way[1]] and (way[0] == "POST" or way[2])]
    for _ in range(WRITES_TRIED):
        verb, kind, edge = chance.choice(ways)
        name = " ".join(part for part in (verb, kind, edge) if part)
        name = name if name in OPERATIONS else f"{verb} {edge}"
        types = operation(name).types if name in OPERATIONS else {"adlabels": ""}
        chosen = chance.sample(sorted(types), min(len(types), chance.randint(0, 5)))
        form = {parameter: text(chance) for parameter in chosen}
        path = f"{chance.choice(known[kind])}/{edge}"
        answer = caller.raw("DELETE", path, **form) if verb == "DELETE" else caller.post_raw(
            path, **form
        )  # fmt: skip
        assert answer.status_code in (200, 400, 403), (path, form, answer.text)
        if answer.status_code != 200:
            assert isinstance(answer.json()["error"]["code"], int)
    caller.control("POST", "advance", {"hours": 30})
    caller.control("GET", "ledger")
    rows = caller.get(f"{account}/insights", level="ad", date_preset="last_3d", fields="spend")
    assert rows["data"]
