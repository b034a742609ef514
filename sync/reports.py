"""Asynchronous reports: asked for, waited for, checked, and found again.

Meta makes large answers in the background. A report may fail, be skipped, not be
found right after it was asked for, or say 100 per cent before its rows can be read;
a new one is then asked for, and in the end the asker puts a smaller question. What
Meta works on is remembered, so that an engine that starts anew does not ask twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from engine.domain.errors import PlatformError, Temporary
from engine.domain.limits import INSIGHTS
from engine.domain.readings import ReportRun
from engine.ports import InsightsBatch, InsightsQuery, ReportMemory
from sync.error_table import Kind
from sync.errors import GraphError, Missing, TooMuchData, kind_of
from sync.graph_client import GraphClient
from sync.insight_questions import parameters

_LOG = structlog.stdlib.get_logger("sync")
Sleep = Callable[[float], Awaitable[None]]
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class ReportFailed(Temporary):
    """Meta could not make the report, more than once."""


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """How patiently reports are waited for; times are seconds.

    `tries` jobs are started before giving up. Pauses between looks double from the
    first to the longest. A job that has not begun within `to_begin`, or not ended
    within `to_end`, counts as failed. A report asked for by an earlier engine is taken
    up when it is not older than `resume_days` (of days that are over) or `resume_today`.
    """

    tries: int = 2
    first_pause: float = 1.0
    longest_pause: float = 30.0
    to_begin: float = 300.0
    to_end: float = 3600.0
    race_patience: float = 60.0
    resume_days: timedelta = timedelta(hours=24)
    resume_today: timedelta = timedelta(minutes=30)
    sleep: Sleep = asyncio.sleep


class ForgetfulReports:
    """Remembers no report: every question is asked anew."""

    def find_report(self, query: InsightsQuery) -> ReportRun | None:
        """Return none."""
        return None

    def keep_report(self, query: InsightsQuery, run: ReportRun) -> None:
        """Keep nothing."""

    def forget_report(self, query: InsightsQuery) -> None:
        """Nothing is kept."""


class _Asked(msgspec.Struct):
    """The answer to asking; the id is a number in Meta's papers, a text in the wild."""

    report_run_id: str | int = ""


class ReportState(msgspec.Struct):
    """How far a report is."""

    async_status: str = ""
    async_percent_completion: int = 0
    error_code: int = 0
    error_subcode: int = 0
    error_message: str = ""
    error_user_msg: str = ""

    @property
    def is_done(self) -> bool:
        """Whether all rows are made; they may still not be readable."""
        return self.async_status == "Job Completed" and self.async_percent_completion >= 100

    @property
    def has_failed(self) -> bool:
        """Whether Meta gave up."""
        return self.async_status in {"Job Failed", "Job Skipped"}

    @property
    def has_begun(self) -> bool:
        """Whether Meta works on it."""
        return self.async_status not in {"", "Job Not Started"}


class _Sum(msgspec.Struct):
    impressions: int | None = None


class _Summed(msgspec.Struct):
    summary: _Sum | None = None


_ASKED = msgspec.json.Decoder(_Asked, strict=False)
_STATE = msgspec.json.Decoder(ReportState, strict=False)
_SUMMED = msgspec.json.Decoder(_Summed, strict=False)


class Reports:
    """Asks for reports and waits for them; several may be under way at once."""

    def __init__(self, client: GraphClient, settings: ReportSettings, memory: ReportMemory) -> None:
        """`memory` outlives the engine."""
        self._client = client
        self._settings = settings
        self._memory = memory

    async def finished(self, query: InsightsQuery) -> ReportRun:
        """Return a report of the question whose rows can be read.

        Raises ReportFailed when Meta failed at every try, TooMuchData when it finds the
        question too large, PlatformError otherwise. Cancelled, it stays remembered.
        """
        run = await self._remembered(query)
        why = ""
        for number in range(self._settings.tries + (run is not None)):
            if run is None or number:
                run = await self._ask(query)
            try:
                await self._wait(run, query.account.account_id)
            except (ReportFailed, Missing) as error:
                why = error.text
                _LOG.info("report_failed", account=query.account.account_id, why=why)
                await self.done(query)
                continue
            return run
        raise ReportFailed(why)

    async def done(self, query: InsightsQuery) -> None:
        """Forget the report of a question: it was read, or it failed."""
        await asyncio.to_thread(self._memory.forget_report, query)

    async def sum_fault(self, run: ReportRun, query: InsightsQuery, batch: InsightsBatch) -> str:
        """Compare the rows with the report's own sum; say how they differ.

        Empty when they agree, when rows were set aside, or when Meta gives no sum.
        """
        params = {"limit": "1", "summary": '["impressions"]'}
        try:
            answer = await self._client.get(
                f"{run.run_id}/insights", params, account_id=query.account.account_id
            )
            summed = _SUMMED.decode(answer.body).summary
        except (PlatformError, *_BROKEN) as error:
            # Meta now and then refuses the sum of a report that is well otherwise.
            _LOG.info("report_without_sum", account=query.account.account_id, why=str(error))
            return ""
        told = summed.impressions if summed is not None else None
        found = int(batch.rows["impressions"].sum())
        if told is None or told == found or batch.rejected:
            return ""
        return f"The report's rows hold {found} impressions, its own sum says {told}."

    async def _remembered(self, query: InsightsQuery) -> ReportRun | None:
        """Return a report that an earlier engine asked for, if it is young enough."""
        run = await asyncio.to_thread(self._memory.find_report, query)
        if run is None:
            return None
        zone = query.account.zone
        over = query.until < run.asked_at.astimezone(zone).date()
        limit = self._settings.resume_days if over else self._settings.resume_today
        if self._client.server_clock.now() - run.asked_at > limit:
            await self.done(query)
            return None
        _LOG.info("report_taken_up", account=query.account.account_id, run=run.run_id)
        return run

    async def _ask(self, query: InsightsQuery) -> ReportRun:
        """Start a report and remember it."""
        account_id = query.account.account_id
        answer = await self._client.ask(
            f"act_{account_id}/insights", parameters(query), account_id=account_id
        )
        run_id = run_id_of(answer.body)
        asked_at = answer.date or self._client.server_clock.now()
        run = ReportRun(run_id, asked_at)
        await asyncio.to_thread(self._memory.keep_report, query, run)
        _LOG.info("report_asked", account=account_id, run=run_id, since=str(query.since))
        return run

    async def _wait(self, run: ReportRun, account_id: str) -> None:
        """Look at a report until its rows can be read, with growing pauses."""
        settings, waited, pause = self._settings, 0.0, self._settings.first_pause
        while True:
            state = await self._look(run, account_id, young=waited < settings.race_patience)
            if state.has_failed:
                raise failure_of(state)
            if state.is_done and await self._can_be_read(run, account_id):
                return
            limit = settings.to_end if state.has_begun else settings.to_begin
            if waited >= limit:
                raise ReportFailed(f"it took longer than {limit:g} seconds ({state.async_status}).")
            await settings.sleep(pause)
            waited += pause
            pause = min(2 * pause, settings.longest_pause)

    async def _look(self, run: ReportRun, account_id: str, *, young: bool) -> ReportState:
        """Return how far a report is; one just made may not be found yet."""
        fields = "async_status,async_percent_completion"
        params: Mapping[str, str] = {"fields": fields}
        try:
            answer = await self._client.get(
                run.run_id, params, account_id=account_id, use_case=INSIGHTS
            )
            return read_state(answer.body)
        except Missing:
            if not young:
                raise
            return ReportState()

    async def _can_be_read(self, run: ReportRun, account_id: str) -> bool:
        """Whether the first row of a finished report is there already."""
        try:
            await self._client.get(
                f"{run.run_id}/insights", {"limit": "1"}, account_id=account_id, listed=True
            )
        except Missing:
            return False
        return True


def run_id_of(body: bytes) -> str:
    """Return the id of a new report. Raises Temporary when there is none."""
    try:
        run_id = str(_ASKED.decode(body).report_run_id)
    except _BROKEN as error:
        raise Temporary("Meta's answer to a report was unreadable.") from error
    if not run_id.isdigit():
        raise Temporary("Meta took a report but did not say its number.")
    return run_id


def read_state(body: bytes) -> ReportState:
    """Return how far a report is. Raises Temporary when that is unreadable."""
    try:
        return _STATE.decode(body)
    except _BROKEN as error:
        raise Temporary("Meta's answer about a report was unreadable.") from error


def failure_of(state: ReportState) -> TooMuchData | ReportFailed:
    """Return what a failed report means: a smaller question, or another try."""
    error = GraphError(state.error_code, state.error_subcode, state.error_message)
    words = state.error_user_msg or state.error_message or state.async_status
    if state.error_code and kind_of(400, error) is Kind.TOO_MUCH_DATA:
        return TooMuchData(f"The report is too large: {words}")
    return ReportFailed(words)
