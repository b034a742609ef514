"""Presets, ranges and increments of insights queries."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sync.sandbox.graph.errors import GraphError
from sync.sandbox.graph.periods import PRESETS, parse_spread, preset_period

TODAY = date(2026, 3, 1)  # a Sunday


@pytest.mark.parametrize(
    ("preset", "since", "until"),
    [
        ("today", "2026-03-01", "2026-03-01"),
        ("last_7d", "2026-02-22", "2026-02-28"),
        ("last_month", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-01-01", "2026-03-01"),
        ("last_quarter", "2025-10-01", "2025-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("last_week_mon_sun", "2026-02-16", "2026-02-22"),
        ("last_week_sun_sat", "2026-02-22", "2026-02-28"),
        ("this_week_mon_today", "2026-02-23", "2026-03-01"),
        ("this_week_sun_today", "2026-03-01", "2026-03-01"),
        ("maximum", "2023-02-01", "2026-03-01"),
    ],
)
def test_presets(preset: str, since: str, until: str) -> None:
    period = preset_period(preset, TODAY)

    assert (period.since.isoformat(), period.until.isoformat()) == (since, until)


def test_every_preset_is_a_period_up_to_today() -> None:
    for preset in PRESETS:
        for day in (TODAY, date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)):
            period = preset_period(preset, day)
            assert period.since <= period.until <= day


def test_months_are_cut_at_the_ends_of_the_range() -> None:
    asked = {"since": "2026-01-20", "until": "2026-03-01"}
    spread = parse_spread({"time_range": json.dumps(asked), "time_increment": "monthly"}, TODAY)

    found = [(p.since.isoformat(), p.until.isoformat()) for p, cut in spread.cuts()]
    assert found == [
        ("2026-01-20", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-01"),
    ]


def test_37_months_are_the_limit() -> None:
    edge = {"since": "2023-02-01", "until": "2026-03-01"}
    assert parse_spread({"time_range": json.dumps(edge)}, TODAY).periods[0].days > 1100
    beyond = {**edge, "since": "2023-01-31"}
    with pytest.raises(GraphError) as caught:
        parse_spread({"time_range": json.dumps(beyond)}, TODAY)
    assert caught.value.code == 3018
