"""Native rules as the tests describe them."""

from __future__ import annotations

import json
from typing import Any

from tests.sync.sandbox.graph.graph_client import Caller, Json

Spec = dict[str, Any]
ADSETS: Spec = {"field": "entity_type", "operator": "EQUAL", "value": "ADSET"}
CAMPAIGNS: Spec = {**ADSETS, "value": "CAMPAIGN"}
ADS: Spec = {**ADSETS, "value": "AD"}
TODAY: Spec = {"field": "time_preset", "operator": "EQUAL", "value": "TODAY"}
SPENT: Spec = {"field": "spent", "operator": "GREATER_THAN", "value": 100}
HOURLY: Spec = {"schedule_type": "HOURLY"}


def scheduled(*filters: Spec) -> Spec:
    return {"evaluation_type": "SCHEDULE", "filters": list(filters)}


def doing(kind: str, **options: object) -> Spec:
    chosen = [{"field": k, "operator": "EQUAL", "value": v} for k, v in options.items()]
    return {"execution_type": kind, "execution_options": chosen}


def change(amount: float, unit: str = "PERCENTAGE", **more: object) -> Spec:
    return {"amount": amount, "unit": unit, **more}


def form(evaluation: Spec, execution: Spec, schedule: Spec | None = HOURLY) -> dict[str, str]:
    asked = {
        "name": "R",
        "evaluation_spec": json.dumps(evaluation),
        "execution_spec": json.dumps(execution),
    }
    return asked if schedule is None else {**asked, "schedule_spec": json.dumps(schedule)}


def new_rule(caller: Caller, evaluation: Spec, execution: Spec, schedule: Spec = HOURLY) -> str:
    path = f"{caller.account()}/adrules_library"
    return str(caller.post(path, **form(evaluation, execution, schedule))["id"])


def only(object_id: str, kind: Spec = ADSETS) -> tuple[Spec, Spec]:
    return kind, {"field": "id", "operator": "IN", "value": [object_id]}


def runs(caller: Caller, rule: str, **params: str) -> list[Json]:
    return list(caller.every(f"{rule}/history", **params))


def actions(run: Json) -> list[Json]:
    return [action for result in run["results"] for action in result["actions"]]
