"""Who a token speaks for, what it may do, and how it stops working."""

from __future__ import annotations

import hashlib
import hmac

import httpx
import pytest

from tests.sync.sandbox.graph.graph_client import Caller, Json


def with_token(caller: Caller, method: str, path: str, token: str, **params: str) -> httpx.Response:
    return caller.http.request(method, f"/v26.0/{path}", params={"access_token": token, **params})


def issued(caller: Caller, **options: Json) -> str:
    """Issue a token for the sandbox's own user."""
    user = caller.get("me")["id"]
    return str(caller.control("POST", "tokens", {"user": user, **options})["access_token"])


def agency(caller: Caller) -> str:
    rows = caller.get("me/businesses", fields="id,name")["data"]
    return next(str(row["id"]) for row in rows if row["name"] == "Sandbox agency")


@pytest.mark.parametrize("subcode", [None, 458, 459, 460, 463, 464, 467, 492])
def test_every_way_a_token_fails_is_190(fresh: Caller, subcode: int | None) -> None:
    fresh.control("POST", "tokens", {"error_subcode": subcode or 0})
    answer = fresh.raw("GET", "me")
    error = fresh.refusal(answer)

    assert (answer.status_code, error["type"], error["code"]) == (400, "OAuthException", 190)
    assert error.get("error_subcode") == subcode
    if subcode is not None:
        assert error["message"].startswith("Error validating access token: ")
    asked = f"{fresh.address.app_id}|{fresh.address.app_secret}"
    seen = with_token(
        fresh, "GET", "debug_token", asked, input_token=fresh.address.access_token
    ).json()["data"]
    assert (seen["is_valid"], seen["scopes"], seen["error"]["code"]) == (False, [], 190)
    fresh.control("POST", "tokens", {"error_subcode": None})
    assert fresh.raw("GET", "me").status_code == 200


def test_a_token_expires_and_cannot_be_exchanged_then(fresh: Caller) -> None:
    token = issued(fresh, expires_in=3600)
    app = {"client_id": fresh.address.app_id, "client_secret": fresh.address.app_secret}
    asked = {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": token}
    fresh.control("POST", "advance", {"hours": 1.01})

    error = fresh.refusal(with_token(fresh, "GET", "me", token))
    assert (error["code"], error["error_subcode"]) == (190, 463)
    assert "Session has expired on Tuesday, 10-Mar-26 10:30:00" in error["message"]
    late = fresh.http.get("/v26.0/oauth/access_token", params=asked)
    assert (late.status_code, fresh.refusal(late)["error_subcode"]) == (400, 463)


@pytest.mark.parametrize(
    ("scopes", "method", "path", "refused"),
    [
        (
            ["public_profile"],
            "GET",
            "{account}/campaigns",
            (400, 100, "(#100) Missing permissions"),
        ),
        (["ads_read"], "POST", "{campaign}", (400, 294, "(#294) Managing advertisements requires")),
        (["ads_read"], "DELETE", "{campaign}", (400, 294, "(#294)")),
        (["ads_read"], "POST", "{account}/campaigns", (400, 294, "(#294)")),
        (["ads_management"], "GET", "me/businesses", (403, 200, "(#200) Requires business_manage")),
        (["ads_management"], "GET", "{business}", (403, 200, "(#200) Requires business_manage")),
    ],
)
def test_a_missing_permission_is_named(
    fresh: Caller, scopes: list[str], method: str, path: str, refused: tuple[int, int, str]
) -> None:
    names = {
        "account": fresh.account(),
        "campaign": fresh.with_campaign_budget()["id"],
        "business": agency(fresh),
    }
    answer = with_token(fresh, method, path.format(**names), issued(fresh, scopes=scopes))
    error = fresh.refusal(answer)

    assert (answer.status_code, error["code"]) == refused[:2]
    assert error["message"].startswith(refused[2])
    assert fresh.ledger() == []


@pytest.mark.parametrize("path", ["{account}/insights", "{account}/campaigns", "{campaign}"])
def test_ads_read_reads_everything_and_asks_for_reports(fresh: Caller, path: str) -> None:
    token = issued(fresh, scopes=["ads_read"])
    account = fresh.account()
    path = path.format(account=account, campaign=fresh.with_campaign_budget()["id"])

    assert with_token(fresh, "GET", path, token).status_code == 200
    assert with_token(fresh, "POST", f"{account}/insights", token).status_code == 200


@pytest.mark.parametrize(
    ("limits", "method", "code"),
    [
        ({"app_has_permission": False}, "GET", 10),
        ({"app_allow_listed": False}, "POST", 294),
        ({"tier": "development_access", "app_admin": False}, "GET", 270),
    ],
)
def test_an_app_may_lack_what_the_token_has(
    fresh: Caller, limits: Json, method: str, code: int
) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.control("POST", "limits", limits)

    answer = fresh.raw(method, campaign)
    assert (answer.status_code, fresh.refusal(answer)["code"]) == (400, code)
    assert fresh.raw("GET", "me").status_code == 200


def test_a_token_of_some_accounts_sees_no_other(fresh: Caller) -> None:
    mine, other = fresh.account(0), fresh.account(1)
    theirs = fresh.get(f"{other}/campaigns")["data"][0]["id"]
    token = issued(fresh, accounts=[mine])

    listed = with_token(fresh, "GET", "me/adaccounts", token).json()["data"]
    account = with_token(fresh, "GET", other, token)
    campaign = with_token(fresh, "GET", theirs, token)
    assert [row["id"] for row in listed] == [mine]
    assert (account.status_code, fresh.refusal(account)["code"]) == (403, 200)
    assert fresh.refusal(campaign)["error_subcode"] == 33


def test_an_agency_has_clients_and_system_users(fresh: Caller) -> None:
    office = agency(fresh)
    accounts = {row["id"] for row in fresh.get("me/adaccounts")["data"]}
    clients = fresh.get(f"{office}/client_ad_accounts", fields="id,name")["data"]

    assert {row["id"] for row in clients} == accounts
    assert fresh.get(f"{office}/owned_ad_accounts") == {"data": []}
    found = fresh.get(f"{office}/client_ad_accounts", search_query="beta", fields="name")["data"]
    assert [row["name"] for row in found] == ["Beta HU"]
    assert [row["id"] for row in fresh.get(f"{office}/system_users")["data"]] == [
        fresh.get("me")["id"]
    ]


def test_a_system_user_gets_a_token_that_never_ends(fresh: Caller) -> None:
    office, account = agency(fresh), fresh.account(1)
    user = fresh.post(f"{office}/system_users", name="Robot", role="EMPLOYEE")["id"]
    asked = {"system_user_id": user, "scope": '["ads_read"]', "asset": f"[{account[4:]}]"}
    token = fresh.post(f"{office}/system_user_access_tokens", **asked)["access_token"]
    short = fresh.post(
        f"{office}/system_user_access_tokens",
        set_token_expires_in_60_days="true",
        **asked,
    )["access_token"]

    me = with_token(fresh, "GET", "me", token, fields="id,name,role").json()
    assert me == {"id": user, "name": "Robot", "role": "EMPLOYEE"}
    assigned = with_token(fresh, "GET", f"{user}/assigned_ad_accounts", token).json()["data"]
    assert [row["id"] for row in assigned] == [account]

    def seen(text: str) -> Json:
        app = f"{fresh.address.app_id}|{fresh.address.app_secret}"
        return with_token(fresh, "GET", "debug_token", app, input_token=text).json()["data"]

    assert (seen(token)["type"], seen(token)["expires_at"]) == ("SYSTEM_USER", 0)
    assert seen(token)["granular_scopes"] == [{"scope": "ads_read", "target_ids": [account[4:]]}]
    days = (seen(short)["expires_at"] - seen(short)["issued_at"]) / 86400
    assert 59 < days < 61


def test_permissions_are_taken_back_one_by_one_or_all(fresh: Caller) -> None:
    token = issued(fresh)
    fresh.delete("me/permissions", permission="ads_management")
    rows = with_token(fresh, "GET", "me/permissions", token).json()["data"]

    assert {"permission": "ads_management", "status": "declined"} in rows
    assert {"permission": "ads_read", "status": "granted"} in rows
    assert fresh.delete("me/permissions") == {"success": True}
    error = fresh.refusal(with_token(fresh, "GET", "me", token))
    assert (error["code"], error["error_subcode"]) == (190, 458)
    assert fresh.address.app_id in error["message"]


def test_an_app_token_speaks_for_nobody(shared: Caller) -> None:
    app = f"{shared.address.app_id}|{shared.address.app_secret}"

    assert shared.refusal(with_token(shared, "GET", "me", app))["code"] == 2500
    assert shared.refusal(with_token(shared, "GET", shared.account(), app))["code"] == 200
    own = with_token(shared, "GET", shared.address.app_id, app, fields="id,name").json()
    assert own["id"] == shared.address.app_id
    seen = with_token(shared, "GET", "debug_token", app, input_token=app).json()["data"]
    assert (seen["type"], seen["is_valid"], "user_id" in seen) == ("APP", True, False)


def test_a_proof_may_be_required(fresh: Caller) -> None:
    key, token = fresh.address.app_secret.encode(), fresh.address.access_token
    fresh.control("POST", "limits", {"require_appsecret_proof": True})

    def signed(text: str) -> str:
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    answer = fresh.raw("GET", "me")
    assert (answer.status_code, fresh.refusal(answer)["code"]) == (400, 100)
    assert "appsecret_proof" in fresh.refusal(answer)["message"]
    assert fresh.get("me", appsecret_proof=signed(token))["id"]
    timed = {"appsecret_proof": signed(f"{token}|1770000000"), "appsecret_time": "1770000000"}
    assert fresh.get("me", **timed)["id"]
    batch = {"batch": '[{"method":"GET","relative_url":"me"}]', "appsecret_proof": signed(token)}
    assert fresh.post("", **batch)[0]["code"] == 200


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"colour": 1}, "unknown option"),
        ({"access_token": "EAAx"}, "no such access_token"),
        ({"user": "1"}, "no user"),
        ({"error_subcode": 1}, "error_subcode"),
        ({"expires_in": "x"}, "expires_in"),
        ({"scopes": ["fly"]}, "scope"),
    ],
)
def test_a_wrong_change_of_a_token_is_explained(shared: Caller, body: Json, word: str) -> None:
    answer = shared.http.post("/_sandbox/tokens", json=body)

    assert answer.status_code == 400
    assert word in answer.json()["error"]


def test_a_persons_permissions_expire_after_90_days(fresh: Caller) -> None:
    page = fresh.http.get(
        "/v26.0/dialog/oauth",
        params={
            "client_id": fresh.address.app_id,
            "redirect_uri": "http://localhost/",
            "response_type": "token",
            "confirm": "continue",
        },
    )
    token = page.headers["location"].split("access_token=")[1].split("&")[0]
    fresh.control("POST", "tokens", {"access_token": token, "expires_in": None})

    def status() -> str:
        rows = with_token(fresh, "GET", "me/permissions", token, permission="ads_read")
        return str(rows.json()["data"][0]["status"])

    assert status() == "granted"
    fresh.control("POST", "advance", {"hours": 91 * 24})
    assert status() == "expired"
    assert with_token(fresh, "GET", "me", token).status_code == 200
