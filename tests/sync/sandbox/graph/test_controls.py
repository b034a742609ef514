"""The sandbox's own controls, its logs and its sameness."""

from __future__ import annotations

import json

import pytest

from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.server import sandbox_in_thread
from tests.sync.sandbox.graph.conftest import SHORT
from tests.sync.sandbox.graph.graph_client import Caller, Json


def test_advance_moves_the_clock_and_the_date_header(fresh: Caller) -> None:
    assert fresh.raw("GET", "me").headers["date"] == "Tue, 10 Mar 2026 09:30:00 GMT"
    fresh.control("POST", "advance", {"hours": 1.5})
    answer = fresh.raw("GET", "me")

    assert answer.headers["date"] == "Tue, 10 Mar 2026 11:00:00 GMT"
    assert answer.headers.get_list("date") == [answer.headers["date"]]
    assert "server" not in answer.headers
    assert fresh.control("GET", "state")["now"] == "2026-03-10T11:00:00+00:00"


@pytest.mark.parametrize("body", [{}, {"hours": "1"}, {"hours": -1}, [1], {"hours": True}])
def test_a_wrong_advance_is_explained(shared: Caller, body: object) -> None:
    answer = shared.http.post("/_sandbox/advance", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_state_counts_the_world(fresh: Caller) -> None:
    state = fresh.control("GET", "state")

    assert (state["seed"], state["clock"], state["history_days"]) == (7, "manual", 14)
    assert state["counts"]["accounts"] == 2
    assert state["counts"]["campaigns"] == 9
    assert state["requests"] == 0


def test_requests_are_logged_without_secrets(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.post_raw(campaign, daily_budget="1", access_token=fresh.address.access_token)
    log = fresh.control("GET", "requests")["data"]
    last = log[-1]

    assert (last["method"], last["path"], last["status"]) == ("POST", f"/v26.0/{campaign}", 400)
    assert last["query"]["access_token"] == "<hidden>"
    assert last["form"] == {"daily_budget": "1", "access_token": "<hidden>"}
    assert fresh.address.access_token not in json.dumps(log)
    assert fresh.control("GET", f"requests?after={last['seq']}")["data"] == []


def test_the_ledger_is_read_from_a_number_on(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()["id"]
    fresh.post(campaign, name="a", status="PAUSED")
    fresh.post(campaign, name="b")

    assert [row["seq"] for row in fresh.ledger()] == [1, 2, 3]
    later = fresh.control("GET", "ledger?after=2")["data"]
    assert [(row["field"], row["before"], row["after"]) for row in later] == [("name", "a", "b")]
    assert later[0]["request_id"] != fresh.ledger()[0]["request_id"]


def test_unknown_limits_are_refused(shared: Caller) -> None:
    answer = shared.http.post("/_sandbox/limits", json={"nonsense": 1})

    assert answer.status_code == 400
    assert "nonsense" in answer.json()["error"]


def test_the_same_calls_give_the_same_bytes() -> None:
    def run() -> list[bytes]:
        with sandbox_in_thread(parse_scenario(SHORT)) as address:
            caller = Caller(address)
            account, campaign = caller.account(), caller.with_campaign_budget()
            caller.post(campaign["id"], daily_budget="20000")
            caller.post(f"{campaign['id']}/copies")
            caller.control("POST", "advance", {"hours": 30})
            answers = [
                caller.raw("GET", f"{account}/campaigns", fields="id,name,updated_time"),
                caller.raw("GET", f"{account}/activities"),
                caller.raw("GET", f"{account}/nonsense"),
                caller.raw(
                    "GET", f"{account}/insights", level="ad", fields="spend,actions", limit="5000"
                ),
                caller.http.get("/_sandbox/ledger"),
            ]
            port = address.url.rpartition(":")[2].encode()
            caller.http.close()
            return [answer.content.replace(port, b"PORT") for answer in answers]

    assert run() == run()


def test_foreign_edits_stand_in_the_history_and_not_in_the_ledger() -> None:
    events: list[Json] = [
        {"kind": "foreign_edit", "at_hour": 1, "hours": 1, "factor": 1.5, "share": 1.0}
    ]
    with sandbox_in_thread(parse_scenario({**SHORT, "events": events})) as address:
        caller = Caller(address)
        caller.control("POST", "advance", {"hours": 2})
        rows = caller.every(
            f"{caller.account()}/activities", fields="actor_id,event_type,object_id"
        )
        ledger = caller.ledger()
        me = caller.get("me", fields="id")["id"]
        caller.http.close()

    assert rows
    assert me not in {row["actor_id"] for row in rows}
    assert ledger == []


def test_counterfactuals_speak_of_both_worlds(fresh: Caller) -> None:
    campaign = fresh.with_campaign_budget()
    asked = {
        "object_id": campaign["id"],
        "changes": {"daily_budget": 2 * int(campaign["daily_budget"])},
        "hours": 24,
    }
    answer = fresh.control("POST", "counterfactual", asked)

    assert answer == fresh.control("POST", "counterfactual", asked)
    assert fresh.ledger() == []
    wrong = fresh.http.post("/_sandbox/counterfactual", json={**asked, "object_id": "1"})
    assert (wrong.status_code, "'1'" in wrong.json()["error"]) == (400, True)
