"""What others changed at Meta, told apart from what we did."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from engine.domain.objects import AdObject, Creative, Level
from engine.ports import Activity
from tests.api_world import World
from tests.builders import NOW, structure

pytestmark = pytest.mark.anyio


async def test_edits_of_others_are_told_newest_first(
    world: World, client: httpx.AsyncClient
) -> None:
    edit = _edit(world)
    account = edit.account_id
    later = replace(edit, at=NOW + timedelta(minutes=5), actor="Taras", before=7000, after=9000)
    world.engine.warehouse.history.store_edits(account, [edit, later], NOW)

    page = (await client.get("/api/v1/edits")).json()

    assert [row["actor"] for row in page["items"]] == ["Taras", "Olena"]
    first = page["items"][1]
    assert (first["field"], first["before"], first["after"]) == ("daily_budget", 5000, 7000)
    assert (first["application"], first["origin"]) == ("Ads Manager", "others")
    assert first["object_name"] == _known(world).name
    one = (await client.get(f"/api/v1/edits/{first['id']}")).json()
    assert one == first


async def test_edits_are_found_by_object_account_and_text(
    world: World, client: httpx.AsyncClient
) -> None:
    edit = _edit(world)
    world.engine.warehouse.history.store_edits(edit.account_id, [edit], NOW)

    async def count(**asked: str) -> int:
        return int((await client.get("/api/v1/edits", params=asked)).json()["total"])

    assert await count(object_id=edit.object_id) == 1
    assert await count(object_id="404") == 0
    assert await count(account_id=f"act_{edit.account_id}") == 1
    assert await count(text="olena") == 1
    assert await count(text="taras") == 0
    assert (await client.get("/api/v1/edits/404")).status_code == 404


async def test_what_the_journal_knows_is_no_foreign_edit(
    world: World, client: httpx.AsyncClient
) -> None:
    """Also where the app's id is not known; and our app may be used by another program."""
    known, edit = _known(world), _edit(world)
    path = f"/api/v1/campaigns/{known.object_id}"
    (done,) = (await client.put(path, json={"status": "PAUSED"})).json()["items"]
    assert done["state"] == "applied", done
    written = replace(
        edit, at=world.engine.clock.now(), field="status", before="ACTIVE", after="PAUSED"
    )
    other_program = replace(
        written, at=written.at - timedelta(hours=5), before="PAUSED", after="ACTIVE", by_us=True
    )
    history = world.engine.warehouse.history
    history.store_edits(known.account_id, [written, other_program], NOW)

    page = (await client.get("/api/v1/edits")).json()

    assert [(row["after"], row["origin"]) for row in page["items"]] == [("ACTIVE", "own_app")]


async def test_an_object_is_told_with_what_its_ad_shows(
    world: World, client: httpx.AsyncClient
) -> None:
    campaign = _known(world)
    ad = replace(
        campaign,
        object_id="777",
        level=Level.AD,
        parent_id=campaign.object_id,
        creative_id="7",
        labels=("scale",),
        issues=("Payment failed",),
    )
    creative = Creative("7", campaign.account_id, name="Cake", body="Fresh every day")
    part = structure(ad, account_id=campaign.account_id, as_of=NOW + timedelta(days=1))
    world.engine.warehouse.store_structure(replace(part, whole=False, creatives=(creative,)))

    detail = (await client.get("/api/v1/campaigns/777")).json()

    assert (detail["labels"], detail["issues"]) == (["scale"], ["Payment failed"])
    assert detail["parent"] == campaign.name
    assert (detail["creative"]["name"], detail["creative"]["body"]) == ("Cake", "Fresh every day")
    assert (await client.get("/api/v1/campaigns/404")).status_code == 404


def _known(world: World) -> AdObject:
    return next(
        one
        for account in world.engine.accounts()
        for one in world.engine.warehouse.objects(account.account_id, Level.CAMPAIGN)
        if one.status == "ACTIVE" and one.daily_budget
    )


def _edit(world: World) -> Activity:
    known = _known(world)
    return Activity(
        object_id=known.object_id,
        at=NOW,
        event="update_campaign_budget",
        field="daily_budget",
        before=5000,
        after=7000,
        actor="Olena",
        by_us=False,
        application="Ads Manager",
        words="Campaign budget updated",
        account_id=known.account_id,
    )
