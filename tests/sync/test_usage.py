"""Usage headers: minutes here, seconds there, garbage nowhere."""

import pytest

from engine.domain.limits import INSIGHTS, MANAGEMENT, LimitScope
from sync.usage import LONGEST_NAMED, parse_usage

APP, OWN = LimitScope(), LimitScope("77")
NAMES = (
    "x-app-usage",
    "x-ad-account-usage",
    "x-business-use-case-usage",
    "x-fb-ads-insights-throttle",
)


def test_each_header_is_read_in_its_own_unit_and_scope() -> None:
    usage = parse_usage(
        {
            "x-app-usage": '{"call_count": 28, "total_time": 25, "total_cputime": 35}',
            "x-ad-account-usage": '{"acc_id_util_pct": 9.67, "reset_time_duration": 100}',
            "x-business-use-case-usage": (
                '{"77": [{"type": "ads_management", "call_count": 95, "total_cputime": 20,'
                ' "total_time": 20, "estimated_time_to_regain_access": 3},'
                ' {"type": "ads_insights", "call_count": 7}], "act_78": [{"type": "ads_insights",'
                ' "total_time": 60}]}'
            ),
            "x-fb-ads-insights-throttle": '{"app_id_util_pct": 40, "acc_id_util_pct": 10}',
        },
        "77",
    )
    assert usage.percents == {
        APP: 35,
        OWN: 9.67,
        LimitScope("", INSIGHTS): 40,
        LimitScope("77", INSIGHTS): 10,
        LimitScope("77", MANAGEMENT): 95,
        LimitScope("78", INSIGHTS): 60,
    }
    assert usage.waits == {OWN: 100, LimitScope("77", MANAGEMENT): 180}


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"77": 5}',
        '{"77": [5, null, [], {"type": 3}]}',
        '{"call_count": null, "acc_id_util_pct": [], "app_id_util_pct": {}}',
        '{"call_count": -5, "acc_id_util_pct": "NaN", "app_id_util_pct": 1e999}',
        '{"call_count": true}',
        "\ud800",
        '{"a":' * 5000,
    ],
)
def test_a_garbled_header_says_nothing(garbage: str) -> None:
    usage = parse_usage(dict.fromkeys(NAMES, garbage), "77")
    assert usage.percents == {}
    assert usage.waits == {}


def test_one_garbled_figure_does_not_spoil_its_neighbours() -> None:
    usage = parse_usage({"x-app-usage": '{"call_count": "28", "total_time": "much"}'}, "77")
    assert usage.percents == {APP: 28}


def test_an_absurd_wait_is_cut_to_a_day() -> None:
    header = '{"77": [{"type": "ads_insights", "estimated_time_to_regain_access": 1e12}]}'
    usage = parse_usage({"x-business-use-case-usage": header}, "77")
    assert usage.waits == {LimitScope("77", INSIGHTS): LONGEST_NAMED}


def test_an_answer_about_no_account_says_nothing_of_one() -> None:
    header = {"x-ad-account-usage": '{"acc_id_util_pct": 50, "reset_time_duration": 9}'}
    assert parse_usage(header, "").percents == {}
