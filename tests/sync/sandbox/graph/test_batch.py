"""Batches: shapes, items that fail, references, limits."""

from __future__ import annotations

import json

from tests.sync.sandbox.graph.graph_client import Caller


def test_answers_stand_in_the_order_of_requests(shared: Caller) -> None:
    campaign, account = shared.with_campaign_budget()["id"], shared.account()
    answers = shared.batch(
        {"method": "GET", "relative_url": f"{campaign}/?fields=id%2Cname"},
        {"method": "GET", "relative_url": "12345"},
        {"method": "GET", "relative_url": f"v25.0/{account}/insights?fields=spend&limit=1"},
    )

    assert [answer["code"] for answer in answers] == [200, 400, 200]
    assert json.loads(answers[0]["body"])["id"] == campaign
    assert json.loads(answers[1]["body"])["error"]["error_subcode"] == 33
    names = {header["name"]: header["value"] for header in answers[2]["headers"]}
    assert names["Content-Type"] == "text/javascript; charset=UTF-8"
    assert "X-Business-Use-Case-Usage" in names


def test_the_envelope_shows_the_usage_of_all_accounts(shared: Caller) -> None:
    accounts = [shared.account(0), shared.account(1)]
    items = [{"method": "GET", "relative_url": one} for one in accounts]
    answer = shared.post_raw("", batch=json.dumps(items), include_headers="false")

    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    assert list(usage) == [one[4:] for one in accounts]


def test_headers_are_left_out_when_not_wanted(shared: Caller) -> None:
    answers = shared.batch({"method": "GET", "relative_url": "me"}, include_headers="false")

    assert set(answers[0]) == {"code", "body"}


def test_writes_in_a_batch_decode_their_bodies(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.batch(
        {"method": "POST", "relative_url": f"{campaign}/", "body": "name=%C3%A9%20%26x"},
    )

    assert fresh.get(campaign, fields="name")["name"] == "é &x"
    item = next(e for e in fresh.control("GET", "requests")["data"] if e["batch_item"] == 0)
    assert (item["method"], item["path"], item["form"]) == (
        "POST",
        f"/v26.0/{campaign}",
        {"name": "é &x"},
    )
    assert fresh.ledger()[0]["request_id"] == item["request_id"]


def test_items_refer_to_earlier_answers(shared: Caller) -> None:
    account = shared.account()
    answers = shared.batch(
        {"method": "GET", "relative_url": f"{account}?fields=account_id", "name": "first"},
        {"method": "GET", "relative_url": "act_{result=first:$.account_id}?fields=currency"},
        {"method": "GET", "relative_url": "{result=unknown:$.id}"},
    )

    assert answers[0] is None
    assert json.loads(answers[1]["body"])["currency"] == "USD"
    assert answers[2]["code"] == 400


def test_a_batch_has_at_most_50_items(shared: Caller) -> None:
    items = [{"method": "GET", "relative_url": "me"}] * 51

    assert len(shared.batch(*items[:50])) == 50
    refusal = shared.refusal(shared.post_raw("", batch=json.dumps(items)))
    assert refusal["code"] == 100
    assert shared.refusal(shared.post_raw("", batch="[{"))["code"] == 100


def test_the_envelope_needs_a_token(shared: Caller) -> None:
    answer = shared.http.post("/v26.0/", data={"batch": "[]"})

    assert shared.refusal(answer)["code"] == 104
