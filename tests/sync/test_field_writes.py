"""Names, bids, labels and creatives, written to the real sandbox process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from engine.domain.decision import Value
from engine.domain.errors import OutcomeUnknown, Refused
from engine.domain.objects import AdObject, Level, ObjectRef, Structure
from engine.domain.written import labels_value, value_of
from engine.ports import Write
from sync.graph_platform import GraphPlatform
from tests.sync.conftest import Sandbox

Work = Callable[[GraphPlatform, Structure], Awaitable[None]]


def run(sandbox: Sandbox, work: Work) -> None:
    """Run work on the first account."""

    async def main() -> None:
        platform = sandbox.platform()
        try:
            account = (await platform.accounts())[0]
            await work(platform, await platform.structure(account))
        finally:
            await platform.close()

    asyncio.run(main())


def first(structure: Structure, level: Level) -> AdObject:
    """Return an object of a level."""
    return next(one for one in structure.objects if one.level is level)


def ref(one: AdObject) -> ObjectRef:
    return ObjectRef(one.object_id, one.account_id, one.level)


async def write(platform: GraphPlatform, change: Write) -> None:
    """Make one change; raise what became of it."""
    (error,) = await platform.write_many([change])
    if error is not None:
        raise error


async def written(platform: GraphPlatform, one: AdObject, name: str, value: Value) -> Value:
    """Write a value and return what the object has then."""
    await write(platform, Write(ref(one), name, value, "e"))
    found = await platform.read([ref(one)])
    return value_of(found[one.object_id], name)


@pytest.mark.parametrize("level", list(Level))
def test_names_and_labels_of_every_level(sandbox: Sandbox, level: Level) -> None:
    async def work(platform: GraphPlatform, structure: Structure) -> None:
        one = first(structure, level)
        assert await written(platform, one, "name", "Кекси & co") == "Кекси & co"
        both = labels_value(["scale", "літо"])
        assert await written(platform, one, "labels", both) == both
        assert await written(platform, one, "labels", '["scale"]') == '["scale"]'
        assert await written(platform, one, "labels", "[]") == "[]"

    run(sandbox, work)


def test_an_ad_is_pointed_at_another_creative(sandbox: Sandbox) -> None:
    async def work(platform: GraphPlatform, structure: Structure) -> None:
        one, other = [one for one in structure.objects if one.level is Level.AD][:2]
        assert one.creative_id != other.creative_id
        got = await written(platform, one, "creative_id", other.creative_id)
        assert got == other.creative_id
        creatives = {creative.creative_id for creative in structure.creatives}
        assert {one.creative_id, other.creative_id} <= creatives

    run(sandbox, work)


def test_a_swap_whose_answer_is_lost_is_unknown_and_was_done_once(sandbox: Sandbox) -> None:
    async def work(platform: GraphPlatform, structure: Structure) -> None:
        one, other = [one for one in structure.objects if one.level is Level.AD][2:4]
        sandbox.fault(method="POST", path=one.object_id, fault="drop_after_apply")
        with pytest.raises(OutcomeUnknown):
            await write(platform, Write(ref(one), "creative_id", other.creative_id, "e"))
        found = (await platform.read([ref(one)]))[one.object_id]
        assert found.creative_id == other.creative_id

    run(sandbox, work)


@pytest.mark.parametrize(
    ("level", "name", "value"),
    [
        (Level.CAMPAIGN, "creative_id", "7"),
        (Level.AD, "creative_id", "seven"),
        (Level.CAMPAIGN, "labels", "scale"),
        (Level.CAMPAIGN, "labels", 7),
        (Level.CAMPAIGN, "name", " "),
        (Level.CAMPAIGN, "bid_amount", 100),
        (Level.CAMPAIGN, "targeting", "all"),
    ],
)
def test_what_meta_refuses_is_refused_before_anything_is_sent(
    sandbox: Sandbox, level: Level, name: str, value: Value
) -> None:
    async def work(platform: GraphPlatform, structure: Structure) -> None:
        before = platform.calls()
        with pytest.raises(Refused, match="Nothing was sent"):
            await write(platform, Write(ref(first(structure, level)), name, value, "e"))
        assert platform.calls() == before

    run(sandbox, work)
