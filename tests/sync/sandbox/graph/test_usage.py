"""Usage headers and what happens when a quota is used up."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json


def test_every_answer_shows_usage_by_bare_account_id(shared: Caller) -> None:
    account = shared.account()
    objects = shared.raw("GET", f"{account}/campaigns")
    insights = shared.raw("GET", f"{account}/insights")
    refused = shared.raw("GET", f"{account}/nonsense")

    for answer, family in ((objects, "ads_management"), (insights, "ads_insights")):
        usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
        assert list(usage) == [account[4:]]
        assert usage[account[4:]][0]["type"] == family
        assert set(json.loads(answer.headers["X-App-Usage"])) == {
            "call_count",
            "total_time",
            "total_cputime",
        }
    assert "acc_id_util_pct" in json.loads(insights.headers["x-fb-ads-insights-throttle"])
    assert "X-App-Usage" in refused.headers


def test_a_used_up_account_is_refused_until_time_passes(fresh: Caller) -> None:
    account, other = fresh.account(0), fresh.account(1)
    fresh.control("POST", "limits", {"insights": 5, "block_minutes": 10})
    answers = [fresh.raw("GET", f"{account}/insights") for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [400] * 2
    error = fresh.refusal(answers[-1])
    assert (error["code"], error["error_subcode"]) == (80000, 2446079)
    usage = json.loads(answers[-1].headers["X-Business-Use-Case-Usage"])[account[4:]][0]
    assert (usage["call_count"], usage["estimated_time_to_regain_access"]) == (100, 10)
    assert fresh.raw("GET", f"{other}/insights").status_code == 200
    assert fresh.raw("GET", f"{account}/campaigns").status_code == 200
    fresh.control("POST", "advance", {"hours": 2})
    assert fresh.raw("GET", f"{account}/insights").status_code == 200


def test_writes_weigh_three_reads(fresh: Caller) -> None:
    account, campaign = fresh.account(), fresh.with_campaign_budget()["id"]
    fresh.control("POST", "limits", {"score": 100})

    def used() -> int:
        answer = fresh.raw("GET", account)
        return int(json.loads(answer.headers["X-Ad-Account-Usage"])["acc_id_util_pct"])

    before = used()
    fresh.post(campaign, name="x")
    assert used() - before == 4


def test_multi_get_counts_every_id(fresh: Caller) -> None:
    account = fresh.account()
    ids = [row["id"] for row in fresh.get(f"{account}/ads", limit="5")["data"]]
    fresh.control("POST", "limits", {"score": 100})
    first = fresh.raw("GET", "", ids=",".join(ids))
    second = fresh.raw("GET", "", ids=",".join(ids))

    def percent(text: str) -> float:
        return float(json.loads(text)["acc_id_util_pct"])

    usage = [percent(answer.headers["X-Ad-Account-Usage"]) for answer in (first, second)]
    assert usage[1] - usage[0] == 5


def use(answer: httpx.Response, account: str) -> Json:
    return json.loads(answer.headers["X-Business-Use-Case-Usage"])[account[4:]][0]


def test_a_development_app_has_60_points_and_waits_300_seconds(fresh: Caller) -> None:
    account = fresh.account()
    fresh.control("POST", "limits", {"tier": "development_access"})
    answers = [fresh.raw("GET", account) for _ in range(62)]

    assert [answer.status_code for answer in answers[:60]] == [200] * 60
    error = fresh.refusal(answers[-1])
    assert (error["code"], error["error_subcode"], error["is_transient"]) == (17, 2446079, True)
    usage = json.loads(answers[-1].headers["X-Ad-Account-Usage"])
    assert usage["acc_id_util_pct"] == 100.0
    assert 290 <= usage["reset_time_duration"] <= 300
    assert usage["ads_api_access_tier"] == "development_access"
    assert use(answers[-1], account)["ads_api_access_tier"] == "development_access"
    fresh.control("POST", "advance", {"hours": 0.1})
    assert fresh.raw("GET", account).status_code == 200


def test_the_score_decays_within_300_seconds(fresh: Caller) -> None:
    account = fresh.account()
    fresh.control("POST", "limits", {"score": 50})

    def used() -> float:
        answer = fresh.raw("GET", account)
        return float(json.loads(answer.headers["X-Ad-Account-Usage"])["acc_id_util_pct"])

    for _ in range(20):
        before = used()
    fresh.control("POST", "advance", {"hours": 301 / 3600})
    assert before >= 40
    assert used() <= 2


def test_hourly_quotas_grow_with_active_ads(fresh: Caller) -> None:
    account = fresh.account()
    fresh.control("POST", "limits", {"tier": "development_access", "score": 100_000})
    ads = fresh.every(f"{account}/ads", fields="effective_status")
    active = sum(ad["effective_status"] == "ACTIVE" for ad in ads)
    quota = 300 + 40 * active
    spent = 0
    while spent * 100 // quota < 3:
        answer = fresh.raw("GET", account)
        spent += 1
    shown = use(answer, account)["call_count"]

    assert abs(shown - 100 * spent // quota) <= 2


@pytest.mark.parametrize(
    ("limits", "path", "refused"),
    [
        ({"management": 3}, "{account}/campaigns", (400, 80004, 2446079)),
        ({"insights": 3}, "{account}/insights", (400, 80000, 2446079)),
        ({"audience": 3}, "{account}/customaudiences", (400, 80003, 2446079)),
        ({"score": 3}, "{account}/campaigns", (400, 17, 2446079)),
        ({"app": 3}, "me", (403, 4, None)),
        ({"insights_platform": 3}, "{account}/insights", (403, 4, 1504022)),
    ],
)
def test_each_limiter_refuses_with_its_code(
    fresh: Caller, limits: Json, path: str, refused: tuple[int, int, int | None]
) -> None:
    path = path.format(account=fresh.account())
    fresh.control("POST", "limits", limits)
    answers = [fresh.raw("GET", path) for _ in range(6)]

    error = fresh.refusal(answers[-1])
    assert (answers[-1].status_code, error["code"], error.get("error_subcode")) == refused
    shown = json.loads(answers[-1].headers["X-App-Usage"])["call_count"]
    assert shown == (100 if "app" in limits else 0)
    throttle = json.loads(answers[-1].headers.get("x-fb-ads-insights-throttle", "{}"))
    assert throttle.get("app_id_util_pct", 0) == (100 if "insights_platform" in limits else 0)


def test_writes_are_bounded_by_the_second(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.control("POST", "limits", {"mutations_per_second": 5})
    items = [{"method": "POST", "relative_url": campaign, "body": "name=x"}] * 8
    codes = [json.loads(answer["body"]).get("error", {}) for answer in fresh.batch(*items)]

    assert [error.get("code") for error in codes] == [None] * 5 + [613] * 3
    assert {error["error_subcode"] for error in codes[5:]} == {5044001}
    fresh.control("POST", "advance", {"hours": 1})
    fresh.post(campaign, name="y")


def test_refused_calls_keep_counting(fresh: Caller) -> None:
    account = fresh.account()
    fresh.control("POST", "limits", {"insights": 2, "block_minutes": 1})
    for _ in range(6):
        fresh.raw("GET", f"{account}/insights")
    fresh.control("POST", "advance", {"hours": 2 / 60})

    assert fresh.raw("GET", f"{account}/insights").status_code == 400


def test_custom_audiences_tell_no_tier(fresh: Caller) -> None:
    account = fresh.account()

    assert "ads_api_access_tier" not in use(fresh.raw("GET", f"{account}/customaudiences"), account)


@pytest.mark.parametrize(
    "body", [{"tier": "gold"}, {"versions": []}, {"opted_in": 1}, {"score": -1}, {"users": None}]
)
def test_wrong_limits_are_explained(shared: Caller, body: Json) -> None:
    answer = shared.http.post("/_sandbox/limits", json=body)

    assert answer.status_code == 400
    assert next(iter(body)) in answer.json()["error"]
