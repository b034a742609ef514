"""Asynchronous reports: against the sandbox, and by a script where it must be exact."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.domain.errors import Temporary
from engine.domain.objects import Account, Level
from engine.domain.readings import ReportRun
from engine.domain.windows import Grain
from engine.ports import InsightsBatch, InsightsQuery
from sync.insights import InsightsSettings, read_insights
from sync.reports import ForgetfulReports, ReportSettings
from tests.sync.clients import Pauses, Talk, joined, talking
from tests.sync.conftest import Sandbox
from tests.sync.scripted_server import Step, error, page, reply

DAY = date(2026, 3, 10)
ASKED = reply({"report_run_id": 6023920149000001})
DONE = reply({"async_status": "Job Completed", "async_percent_completion": 100})
ACCOUNT = Account("77", "A", "C", "USD", "Europe/Kyiv")


class Notebook:
    """Remembers reports in a dictionary."""

    def __init__(self) -> None:
        self.runs: dict[InsightsQuery, ReportRun] = {}

    def find_report(self, query: InsightsQuery) -> ReportRun | None:
        return self.runs.get(query)

    def keep_report(self, query: InsightsQuery, run: ReportRun) -> None:
        self.runs[query] = run

    def forget_report(self, query: InsightsQuery) -> None:
        self.runs.pop(query, None)


def state(status: str, percent: int = 0, **rest: object) -> Step:
    return reply({"async_status": status, "async_percent_completion": percent, **rest})


def row(campaign: int, day: date = DAY, impressions: int = 10) -> dict[str, str]:
    return {
        "campaign_id": str(campaign),
        "date_start": str(day),
        "date_stop": str(day),
        "impressions": str(impressions),
        "spend": "1.00",
    }


def summed(impressions: int) -> Step:
    return reply({"data": [], "summary": {"impressions": str(impressions)}})


def question(days: int = 1, rows: int = 10**6) -> InsightsQuery:
    since = DAY - timedelta(days=days - 1)
    return InsightsQuery(ACCOUNT, Level.CAMPAIGN, Grain.DAY, since, DAY, expected_rows=rows)


def settings(pauses: Pauses, **changes: object) -> InsightsSettings:
    reports = replace(ReportSettings(sleep=pauses.sleep), **changes)  # type: ignore[arg-type]
    return InsightsSettings(batch_rows=10**9, reports=reports)


async def read(
    talk: Talk, query: InsightsQuery, memory: Notebook | None = None, **changes: object
) -> InsightsBatch:
    batches = read_insights(
        talk.client, query, settings(talk.pauses, **changes), memory or ForgetfulReports()
    )
    return joined([batch async for batch in batches])


def asked_for(talk: Talk) -> list[str]:
    """Return what was asked, by method and the end of the path."""
    return [f"{one.method} {one.path.split('/')[-1]}" for one in talk.server.requests]


def test_a_large_question_is_answered_by_a_report_that_is_waited_for() -> None:
    async def run() -> None:
        steps = (
            ASKED,
            error(100, error_subcode=33),
            state("Job Not Started"),
            state("Job Running", 60),
            state("Job Completed", 99),
            DONE,
            error(100, error_subcode=33),
            DONE,
            page([row(1)]),
            page([row(1), row(2)]),
            summed(20),
        )
        async with talking(*steps) as talk:
            batch = await read(talk, question())
            form = talk.server.requests[0].form
        assert batch.complete
        assert batch.rows["object_id"].to_list() == ["1", "2"]
        assert talk.pauses.seconds == [1, 2, 4, 8, 16]
        assert json.loads(form["time_range"])["since"] == str(DAY)

    asyncio.run(run())


@pytest.mark.parametrize("word", ["Job Failed", "Job Skipped"])
def test_a_failed_report_is_asked_for_anew_and_then_in_halves(word: str) -> None:
    async def run() -> None:
        failed = (ASKED, state(word))
        half = (ASKED, DONE, page([row(1)]))
        steps = (
            *failed,
            *failed,
            *(*half, page([row(1, DAY - timedelta(days=1))]), summed(10)),
            *(*half, page([row(1)]), summed(10)),
        )
        async with talking(*steps) as talk:
            batch = await read(talk, question(days=2))
        assert batch.rows["date"].to_list() == [DAY - timedelta(days=1), DAY]
        assert [one for one in asked_for(talk) if one.startswith("POST")] == ["POST insights"] * 4

    asyncio.run(run())


def test_a_report_that_is_too_large_is_halved_at_once() -> None:
    async def run() -> None:
        too_large = state("Job Failed", error_code=-3, error_subcode=1504045)
        half = (ASKED, DONE, page([]), page([]), summed(0))
        async with talking(ASKED, too_large, *half, *half) as talk:
            batch = await read(talk, question(days=2))
        assert batch.complete
        assert sum(one.startswith("POST") for one in asked_for(talk)) == 3

    asyncio.run(run())


def test_a_day_that_meta_cannot_report_ends_in_one_sentence() -> None:
    async def run() -> None:
        failed = state("Job Failed", error_code=-2, error_user_msg="The report failed.")
        async with talking(ASKED, failed, ASKED, failed) as talk:
            with pytest.raises(Temporary, match=f"report of {DAY}: The report failed"):
                await read(talk, question())

    asyncio.run(run())


def test_a_report_that_never_begins_counts_as_failed() -> None:
    async def run() -> None:
        waiting = [state("Job Not Started")] * 5
        steps = (ASKED, *waiting, ASKED, DONE, page([]), page([]), summed(0))
        async with talking(*steps) as talk:
            batch = await read(talk, question(), to_begin=10.0)
        assert batch.complete

    asyncio.run(run())


def test_rows_that_miss_the_reports_own_sum_are_incomplete() -> None:
    async def run() -> None:
        async with talking(ASKED, DONE, page([row(1)]), page([row(1)]), summed(25)) as talk:
            batch = await read(talk, question())
        assert not batch.complete
        assert "hold 10 impressions, its own sum says 25" in batch.faults[0]

    asyncio.run(run())


def test_a_sum_that_meta_refuses_stops_nothing() -> None:
    async def run() -> None:
        refused = error(100, message="Cannot include impressions in summary param")
        async with talking(ASKED, DONE, page([row(1)]), page([row(1)]), refused) as talk:
            assert (await read(talk, question())).complete

    asyncio.run(run())


@pytest.mark.parametrize("code", [(100, 1487534), (100, 1504018), (2, 1504038)])
def test_a_day_too_large_for_pages_becomes_a_report(code: tuple[int, int]) -> None:
    async def run() -> None:
        too_much = error(code[0], error_subcode=code[1])
        # Pages are made smaller first: 5000, 2500, ... 25.
        steps = (*[too_much] * 9, ASKED, DONE, page([]), page([row(1)]), summed(10))
        async with talking(*steps) as talk:
            batch = await read(talk, question(rows=0))
        assert batch.rows.height == 1

    asyncio.run(run())


def test_an_engine_that_starts_anew_takes_up_the_report_of_the_last() -> None:
    async def run() -> None:
        memory, query = Notebook(), question()
        memory.runs[query] = ReportRun("4711", datetime(2026, 11, 22, 11, 45, tzinfo=UTC))
        async with talking(DONE, page([]), page([row(1)]), summed(10)) as talk:
            talk.client.server_clock.observe(datetime(2026, 11, 22, 12, tzinfo=UTC))
            batch = await read(talk, query, memory)
            paths = [one.path for one in talk.server.requests]
        assert all("/4711" in path for path in paths)
        assert batch.known_at == datetime(2026, 11, 22, 11, 45, tzinfo=UTC)
        assert memory.runs == {}

    asyncio.run(run())


def test_a_report_asked_for_too_long_ago_is_not_taken_up() -> None:
    async def run() -> None:
        memory, query = Notebook(), question()
        memory.runs[query] = ReportRun("4711", datetime(2026, 11, 20, 12, tzinfo=UTC))
        async with talking(ASKED, DONE, page([]), page([]), summed(0)) as talk:
            talk.client.server_clock.observe(datetime(2026, 11, 22, 12, tzinfo=UTC))
            await read(talk, query, memory)
        assert asked_for(talk)[0] == "POST insights"

    asyncio.run(run())


def test_a_cancelled_wait_leaves_the_report_to_be_taken_up() -> None:
    async def run() -> None:
        memory, query, waiting = Notebook(), question(), asyncio.Event()

        async def wait_for_ever(_seconds: float) -> None:
            waiting.set()
            await asyncio.Future()

        async with talking(ASKED, state("Job Running", 5)) as talk:
            work = asyncio.create_task(read(talk, query, memory, sleep=wait_for_ever))
            await waiting.wait()
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
        assert memory.runs[query].run_id == "6023920149000001"

    asyncio.run(run())


@pytest.mark.parametrize("grain", [Grain.HOUR, Grain.DAY, Grain.LIFETIME])
@pytest.mark.parametrize("fault", ["", "report_failed", "report_race"])
def test_a_report_says_what_pages_say(sandbox: Sandbox, grain: Grain, fault: str) -> None:
    async def run() -> tuple[InsightsBatch, InsightsBatch]:
        platform = sandbox.platform()
        try:
            account = (await platform.accounts())[0]
            query = InsightsQuery(account, Level.AD, grain, DAY - timedelta(days=2), DAY)
            pages = joined([batch async for batch in platform.insights(query)])
            if fault:
                sandbox.fault(method="POST", path=r".*/insights", fault=fault)
            asked = settings(Pauses())
            large = replace(query, expected_rows=10**6)
            memory = ForgetfulReports()
            read = read_insights(platform._client, large, asked, memory)
            return pages, joined([batch async for batch in read])
        finally:
            await platform.close()

    pages, report = asyncio.run(run())
    key = ["object_id", "date", "hour"]
    assert report.complete
    assert report.rows.sort(key).equals(pages.rows.sort(key))
    assert report.actions.height == pages.actions.height
