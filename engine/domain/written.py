"""The fields of an object that changes set, and their values.

Each value is absolute, so that a change is told by what it was and what it shall
be: labels are one text with all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.domain.decision import COPY_FIELD, Value
from engine.domain.objects import AdObject, Status

LABELS_FIELD = "labels"
BID_FIELD = "bid_amount"
CREATIVE_FIELD = "creative_id"
NAME_FIELD = "name"
WRITTEN_FIELDS = (
    "status",
    "daily_budget",
    "lifetime_budget",
    BID_FIELD,
    NAME_FIELD,
    LABELS_FIELD,
    CREATIVE_FIELD,
    COPY_FIELD,
)
# A change of these sends an ad set back to learning, as a budget's does.
RESTARTS_LEARNING = frozenset({BID_FIELD, CREATIVE_FIELD})
# Meta's change history does not tell of these for every level.
WITHOUT_HISTORY = frozenset({LABELS_FIELD, COPY_FIELD})


def value_of(one: AdObject, name: str) -> Value:
    """Return what an object has in a field that changes set."""
    if name not in WRITTEN_FIELDS:
        raise ValueError(f"{name} is not a field that actions write")
    if name == "status":
        return one.raw_status if one.status is Status.OTHER else one.status.value
    if name == LABELS_FIELD:
        return labels_value(one.labels)
    if name == COPY_FIELD:
        return one.copied_as
    value: Value = getattr(one, name)
    return value


def labels_value(labels: Iterable[str]) -> str:
    """Return labels as one value: a JSON list, each once, in order."""
    return json.dumps(sorted(set(labels)), ensure_ascii=False)


def labels_in(value: Value) -> list[str]:
    """Return the labels of a value; ValueError where it holds none."""
    if not isinstance(value, str):
        raise ValueError("labels are a JSON list of texts")
    found = json.loads(value)
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise ValueError("labels are a JSON list of texts")
    return found
