"""Usage headers and what happens when a quota is used up."""

from __future__ import annotations

import json

from tests.sync.sandbox.graph.graph_client import Caller


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
    fresh.control("POST", "limits", {"management": 100})

    def used() -> int:
        answer = fresh.raw("GET", account)
        return int(json.loads(answer.headers["X-Ad-Account-Usage"])["acc_id_util_pct"])

    before = used()
    fresh.post(campaign, name="x")
    assert used() - before == 4


def test_multi_get_counts_every_id(fresh: Caller) -> None:
    account = fresh.account()
    ids = [row["id"] for row in fresh.get(f"{account}/ads", limit="5")["data"]]
    fresh.control("POST", "limits", {"management": 100})
    first = fresh.raw("GET", "", ids=",".join(ids))
    second = fresh.raw("GET", "", ids=",".join(ids))

    def percent(text: str) -> float:
        return float(json.loads(text)["acc_id_util_pct"])

    usage = [percent(answer.headers["X-Ad-Account-Usage"]) for answer in (first, second)]
    assert usage[1] - usage[0] == 5
