"""The `results` of a row: what its campaign's objective counts as one."""

from __future__ import annotations

from sync.sandbox.graph.insights_table import Columns
from sync.sandbox.graph.numbers import decimal_text

_INDICATORS = {
    "OUTCOME_SALES": "offsite_conversion.fb_pixel_purchase",
    "OUTCOME_LEADS": "offsite_conversion.fb_pixel_lead",
    "OUTCOME_TRAFFIC": "link_click",
    "OUTCOME_ENGAGEMENT": "post_engagement",
}


def result_cells(columns: Columns, objectives: list[object]) -> list[object]:
    """Return `results` per row; awareness counts people reached."""
    return [
        None if not count else [_entry(indicator, str(count))]
        for indicator, count in _counts(columns, objectives)
    ]


def result_cost_cells(columns: Columns, objectives: list[object], offset: int) -> list[object]:
    """Return `cost_per_result` per row, in major units."""
    spend = columns.counts["spend"].tolist()
    return [
        None if not count else [_entry(indicator, decimal_text(minor / offset / count))]
        for (indicator, count), minor in zip(_counts(columns, objectives), spend, strict=True)
    ]


def _entry(indicator: str, value: str) -> dict[str, object]:
    return {
        "indicator": indicator,
        "values": [{"value": value, "attribution_windows": ["default"]}],
    }


def _counts(columns: Columns, objectives: list[object]) -> list[tuple[str, int]]:
    """Return indicator and count of each row; no objective counts none."""
    by_type = {name: n.tolist() for name, (n, _value) in columns.conversions.items()}
    reach = columns.counts["reach"].tolist()
    found: list[tuple[str, int]] = []
    for row, objective in enumerate(objectives):
        if objective is None:
            found.append(("", 0))
            continue
        action = _INDICATORS.get(str(objective))
        if action is None:
            found.append(("reach", reach[row]))
        else:
            found.append((f"actions:{action}", by_type[action][row] if action in by_type else 0))
    return found
