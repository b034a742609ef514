"""Rules over HTTP: word for word in and out, faults, versions, preview."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from engine.api.messages import RuleMessage, RulePreview
from tests.api_world import LOW_CTR, SMART_BUDGET, World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("document", [LOW_CTR, SMART_BUDGET], ids=["low ctr", "budget"])
async def test_the_two_rules_are_accepted_word_for_word(
    client: httpx.AsyncClient, document: dict[str, object]
) -> None:
    added = await client.post("/api/v1/rules", json=document)
    assert added.status_code == 201
    message = msgspec.json.decode(added.content, type=RuleMessage)
    assert (message.document, message.mode, message.version) == (document, "dry_run", 1)
    again = await client.get(added.headers["Location"])
    assert again.json() == added.json()
    listed = (await client.get("/api/v1/rules", params={"status": "active"})).json()
    assert [item["document"] for item in listed["items"]] == [document]


async def test_a_malformed_rule_is_answered_with_every_fault(client: httpx.AsyncClient) -> None:
    broken = {**LOW_CTR, "stauts": "active", "conditions": [{"metric": "ctrr"}]}
    refused = await client.post("/api/v1/rules", json=broken)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    faults = {fault["path"]: fault for fault in problem["faults"]}
    assert faults["stauts"]["nearest"] == "status"
    assert faults["conditions/0/metric"]["nearest"] == "ctr"
    assert (await client.get("/api/v1/rules")).json()["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": "a", "name": "b"}',
        b"\xff\xfe",
        b"[1, 2]",
        b"[" * 100_000,
        b'{"name": "x", "conditions": [{"metric": "ctr", "operator": "<", "value": NaN}]}',
        b"",
    ],
)
async def test_what_is_no_document_is_refused_clearly(
    client: httpx.AsyncClient, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    refused = await client.post("/api/v1/rules", content=body, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["faults"]


async def test_a_rule_may_be_written_as_yaml(client: httpx.AsyncClient) -> None:
    text = (
        "name: Wide\nconditions:\n  - {metric: spend, operator: '>', value: 1, "
        "time_window: 7d}\nactions:\n  - {type: pause}\n"
    )
    headers = {"Content-Type": "application/yaml"}
    added = await client.post("/api/v1/rules", content=text, headers=headers)
    assert (added.status_code, added.json()["name"]) == (201, "Wide")


async def test_check_names_faults_and_keeps_nothing(client: httpx.AsyncClient) -> None:
    good = (await client.post("/api/v1/rules/check", json=LOW_CTR)).json()
    bad = (await client.post("/api/v1/rules/check", json={"name": "x"})).json()
    assert good["valid"]
    assert "CTR" in good["words"]["uk"]
    assert not bad["valid"]
    assert len(bad["faults"]) >= 2
    assert (await client.get("/api/v1/rules")).json()["items"] == []


async def test_a_taken_name_clashes_and_an_unknown_rule_is_not_found(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/api/v1/rules", json=LOW_CTR)
    assert (await client.post("/api/v1/rules", json=LOW_CTR)).status_code == 409
    for method, path in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/versions"),
        ("GET", "/executions"),
        ("GET", "/performance"),
        ("GET", "/explain?object_id=1"),
    ):
        answer = await client.request(method, f"/api/v1/rules/none{path}", json=LOW_CTR)
        assert answer.status_code == 404, (method, path)


async def test_a_rule_is_saved_in_versions_and_put_away(client: httpx.AsyncClient) -> None:
    rule_id = (await client.post("/api/v1/rules", json=LOW_CTR)).json()["id"]
    changed = {**LOW_CTR, "priority": 5}
    url = f"/api/v1/rules/{rule_id}"
    saved = await client.put(url, json=changed, params={"reason": "sooner", "version": 1})
    assert (saved.json()["version"], saved.json()["priority"]) == (2, 5)
    late = await client.put(url, json=LOW_CTR, params={"version": 1})
    assert late.status_code == 409
    switched = await client.post(f"{url}/mode", json={"mode": "automatic"})
    assert switched.json()["mode"] == "automatic"
    paused = await client.post(f"{url}/status", json={"status": "paused"})
    assert paused.json()["status"] == "paused"
    assert (await client.delete(url)).json()["status"] == "archived"
    versions = (await client.get(f"{url}/versions")).json()
    assert [one["version"] for one in versions] == [5, 4, 3, 2, 1]
    assert versions[3]["reason"] == "sooner"
    assert versions[-1]["document"] == LOW_CTR
    assert (await client.get("/api/v1/rules")).json()["total"] == 0
    assert (await client.get("/api/v1/rules?status=all")).json()["total"] == 1
    assert (await client.post("/api/v1/rules", json=LOW_CTR)).status_code == 201


async def test_a_preview_says_what_an_unsaved_rule_would_do(
    client: httpx.AsyncClient, world: World
) -> None:
    answer = await client.post("/api/v1/rules/preview", json=SMART_BUDGET)
    preview = msgspec.json.decode(answer.content, type=RulePreview)
    assert preview.answers == {"true": 1, "false": 2, "unknown": 0}
    (row,) = preview.rows
    assert (row.object_id, row.field, row.before, row.after) == ("1", "daily_budget", 5000, 6000)
    assert row.outcome == "dry_run"
    assert row.readings[0].value == 5.0
    assert world.platform.writes == []
    assert (await client.get("/api/v1/journal")).json()["total"] == 0


async def test_a_preview_shows_what_guards_stop(client: httpx.AsyncClient) -> None:
    await client.put("/api/v1/settings/safety.protected_objects", json={"value": "1"})
    automatic = {**SMART_BUDGET, "mode": "automatic"}
    (row,) = (await client.post("/api/v1/rules/preview", json=automatic)).json()["rows"]
    assert (row["outcome"], row["reason"]) == ("vetoed", "Bread [SCALE] is protected.")


async def test_a_preview_minds_how_long_conditions_must_hold(client: httpx.AsyncClient) -> None:
    patient = {**SMART_BUDGET, "held_for": "3h"}
    (row,) = (await client.post("/api/v1/rules/preview", json=patient)).json()["rows"]
    assert row["outcome"] == "skipped"
    assert "long enough" in row["reason"]


async def test_explain_says_how_far_an_object_is_from_a_rule(client: httpx.AsyncClient) -> None:
    rule_id = (await client.post("/api/v1/rules", json=LOW_CTR)).json()["id"]
    url = f"/api/v1/rules/{rule_id}/explain"
    far = (await client.get(url, params={"object_id": "1"})).json()
    assert far["answer"] == "false"
    assert far["nearest"][0]["gap_percent"] == pytest.approx(200.0)
    near = (await client.get(url, params={"object_id": "2"})).json()
    assert (near["answer"], near["outcome"]) == ("true", "skipped")
    assert "model" in near["reason"]
    assert (await client.get(url, params={"object_id": "nothing"})).status_code == 404


async def test_a_broken_rule_stays_in_the_list_with_its_reason(
    client: httpx.AsyncClient, world: World
) -> None:
    rule_id = (await client.post("/api/v1/rules", json=LOW_CTR)).json()["id"]
    world.engine.state.rules.mark_broken(rule_id, "the metric is gone")
    (shown,) = (await client.get("/api/v1/rules")).json()["items"]
    assert shown["broken"] == "the metric is gone"
    needs = (await client.get("/api/v1/analytics/dashboard")).json()["needs"]
    assert "broken" in [need["kind"] for need in needs]


async def test_templates_are_valid_rules_in_two_languages(client: httpx.AsyncClient) -> None:
    templates = (await client.get("/api/v1/templates")).json()
    assert len(templates) >= 8
    for template in templates:
        check = await client.post("/api/v1/rules/check", json=template["document"])
        assert check.json()["valid"], template["key"]
        assert template["title"]["en"] != template["title"]["uk"]
