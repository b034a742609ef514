"""One account that can't be worked on never stands in the way of the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.cycle.discovery import discover
from engine.domain.errors import UserError
from tests import builders
from tests.api_world import bakery, open_world

pytestmark = pytest.mark.anyio


def test_accounts_asked_for_but_not_seen_are_named() -> None:
    found = discover([builders.account("100"), builders.account("200")], ["200", "999"])
    assert [one.account_id for one in found.accounts] == ["200"]
    assert found.trouble == "This token does not see the accounts asked for: 999."


async def test_an_account_in_a_currency_of_unknown_minor_units_is_left_out(tmp_path: Path) -> None:
    platform = bakery()
    platform.account_list[0] = replace(platform.account_list[0], currency="KWD")
    async with open_world(tmp_path, platform) as world, world.client() as client:
        for path in ("accounts", "campaigns", "analytics/dashboard", "reports/client"):
            assert (await client.get(f"/api/v1/{path}")).status_code == 200
        shown = (await client.get("/api/v1/accounts")).json()
        assert [one["account_id"] for one in shown] == ["200"]
        status = (await client.get("/api/v1/status")).json()
        assert "'KWD'" in status["last_error"]
        by_hand = await client.put("/api/v1/campaigns/1", json={"daily_budget": 6000})
        assert (by_hand.status_code, platform.writes) == (404, [])


async def test_where_nothing_asked_for_is_seen_it_is_said(tmp_path: Path) -> None:
    async with open_world(tmp_path, synced=False) as world:
        object.__setattr__(world.engine, "only_accounts", ("999",))
        with pytest.raises(UserError, match="does not see the accounts asked for: 999"):
            await world.runner.run_all()
