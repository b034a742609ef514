"""What we ask of Meta exists at Meta: held against its own Python library.

The library is made from Meta's API itself, so its lists of edges, parameters,
enumerations and fields are the judge of every request that the sandbox saw.
"""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adactivity import AdActivity
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User

from engine.rules.templates import templates
from tests.whole.conftest import Place

EDGES: dict[str, tuple[Any, Any]] = {
    "campaigns": (AdAccount.get_campaigns, Campaign),
    "adsets": (AdAccount.get_ad_sets, AdSet),
    "ads": (AdAccount.get_ads, Ad),
    "insights": (AdAccount.get_insights, AdsInsights),
    "activities": (AdAccount.get_activities, AdActivity),
    "adaccounts": (User.get_ad_accounts, AdAccount),
    "me": (User.api_get, User),
}
NODES: dict[str, Any] = {"campaign": Campaign, "adset": AdSet, "ad": Ad}
# Every call takes these.
ALWAYS = {"appsecret_proof", "fields", "limit", "after", "ids", "filtering", "access_token"}
NUMBER = re.compile(r"\d{6,}")


@dataclass(frozen=True)
class Call:
    """One request as the sandbox logged it."""

    method: str
    parts: tuple[str, ...]
    values: dict[str, str]

    def faults(self, levels: dict[str, str]) -> list[str]:
        """Return what Meta's library does not know; `levels` tells what an id is."""
        last = self.parts[-1] if self.parts else ""
        if self.method == "POST":
            node = NODES[levels[last]]
            return self._against(node.api_update, node)
        if last in EDGES:
            return self._against(*EDGES[last])
        return self._fields(NODES[levels[last]])

    def _against(self, method: Any, node: Any) -> list[str]:  # noqa: ANN401  # the library's own
        types, enums = _signature(method, node)
        wrong = [f"no parameter {name}" for name in self.values if name not in {*types, *ALWAYS}]
        for name, kind in types.items():
            if name in self.values and kind.removesuffix(">").endswith("_enum"):
                known = enums[re.sub(r"^list<|>$", "", kind)]
                wrong += [f"{name}: no {one}" for one in _listed(self.values[name]) - known]
        return wrong + self._fields(node)

    def _fields(self, node: Any) -> list[str]:  # noqa: ANN401
        plain = re.sub(r"[{(][^{}()]*[})]", "", self.values.get("fields", ""))
        asked = {one.partition(".")[0] for one in plain.split(",") if one}
        known = set(vars(node.Field).values())
        return [f"{node.__name__} has no field {one}" for one in asked - known]


def _signature(method: Any, node: Any) -> tuple[dict[str, str], dict[str, set[str]]]:  # noqa: ANN401
    """Return a method's parameters with their types, and its enumerations."""
    source = inspect.getsource(method)
    types = dict(re.findall(r"'(\w+)': '([\w<>, ]+)',", source))
    named = re.findall(r"'(\w+_enum)': (\w+)\.(\w+)\.__dict__", source)
    owners = {"AdAccount": AdAccount, "AdsInsights": AdsInsights, "Campaign": Campaign}
    owners |= {"AdSet": AdSet, "Ad": Ad, "User": User, "AdActivity": AdActivity}
    owners.setdefault(node.__name__, node)
    enums = {
        name: {str(value) for value in vars(getattr(owners[owner], group)).values()}
        for name, owner, group in named
    }
    return types, enums


def _listed(text: str) -> set[str]:
    try:
        value = json.loads(text)
    except ValueError:
        return {one.strip() for one in text.split(",")}
    return {str(one) for one in value} if isinstance(value, list) else {str(value)}


@pytest.fixture(scope="module")
def calls(served: Place) -> list[Call]:
    """Return every request of a cycle in which all rules that ship are looked at."""
    headers = {"Content-Type": "application/json"}
    token = json.loads((served.home / "engine.json").read_text("utf-8"))
    with httpx.Client(
        base_url=token["url"],
        headers={**headers, "Authorization": f"Bearer {token['token']}"},
        timeout=120,
        trust_env=False,
    ) as client:
        for template in templates():
            client.post("/api/v1/rules", json=dict(template.document))
        acting = {
            "name": "Acts on every campaign",
            "mode": "automatic",
            "conditions": [{"metric": "hours_since_creation", "operator": ">", "value": 0}],
            "actions": [{"type": "pause"}],
        }
        client.post("/api/v1/rules", json=acting).raise_for_status()
        client.post("/api/v1/engine/cycle").raise_for_status()
    asked = httpx.get(f"{served.sandbox.url}/_sandbox/requests", timeout=60, trust_env=False)
    found = []
    for row in asked.raise_for_status().json()["data"]:
        parts = tuple(part for part in str(row["path"]).split("/") if part)
        version, *rest = parts
        assert re.fullmatch(r"v\d+\.\d+", version)
        if rest:
            found.append(Call(row["method"], tuple(rest), {**row["query"], **row["form"]}))
    return found


def test_every_request_is_one_that_meta_knows(calls: list[Call], served: Place) -> None:
    levels = {str(row["object_id"]): str(row["level"]) for row in served.sandbox.ledger()}
    # Of an object that was never changed the ledger does not tell the level.
    known = [call for call in calls if call.parts and call.parts[-1] in {*EDGES, *levels}]
    assert {"campaigns", "adsets", "ads", "insights", "activities", "adaccounts"} <= {
        call.parts[-1] for call in known
    }
    assert any(call.method == "POST" for call in known), "something was written"
    faults = {
        f"{call.method} {NUMBER.sub('ID', '/'.join(call.parts))}: {fault}"
        for call in known
        for fault in call.faults(levels)
    }
    assert faults == set()


def test_the_judge_tells_what_meta_does_not_know() -> None:
    reading = Call("GET", ("act_1", "campaigns"), {"fields": "id,dayly_budget", "stats": "1"})
    assert sorted(reading.faults({})) == [
        "Campaign has no field dayly_budget",
        "no parameter stats",
    ]
    writing = Call("POST", ("2",), {"status": "RUNNING", "daily_budget": "1200"})
    assert writing.faults({"2": "adset"}) == ["status: no RUNNING"]
