"""People, businesses, permissions and accounts through Meta's own SDK."""

from __future__ import annotations

from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.systemuser import SystemUser
from facebook_business.adobjects.user import User
from facebook_business.exceptions import FacebookRequestError

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.sdk.conftest import sdk_on

Sdk = Any  # the SDK ships no types


def test_a_user_has_accounts_businesses_and_permissions(read_account: Sdk) -> None:
    me = User("me").api_get(fields=["id", "name"])
    cursor = User("me").get_ad_accounts(fields=["name", "currency", "account_status"])
    accounts = list(cursor)
    businesses = list(User("me").get_businesses(fields=["name"]))
    permissions = {row["permission"]: row["status"] for row in User("me").get_permissions()}

    assert me["id"].isdigit()
    assert [a["currency"] for a in accounts] == ["USD", "HUF"]
    assert cursor.total() == 2
    assert {b["name"] for b in businesses} == {"Sandbox agency", "Alpha", "Beta"}
    assert permissions["ads_management"] == "granted"
    assert type(accounts[0]["account_status"]) is int


def test_a_business_owns_accounts_and_serves_clients(read_account: Sdk) -> None:
    businesses = {b["name"]: b for b in User("me").get_businesses(fields=["name"])}
    agency, client = Business(businesses["Sandbox agency"]["id"]), businesses["Beta"]

    owned = list(Business(client["id"]).get_owned_ad_accounts(fields=["name"]))
    shared = list(agency.get_client_ad_accounts(fields=["name"]))
    found = list(agency.get_client_ad_accounts(fields=["name"], params={"search_query": "Alpha"}))
    assert [a["name"] for a in owned] == ["Beta HU"]
    assert [a["name"] for a in shared] == ["Alpha US", "Beta HU"]
    assert [a["name"] for a in found] == ["Alpha US"]
    assert list(agency.get_owned_ad_accounts()) == []
    assert client.api_get(fields=["verification_status"])["verification_status"] == "verified"


def test_a_system_user_is_made_and_given_a_token(fresh: Caller) -> None:
    with sdk_on(fresh):
        agency = next(
            Business(b["id"])
            for b in User("me").get_businesses(fields=["name"])
            if b["name"] == "Sandbox agency"
        )
        robot = agency.create_system_user(params={"name": "Robot", "role": "EMPLOYEE"})
        with pytest.warns(UserWarning, match="scope"):  # the SDK knows no value of this type
            answer = agency.create_system_user_access_token(
                params={"system_user_id": int(robot["id"]), "scope": ["ads_read"]}
            )
        token = answer.export_all_data()["access_token"]
        names = [row["name"] for row in agency.get_system_users(fields=["name"])]
    with sdk_on(fresh, token):
        mine = [a["id"] for a in SystemUser(robot["id"]).get_assigned_ad_accounts()]
        campaign = AdAccount(mine[0]).get_campaigns()[0]
        with pytest.raises(FacebookRequestError) as refused:
            campaign.api_update(params={"status": "PAUSED"})

    assert names == ["AI-Buyer system user", "Robot"]
    assert len(mine) == 2
    assert refused.value.api_error_code() == 294
    assert fresh.ledger() == []


def test_taken_back_permissions_end_the_token(fresh: Caller) -> None:
    with sdk_on(fresh):
        User("me").api_get(fields=["id"]).delete_permissions()
        with pytest.raises(FacebookRequestError) as refused:
            User("me").api_get()

    assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (190, 458)
