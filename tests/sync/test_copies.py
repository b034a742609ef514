"""Copies at the real sandbox: made once, whatever becomes of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from engine.domain.action import Action, ActionType
from engine.domain.errors import OutcomeUnknown, Refused
from engine.domain.journal import JournalState
from engine.domain.objects import Account, AdObject, Level, ObjectRef, Structure
from engine.execution.execute import execute
from engine.execution.recover import reconcile
from engine.execution.settings import ExecutionSettings
from engine.ports import Write
from engine.storage.state.state import State, open_state
from sync.graph_platform import GraphPlatform
from tests.deciding import decision, proposal
from tests.sync.conftest import Sandbox

Work = Callable[[GraphPlatform, Account, Structure], Awaitable[None]]


def run(sandbox: Sandbox, work: Work) -> None:
    """Run work on the first account."""

    async def main() -> None:
        platform = sandbox.platform()
        try:
            account = (await platform.accounts())[0]
            await work(platform, account, await platform.structure(account))
        finally:
            await platform.close()

    asyncio.run(main())


def ref(one: AdObject, name: str = "") -> ObjectRef:
    return ObjectRef(one.object_id, one.account_id, one.level, name)


def largest(structure: Structure) -> AdObject:
    """Return the campaign with the most objects below it."""

    def size(one: AdObject) -> int:
        return sum(each.campaign_id == one.object_id for each in structure.objects)

    return max((o for o in structure.objects if o.level is Level.CAMPAIGN), key=size)


async def copies_called(platform: GraphPlatform, account: Account, name: str) -> list[AdObject]:
    found = await platform.structure(account)
    return [one for one in found.objects if one.name == name]


def test_an_ad_is_copied_paused_and_under_its_unique_name(sandbox: Sandbox) -> None:
    async def work(platform: GraphPlatform, account: Account, structure: Structure) -> None:
        source = next(one for one in structure.objects if one.level is Level.AD)
        name = f"{source.name} – copy #a1"
        assert (await platform.read([ref(source, name)]))[source.object_id].copied_as is None
        assert await platform.write_many([Write(ref(source, name), "copy", name, "e")]) == [None]
        assert (await platform.read([ref(source, name)]))[source.object_id].copied_as == name
        (copy,) = await copies_called(platform, account, name)
        assert (copy.status, copy.source_id) == ("PAUSED", source.object_id)

    run(sandbox, work)


def test_a_large_copy_is_made_in_the_background(sandbox: Sandbox) -> None:
    async def work(platform: GraphPlatform, account: Account, structure: Structure) -> None:
        source = largest(structure)
        below = [one for one in structure.objects if one.campaign_id == source.object_id]
        assert len(below) > 4
        name = f"{source.name} – copy #b2"
        assert await platform.write_many([Write(ref(source, name), "copy", name, "e")]) == [None]
        for _ in range(20):
            await asyncio.to_thread(sandbox.control, "advance", {"hours": 0.1})
            found = (await platform.read([ref(source, name)]))[source.object_id]
            if found.copied_as is not None:
                break
        assert found.copied_as == name
        assert len(await copies_called(platform, account, name)) == 1

    run(sandbox, work)


@pytest.mark.parametrize(
    ("fault", "state", "copies"),
    [
        ("drop_after_apply", JournalState.APPLIED, 1),
        ("drop_before_apply", JournalState.NOT_APPLIED, 0),
    ],
)
def test_a_copy_whose_answer_is_lost_is_settled_by_its_name(
    sandbox: Sandbox, tmp_path: Path, fault: str, state: JournalState, copies: int
) -> None:
    async def work(platform: GraphPlatform, account: Account, structure: Structure) -> None:
        source = [one for one in structure.objects if one.level is Level.AD][3]
        name = f"{source.name} – copy #{fault}"
        journal = open_state(tmp_path / "state.db")
        try:
            entry_id = await _decided(journal, account, source, name, platform)
            sandbox.fault(method="POST", path="copies", fault=fault)
            settings = ExecutionSettings.for_sandbox()
            clock = platform.server_clock
            (sent,) = await execute([entry_id], journal, platform, clock, settings)
            assert sent.state is JournalState.UNKNOWN
            (settled,) = await reconcile(journal, platform, clock, settings)
            assert settled.state is state
            again = await execute([entry_id], journal, platform, clock, settings)
            assert [one.state for one in again] == [state]
        finally:
            journal.database.close()
        assert len(await copies_called(platform, account, name)) == copies

    run(sandbox, work)


async def _decided(
    state: State, account: Account, source: AdObject, name: str, platform: GraphPlatform
) -> str:
    now = platform.server_clock.now()
    state.accounts.remember([account], now)
    wanted = proposal(source, name, action=Action(ActionType.DUPLICATE), field="copy", before=None)
    made = decision(wanted, decided_at=now)
    (entry,) = state.journal.record([made], {})
    return entry.entry_id


def test_a_copy_needs_a_name_of_its_own(sandbox: Sandbox) -> None:
    async def work(platform: GraphPlatform, account: Account, structure: Structure) -> None:
        source = next(one for one in structure.objects if one.level is Level.AD)
        for name in (source.name, "Something else", ""):
            (error,) = await platform.write_many([Write(ref(source, name), "copy", name, "e")])
            assert isinstance(error, Refused)
            assert not isinstance(error, OutcomeUnknown)

    run(sandbox, work)
