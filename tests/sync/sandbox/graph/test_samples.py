"""Answers have the shapes of recorded ones, where those are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT.parent / "shared" / "meta" / "samples"


def sample(name: str) -> Json:
    """Read one recorded payload; skips the test when there are none."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no recorded payloads beside the project ({path.name})")
    return json.loads(path.read_text(encoding="utf-8"))


def recorded_error(code: int, subcode: int | None) -> Json:
    for item in sample("errors_observed.json")["items"]:
        error = item["error"]
        if (error["code"], error.get("error_subcode")) == (code, subcode):
            return item
    raise AssertionError(f"no recorded error {code}/{subcode}")


def provoke(fresh: Caller, code: int, subcode: int | None) -> httpx.Response:
    """Make the sandbox refuse with a code, by its own rules or a fault."""
    account = fresh.account()
    if code == 190:
        fresh.fault("token_expired", path="/me$")
        return fresh.raw("GET", "me")
    if code in (80000, 80004, 17):
        fresh.fault("rate_limit", path="/campaigns$", code=code)
        return fresh.raw("GET", f"{account}/campaigns")
    if subcode == 33:
        return fresh.raw("GET", "123")
    if subcode == 1815573:
        creative = fresh.get(f"{account}/adcreatives")["data"][0]["id"]
        return fresh.post_raw(creative, title="x")
    if subcode == 3858079:
        return fresh.post_raw(
            f"{account}/adsets",
            name="s",
            campaign_id=fresh.with_campaign_budget()["id"],
            optimization_goal="REACH",
            billing_event="IMPRESSIONS",
            targeting='{"geo_locations":{"countries":["FR"]}}',
        )
    return fresh.post_raw(fresh.with_own_budget()["id"], daily_budget="1")


@pytest.mark.parametrize(
    ("code", "subcode"),
    [
        (190, 463),
        (80000, 2446079),
        (80004, 2446079),
        (17, None),
        (100, 33),
        (100, 1815573),
        (100, 3858079),
        (100, 1885272),
    ],
)
def test_refusals_have_the_recorded_shape(fresh: Caller, code: int, subcode: int | None) -> None:
    recorded = recorded_error(code, None if code == 17 else subcode)
    answer = provoke(fresh, code, subcode)
    error, wanted = answer.json()["error"], recorded["error"]

    assert answer.status_code == recorded["status"]
    assert error["code"] == code
    assert error.get("error_subcode") == (2446079 if code == 17 else subcode)
    assert set(wanted) - {"fbtrace_id"} <= set(error)
    assert error["message"].split(" ")[:3] == wanted["message"].split(" ")[:3]
    assert all(
        type(error[key]) is type(wanted[key])
        for key in wanted
        if key != "error_data"  # both a text and an object were seen
    )


def test_insights_rows_have_the_recorded_shape(shared: Caller) -> None:
    recorded = sample("insights_ad_daily_product_id.json")["data"][0]
    known = [name for name in recorded if name not in ("product_id", "date_start", "date_stop")]
    rows = shared.every(
        f"{shared.account()}/insights",
        level="ad",
        time_increment="1",
        date_preset="last_7d",
        limit="1000",
        fields=",".join(known),
        action_attribution_windows='["1d_click","7d_click","28d_click"]',
    )
    seen = {name: value for row in rows for name, value in row.items()}

    assert set(known) <= set(seen)
    for name in known:
        assert type(seen[name]) is type(recorded[name]), name
    click = next(a for a in seen["actions"] if a["action_type"] == "link_click")
    assert set(click) == {"action_type", "value", "1d_click", "7d_click", "28d_click"}


def test_usage_headers_have_the_recorded_shape(shared: Caller) -> None:
    recorded = sample("rate_limit_headers.json")
    answer = shared.raw("GET", f"{shared.account()}/insights")

    for name in ("X-App-Usage", "X-Ad-Account-Usage"):
        assert set(json.loads(answer.headers[name])) == set(recorded[f"{name} (C)"])
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])
    (probe,) = recorded["X-Business-Use-Case-Usage (P)"].values()
    assert set(next(iter(usage.values()))[0]) == set(probe[0])
    throttle = json.loads(answer.headers["X-FB-Ads-Insights-Throttle"])
    assert set(throttle) == set(recorded["X-FB-Ads-Insights-Throttle (C)"])


def test_recorded_sdk_requests_are_understood(fresh: Caller) -> None:
    account = fresh.account()
    adsets = [row["id"] for row in fresh.get(f"{account}/adsets", limit="2")["data"]]
    ids = {
        "act_123": account,
        "1": fresh.with_campaign_budget()["id"],
        "2": fresh.with_own_budget()["id"],
        "3": fresh.get(f"{account}/ads")["data"][0]["id"],
        "4": adsets[0],
    }
    for step in sample("sdk_request_transcript.json")["steps"]:
        for request in step["requests"]:
            if "602392" in request["raw_path"]:
                continue
            path = request["raw_path"]
            for old, new in ids.items():
                path = path.replace(f"/{old}/", f"/{new}/")
            query = {**request["query"], "access_token": fresh.address.access_token}
            query.pop("appsecret_proof", None)
            query.pop("after", None)
            if query.get("ids"):
                query["ids"] = ",".join(ids[one] for one in query["ids"].split(","))
            answer = fresh.http.request(
                request["method"], path, params=query, data=request["body"] or None
            )
            assert answer.status_code in (200, 400), (path, answer.text)
            assert answer.json() is not None
            if request["method"] == "GET":
                assert answer.status_code == 200, (path, answer.text)


def test_object_fields_have_the_recorded_names_and_forms(shared: Caller) -> None:
    recorded = sample("objects_airbyte_expected_records.json")
    account = shared.account()
    retyped = {"budget_remaining", "daily_budget", "lifetime_budget", "source_campaign_id"}
    for kind, path in (("campaign", "campaigns"), ("ad_set", "adsets"), ("ad", "ads")):
        names = [n for n in recorded[kind] if n not in ("conversion_specs", "tracking_specs")]
        rows = shared.every(f"{account}/{path}", fields=",".join(names))
        seen = {name: value for row in rows for name, value in row.items()}
        for name in {*names} & {*seen} - retyped:
            assert type(seen[name]) is type(recorded[kind][name]), (kind, name)
        assert {"id", "name", "effective_status", "created_time"} <= set(seen)
        assert all(isinstance(seen[name], str) for name in retyped & {*seen})


def test_every_recorded_error_can_be_scripted_word_for_word(fresh: Caller) -> None:
    for item in sample("errors_observed.json")["items"]:
        status = item["status"] or 400
        fresh.fault("error", path="/me$", http_status=status, error=item["error"])
        answer = fresh.raw("GET", "me")

        assert (answer.status_code, answer.json()) == (status, {"error": item["error"]})


def test_every_recorded_error_is_known_by_its_numbers(fresh: Caller) -> None:
    """The form comes from code and subcode; only texts of the same numbers differ."""
    for item in sample("errors_observed.json")["items"]:
        wanted = item["error"]
        numbers = {"code": wanted["code"]}
        if "error_subcode" in wanted:
            numbers["subcode"] = wanted["error_subcode"]
        fresh.fault("error", path="/me$", **numbers)
        answer = fresh.raw("GET", "me")
        error = answer.json()["error"]

        assert answer.status_code == (item["status"] or 400), wanted
        assert set(wanted) - {"fbtrace_id", "type"} <= set(error), (wanted, error)
        assert error.get("type") == wanted.get("type") or "subcode" not in numbers, wanted
        for name in set(wanted) - {"fbtrace_id", "type", "message", "error_user_msg"}:
            if name != "error_data":
                assert error[name] == wanted[name], (name, wanted)
