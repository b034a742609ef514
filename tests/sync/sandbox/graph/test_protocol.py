"""The protocol around every call: versions, paths, forms, tags, headers."""

from __future__ import annotations

import json
from datetime import datetime

import httpx
import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json


def asked(caller: Caller, **params: str) -> dict[str, str]:
    return {"access_token": caller.address.access_token, **params}


def test_live_versions_can_be_chosen(fresh: Caller) -> None:
    fresh.control("POST", "limits", {"versions": ["v25.0", "v26.0"]})
    old = fresh.http.get("/v24.0/me", params=asked(fresh))

    assert (old.status_code, fresh.refusal(old)["code"]) == (400, 2635)
    assert fresh.refusal(old)["message"].endswith("v26.0.")
    assert fresh.http.get("/v25.0/me", params=asked(fresh)).status_code == 200
    fresh.control("POST", "limits", {"auto_upgrade": True})
    raised = fresh.http.get("/v24.0/me", params=asked(fresh))
    assert (raised.status_code, raised.headers["facebook-api-version"]) == (200, "v25.0")
    assert "v25.0" in raised.headers["x-ad-api-version-warning"]
    assert fresh.http.get("/me", params=asked(fresh)).status_code == 400


@pytest.mark.parametrize("path", ["/v26.0/{id}", "/v26.0/{id}/", "/v26.0//{id}", "//v26.0/{id}//"])
def test_slashes_do_not_matter(shared: Caller, path: str) -> None:
    account = shared.account()
    url = shared.address.url + path.format(id=account)

    assert httpx.get(url, params=asked(shared), trust_env=False).json() == {"id": account}


def test_a_path_may_not_go_on_behind_an_edge(shared: Caller) -> None:
    answer = shared.raw("GET", f"{shared.account()}/campaigns/x")

    assert (answer.status_code, shared.refusal(answer)["code"]) == (400, 2500)
    assert shared.refusal(answer)["message"] == "Unknown path components: /x"


def test_the_token_may_stand_in_query_form_or_header(shared: Caller) -> None:
    token, path = shared.address.access_token, f"/v26.0/{shared.account()}"
    answers = [
        shared.http.get(path, params={"access_token": token}),
        shared.http.get(path, headers={"Authorization": f"Bearer {token}"}),
        shared.http.post(path, data={"access_token": token, "method": "get"}),
        shared.http.post(path, json={"access_token": token, "method": "get"}),
    ]

    assert [answer.json() for answer in answers] == [{"id": shared.account()}] * 4


@pytest.mark.parametrize(("method", "override"), [("GET", "delete"), ("POST", "DELETE")])
def test_the_method_can_be_overridden(fresh: Caller, method: str, override: str) -> None:
    campaign = fresh.with_campaign_budget()["id"]

    answer = fresh.http.request(method, f"/v26.0/{campaign}", params=asked(fresh, method=override))
    assert answer.json() == {"success": True}
    assert fresh.get(campaign, fields="status")["status"] == "DELETED"


def test_an_unchanged_answer_is_304_and_empty(fresh: Caller) -> None:
    path = f"/v26.0/{fresh.account()}/campaigns"
    first = fresh.http.get(path, params=asked(fresh, fields="name"))
    tag = first.headers["ETag"]
    known = {"If-None-Match": tag}
    again = fresh.http.get(path, params=asked(fresh, fields="name"), headers=known)

    assert tag.startswith('"')
    assert len(tag) == 42
    assert (again.status_code, again.content) == (304, b"")
    assert "X-Business-Use-Case-Usage" in again.headers
    fresh.post(fresh.with_campaign_budget()["id"], name="another")
    changed = fresh.http.get(path, params=asked(fresh, fields="name"), headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_a_304_counts_like_any_call(fresh: Caller) -> None:
    account = fresh.account()
    fresh.control("POST", "limits", {"management": 2})
    tag = fresh.raw("GET", account).headers["ETag"]
    statuses = [
        fresh.http.get(
            f"/v26.0/{account}", params=asked(fresh), headers={"If-None-Match": tag}
        ).status_code
        for _ in range(2)
    ]

    assert statuses == [304, 400]


def test_batch_items_know_tags_too(shared: Caller) -> None:
    account = shared.account()
    first = shared.batch({"method": "GET", "relative_url": account})[0]
    tag = next(h["value"] for h in first["headers"] if h["name"] == "ETag")
    forms: list[Json] = [
        [f"If-None-Match: {tag}"],
        [{"name": "If-None-Match", "value": tag}],
        {"If-None-Match": tag},
    ]
    items = [{"method": "GET", "relative_url": account, "headers": form} for form in forms]

    assert [(a["code"], a["body"]) for a in shared.batch(*items)] == [(304, None)] * 3


def test_answers_can_be_pretty_debugged_and_described(shared: Caller) -> None:
    account = shared.account()
    pretty = shared.raw("GET", account, pretty="1")
    described = shared.get(account, metadata="1")["metadata"]

    assert b"\n" in pretty.content
    assert b"\n" not in shared.raw("GET", account).content
    assert shared.get(account, debug="all")["__debug__"] == {}
    assert described["type"] == "adaccount"
    assert {"name": "currency", "type": "string"} in described["fields"]
    assert described["connections"]["campaigns"] == (
        f"{shared.address.url}/v26.0/{account}/campaigns"
    )
    assert shared.get(account, locale="uk_UA") == {"id": account}
    silent = shared.raw("GET", "123", suppress_http_code="1")
    assert (silent.status_code, silent.json()["error"]["code"]) == (200, 100)


@pytest.mark.parametrize(
    ("date_format", "pattern"),
    [
        (None, "%Y-%m-%dT%H:%M:%S%z"),
        ("Y-m-d H:i:s O", "%Y-%m-%d %H:%M:%S %z"),
        ("c", "%Y-%m-%dT%H:%M:%S%z"),
        (r"Y-m-d\TH:i:sP", "%Y-%m-%dT%H:%M:%S%z"),
    ],
)
def test_times_are_written_as_asked(shared: Caller, date_format: str | None, pattern: str) -> None:
    form = {} if date_format is None else {"date_format": date_format}
    campaign = shared.with_campaign_budget()["id"]
    plain = shared.get(campaign, fields="created_time", date_format="U")["created_time"]
    text = shared.get(campaign, fields="created_time", **form)["created_time"]

    assert isinstance(plain, int)
    assert datetime.strptime(text, pattern).astimezone().timestamp() == plain
    if date_format is None:
        assert text[-5:] in ("-0500", "-0400")


def test_bracketed_names_and_single_quotes_are_understood(shared: Caller) -> None:
    path = f"{shared.account()}/insights"
    plain = shared.get(path, time_range='{"since":"2026-03-02","until":"2026-03-03"}')
    brackets = {"time_range[since]": "2026-03-02", "time_range[until]": "2026-03-03"}

    assert shared.get(path, **brackets)["data"] == plain["data"]
    quoted = shared.get(path, time_range="{'since':'2026-03-02','until':'2026-03-03'}")
    assert quoted["data"] == plain["data"]
    nested = {
        "filtering[0][field]": "spend",
        "filtering[0][operator]": "GREATER_THAN",
        "filtering[0][value]": "1000000",
    }
    assert shared.get(path, **nested) == {"data": []}


def test_many_ids_may_ask_an_edge_of_each(shared: Caller) -> None:
    first, second = shared.account(0), shared.account(1)
    both = shared.get("campaigns", ids=f"{first},{second}", fields="account_id", limit="1")
    insights = shared.get("insights", ids=f"{first},{second}", level="campaign", limit="1")

    assert {one: page["data"][0]["account_id"] for one, page in both.items()} == {
        first: first[4:],
        second: second[4:],
    }
    following = httpx.get(insights[first]["paging"]["next"], trust_env=False).json()
    assert following["data"][0]["account_id"] == first[4:]


def test_answers_carry_the_headers_of_the_platform(shared: Caller) -> None:
    answer = shared.raw("GET", shared.account())

    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert answer.headers["facebook-api-version"] == "v26.0"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"x-fb-trace-id", "x-fb-request-id", "x-app-usage", "date"} <= set(answer.headers)


def test_unversioned_batches_name_versions_in_their_items(shared: Caller) -> None:
    account = shared.account()
    items = [
        {"method": "GET", "relative_url": f"v25.0/{account}"},
        {"method": "GET", "relative_url": account},
    ]
    answers = shared.http.post("/", data=asked(shared, batch=json.dumps(items))).json()

    assert [answer["code"] for answer in answers] == [200, 400]


def test_items_may_bring_their_own_token(fresh: Caller) -> None:
    user = fresh.get("me")["id"]
    weak = fresh.control("POST", "tokens", {"user": user, "scopes": ["ads_read"]})["access_token"]
    campaign = fresh.with_campaign_budget()["id"]
    items = [
        {"method": "POST", "relative_url": f"{campaign}?access_token={weak}", "body": "name=a"},
        {"method": "POST", "relative_url": campaign, "body": f"name=b&access_token={weak}"},
        {"method": "POST", "relative_url": campaign, "body": "name=c"},
    ]

    assert [answer["code"] for answer in fresh.batch(*items)] == [400, 400, 200]
    assert fresh.get(campaign, fields="name")["name"] == "c"


def test_items_take_values_out_of_earlier_lists(shared: Caller) -> None:
    account = shared.account()
    page = shared.get(f"{account}/campaigns", limit="3", fields="id")["data"]
    answers = shared.batch(
        {
            "method": "GET",
            "name": "list",
            "relative_url": f"{account}/campaigns?limit=3&fields=id",
            "omit_response_on_success": False,  # type: ignore[dict-item]  # as Meta writes it
        },
        {"method": "GET", "relative_url": "?ids={result=list:$.data.*.id}"},
        {"method": "GET", "relative_url": "{result=list:$.data.0.id}"},
        {"method": "GET", "relative_url": "{result=list:$.data[1].id}", "depends_on": "list"},
    )

    assert answers[0]["code"] == 200
    assert set(json.loads(answers[1]["body"])) == {row["id"] for row in page}
    assert json.loads(answers[2]["body"]) == {"id": page[0]["id"]}
    assert json.loads(answers[3]["body"]) == {"id": page[1]["id"]}


def test_too_large_an_answer_asks_to_reduce(fresh: Caller) -> None:
    fresh.control("POST", "limits", {"read_nodes": 5})
    answer = fresh.raw("GET", f"{fresh.account()}/ads", limit="25")

    assert answer.status_code == 500
    error = fresh.refusal(answer)
    assert error["code"] == 1
    assert error["message"].startswith("Please reduce the amount of data")
    assert fresh.raw("GET", f"{fresh.account()}/ads", limit="5").status_code == 200


@pytest.mark.parametrize("form", ["campaigns.colour(red){id}", "insights.breakdown(age){spend}"])
def test_unknown_modifiers_are_refused(shared: Caller, form: str) -> None:
    error = shared.refusal(shared.raw("GET", shared.account(), fields=form))

    assert error["code"] == 100


@pytest.mark.parametrize("edge", ["campaigns", "insights"])
def test_next_addresses_carry_the_token_however_it_came(shared: Caller, edge: str) -> None:
    answer = shared.http.get(
        f"/v26.0/{shared.account()}/{edge}",
        params={"limit": "1", "level": "campaign"} if edge == "insights" else {"limit": "1"},
        headers={"Authorization": f"Bearer {shared.address.access_token}"},
    ).json()

    following = httpx.get(answer["paging"]["next"], trust_env=False)
    assert following.status_code == 200
    assert following.json()["data"] != answer["data"]


def test_a_wrong_time_range_of_an_object_is_ignored(shared: Caller) -> None:
    campaign = shared.with_campaign_budget()["id"]

    assert shared.get(campaign, time_range="nonsense") == {"id": campaign}
    assert shared.get(f"{shared.account()}/campaigns", time_range="nonsense")["data"]


def test_a_batch_may_be_kept_to_one_ad_set_of_a_campaign(fresh: Caller) -> None:
    campaign = next(
        row
        for row in fresh.every(f"{fresh.account()}/campaigns", fields="id,adsets{id}")
        if len(row["adsets"]["data"]) > 1
    )
    items = [
        {"method": "POST", "relative_url": row["id"], "body": "name=x"}
        for row in campaign["adsets"]["data"][:2]
    ]

    assert [answer["code"] for answer in fresh.batch(*items)] == [200, 200]
    fresh.control("POST", "limits", {"refuse_sibling_adsets": True})
    assert [answer["code"] for answer in fresh.batch(*items)] == [200, 400]


def test_crash_reports_of_the_sdk_are_taken_in(shared: Caller) -> None:
    assert shared.post(f"{shared.address.app_id}/instruments", bugs="[]") == {"success": True}
