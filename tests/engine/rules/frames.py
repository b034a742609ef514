"""Small window frames and rules for examples: only what an example is about is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from engine.domain.rule import Rule
from engine.rules.evaluate import Evaluation, evaluate
from engine.rules.parse import parse_rule

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)
_TEXT = (
    "object_id",
    "account_id",
    "client",
    "parent_id",
    "campaign_id",
    "name",
    "status",
    "effective_status",
    "objective",
    "bid_strategy",
    "learning_stage",
)
_DEFAULTS: dict[str, object] = {
    "account_id": "1",
    "client": "North",
    "status": "ACTIVE",
    "effective_status": "ACTIVE",
    "currency_offset": 100,
}


def frame(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Return a frame of the rows; ids are `o1`, `o2` … where a row names none."""
    full = [
        {"object_id": f"o{place}", **_DEFAULTS, **row} for place, row in enumerate(rows, start=1)
    ]
    names = {name: None for row in full for name in row}
    schema: dict[str, pl.DataType | None] = dict.fromkeys(names)
    schema.update(dict.fromkeys(_TEXT, pl.String()))
    schema["labels"] = pl.List(pl.String())
    return pl.DataFrame(full, schema=schema)


def rule(conditions: object, rule_id: str = "r", **fields: object) -> Rule:
    """Return a rule with these conditions that pauses what it matches."""
    document = {
        "name": "Example",
        "conditions": conditions,
        "actions": [{"type": "pause"}],
        **fields,
    }
    return parse_rule(document, rule_id=rule_id, version=1)


def when(
    metric: str, operator: str, value: object, window: str | None = "7d", **more: object
) -> dict[str, object]:
    """Return one condition."""
    found: dict[str, object] = {"metric": metric, "operator": operator, "value": value, **more}
    return found if window is None else {**found, "time_window": window}


def asked(conditions: object, *rows: Mapping[str, object], **fields: object) -> Evaluation:
    """Return the evaluation of one rule, `r`, on a frame of these rows."""
    return evaluate([rule(conditions, "r", **fields)], frame(*rows), AS_OF)


def answers(conditions: object, *rows: Mapping[str, object], **fields: object) -> Sequence[str]:
    """Return the answers of one rule on the rows, in their order."""
    evaluation = asked(conditions, *rows, **fields)
    ids = [str(row.get("object_id", f"o{place}")) for place, row in enumerate(rows, start=1)]
    return [evaluation.answer("r", object_id).value for object_id in ids]
