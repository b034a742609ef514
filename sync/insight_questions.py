"""What is asked of insights: parameters, and days cut into spans."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import msgspec

from engine.domain.windows import Grain
from engine.ports import InsightsQuery
from sync.graph_fields import effective_statuses, hourly_breakdown, insight_fields

# A day of one object weighs so many rows: its actions are rows of their own.
_WEIGHT = {Grain.HOUR: 1, Grain.DAY: 5, Grain.LIFETIME: 5}


def parameters(query: InsightsQuery) -> dict[str, str]:
    """Return the parameters of the question, without paging."""
    hourly = query.grain is Grain.HOUR
    asked = {
        "level": query.level.value,
        "fields": ",".join(insight_fields(query.level, hourly=hourly)),
        # Without it Meta leaves out what is archived or deleted by now.
        "filtering": _json(
            [
                {
                    "field": f"{query.level.value}.effective_status",
                    "operator": "IN",
                    "value": effective_statuses(query.level),
                }
            ]
        ),
    }
    if query.attributions and not hourly:
        asked["action_attribution_windows"] = _json(["default", *query.attributions])
    if query.grain is Grain.LIFETIME:
        return {**asked, "date_preset": "maximum", "time_increment": "all_days"}
    span = {"since": query.since.isoformat(), "until": query.until.isoformat()}
    asked |= {"time_range": _json(span), "time_increment": "1"}
    return asked | {"breakdowns": hourly_breakdown()} if hourly else asked


def is_divisible(query: InsightsQuery) -> bool:
    """Whether the question can be put for fewer days."""
    return query.grain is not Grain.LIFETIME and query.since < query.until


def divide(query: InsightsQuery, parts: int) -> list[InsightsQuery]:
    """Cut a question into at most `parts` of about as many days each."""
    days = (query.until - query.since).days + 1
    if not is_divisible(query) or parts <= 1:
        return [query]
    parts = min(parts, days)
    edges = [query.since + timedelta(days=days * index // parts) for index in range(parts + 1)]
    return [
        replace(
            query,
            since=start,
            until=end - timedelta(days=1),
            expected_rows=query.expected_rows * (end - start).days // days,
        )
        for start, end in pairwise(edges)
    ]


def moments_of(query: InsightsQuery) -> int:
    """Return how many rows one object can have in the answer."""
    days = (query.until - query.since).days + 1
    return {Grain.HOUR: 24 * days, Grain.DAY: days}.get(query.grain, 1)


def into_batches(query: InsightsQuery, batch_rows: int) -> list[InsightsQuery]:
    """Cut a question so that each part is answered by about `batch_rows` rows.

    A day is never cut: it is what can be read whole or not.
    """
    weight = query.expected_rows * _WEIGHT[query.grain]
    return divide(query, -(-weight // batch_rows))


def _json(value: object) -> str:
    """Return the JSON text of a parameter."""
    return msgspec.json.encode(value).decode()
