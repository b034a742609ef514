"""Rules as plain Python over rows and exact fractions: the second opinion.

It reads the rule's document itself and shares no code with the engine, so that a
mistake has to be made twice to stay hidden. Kleene's answers are True, False, None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

Row = Mapping[str, Any]
Answer = bool | None

RATIOS = {
    "ctr": ("clicks", "impressions", 100),
    "cpc": ("spend", "clicks", 1),
    "cpm": ("spend", "impressions", 1000),
    "cpa": ("spend", "conversions", 1),
    "roas": ("revenue", "spend", 1),
    "frequency": ("impressions", "reach", 1),
}
MONEY = {"spend", "revenue"}
COUNTS = {"impressions", "clicks", "conversions"}


class TooCloseToCall(Exception):
    """Two calculated numbers differ by less than doubles can tell."""


class PlainRules:
    """Answers a rule's document on the rows of one frame."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Keep the rows."""
        self.rows = rows

    def answer(self, document: Mapping[str, Any], row: Row) -> Answer:
        """Return the rule's answer; false outside its scope."""
        scope = document.get("scope", {})
        if not self._in_scope(scope, row):
            return False
        conditions = document["conditions"]
        if isinstance(conditions, list):
            conditions = {"all": conditions}
        return self._tree(conditions, row, scope)

    def _tree(self, node: Mapping[str, Any], row: Row, scope: Mapping[str, Any]) -> Answer:
        if "all" in node:
            answers = [self._tree(part, row, scope) for part in node["all"]]
            return False if False in answers else None if None in answers else True
        if "any" in node:
            answers = [self._tree(part, row, scope) for part in node["any"]]
            return True if True in answers else None if None in answers else False
        if "not" in node:
            inner = self._tree(node["not"], row, scope)
            return None if inner is None else not inner
        if "rank" in node:
            return self._rank(node, row, scope)
        if node["metric"] in {"name", "label", "objective", "status", "client"}:
            return text_answer(row, node["metric"], node["operator"], node["value"])
        return self._comparison(node, row)

    def _comparison(self, node: Mapping[str, Any], row: Row) -> Answer:
        window = node.get("time_window")
        for name in ("impressions", "spend", "clicks", "conversions"):
            if f"min_{name}" in node:
                seen = self._value(row, name, window, "self")
                if seen is None or seen < exact(node[f"min_{name}"]):
                    return None
        whose = node.get("of", "self")
        left = self._value(row, node["metric"], window, whose)
        operator, value = node["operator"], node["value"]
        if operator in {"increased_by_percent", "decreased_by_percent"}:
            before = self._value(row, node["metric"], window, whose, "@before")
            if left is None or before is None or before == 0:
                return None
            change = (left - before) * 100 / abs(before)
            limit = exact(value) if operator.startswith("inc") else -exact(value)
            if node["metric"] not in COUNTS or whose.startswith("siblings"):
                tell_apart(change, limit)
            return change >= limit if operator.startswith("inc") else change <= limit
        right: Any
        if isinstance(value, dict):
            right = self._value(
                row,
                value.get("metric", node["metric"]),
                value.get("time_window", window),
                value.get("of", "self"),
            )
            if right is not None:
                right *= exact(value.get("times", 1))
            if left is not None and right is not None:
                tell_apart(left, right)
        else:
            right = [exact(item) for item in value] if isinstance(value, list) else exact(value)
        if left is None or right is None:
            return None
        if whose.startswith("siblings") or "(" in node["metric"]:
            for end in right if isinstance(right, list) else [right]:
                tell_apart(left, end)
        return compared(left, operator, right)

    def _rank(self, node: Mapping[str, Any], row: Row, scope: Mapping[str, Any]) -> Answer:
        within = node.get("within", "account")
        population = [
            other
            for other in self.rows
            if is_live(other)
            and (within != "scope" or self._in_scope(scope, other))
            and (within == "scope" or other["account_id"] == row["account_id"])
            and (within != "parent" or other["parent_id"] == row["parent_id"])
        ]
        valued = []
        for other in population:
            value = self._value(other, node["by"], node["time_window"], "self")
            if value is not None:
                sign = -value if node["rank"] == "top" else value
                valued.append((sign, other["object_id"]))
        valued.sort()
        ids = [object_id for _, object_id in valued]
        if row["object_id"] not in ids:
            return None
        if "count" in node:
            limit = node["count"]
        else:
            limit = math.floor(len(ids) * exact(node["percent"]) / 100)
        return bool(ids.index(row["object_id"]) < limit)

    def _value(
        self, row: Row, metric: str, window: str | None, whose: str, suffix: str = ""
    ) -> Fraction | None:
        if whose == "self":
            return measured([row], metric, window, suffix)
        if whose in {"account", "parent"} and metric in {"reach", "frequency"}:
            return None
        if whose == "account":
            group = [one for one in self.rows if one["account_id"] == row["account_id"]]
            return measured(group, metric, window, suffix)
        family = [
            one
            for one in self.rows
            if (one["account_id"], one["parent_id"]) == (row["account_id"], row["parent_id"])
        ]
        if whose == "parent":
            return measured(family, metric, window, suffix)
        values = sorted(
            value
            for one in family
            if one["object_id"] != row["object_id"]
            and is_live(one)
            and (value := measured([one], metric, window, suffix)) is not None
        )
        if not values:
            return None
        if whose == "siblings_mean":
            return sum(values, Fraction(0)) / len(values)
        return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2

    def _in_scope(self, scope: Mapping[str, Any], row: Row) -> bool:
        if not is_live(row):
            return False
        if "accounts" in scope and row["account_id"] not in scope["accounts"]:
            return False
        if "clients" in scope and (row["client"] or "").lower() not in [
            client.lower() for client in scope["clients"]
        ]:
            return False
        if "include" in scope and not any(
            self._item(item, row) is True for item in scope["include"]
        ):
            return False
        return not any(self._item(item, row) is not False for item in scope.get("exclude", []))

    def _item(self, item: str | Mapping[str, Any], row: Row) -> Answer:
        if isinstance(item, str):
            return bool(row["object_id"] == item)
        answers = [
            text_answer(row, name, operator, value)
            for name, tests in item.items()
            for operator, value in tests.items()
        ]
        return False if False in answers else None if None in answers else True


def is_live(row: Row) -> bool:
    """Say whether a rule may match the row's object at all."""
    return row["status"] in {"ACTIVE", "PAUSED"} and row["effective_status"] not in {
        "DELETED",
        "ARCHIVED",
    }


def exact(value: float) -> Fraction:
    """Return the number that a person wrote, not its double."""
    return Fraction(str(value))


def tell_apart(left: Fraction, right: Fraction) -> None:
    """Raise TooCloseToCall where doubles may see two numbers in the wrong order."""
    if abs(left - right) <= Fraction(1, 10**9) * max(abs(left), abs(right), Fraction(1)):
        raise TooCloseToCall


def measured(rows: Sequence[Row], metric: str, window: str | None, suffix: str) -> Fraction | None:
    """Return a metric over the sums of some rows, in major units; none where unknown."""
    if metric == "(revenue - spend) / impressions * 1000":
        revenue, spend, shown = (
            measured(rows, name, window, suffix) for name in ("revenue", "spend", "impressions")
        )
        if revenue is None or spend is None or not shown:
            return None
        return (revenue - spend) / shown * 1000
    if metric == "clicks / 100":
        clicks = measured(rows, "clicks", window, suffix)
        return None if clicks is None else clicks / 100
    if metric == "budget":
        value = rows[0]["budget"]
        return None if value is None else Fraction(value, rows[0]["currency_offset"])
    if metric == "hours_since_edit":
        hours = rows[0]["hours_since_edit"]
        return None if hours is None else exact(hours)
    if metric in RATIOS:
        top, bottom, scale = RATIOS[metric]
        upper = measured(rows, top, window, suffix)
        lower = measured(rows, bottom, window, suffix)
        return None if upper is None or not lower else upper * scale / lower
    values = [row.get(f"{metric}@{window}{suffix}") for row in rows]
    if None in values:
        return None
    total = sum((Fraction(cast(float, value)) for value in values), Fraction(0))
    return total / rows[0]["currency_offset"] if metric in MONEY else total


def compared(left: Fraction, operator: str, right: Fraction | list[Fraction]) -> bool:
    """Return a comparison of exact numbers."""
    if isinstance(right, list):
        found = left in right if operator.endswith("in") else right[0] <= left <= right[1]
        return found != operator.startswith("not_")
    answers = {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }
    return answers[operator]


def text_answer(row: Row, name: str, operator: str, value: str | list[str]) -> Answer:
    """Return the test of a property, in any case of letters."""
    wanted = [item.lower() for item in (value if isinstance(value, list) else [value])]
    positive = operator.removeprefix("not_").replace("!=", "==")
    if name == "label":
        labels = [label.lower() for label in row["labels"] or []]
        if positive == "contains":
            found = any(wanted[0] in label for label in labels)
        else:
            found = any(label in wanted for label in labels)
    else:
        text = row[name]
        if text is None:
            return None
        found = wanted[0] in text.lower() if positive == "contains" else text.lower() in wanted
    return found == (positive == operator)
