"""Login: dialog, exchange, inspection, permissions, proof."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json

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
    assert (write.status_code, fresh.refusal(write)["code"]) == (400, 294)
    read = fresh.http.get("/v26.0/me/businesses", params=asked)
    assert (read.status_code, fresh.refusal(read)["code"]) == (403, 200)
    assert "WWW-Authenticate" in read.headers


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


VERIFIER = "a-verifier-of-at-least-forty-three-letters-0123"


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@pytest.mark.parametrize(
    ("method", "shown", "told", "status"),
    [
        ("S256", challenge(VERIFIER), VERIFIER, 200),
        ("plain", VERIFIER, VERIFIER, 200),
        ("S256", challenge(VERIFIER), VERIFIER[::-1], 400),
        ("S256", challenge("short"), "short", 400),
        ("S256", challenge(VERIFIER), "", 400),
    ],
)
def test_pkce_needs_no_secret_but_the_verifier(
    shared: Caller, method: str, shown: str, told: str, status: int
) -> None:
    address = consent(shared, code_challenge=shown, code_challenge_method=method)
    code = parse_qs(urlsplit(address).query)["code"][0]
    asked = {"client_id": shared.address.app_id, "redirect_uri": REDIRECT, "code": code}
    answer = shared.http.get("/v26.0/oauth/access_token", params={**asked, "code_verifier": told})

    assert answer.status_code == status
    if status == 400:
        assert "code_verifier" in shared.refusal(answer)["message"]


def test_a_code_without_a_challenge_needs_the_secret(shared: Caller) -> None:
    code = parse_qs(urlsplit(consent(shared)).query)["code"][0]
    asked = {"client_id": shared.address.app_id, "redirect_uri": REDIRECT, "code": code}
    answer = shared.http.get(
        "/v26.0/oauth/access_token", params={**asked, "code_verifier": VERIFIER}
    )

    assert "client_secret" in shared.refusal(answer)["message"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_secret": "wrong"}, 1),
        ({"client_id": "1"}, 101),
        ({"redirect_uri": "http://localhost:1/"}, 100),
        ({"redirect_uri": ""}, 191),
        ({"code": "AQnothing"}, 100),
        ({"grant_type": "fb_exchange_token"}, 100),
        ({"grant_type": "nonsense"}, 100),
    ],
)
def test_a_wrong_exchange_is_refused(shared: Caller, changed: dict[str, str], code: int) -> None:
    granted = parse_qs(urlsplit(consent(shared)).query)["code"][0]
    asked = {**app(shared), "redirect_uri": REDIRECT, "code": granted, **changed}
    answer = shared.http.get("/v26.0/oauth/access_token", params=asked)

    assert (answer.status_code, shared.refusal(answer)["code"]) == (400, code)


def test_the_embedded_redirect_gets_the_token_behind_the_hash(shared: Caller) -> None:
    success = "https://www.facebook.com/connect/login_success.html"
    location = consent(shared, redirect_uri=success, response_type="token", state="7")
    parts = urlsplit(location)
    found = parse_qs(parts.fragment)

    assert location.startswith(success + "#")
    assert parts.query == ""
    assert found["state"] == ["7"]
    assert found["expires_in"] == ["7200"]
    me = shared.http.get("/v26.0/me", params={"access_token": found["access_token"][0]})
    assert me.status_code == 200
    page = shared.http.get("/connect/login_success.html")
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": "1"}, 101),
        ({"redirect_uri": ""}, 191),
        ({"redirect_uri": "http://elsewhere.example/"}, 191),
        ({"response_type": "cookie"}, 100),
        ({"code_challenge_method": "MD5"}, 100),
        ({"user": "1"}, 100),
    ],
)
def test_a_wrong_dialog_sends_the_browser_nowhere(
    shared: Caller, changed: dict[str, str], code: int
) -> None:
    asked = {
        "client_id": shared.address.app_id,
        "redirect_uri": REDIRECT,
        "confirm": "continue",
        **changed,
    }
    answer = shared.http.get("/v26.0/dialog/oauth", params=asked)

    assert (answer.status_code, shared.refusal(answer)["code"]) == (400, code)


def test_people_are_told_apart_and_may_decline(fresh: Caller) -> None:
    page = fresh.http.get(
        "/v26.0/dialog/oauth",
        params={"client_id": fresh.address.app_id, "redirect_uri": REDIRECT},
    ).text
    second = page.split("id='continue-")[1].split("'")[0]
    first_token = log_in(fresh)
    other_token = log_in(fresh, user=second, scope="ads_read,ads_management",
                         declined="ads_management")  # fmt: skip

    def get(path: str, token: str) -> Json:
        return fresh.http.get(f"/v26.0/{path}", params={"access_token": token}).json()

    assert get("me", other_token)["id"] == second
    assert get("me", first_token)["id"] != second
    assert {"permission": "ads_management", "status": "declined"} in get(
        "me/permissions", other_token
    )["data"]
    kind = {"access_token": f"{fresh.address.app_id}|{fresh.address.app_secret}"}
    seen = fresh.http.get("/debug_token", params={**kind, "input_token": first_token}).json()
    assert seen["data"]["type"] == "USER"
    assert "issued_at" not in seen["data"]


def test_granted_scopes_are_told_when_asked(shared: Caller) -> None:
    query = parse_qs(
        urlsplit(consent(shared, scope="ads_read", return_scopes="true", declined="ads_read")).query
    )

    assert query["granted_scopes"] == ["public_profile"]
    assert query["denied_scopes"] == ["ads_read"]
