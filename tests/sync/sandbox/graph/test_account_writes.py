"""Ad accounts: spend caps in major units, their rate, and what they hold back."""

from __future__ import annotations

import pytest

from tests.sync.sandbox.graph.graph_client import Caller
from tests.sync.sandbox.graph.write_cases import events, refused


def spent(caller: Caller) -> int:
    return int(caller.get(caller.account(), fields="amount_spent")["amount_spent"])


def test_a_reached_spend_cap_stops_the_account(fresh: Caller) -> None:
    account, before = fresh.account(), spent(fresh)
    cap = before + 2000
    fresh.post(account, spend_cap=str(cap / 100))
    fresh.control("POST", "advance", {"hours": 60})

    held = spent(fresh)
    assert before < held <= cap + 100
    fresh.control("POST", "advance", {"hours": 24})
    assert held <= spent(fresh) <= cap + 100
    fresh.post(account, spend_cap_action="delete")
    assert fresh.get(account, fields="spend_cap")["spend_cap"] == "0"
    fresh.control("POST", "advance", {"hours": 24})
    assert spent(fresh) > cap + 100
    assert events(fresh, account[4:]) == [
        "ad_account_remove_spend_limit",
        "ad_account_update_spend_limit",
    ]


def test_a_reset_counts_from_nothing_again(fresh: Caller) -> None:
    account = fresh.account()
    assert spent(fresh) > 0
    fresh.post(account, spend_cap_action="reset")

    assert spent(fresh) == 0
    assert events(fresh, account[4:]) == ["ad_account_reset_spend_limit"]
    assert fresh.ledger()[0]["level"] == "account"


def test_only_changes_count_towards_ten_a_day(fresh: Caller) -> None:
    account = fresh.account()
    for step in range(10):
        fresh.post(account, spend_cap=str(100_000 + step))
        fresh.post(account, spend_cap=str(100_000 + step))

    assert refused(fresh, account, spend_cap="5") == (17, 1885172)
    fresh.post(account, name="other fields still change")


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"spend_cap": "-1"}, (100, None)),
        ({"spend_cap": "lots"}, (100, None)),
        ({"spend_cap_action": "double"}, (100, None)),
        ({"currency": "EUR"}, (2615, None)),
        ({"timezone_id": "1"}, (2615, None)),
        ({"name": ""}, (100, None)),
        ({"budget": "1"}, (100, None)),
    ],
)
def test_what_an_account_does_not_take(
    shared: Caller, form: dict[str, str], wanted: tuple[int, int | None]
) -> None:
    assert refused(shared, shared.account(), **form) == wanted


def test_an_account_takes_a_name_and_its_end_advertiser(fresh: Caller) -> None:
    account = fresh.account()
    fresh.post(account, name="Alpha", end_advertiser="77", media_agency="88")

    found = fresh.get(account, fields="name,end_advertiser,media_agency")
    assert found == {"id": account, "name": "Alpha", "end_advertiser": "77", "media_agency": "88"}
    assert "ad_account_set_business_information" in events(fresh, account[4:])


def test_apps_are_subscribed_to_an_accounts_changes(fresh: Caller) -> None:
    path, app = f"{fresh.account()}/subscribed_apps", fresh.address.app_id
    assert fresh.get(path)["data"] == []
    assert fresh.post(path, app_id=app) == {"success": True}

    assert [row["app_id"] for row in fresh.get(path)["data"]] == [app]
    assert refused(fresh, path, app_id="1") == (100, None)
    assert fresh.delete(path) == {"success": True}
    assert fresh.get(path)["data"] == []
