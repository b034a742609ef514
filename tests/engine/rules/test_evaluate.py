"""What rules answer on frames: thresholds, guards, relatives, ranks, scopes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain.verdict import Answer
from engine.rules.evaluate import CompiledRules
from tests.engine.rules.frames import AS_OF, answers, asked, frame, rule, when

LOW_CTR = when("ctr", "<", 1.0, "24h", min_impressions=1000)


@pytest.mark.parametrize(
    ("impressions", "clicks", "answer"),
    [
        (1000, 9, "true"),
        (1000, 10, "false"),  # exactly 1 %
        (999, 0, "unknown"),  # too small a sample
        (0, 0, "unknown"),
        (None, 5, "unknown"),
        (1000, None, "unknown"),
    ],
)
def test_a_low_ctr_after_a_thousand_impressions(
    impressions: int | None, clicks: int | None, answer: str
) -> None:
    row = {"impressions@24h": impressions, "clicks@24h": clicks}
    assert answers([LOW_CTR], row) == [answer]


@pytest.mark.parametrize(
    ("offset", "spend", "answer"),
    [(100, 1007, "true"), (100, 1006, "false"), (1, 10, "false"), (1, 11, "true")],
)
def test_money_is_compared_in_major_units(offset: int, spend: int, answer: str) -> None:
    row = {"spend@7d": spend, "currency_offset": offset}
    assert answers([when("spend", ">=", 10.07)], row) == [answer]


@pytest.mark.parametrize(
    ("formula", "equals"),
    [
        ("clicks / 100", 0.57),
        ("-clicks + 2 * (60 - 3)", 57),
        ("(revenue - spend) / clicks", 1),
        ("spend / conversions:lead", 1.25),
        ("cpc * clicks - spend", 0),
    ],
)
def test_a_formula_of_one_s_own(formula: str, equals: float) -> None:
    row = {"clicks@7d": 57, "revenue@7d": 6200, "spend@7d": 500, "conversions:lead@7d": 4.0}
    assert answers([when(formula, "==", equals)], row) == ["true"]


@pytest.mark.parametrize("metric", ["roas", "cpa", "cpc", "(revenue - spend) / impressions"])
def test_a_fraction_over_zero_is_unknown_and_stays_so_when_negated(metric: str) -> None:
    names = ("revenue", "spend", "conversions", "clicks", "impressions")
    nothing = {f"{name}@7d": 0 for name in names}
    condition = when(metric, ">", 50)
    assert answers([condition], nothing) == ["unknown"]
    assert answers({"not": condition}, nothing) == ["unknown"]


def test_false_beats_unknown_and_true_beats_unknown() -> None:
    unknown, false, true = (
        when("roas", ">", 1),
        when("spend", ">", 5),
        when("spend", "<", 5),
    )
    row = {"spend@7d": 0, "revenue@7d": 0}
    assert answers([unknown, false], row) == ["false"]
    assert answers([unknown, true], row) == ["unknown"]
    assert answers({"any": [unknown, true]}, row) == ["true"]
    assert answers({"any": [unknown, false]}, row) == ["unknown"]


def test_deleted_objects_never_match_but_count_in_the_account() -> None:
    condition = when("spend", ">", {"of": "account", "times": 0.4})
    rows: list[dict[str, object]] = [
        {"spend@7d": 500},
        {"spend@7d": 500, "status": "DELETED"},
        {"spend@7d": 100, "status": "ARCHIVED"},
    ]
    assert answers([condition], *rows) == ["true", "false", "false"]


def test_an_account_s_sum_is_unknown_when_one_part_of_it_is() -> None:
    condition = when("spend", ">", {"of": "account", "times": 0.1})
    assert answers([condition], {"spend@7d": 500}, {"spend@7d": None}) == ["unknown", "unknown"]


def test_relatives_are_those_of_the_same_parent_and_account() -> None:
    rows: list[dict[str, object]] = [
        {"parent_id": "p", "spend@7d": 100},
        {"parent_id": "p", "spend@7d": 200},
        {"parent_id": "p", "spend@7d": 900},
        {"parent_id": "p", "spend@7d": 5, "account_id": "2"},
        {"parent_id": "q", "spend@7d": 7},
    ]
    above_median = when("spend", ">", {"of": "siblings_median"})
    above_mean = when("spend", ">", {"of": "siblings_mean"})
    half_of_parent = when("spend", ">=", {"of": "parent", "times": 0.5})
    assert answers([above_median], *rows) == ["false", "false", "true", "unknown", "unknown"]
    assert answers([above_mean], *rows) == ["false", "false", "true", "unknown", "unknown"]
    assert answers([half_of_parent], *rows) == ["false", "false", "true", "true", "true"]


@pytest.mark.parametrize(
    ("before", "now", "answer"),
    [(100, 120, "true"), (100, 119, "false"), (0, 50, "unknown"), (None, 50, "unknown")],
)
def test_a_rise_against_the_period_before(before: int | None, now: int, answer: str) -> None:
    row = {"clicks@7d": now, "clicks@7d@before": before}
    assert answers([when("clicks", "increased_by_percent", 20)], row) == [answer]


def test_ranks_leave_out_what_has_no_value_and_break_ties_by_id() -> None:
    roas = [(0, 0), (100, 100), (100, 100), (300, 100), (500, 100)]
    rows = [{"revenue@7d": revenue, "spend@7d": spend} for revenue, spend in roas]
    lowest: dict[str, object] = {"rank": "bottom", "by": "roas", "time_window": "7d"}
    assert answers([{**lowest, "count": 1}], *rows) == [
        "unknown",
        "true",
        "false",
        "false",
        "false",
    ]
    # 30 % of four are one and a bit: rounded down, never more than asked.
    assert answers([{**lowest, "percent": 30}], *rows).count("true") == 1
    assert answers([{**lowest, "rank": "top", "percent": 50}], *rows)[3:] == ["true", "true"]


def test_a_rank_within_the_scope_leaves_others_out() -> None:
    rows = [{"spend@7d": spend, "name": name} for spend, name in ((9, "a"), (5, "b x"), (3, "c x"))]
    highest = {"rank": "top", "by": "spend", "time_window": "7d", "within": "scope", "count": 1}
    scope = {"include": [{"name": {"contains": "X"}}]}
    assert answers([highest], *rows, scope=scope) == ["false", "true", "false"]


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        ({}, ["o1", "o2", "o3"]),
        ({"accounts": ["act_2"]}, ["o3"]),
        ({"clients": ["north"]}, ["o1", "o2"]),
        ({"include": ["o2", {"name": {"contains": "[scale]"}}]}, ["o1", "o2"]),
        ({"exclude": [{"label": "Keep"}]}, ["o1", "o3"]),
        ({"exclude": [{"objective": "OUTCOME_SALES"}]}, ["o2"]),
        ({"include": [{"age": {">=": "2d"}}]}, ["o2"]),
        ({"include": [{"any": [{"id": ["o1"]}, {"account": "act_2"}]}]}, ["o1", "o3"]),
    ],
)
def test_a_scope(scope: dict[str, object], inside: list[str]) -> None:
    rows: list[dict[str, object]] = [
        {"name": "Summer [SCALE]", "objective": "OUTCOME_SALES", "hours_since_creation": 5.0},
        {"labels": ["keep", "new"], "objective": "OUTCOME_LEADS", "hours_since_creation": 48.0},
        {"account_id": "2", "client": "South", "hours_since_creation": None},
    ]
    everything = {"metric": "status", "operator": "==", "value": "active"}
    assert asked([everything], *rows, scope=scope).matches("r") == inside


def test_a_fixed_scope_keeps_later_objects_out() -> None:
    rows = [{"hours_since_creation": 10.0}, {"hours_since_creation": 2.0}]
    fixed = rule([{"metric": "status", "operator": "==", "value": "ACTIVE"}], scope={"fixed": True})
    saved = {"r": AS_OF - timedelta(hours=5)}
    assert CompiledRules([fixed], fixed_at=saved).evaluate(frame(*rows), AS_OF).matches("r") == [
        "o1"
    ]
    assert CompiledRules([fixed]).evaluate(frame(*rows), AS_OF).matches("r") == []


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (when("conversions", "==", 3, attribution="7d_click"), "true"),
        (when("conversions", "==", 5), "true"),
        (when("cpa", "==", 4, attribution="7d_click"), "true"),
        (when("roas", ">", 0, attribution="1d_view"), "unknown"),
        (when("spend", "==", 12, attribution="1d_view"), "true"),
    ],
)
def test_an_attribution_window_counts_what_it_tells_and_nothing_else(
    condition: dict[str, object], answer: str
) -> None:
    row = {"spend@7d": 1200, "conversions@7d": 5, "conversions~7d_click@7d": 3}
    assert answers([condition], row) == [answer]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (when("predicted_ctr", ">", 1), "no_model"),
        (when("conversions", ">", 1, attribution="1d_click"), "attribution"),
        (when("frequency", ">", 1, of="account"), "not_additive"),
        (when("roas", ">", 1), "zero_denominator"),
        (when("leads", ">", 1), "no_data"),
        (when("spend", ">=", 0, min_clicks=5), "sample_too_small"),
        (when("clicks", "increased_by_percent", 5), "no_data_before"),
        (when("spend", "increased_by_percent", 5), "no_change"),
        (when("spend", ">", {"of": "siblings_mean"}), "no_siblings"),
        ({"metric": "objective", "operator": "==", "value": "X"}, "no_data"),
    ],
)
def test_an_unknown_says_why(condition: dict[str, object], code: str) -> None:
    row = {"spend@7d": 0, "spend@7d@before": 0, "revenue@7d": 0, "clicks@7d": 3}
    verdict = asked([condition], row).verdict("r", "o1")
    assert verdict.answer is Answer.UNKNOWN
    assert [reading.code for reading in verdict.readings] == [code]
    assert verdict.readings[0].reason


def test_a_trace_holds_every_measurement_at_its_place() -> None:
    conditions = {
        "all": [
            when("cpa", ">", {"time_window": "30d", "of": "account", "times": 1.25}),
            {"not": {"metric": "name", "operator": "contains", "value": "keep"}},
        ]
    }
    row = {
        "name": "Summer",
        "spend@7d": 1000,
        "conversions@7d": 2,
        "spend@30d": 2000,
        "conversions@30d": 10,
    }
    verdict = asked(conditions, row).verdict("r", "o1")
    assert verdict.answer is Answer.TRUE
    first, second = verdict.readings
    assert (first.path, first.metric, first.window) == ("conditions/all/0", "cpa", "7d")
    assert (first.value, first.threshold, first.answer) == (5.0, 2.5, Answer.TRUE)
    assert (second.path, second.value, second.answer) == (
        "conditions/all/1/not",
        "Summer",
        Answer.FALSE,
    )


def test_an_object_outside_the_scope_answers_false_and_is_not_counted() -> None:
    evaluation = asked(
        [when("spend", ">", 1)], {"spend@7d": 500}, {"spend@7d": None}, scope={"exclude": ["o1"]}
    )
    assert evaluation.counts() == {Answer.TRUE: 0, Answer.FALSE: 0, Answer.UNKNOWN: 1}
    assert evaluation.verdict("r", "o1").readings[0].code == "out_of_scope"
    assert evaluation.answers_of("r") == {"o2": Answer.UNKNOWN}


def test_an_empty_frame_matches_nothing() -> None:
    conditions = [
        when("spend", ">", {"of": "siblings_median"}),
        {"rank": "top", "by": "spend", "time_window": "7d", "count": 1},
    ]
    evaluation = asked(conditions)
    assert evaluation.matches("r") == []
    assert evaluation.counts_of("r")[Answer.UNKNOWN] == 0


def test_rules_of_two_levels_do_not_share_a_frame() -> None:
    condition = [when("spend", ">", 1)]
    with pytest.raises(ValueError, match="levels"):
        CompiledRules([rule(condition, "a"), rule(condition, "b", level="ad")])
