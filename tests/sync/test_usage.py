"""Usage headers into waits: minutes here, seconds there, garbage nowhere."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.errors import RateLimited
from sync.usage import Limits, Usage, parse_usage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_each_header_is_read_in_its_own_unit() -> None:
    usage = parse_usage(
        {
            "x-app-usage": '{"call_count": 28, "total_time": 25, "total_cputime": 35}',
            "x-ad-account-usage": '{"acc_id_util_pct": 9.67, "reset_time_duration": 100}',
            "x-business-use-case-usage": (
                '{"77": [{"type": "ads_management", "call_count": 95, "total_cputime": 20,'
                ' "total_time": 20, "estimated_time_to_regain_access": 3}]}'
            ),
            "x-fb-ads-insights-throttle": '{"app_id_util_pct": 40, "acc_id_util_pct": 10}',
        },
        "77",
    )
    assert usage.app == 40
    assert usage.accounts == {"77": 95}
    assert usage.regain == {"77": 180}
    assert usage.reset == 100


@pytest.mark.parametrize("garbage", ["", "{", "[]", "null", '"x"', '{"77": 5}', "\ud800"])
def test_a_garbled_header_says_nothing(garbage: str) -> None:
    headers = {"x-app-usage": garbage, "x-business-use-case-usage": garbage}
    assert parse_usage(headers, "77").accounts == {}


def test_without_headers_the_last_known_usage_stands() -> None:
    limits = Limits()
    limits.observe("77", Usage(app=90, seen=True))
    limits.observe("77", Usage())
    assert limits.remaining("77") == 10


@pytest.mark.parametrize(("used", "delay"), [(0, 0), (75, 0), (80, 0.4), (100, 2), (130, 2)])
def test_reads_slow_down_from_three_quarters_on(used: float, delay: float) -> None:
    limits = Limits(longest_delay=2)
    limits.observe("77", Usage(accounts={"77": used}, seen=True))
    assert limits.delay("77") == pytest.approx(delay)
    assert limits.delay("78") == 0


def test_what_meta_names_is_waited_exactly() -> None:
    limits = Limits()
    usage = Usage(regain={"77": 420}, seen=True)
    assert limits.block("77", usage, NOW, app=False, least=0) == NOW + timedelta(minutes=7)
    with pytest.raises(RateLimited):
        limits.check("77", NOW + timedelta(minutes=6))
    limits.check("77", NOW + timedelta(minutes=7))
    limits.check("78", NOW)


def test_without_a_named_wait_it_doubles_until_something_works() -> None:
    limits = Limits()

    def seconds() -> float:
        return (limits.block("77", Usage(), NOW, app=False, least=0) - NOW).total_seconds()

    assert [seconds() for _ in range(8)] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    limits.observe("77", Usage())
    assert seconds() == 60
