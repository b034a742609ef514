"""The loop over HTTP: cycles, decisions, approvals, undo, changes by hand, stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from engine.domain.decision import Reason
from engine.domain.errors import OutcomeUnknown, Refused
from engine.domain.journal import JournalState
from engine.domain.objects import Status
from engine.ports import Activity
from tests.api_world import NOW, SMART_BUDGET, World

pytestmark = pytest.mark.anyio
RAISE: dict[str, object] = {
    key: value for key, value in SMART_BUDGET.items() if key != "ml_enhancement"
}
AUTOMATIC = {**RAISE, "mode": "automatic"}
ASKING = {**RAISE, "mode": "approval"}


async def _run(client: httpx.AsyncClient, rule: dict[str, object]) -> dict[str, object]:
    """Add a rule, run a cycle over its account, return the newest journal row."""
    assert (await client.post("/api/v1/rules", json=rule)).status_code == 201
    ran = await client.post("/api/v1/engine/cycle", json={"accounts": ["act_100"]})
    assert [item["error"] for item in ran.json()["items"]] == [""]
    row: dict[str, object] = (await client.get("/api/v1/journal")).json()["items"][0]
    return row


async def test_an_automatic_rule_acts_once_and_the_journal_says_so(
    client: httpx.AsyncClient, world: World
) -> None:
    row = await _run(client, AUTOMATIC)
    assert (row["state"], row["before"], row["after"]) == ("applied", 5000, 6000)
    assert row["sent_at"] is not None
    assert row["can_undo"]
    await client.post("/api/v1/engine/cycle", json={})
    assert [(write.field, write.value) for write in world.platform.writes] == [
        ("daily_budget", 6000)
    ]
    applied = (await client.get("/api/v1/journal", params={"state": "applied"})).json()
    assert applied["total"] == 1
    dashboard = (await client.get("/api/v1/analytics/dashboard")).json()
    assert dashboard["series"]["marks"] == [{"day": "2026-06-10", "count": 1}]


async def test_a_decision_shows_why_with_its_history(client: httpx.AsyncClient) -> None:
    row = await _run(client, AUTOMATIC)
    decision = (await client.get(f"/api/v1/decisions/{row['id']}")).json()
    assert (decision["outcome"], decision["answer"]) == ("act", "true")
    assert decision["readings"][0]["value"] == 5.0
    assert "ROAS" in decision["rule_words"]["uk"]
    states = [state for _, state, _ in decision["history"]]
    assert states == ["decided", "intent", "sent", "applied"]
    executions = (await client.get(f"/api/v1/rules/{row['rule_id']}/executions")).json()
    assert [one["entry"]["id"] for one in executions["items"]] == [row["id"]]
    performance = (await client.get("/api/v1/analytics/performance")).json()
    assert [(one["decisions"], one["applied"]) for one in performance] == [(1, 1)]


async def test_undo_takes_a_change_back_once(client: httpx.AsyncClient, world: World) -> None:
    row = await _run(client, AUTOMATIC)
    undone = await client.post(f"/api/v1/journal/{row['id']}/undo")
    (back,) = undone.json()["items"]
    assert (back["state"], back["after"], back["undoes"]) == ("applied", 5000, row["id"])
    assert back["actor"] == "owner"
    assert world.platform.objects["1"].daily_budget == 5000
    again = await client.post(f"/api/v1/journal/{row['id']}/undo")
    assert again.status_code == 409
    assert "already" in again.json()["detail"]


async def test_of_many_who_undo_at_once_one_takes_it_back(
    client: httpx.AsyncClient, world: World
) -> None:
    row = await _run(client, AUTOMATIC)
    answers = await asyncio.gather(
        *(client.post(f"/api/v1/journal/{row['id']}/undo") for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert [write.value for write in world.platform.writes] == [6000, 5000]


async def test_of_many_who_decide_at_once_one_is_heard(
    client: httpx.AsyncClient, world: World
) -> None:
    row = await _run(client, ASKING)
    words = ("reject", "approve", "reject", "reject", "approve")
    answers = await asyncio.gather(
        *(client.post(f"/api/v1/decisions/{row['id']}/{word}") for word in words)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    (kept,) = (await client.get("/api/v1/journal")).json()["items"]
    assert len(world.platform.writes) == (kept["state"] == "applied")


async def test_undo_never_overwrites_what_a_person_did_later(
    client: httpx.AsyncClient, world: World
) -> None:
    row = await _run(client, AUTOMATIC)
    world.platform.objects["1"] = replace(world.platform.objects["1"], daily_budget=9900)
    refused = await client.post(f"/api/v1/journal/{row['id']}/undo")
    assert refused.status_code == 409
    assert "99.00" in refused.json()["detail"]
    assert world.platform.objects["1"].daily_budget == 9900


async def test_a_waiting_decision_is_approved_and_carried_out(
    client: httpx.AsyncClient, world: World
) -> None:
    row = await _run(client, ASKING)
    assert row["state"] == "awaiting_approval"
    status = (await client.get("/api/v1/status")).json()
    assert status["awaiting_approval"] == 1
    needs = (await client.get("/api/v1/analytics/dashboard?scope=account:100")).json()["needs"]
    assert [need["kind"] for need in needs] == ["approval"]
    pending = (await client.get("/api/v1/campaigns?format=columns")).json()["pending"]
    assert pending == ["1"]
    approved = await client.post(f"/api/v1/decisions/{row['id']}/approve", json={})
    assert [one["state"] for one in approved.json()["items"]] == ["applied"]
    assert world.platform.objects["1"].daily_budget == 6000
    late = await client.post(f"/api/v1/decisions/{row['id']}/approve")
    assert late.status_code == 409


async def test_what_was_not_shown_is_not_approved(client: httpx.AsyncClient) -> None:
    row = await _run(client, ASKING)
    shown = (await client.get(f"/api/v1/decisions/{row['id']}")).json()["fingerprint"]
    answer = await client.post(
        f"/api/v1/decisions/{row['id']}/approve", json={"fingerprint": "another"}
    )
    assert answer.status_code == 409
    approve = f"/api/v1/decisions/{row['id']}/approve"
    assert (await client.post(approve, json={"fingerprint": shown})).status_code == 200


async def test_an_outcome_nobody_knows_is_settled_by_a_person(
    client: httpx.AsyncClient, world: World
) -> None:
    world.platform.refuse = OutcomeUnknown("no answer")
    answer = await client.put("/api/v1/campaigns/1", json={"status": "PAUSED"})
    (row,) = answer.json()["items"]
    assert row["state"] == "unknown"
    url = f"/api/v1/journal/{row['id']}/settle"
    assert (await client.post(url, json={"applied": False})).status_code == 409
    reason = Reason("needs_human", "No evidence.")
    world.engine.state.journal.move(row["id"], JournalState.NEEDS_HUMAN, NOW, reason)
    needs = (await client.get("/api/v1/analytics/dashboard")).json()["needs"]
    assert "conflict" in [need["kind"] for need in needs]
    settled = (await client.post(url, json={"applied": False})).json()["items"][0]
    assert (settled["state"], settled["reason"]) == ("not_applied", "Settled by owner.")


async def test_a_rejected_decision_sends_nothing(client: httpx.AsyncClient, world: World) -> None:
    row = await _run(client, ASKING)
    rejected = await client.post(
        f"/api/v1/decisions/{row['id']}/reject", json={"reason": "not now"}
    )
    (shown,) = rejected.json()["items"]
    assert (shown["state"], shown["reason"]) == ("rejected", "Rejected by owner: not now")
    assert world.platform.writes == []


async def test_the_kill_switch_holds_until_a_person_lifts_it(
    client: httpx.AsyncClient, world: World
) -> None:
    await client.post("/api/v1/engine/stop", json={"reason": "strange numbers"})
    status = (await client.get("/api/v1/status")).json()
    assert (status["stopped"], status["stop_reason"]) == (True, "owner: strange numbers")
    row = await _run(client, AUTOMATIC)
    assert (row["state"], row["reason_code"]) == ("vetoed", "stopped")
    assert b"engine_stopped 1.0" in (await client.get("/metrics")).content
    by_hand = await client.put("/api/v1/campaigns/1", json={"status": "PAUSED"})
    assert by_hand.json()["items"][0]["state"] == "vetoed"
    assert world.platform.writes == []
    await client.post("/api/v1/engine/resume")
    assert not (await client.get("/api/v1/status")).json()["stopped"]


async def test_a_change_by_hand_goes_through_the_journal_and_shows_at_once(
    client: httpx.AsyncClient, world: World
) -> None:
    answer = await client.put("/api/v1/campaigns/2", json={"status": "PAUSED"})
    (row,) = answer.json()["items"]
    assert (row["state"], row["actor"], row["rule_id"]) == ("applied", "owner", "by-hand")
    assert world.platform.objects["2"].status is Status.PAUSED
    listed = (await client.get("/api/v1/campaigns", params={"status": "PAUSED"})).json()
    assert [item["id"] for item in listed["items"]] == ["2"]
    decision = (await client.get(f"/api/v1/decisions/{row['id']}")).json()
    assert decision["rule_words"]["uk"] == "Змінено вручну."


@pytest.mark.parametrize(
    ("object_id", "body", "status"),
    [
        ("1", {"daily_budget": 5000}, 409),
        ("1", {"lifetime_budget": 5000}, 409),
        ("1", {"daily_budget": -1}, 422),
        ("1", {"daily_budget": 50.5}, 422),
        ("1", {"daily_budget": 10**30}, 422),
        ("1", {"daily_budget": True}, 422),
        ("1", {"status": "DELETED"}, 422),
        ("1", {"owner": "me"}, 422),
        ("none", {"status": "PAUSED"}, 404),
    ],
)
async def test_a_change_by_hand_that_cannot_be_is_refused(
    client: httpx.AsyncClient,
    world: World,
    object_id: str,
    body: dict[str, object],
    status: int,
) -> None:
    answer = await client.put(f"/api/v1/campaigns/{object_id}", json=body)
    assert (answer.status_code, world.platform.writes) == (status, [])
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_budget_below_the_floor_is_vetoed_with_its_reason(
    client: httpx.AsyncClient,
) -> None:
    (row,) = (await client.put("/api/v1/campaigns/1", json={"daily_budget": 1})).json()["items"]
    assert (row["state"], row["reason_code"]) == ("vetoed", "below_floor")


async def test_what_meta_refuses_is_told(client: httpx.AsyncClient, world: World) -> None:
    world.platform.refuse = Refused("Budget is too low")
    (row,) = (await client.put("/api/v1/campaigns/1", json={"status": "PAUSED"})).json()["items"]
    assert row["state"] == "not_applied"
    assert "Budget is too low" in row["reason"]


async def test_a_rule_leaves_alone_what_a_person_just_changed(
    client: httpx.AsyncClient, world: World
) -> None:
    edit = Activity("1", NOW, "update_campaign_budget", None, None, None, "A person", False)
    world.platform.edits = [edit]
    row = await _run(client, AUTOMATIC)
    assert (row["state"], row["reason_code"]) == ("vetoed", "changed_by_person")


async def test_unknown_entries_and_accounts_are_told(client: httpx.AsyncClient) -> None:
    for path in ("/decisions/x/approve", "/decisions/x/reject", "/journal/x/undo"):
        assert (await client.post(f"/api/v1{path}")).status_code == 404
    assert (await client.get("/api/v1/decisions/x")).status_code == 404
    cycle = await client.post("/api/v1/engine/cycle", json={"accounts": ["999"]})
    assert cycle.status_code == 422
    assert "999" in cycle.json()["detail"]


async def test_the_journal_is_searched_by_names_and_by_several_accounts(
    client: httpx.AsyncClient,
) -> None:
    row = await _run(client, AUTOMATIC)
    name = str(row["object_name"])

    async def total(**query: str) -> int:
        found: int = (await client.get("/api/v1/journal", params=query)).json()["total"]
        return found

    assert await total(text=name.upper()) >= 1
    assert await total(text="smart budget") >= 1
    assert await total(text="100%_nothing") == 0
    assert await total(account_id="act_100,999") == await total(account_id="100") >= 1
    assert await total(account_id="999") == 0
