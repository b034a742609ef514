"""Login: dialog, exchange, inspection, permissions, proof."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sync.sandbox.graph.graph_client import Caller

REDIRECT = "http://localhost:51234/"


def app(caller: Caller) -> dict[str, str]:
    return {"client_id": caller.address.app_id, "client_secret": caller.address.app_secret}


def consent(caller: Caller, **params: str) -> str:
    """Follow the dialog's link and return where it sends the browser."""
    asked = {
        "client_id": caller.address.app_id,
        "redirect_uri": REDIRECT,
        "state": "s 1",
        "confirm": "continue",
        **params,
    }
    answer = caller.http.get("/v26.0/dialog/oauth", params=asked)
    assert answer.status_code == 302
    return str(answer.headers["location"])


def log_in(caller: Caller, **params: str) -> str:
    query = parse_qs(urlsplit(consent(caller, **params)).query)
    assert query["state"] == ["s 1"]
    answer = caller.http.get(
        "/v26.0/oauth/access_token",
        params={**app(caller), "redirect_uri": REDIRECT, "code": query["code"][0]},
    ).json()
    assert answer["token_type"] == "bearer"
    return str(answer["access_token"])


def test_the_dialog_page_offers_both_ways(shared: Caller) -> None:
    page = shared.http.get(
        "/v26.0/dialog/oauth",
        params={"client_id": shared.address.app_id, "redirect_uri": REDIRECT, "scope": "ads_read"},
    )

    assert page.headers["content-type"].startswith("text/html")
    assert "confirm=continue" in page.text
    assert "confirm=cancel" in page.text


def test_a_code_becomes_a_short_token_and_then_a_long_one(fresh: Caller) -> None:
    short = log_in(fresh)
    answer = fresh.http.get(
        "/v26.0/oauth/access_token",
        params={**app(fresh), "grant_type": "fb_exchange_token", "fb_exchange_token": short},
    ).json()
    fresh.control("POST", "advance", {"hours": 3})
    expired = fresh.http.get("/v26.0/me", params={"access_token": short})

    assert answer["expires_in"] == 5183944
    assert fresh.refusal(expired)["error_subcode"] == 463
    long = fresh.http.get("/v26.0/me", params={"access_token": answer["access_token"]})
    assert long.status_code == 200


def test_a_code_works_once_and_with_its_own_address(fresh: Caller) -> None:
    code = parse_qs(urlsplit(consent(fresh)).query)["code"][0]
    wrong = {**app(fresh), "code": code, "redirect_uri": "http://elsewhere/"}

    assert fresh.refusal(fresh.http.get("/v26.0/oauth/access_token", params=wrong))["code"] == 100
    again = {**wrong, "redirect_uri": REDIRECT}
    assert fresh.refusal(fresh.http.get("/v26.0/oauth/access_token", params=again))["code"] == 100


def test_token_response_and_denial_reach_the_redirect(shared: Caller) -> None:
    token = urlsplit(consent(shared, response_type="token"))
    denied = parse_qs(urlsplit(consent(shared, confirm="cancel")).query)

    assert "access_token" in parse_qs(token.fragment)
    assert denied["error"] == ["access_denied"]
    assert denied["error_reason"] == ["user_denied"]


def test_debug_token_tells_valid_from_invalid(shared: Caller) -> None:
    asked = {"access_token": f"{shared.address.app_id}|{shared.address.app_secret}"}
    good = shared.http.get(
        "/v26.0/debug_token", params={**asked, "input_token": shared.address.access_token}
    ).json()["data"]
    bad = shared.http.get("/v26.0/debug_token", params={**asked, "input_token": "nonsense"})

    assert (good["is_valid"], good["expires_at"], good["type"]) == (True, 0, "SYSTEM_USER")
    assert "ads_management" in good["scopes"]
    assert bad.status_code == 200
    assert bad.json()["data"]["is_valid"] is False
    assert bad.json()["data"]["error"]["code"] == 190


def test_scopes_bound_what_a_token_may_do(fresh: Caller) -> None:
    token = log_in(fresh, scope="ads_read")
    campaign = fresh.with_campaign_budget()["id"]
    asked = {"access_token": token}

    granted = fresh.http.get("/v26.0/me/permissions", params=asked).json()["data"]
    assert {"permission": "ads_read", "status": "granted"} in granted
    assert fresh.http.get(f"/v26.0/{campaign}", params=asked).status_code == 200
    write = fresh.http.post(f"/v26.0/{campaign}", params=asked, data={"status": "PAUSED"})
    assert (write.status_code, fresh.refusal(write)["code"]) == (403, 200)
    assert "WWW-Authenticate" in write.headers
    read = fresh.http.get("/v26.0/me/businesses", params=asked)
    assert read.status_code == 403


@pytest.mark.parametrize(("path", "code"), [("me", 2500), ("act_1/campaigns", 104)])
def test_a_missing_token_is_refused(shared: Caller, path: str, code: int) -> None:
    assert shared.refusal(shared.http.get(f"/v26.0/{path}"))["code"] == code


def test_an_unknown_token_is_190(shared: Caller) -> None:
    answer = shared.http.get("/v26.0/me", params={"access_token": "EAAwrong"})

    assert (answer.status_code, shared.refusal(answer)["code"]) == (400, 190)
    assert "error_subcode" not in shared.refusal(answer)


def test_a_given_proof_must_be_right(shared: Caller) -> None:
    key, token = shared.address.app_secret, shared.address.access_token
    right = hmac.new(key.encode(), token.encode(), hashlib.sha256).hexdigest()

    assert shared.get("me", appsecret_proof=right)
    error = shared.refusal(shared.raw("GET", "me", appsecret_proof="0" * 64))
    assert "Invalid appsecret_proof" in error["message"]
