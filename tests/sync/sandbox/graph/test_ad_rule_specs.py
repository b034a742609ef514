"""What Meta's own rules may be, and what their library refuses."""

from __future__ import annotations

import pytest

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.rule_cases import (
    ADSETS,
    CAMPAIGNS,
    HOURLY,
    SPENT,
    TODAY,
    Spec,
    change,
    doing,
    form,
    new_rule,
    scheduled,
)
from tests.sync.sandbox.graph.write_cases import refused


@pytest.mark.parametrize(
    ("evaluation", "execution", "schedule"),
    [
        (scheduled(), doing("PAUSE"), HOURLY),
        (scheduled(TODAY, SPENT), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, SPENT), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, TODAY, TODAY, SPENT), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, {**TODAY, "operator": "IN"}, SPENT), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, {**TODAY, "value": "LAST_5_DAYS"}, SPENT), doing("PAUSE"), HOURLY),
        (scheduled({**ADSETS, "value": "ADGROUP"}), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, TODAY, {**SPENT, "field": "spend"}), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, TODAY, {**SPENT, "operator": "ABOVE"}), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, TODAY, {**SPENT, "operator": "IN_RANGE"}), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, TODAY, {**SPENT, "field": "spent / "}), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, TODAY, {"field": "spent"}), doing("PAUSE"), HOURLY),
        (scheduled(ADSETS, {"field": "attribution_window", "operator": "EQUAL",
                            "value": "7D_CLICK"}), doing("PAUSE"), HOURLY),
        ({"evaluation_type": "NIGHTLY", "filters": [ADSETS]}, doing("PAUSE"), HOURLY),
        ({**scheduled(ADSETS), "trigger": {"type": "STATS_CHANGE"}}, doing("PAUSE"), HOURLY),
        ({"evaluation_type": "TRIGGER", "filters": [ADSETS]}, doing("PAUSE"), None),
        ({"evaluation_type": "TRIGGER", "filters": [ADSETS],
          "trigger": {"type": "METADATA_CREATION"}}, doing("PAUSE"), HOURLY),
        ({"evaluation_type": "TRIGGER", "trigger": {"type": "METADATA_CREATION"},
          "filters": [ADSETS, {**TODAY, "value": "LAST_3D"}, SPENT]}, doing("PAUSE"), None),
        ({"evaluation_type": "TRIGGER", "trigger": {"type": "METADATA_CREATION"},
          "filters": [ADSETS, {"field": "hours_since_creation", "operator": "GREATER_THAN",
                               "value": 3}]}, doing("PAUSE"), None),
        (scheduled(ADSETS), doing("EXPLODE"), HOURLY),
        (scheduled(ADSETS), doing("DCO"), HOURLY),
        (scheduled(ADSETS), doing("PING_ENDPOINT"), HOURLY),
        (scheduled(ADSETS), doing("CHANGE_BUDGET"), HOURLY),
        (scheduled(ADSETS), doing("CHANGE_BUDGET", change_spec={"amount": 5}), HOURLY),
        (scheduled(ADSETS), doing("CHANGE_BUDGET", change_spec=change(0)), HOURLY),
        (scheduled(CAMPAIGNS), doing("CHANGE_BUDGET", change_spec=change(5)), HOURLY),
        (scheduled(ADSETS), doing("CHANGE_CAMPAIGN_BUDGET", change_spec=change(5)), HOURLY),
        (scheduled(ADSETS), doing("REBALANCE_BUDGET"), HOURLY),
        (scheduled(ADSETS), doing("PAUSE", colour="red"), HOURLY),
        (scheduled(ADSETS), doing("PAUSE", execution_count_limit="many"), HOURLY),
        (scheduled(ADSETS), {"execution_options": []}, HOURLY),
        (scheduled(ADSETS), doing("PAUSE"), None),
        (scheduled(ADSETS), doing("PAUSE"), {"schedule_type": "WEEKLY"}),
        (scheduled(ADSETS), doing("PAUSE"), {"schedule_type": "CUSTOM"}),
        (scheduled(ADSETS), doing("PAUSE"), {"schedule_type": "CUSTOM", "schedule": [{}]}),
        (scheduled(ADSETS), doing("PAUSE"),
         {"schedule_type": "CUSTOM", "schedule": [{"start_minute": 10}]}),
        (scheduled(ADSETS), doing("PAUSE"),
         {"schedule_type": "CUSTOM", "schedule": [{"start_minute": 60, "end_minute": 30}]}),
        (scheduled(ADSETS), doing("PAUSE"),
         {"schedule_type": "CUSTOM", "schedule": [{"days": [7]}]}),
    ],
)  # fmt: skip
def test_what_a_rule_cannot_be(
    shared: Caller, evaluation: Spec, execution: Spec, schedule: Spec | None
) -> None:
    path = f"{shared.account()}/adrules_library"

    assert refused(shared, path, **form(evaluation, execution, schedule)) == (100, None)


@pytest.mark.parametrize(
    "field",
    "impressions clicks reach frequency cpm cpc ctr cpp cpa cpp results cost_per link_click "
    "leadgen website_purchase_roas today_spent yesterday_spent lifetime_spent daily_ratio_spent "
    "offsite_conversion.fb_pixel_add_to_cart cost_per_purchase_fb cost_per_link_click "
    "cost_per_mobile_app_install hours_since_creation effective_status adset.daily_budget "
    "campaign.objective current_time audience_reached_percentage budget_reset_period".split(),
)
def test_documented_fields_are_understood(shared_short: Caller, field: str) -> None:
    condition = {"field": field, "operator": "NOT_EQUAL", "value": "-1"}
    rule = new_rule(shared_short, scheduled(ADSETS, TODAY, condition), doing("NOTIFICATION"))

    assert isinstance(shared_short.post(f"{rule}/preview")["data"], list)


def test_the_example_of_metas_guide_is_taken(shared_short: Caller) -> None:
    evaluation = scheduled(
        ADSETS,
        {**TODAY, "value": "LIFETIME"},
        {"field": "impressions", "value": 8000, "operator": "GREATER_THAN"},
        {"field": "frequency", "value": 5.0, "operator": "GREATER_THAN"},
    )
    schedule = {"schedule_type": "CUSTOM", "schedule": [{"start_minute": 0, "days": [2, 5]}]}

    assert new_rule(
        shared_short, evaluation, doing("CHANGE_BUDGET", change_spec=change(-30)), schedule
    )
