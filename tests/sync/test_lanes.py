"""One door: actions never wait behind a sync, and giving up leaves nothing running."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import structlog

from engine.domain.calls import CallRecord
from engine.domain.errors import OutcomeUnknown, PlatformError, Temporary
from engine.domain.limits import LimitScope
from sync.batch import Item
from sync.circuit import Outage
from sync.graph_client import GraphSettings
from tests.sync.clients import TOKEN, Talk, talking
from tests.sync.scripted_server import Request, Step, error, reply, silence

CHANGE = {"daily_budget": "1500"}
DONE = reply({"success": True})


def by_path(**steps: Step) -> Step:
    """Answer by the last name in the path; what is not named gets silence."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        name = request.path.rpartition("/")[2]
        await steps.get(name, silence)(request, writer)

    return answer


async def until(reached: Callable[[], bool]) -> None:
    """Wait until something has come about."""
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110 - the other side knows of no event
            await asyncio.sleep(0.001)


async def fill(talk: Talk, reads: int) -> list[asyncio.Task[object]]:
    """Let so many reads of a sync wait for an answer that never comes."""
    work = [talk.client.get(f"act_{n}/insights", {}, account_id="77") for n in range(reads)]
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(one) for one in work]
    await until(lambda: len(talk.server.requests) >= min(reads, GraphSettings().reads))
    return tasks


async def drop(tasks: list[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_an_action_goes_through_while_the_lane_of_reads_is_full() -> None:
    """The reading before, the change, a batch and the reading after: none waits."""
    batch = reply([{"code": 200, "body": '{"success":true}'}] * 2)

    async def batch_or_ids(request: Request, writer: asyncio.StreamWriter) -> None:
        step = batch if request.method == "POST" else reply({"1": {}, "2": {}})
        await step(request, writer)

    answers = by_path(one=reply({"id": "1"}), two=DONE, **{"": batch_or_ids})

    async def run() -> None:
        async with talking(answers) as talk:
            waiting = await fill(talk, 40)
            await talk.client.get("one", {}, account_id="77", urgent=True)
            await talk.client.post("two", CHANGE, account_id="77")
            items = [Item("POST", str(n), form=CHANGE) for n in range(2)]
            assert await talk.client.post_batch(items, account_id="77") == [None, None]
            await talk.client.get("", {"ids": "1,2"}, account_id="77", urgent=True)
            assert not any(task.done() for task in waiting)
            await drop(waiting)

    asyncio.run(run())


def test_a_call_given_up_leaves_nothing_running() -> None:
    async def run() -> None:
        async with talking(by_path(one=reply({"id": "1"}))) as talk:
            before = len(asyncio.all_tasks())
            waiting = await fill(talk, 12)
            await drop(waiting)
            await until(lambda: talk.server.open == 0)
            # Every turn is free again: as many reads as ever go through.
            await asyncio.gather(*(talk.client.get("one", {}) for _ in range(12)))
            assert len(asyncio.all_tasks()) <= before + GraphSettings().reads

    asyncio.run(run())


def test_a_change_given_up_frees_its_turn_too() -> None:
    async def run() -> None:
        settings = GraphSettings(writes=1)
        async with talking(by_path(two=DONE), settings=settings) as talk:
            for _ in range(3):
                change = asyncio.create_task(talk.client.post("never", CHANGE))
                sent = len(talk.server.requests)
                await until(lambda sent=sent: len(talk.server.requests) > sent)  # type: ignore[misc]
                change.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await change
            await talk.client.post("two", CHANGE)

    asyncio.run(run())


def test_closing_ends_what_is_under_way_and_lets_nothing_else_through() -> None:
    async def run() -> None:
        async with talking(silence) as talk:
            waiting = await fill(talk, 4)
            await talk.client.close()
            ended = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(problem) for problem in ended} == {Temporary}
            with pytest.raises(Temporary, match="ending"):
                await talk.client.post("1", CHANGE)
            assert len(talk.server.requests) == 4

    asyncio.run(run())


def test_when_everything_fails_calls_end_at_once_until_meta_is_back() -> None:
    now = 0.0

    async def run() -> None:
        nonlocal now
        busy = error(2, is_transient=True)
        settings = GraphSettings(attempts=1)
        async with talking(*[busy] * 11, DONE, settings=settings, time=lambda: now) as talk:
            for _ in range(10):
                with pytest.raises(Temporary):
                    await talk.client.get("1", {}, account_id="77")
                now += 2.0
            for work in (talk.client.get("1", {}), talk.client.post("1", CHANGE)):
                with pytest.raises(Outage):
                    await work
            (state,) = talk.client.limits()
            assert (state.scope, state.why) == (LimitScope(), "outage")
            now += 30.0
            with pytest.raises(Temporary):
                await talk.client.get("1", {})
            assert len(talk.server.requests) == 11
            now += 60.0
            await talk.client.get("1", {})
            await talk.client.post("1", CHANGE)
            assert talk.client.limits() == []

    asyncio.run(run())


def test_one_question_that_always_fails_is_no_outage() -> None:
    now = 0.0

    async def run() -> None:
        nonlocal now
        hopeless = error(1, status=500, error_subcode=99)
        settings = GraphSettings(attempts=1)
        async with talking(hopeless, settings=settings, time=lambda: now) as talk:
            for _ in range(40):
                with pytest.raises(Temporary):
                    await talk.client.get("1", {})
                now += 5.0
            assert len(talk.server.requests) == 40

    asyncio.run(run())


def test_changes_of_one_account_keep_to_metas_pace() -> None:
    batch = reply([{"code": 200, "body": '{"success":true}'}] * 50)
    now = 0.0

    async def run() -> None:
        items = [Item("POST", str(n), form=CHANGE) for n in range(50)]
        async with talking(batch, time=lambda: now) as talk:

            async def sleep(seconds: float) -> None:
                nonlocal now
                now += seconds + 1e-9

            talk.pauses.then = sleep
            for _ in range(6):
                await talk.client.post_batch(items, account_id="77")
            assert now > 2.0, "300 changes take more than two seconds"
            talk.pauses.seconds.clear()
            await talk.client.post_batch(items, account_id="78")
            assert talk.pauses.seconds == []

    asyncio.run(run())


Work = Callable[[Talk], Awaitable[object]]


def told(work: Work, *steps: Step) -> tuple[list[CallRecord], list[dict[str, object]]]:
    """Return what the meter and the log were told of some work."""
    records: list[CallRecord] = []

    async def run() -> None:
        async with talking(*steps, meter=records.append) as talk:
            try:
                await work(talk)
            except PlatformError:
                return

    with structlog.testing.capture_logs() as lines:
        asyncio.run(run())
    found = [dict(line) for line in lines if line["event"] == "graph_call"]
    return records, found


def test_every_call_is_told_to_the_log_and_to_the_meter() -> None:
    usage = {"X-App-Usage": '{"call_count": 28}'}
    good = reply({"id": "1"}, headers=usage)

    async def work(talk: Talk) -> None:
        await talk.client.get("act_77/insights", {"fields": "spend"}, account_id="77")

    records, lines = told(work, error(2), good)
    assert [(one.outcome, one.status, one.code, one.attempt) for one in records] == [
        ("temporary", 400, 2, 1),
        ("ok", 200, None, 2),
    ]
    last = records[-1]
    assert (last.endpoint, last.lane, last.account_id) == ("insights", "sync", "77")
    assert (last.items, last.size, last.used_percent) == (1, 10, 28)
    assert last.seconds > 0
    assert [line["outcome"] for line in lines] == ["temporary", "ok"]
    assert lines[-1]["path"] == "act_77/insights"
    assert TOKEN not in repr(lines)


def test_a_batch_is_told_as_one_call_of_many_items() -> None:
    async def work(talk: Talk) -> None:
        await talk.client.post_batch([Item("POST", "1", form=CHANGE)] * 3, account_id="77")

    ((record,), _) = told(work, reply([None, None, None]))
    assert (record.endpoint, record.lane, record.items) == ("write_batch", "action", 3)


def test_what_was_never_sent_is_told_without_a_status() -> None:
    async def work(talk: Talk) -> None:
        for _ in range(2):
            with pytest.raises(PlatformError):
                await talk.client.post("1", CHANGE, account_id="77")

    records, _ = told(work, error(80004))
    assert [(one.status, one.outcome) for one in records] == [
        (400, "rate_limited"),
        (0, "rate_limited"),
    ]


def test_a_lost_change_is_told_as_unknown() -> None:
    async def work(talk: Talk) -> None:
        with pytest.raises(OutcomeUnknown):
            await talk.client.post("1", CHANGE)

    ((record,), _) = told(work, error(2))
    assert (record.outcome, record.endpoint) == ("unknown", "node")
