"""The same seed and the same writes give the same world, to the byte."""

from __future__ import annotations

import json

from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.server import sandbox_in_thread
from tests.sync.sandbox.graph.conftest import SHORT
from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.rule_cases import (
    ADSETS,
    HOURLY,
    TODAY,
    Spec,
    change,
    doing,
    new_rule,
    scheduled,
)
from tests.sync.sandbox.graph.write_cases import new_ad, new_creative

EVENT: Spec = {"kind": "foreign_edit", "at_hour": 3, "hours": 4, "share": 0.5}


def lived(looks: int) -> list[bytes]:
    """Live through a day with writes, a rule and other people, looking so often."""
    with sandbox_in_thread(parse_scenario({**SHORT, "events": [EVENT]})) as address:
        caller = Caller(address)
        account, adset = caller.account(), caller.with_own_budget()
        new_ad(caller, adset["id"], new_creative(caller))
        spent = {"field": "spent", "operator": "GREATER_THAN", "value": 500}
        options = doing("CHANGE_BUDGET", change_spec=change(15), action_frequency=240)
        new_rule(caller, scheduled(ADSETS, TODAY, spent), options, HOURLY)
        caller.post(adset["id"], daily_budget=str(int(adset["daily_budget"]) * 2))
        for _ in range(looks):
            caller.control("POST", "advance", {"hours": 24 / looks})
            caller.get(f"{account}/campaigns", fields="effective_status")
            caller.get(f"{account}/insights", date_preset="today", fields="spend,actions")
        answers = [
            caller.raw("GET", f"{account}/adsets", fields="daily_budget,updated_time", limit="99"),
            caller.raw("GET", f"{account}/activities", fields="event_type,event_time,extra_data"),
            caller.raw("GET", f"{account}/adrules_history", fields="timestamp,results"),
            caller.raw("GET", f"{account}/insights", level="ad", date_preset="last_3d",
                       time_increment="1", fields="spend,impressions,actions", limit="500"),
        ]  # fmt: skip
        rows = [json.dumps(answer.json()["data"]).encode() for answer in answers]
        caller.http.close()
        return rows


def test_looks_change_nothing() -> None:
    once = lived(1)

    assert all(len(rows) > 2 for rows in once)
    assert lived(1) == once
    assert lived(8) == once
