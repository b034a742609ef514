"""Which role may do what: one table for every operation."""

from __future__ import annotations

import httpx
import pytest

from engine.api.context import RIGHTS, Right
from tests.api_world import World
from tests.engine.api.operations import Operation, operations

pytestmark = pytest.mark.anyio
EVERYBODY = """
GET /health
GET /api/v1/accounts
GET /api/v1/scopes
GET /api/v1/campaigns
GET /api/v1/campaigns/{object_id}/metrics
GET /api/v1/analytics/dashboard
GET /api/v1/analytics/trends
GET /api/v1/campaigns/{object_id}
GET /api/v1/events
GET /api/v1/reports/client
"""
READERS = """
GET /metrics
GET /docs
GET /api/v1/openapi.json
GET /api/v1/status
GET /api/v1/limits
GET /api/v1/sync/plan
GET /api/v1/sync/aside
GET /api/v1/sync/history
GET /api/v1/rules
GET /api/v1/rules/{rule_id}
GET /api/v1/rules/{rule_id}/versions
GET /api/v1/rules/{rule_id}/executions
GET /api/v1/rules/{rule_id}/performance
GET /api/v1/rules/{rule_id}/explain
GET /api/v1/templates
GET /api/v1/analytics/performance
GET /api/v1/journal
GET /api/v1/decisions
GET /api/v1/decisions/{entry_id}
GET /api/v1/edits
GET /api/v1/edits/{edit_id}
GET /api/v1/settings
GET /api/v1/connection
GET /api/v1/identities
GET /api/v1/notifications
POST /api/v1/rules/check
POST /api/v1/rules/preview
POST /api/v1/docs-link
"""
WORKERS = """
POST /api/v1/rules
PUT /api/v1/rules/{rule_id}
DELETE /api/v1/rules/{rule_id}
POST /api/v1/rules/{rule_id}/status
POST /api/v1/rules/{rule_id}/mode
PUT /api/v1/campaigns/{object_id}
POST /api/v1/campaigns/{object_id}/copy
POST /api/v1/decisions/{entry_id}/approve
POST /api/v1/decisions/{entry_id}/reject
POST /api/v1/journal/{entry_id}/undo
POST /api/v1/journal/{entry_id}/settle
POST /api/v1/engine/cycle
POST /api/v1/engine/sync
POST /api/v1/sync/history
DELETE /api/v1/sync/history
POST /api/v1/engine/stop
POST /api/v1/ingest
"""
MANAGERS = """
POST /api/v1/engine/resume
PUT /api/v1/settings/{key}
DELETE /api/v1/settings/{key}
PUT /api/v1/accounts/{account_id}
POST /api/v1/accounts
DELETE /api/v1/accounts/{account_id}
POST /api/v1/identities/{identity_id}/check
GET /api/v1/identities/{identity_id}/accounts
"""
OWNERS = """
GET /api/v1/api-keys
POST /api/v1/api-keys
DELETE /api/v1/api-keys/{key_id}
POST /api/v1/identities
DELETE /api/v1/identities/{identity_id}
PUT /api/v1/connection/app
POST /api/v1/logins
GET /api/v1/logins/{login_id}
DELETE /api/v1/logins/{login_id}
POST /api/v1/logins/{login_id}/answer
"""
TABLE: dict[Operation, Right] = {
    Operation(*line.split()): right
    for lines, right in (
        (EVERYBODY, Right.NUMBERS),
        (READERS, Right.READ),
        (WORKERS, Right.WORK),
        (MANAGERS, Right.MANAGE),
        (OWNERS, Right.OWN),
    )
    for line in lines.split("\n")
    if line
}


async def _key(client: httpx.AsyncClient, role: str, name: str) -> str:
    made = await client.post("/api/v1/api-keys", json={"role": role, "name": name})
    assert made.status_code == 201
    return str(made.json()["token"])


async def test_every_operation_stands_in_the_table(client: httpx.AsyncClient) -> None:
    assert set(await operations(client)) == set(TABLE)


@pytest.mark.parametrize("role", sorted(RIGHTS))
async def test_a_role_may_do_what_the_table_says_and_nothing_else(
    world: World, client: httpx.AsyncClient, role: str
) -> None:
    async with world.client(await _key(client, role, "Bakery")) as caller:
        wrong = []
        for operation, right in TABLE.items():
            if operation.template in {"/health", "/api/v1/events"}:
                continue
            answer = await caller.request(operation.method, operation.path)
            assert answer.status_code != 401
            if (answer.status_code != 403) != (right in RIGHTS[role]):
                wrong.append((operation, answer.status_code))
        assert wrong == []


async def test_a_client_sees_its_own_accounts_only(world: World, client: httpx.AsyncClient) -> None:
    async with world.client(await _key(client, "client", "Florist")) as florist:
        accounts = (await florist.get("/api/v1/accounts")).json()
        assert [one["account_id"] for one in accounts] == ["200"]
        table = (await florist.get("/api/v1/campaigns?format=columns")).json()
        assert table["object_id"] == ["3"]
        assert (await florist.get("/api/v1/campaigns/3/metrics")).status_code == 200
        assert (await florist.get("/api/v1/campaigns/1/metrics")).status_code == 404
        for scope in ("account:100", "client:Bakery|USD", "currency:USD"):
            for path in ("analytics/dashboard", "analytics/trends", "campaigns"):
                answer = await florist.get(f"/api/v1/{path}", params={"scope": scope})
                assert answer.status_code == 404, (path, scope)
        dashboard = (await florist.get("/api/v1/analytics/dashboard")).json()
        assert dashboard["currency"] == "PLN"


async def test_a_client_nobody_knows_sees_nothing(world: World, client: httpx.AsyncClient) -> None:
    async with world.client(await _key(client, "client", "Stranger")) as stranger:
        assert (await stranger.get("/api/v1/accounts")).json() == []
        assert (await stranger.get("/api/v1/scopes")).json() == []
        assert (await stranger.get("/api/v1/campaigns")).status_code == 404
