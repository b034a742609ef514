"""Queries with numbers and days that can't be: refused, never a fault of ours."""

from __future__ import annotations

import httpx
import pytest

pytestmark = pytest.mark.anyio
LISTS = ("rules", "journal", "decisions", "campaigns")
OVER_DAYS = ("campaigns", "campaigns/1/metrics", "analytics/dashboard", "analytics/trends")


@pytest.mark.parametrize("cursor", ["9" * 25, "9" * 5000, "-1", "1e3", "\0", ""])
async def test_a_foreign_cursor(client: httpx.AsyncClient, cursor: str) -> None:
    for path in LISTS:
        answer = await client.get(f"/api/v1/{path}", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["hint"]) == (422, "Begin without one.")


@pytest.mark.parametrize(
    "days",
    [
        {"until": "0001-01-01"},
        {"since": "0001-01-01", "until": "0001-01-02"},
        {"since": "9999-12-30", "until": "9999-12-31"},
    ],
)
async def test_days_at_the_edge_of_the_calendar(
    client: httpx.AsyncClient, days: dict[str, str]
) -> None:
    for path in OVER_DAYS:
        answer = await client.get(f"/api/v1/{path}", params=days)
        assert answer.status_code == 422
        assert "2000-01-01" in answer.json()["hint"]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_moments_at_the_edge_of_the_calendar(client: httpx.AsyncClient, since: str) -> None:
    answer = await client.get("/api/v1/journal", params={"since": since})
    assert answer.status_code == 422
    assert "too far away" in answer.json()["detail"]
