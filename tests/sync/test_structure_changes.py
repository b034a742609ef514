"""A reading of what changed equals a reading of everything, whatever happened."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import httpx
import pytest

from engine.domain.errors import Temporary
from engine.domain.objects import Account, AdObject, Level, Status
from engine.ports import Activity, Known
from sync.graph_platform import GraphPlatform
from sync.structure_changes import IDS_AT_ONCE, OVERLAP, is_moving, touched_campaigns
from tests.builders import NOW, adset, campaign
from tests.sync.conftest import Sandbox, running

HOUR = timedelta(hours=1)
EDIT = Activity("1", NOW, "update_campaign_budget", "daily_budget", 1, 2, "Olena", by_us=False)
WORLD: dict[str, object] = {
    "start": "2026-03-10T15:30:00Z",
    "history_days": 12,
    "accounts": [
        {
            "client": "Alpha",
            "name": "Alpha US",
            "currency": "USD",
            "timezone": "America/New_York",
            "campaigns": 8,
            "campaign_budget_share": 0.5,
        }
    ],
    "events": [
        {"kind": "foreign_edit", "at_hour": 1, "hours": 40, "factor": 1.3, "share": 0.6},
        {"kind": "foreign_edit", "at_hour": 20, "hours": 60, "factor": 0, "share": 0.5},
    ],
}


@dataclass
class Buyer:
    """Somebody who edits the account at random, straight at Meta."""

    sandbox: Sandbox
    account: Account
    chance: random.Random
    done: list[str] = field(default_factory=list)

    def edit(self, objects: dict[str, AdObject]) -> None:
        """Make one edit; what Meta refuses changes nothing."""
        one = self.chance.choice(list(objects.values()))
        kind = self.chance.choice(
            ["status", "budget", "name", "bid", "label", "creative", "copy", "create", "gone"]
        )
        path, form = getattr(self, f"_{kind}")(one, objects)
        if path:
            answer = httpx.post(
                f"{self.sandbox.url}/v26.0/{path}",
                data={**form, "access_token": self.sandbox.access_token},
            )
            assert answer.status_code in {200, 400}, answer.text
            if answer.status_code == 200:
                self.done.append(kind)

    def _status(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        other = "PAUSED" if one.status is Status.ACTIVE else "ACTIVE"
        return one.object_id, {"status": other}

    def _budget(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        with_budget = [each for each in objects.values() if each.daily_budget]
        chosen = self.chance.choice(with_budget)
        assert chosen.daily_budget is not None
        amount = int(chosen.daily_budget * self.chance.choice([0.95, 1.1, 1.6]))
        return chosen.object_id, {"daily_budget": str(amount)}

    def _name(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        return one.object_id, {"name": f"{one.name[:60]} {self.chance.randrange(1000)}"}

    def _bid(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        if one.level is Level.CAMPAIGN:
            return "", {}
        form = {"bid_amount": str(self.chance.randrange(200, 900))}
        if one.level is Level.ADSET:
            form["bid_strategy"] = "LOWEST_COST_WITH_BID_CAP"
        return one.object_id, form

    def _label(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        labels = json.dumps([{"name": f"label {self.chance.randrange(3)}"}])
        return f"{one.object_id}/adlabels", {"adlabels": labels}

    def _creative(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        ads = [each for each in objects.values() if each.level is Level.AD]
        ad, other = self.chance.choice(ads), self.chance.choice(ads)
        return ad.object_id, {"creative": json.dumps({"creative_id": other.creative_id})}

    def _copy(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        return f"{one.object_id}/copies", {"status_option": "ACTIVE"}

    def _create(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        form = {"name": "New", "objective": "OUTCOME_SALES", "status": "PAUSED"}
        form |= {"special_ad_categories": "[]", "daily_budget": "9000"}
        return f"act_{self.account.account_id}/campaigns", form

    def _gone(self, one: AdObject, objects: dict[str, AdObject]) -> tuple[str, dict[str, str]]:
        if len(self.done) % 3 or one.level is Level.CAMPAIGN:
            return "", {}
        return one.object_id, {"status": self.chance.choice(["ARCHIVED", "DELETED"])}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reading_changes_equals_reading_everything(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Own and foreign edits, learning, reviews and deletions, at random."""
    with running(tmp_path_factory.mktemp("world"), WORLD, seed) as sandbox:
        done, reread, whole = asyncio.run(_live_through(sandbox, random.Random(seed)))
    assert len(set(done)) >= 6, f"too few kinds of edits took effect: {done}"
    assert reread < whole, "reading changes must read less than everything"


async def _live_through(sandbox: Sandbox, chance: random.Random) -> tuple[list[str], int, int]:
    """Edit and read in turns; return the edits and how much was read either way."""
    platform = sandbox.platform(object_rows=400)
    try:
        (account,) = await platform.accounts()
        first = await platform.structure(account)
        buyer = Buyer(sandbox, account, chance)
        objects = {one.object_id: one for one in first.objects}
        at, reread, whole = first.as_of, 0, 0
        for _ in range(14):
            for _ in range(chance.randrange(4)):
                buyer.edit(objects)
            hours = chance.choice([0.05, 0.2, 1, 9])
            await asyncio.to_thread(sandbox.control, "advance", {"hours": hours})
            for _ in range(chance.randrange(2)):
                buyer.edit(objects)
            known = await _known(platform, account, at, objects)
            part = await platform.structure(account, known)
            everything = await platform.structure(account)
            assert part.complete
            reread += len(part.objects)
            whole += len(everything.objects)
            objects |= {one.object_id: one for one in part.objects}
            wanted = {one.object_id: one for one in everything.objects}
            assert {key: objects[key] for key in wanted} == wanted
            at = part.as_of
        assert any(not edit.by_us for edit in known.edits), "nobody else edited anything"
        return buyer.done, reread, whole
    finally:
        await platform.close()


async def _known(
    platform: GraphPlatform, account: Account, at: datetime, objects: dict[str, AdObject]
) -> Known:
    edits = await platform.activities(account, at - 24 * 7 * HOUR)
    return Known(at, list(objects.values()), edits)


def test_a_quiet_account_is_asked_few_questions(sandbox: Sandbox) -> None:
    async def ask() -> tuple[int, int]:
        platform = sandbox.platform()
        try:
            account = (await platform.accounts())[0]
            first = await platform.structure(account)
            settled = [
                replace(one, learning_stage="SUCCESS", effective_status="ACTIVE", issues=())
                for one in first.objects
            ]
            before = platform.calls()
            part = await platform.structure(account, Known(first.as_of + HOUR, settled, []))
            return len(part.objects), platform.calls() - before
        finally:
            await platform.close()

    assert asyncio.run(ask()) == (0, len(Level))


def test_a_page_that_can_not_be_read_makes_it_incomplete(sandbox: Sandbox) -> None:
    async def ask() -> bool:
        platform = sandbox.platform(object_rows=25)
        try:
            account = (await platform.accounts())[0]
            first = await platform.structure(account)
            known = Known(first.as_of - 24 * 400 * HOUR, first.objects, [])
            sandbox.fault(path="adsets", fault="error", http_status=500, code=2, nth=2, times=20)
            return (await platform.structure(account, known)).complete
        except Temporary:
            return False
        finally:
            await platform.close()

    assert not asyncio.run(ask())


def test_the_history_tells_which_campaigns_are_read_again() -> None:
    objects = [campaign("1"), adset("11", "1"), campaign("2"), adset("21", "2")]
    edits = [
        replace(EDIT, object_id="11", at=NOW),
        replace(EDIT, object_id="2", at=NOW - OVERLAP - HOUR),
        replace(EDIT, object_id="404", at=NOW),
    ]
    assert touched_campaigns(Known(NOW, objects, edits)) == {"1"}


@pytest.mark.parametrize(
    ("one", "moves"),
    [
        (adset("1", "9"), False),
        (adset("1", "9", learning_stage="LEARNING"), True),
        (adset("1", "9", learning_stage="FAIL"), True),
        (adset("1", "9", learning_stage="SUCCESS"), False),
        (adset("1", "9", learning_stage="LEARNING", status=Status.DELETED), False),
        (adset("1", "9", level=Level.AD, effective_status="PENDING_REVIEW"), True),
        (adset("1", "9", level=Level.AD, effective_status="SOMETHING_NEW"), True),
        (campaign("1", issues=("Payment failed",)), True),
    ],
)
def test_what_meta_moves_by_itself_is_read_again(one: AdObject, moves: bool) -> None:
    assert is_moving(one) is moves


def test_a_question_names_no_more_ids_than_fit() -> None:
    assert IDS_AT_ONCE * len('"120210000000000000",') < 4000
