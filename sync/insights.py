"""Reading insights: batches of whole days, whatever it takes to get them.

A question is cut into spans of days, a few of which are read at once. A span is
read page by page; where Meta finds it too large it is halved, and where a single
day is too large, or is known to be, an asynchronous report makes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from engine.domain.errors import Refused, Temporary, UserError
from engine.ports import InsightsBatch, InsightsQuery, ReportMemory
from sync.errors import CursorExpired, TooMuchData
from sync.graph_client import GraphClient
from sync.insight_pages import Gathered, gather, made_batch
from sync.insight_questions import divide, into_batches, is_divisible, parameters
from sync.paging import Listing
from sync.reports import ReportFailed, Reports, ReportSettings
from sync.together import ahead

_LOG = structlog.stdlib.get_logger("sync")


@dataclass(frozen=True, slots=True)
class InsightsSettings:
    """How large pages and batches are, and from when on a report is asked for.

    `page_rows` rows a page; about `batch_rows` a batch, one day at least; `spans` read
    at once; a span of more than `report_rows` expected rows is asked for as a report.
    """

    page_rows: int = 5000
    batch_rows: int = 50_000
    spans: int = 3
    report_rows: int = 100_000
    reports: ReportSettings = field(default_factory=ReportSettings)


async def read_insights(
    client: GraphClient, query: InsightsQuery, settings: InsightsSettings, memory: ReportMemory
) -> AsyncGenerator[InsightsBatch, None]:
    """Yield every row the query asks for, in batches of whole days, in order.

    Raises PlatformError when not even the first page of a span came.
    """
    try:
        # The currency and the zone are checked before anything is asked.
        query.account.offset, query.account.zone  # noqa: B018 - both raise when unknown
    except (UserError, KeyError) as error:
        raise Refused(f"The account's numbers can't be read: {error}") from error
    known_at = client.server_clock.now()
    reader = _SpanReader(client, settings, memory)
    spans = [partial(reader.read, span) for span in into_batches(query, settings.batch_rows)]
    first = True
    async with aclosing(ahead(spans, settings.spans)) as read:
        async for batches in read:
            for batch in batches:
                # Spans read side by side end in any order; time must not run backwards.
                known_at = batch.known_at if first else max(known_at, batch.known_at)
                first = False
                yield replace(batch, known_at=known_at)


class _SpanReader:
    """Reads spans of days of one question, by pages or by report."""

    def __init__(
        self, client: GraphClient, settings: InsightsSettings, memory: ReportMemory
    ) -> None:
        self._client = client
        self._settings = settings
        self._reports = Reports(client, settings.reports, memory)

    async def read(self, query: InsightsQuery) -> list[InsightsBatch]:
        """Return the span's batches: one, or several where it had to be halved."""
        if query.expected_rows > self._settings.report_rows:
            return await self._by_report(query)
        try:
            return [await self._by_pages(query)]
        except CursorExpired:
            _LOG.info("insights_from_start", account=query.account.account_id)
            return [await self._by_pages(query)]
        except TooMuchData:
            if is_divisible(query):
                return await self._halves(query)
        return await self._by_report(query)

    async def _halves(self, query: InsightsQuery) -> list[InsightsBatch]:
        _LOG.info("insights_halved", account=query.account.account_id, since=str(query.since))
        halves = [await self.read(half) for half in divide(query, 2)]
        return [batch for half in halves for batch in half]

    async def _by_pages(self, query: InsightsQuery) -> InsightsBatch:
        """Read a span's pages one after the other."""
        listing = Listing(
            path=f"act_{query.account.account_id}/insights",
            params=parameters(query),
            account_id=query.account.account_id,
            limit=self._settings.page_rows,
            divisible=is_divisible(query),
        )
        started = self._client.server_clock.now()
        gathered = await gather(self._client, listing, query)
        return await self._batch(query, gathered, gathered.first_date or started)

    async def _by_report(self, query: InsightsQuery) -> list[InsightsBatch]:
        """Have Meta make a report of the span; of halves where that fails."""
        try:
            return [await self._read_report(query)]
        except (TooMuchData, ReportFailed) as error:
            if not is_divisible(query):
                raise Temporary(
                    f"Meta could not make the report of {query.since}: {error.text}"
                ) from error
        return await self._halves(query)

    async def _read_report(self, query: InsightsQuery) -> InsightsBatch:
        """Ask for a report, wait for it, read its pages and check their sum."""
        run = await self._reports.finished(query)
        listing = Listing(
            path=f"{run.run_id}/insights",
            params={},
            account_id=query.account.account_id,
            limit=self._settings.page_rows,
        )
        gathered = await gather(self._client, listing, query)
        batch = await self._batch(query, gathered, run.asked_at)
        fault = await self._reports.sum_fault(run, query, batch)
        await self._reports.done(query)
        if not fault:
            return batch
        return replace(batch, complete=False, faults=(*batch.faults, fault))

    async def _batch(
        self, query: InsightsQuery, gathered: Gathered, known_at: datetime
    ) -> InsightsBatch:
        return await asyncio.to_thread(made_batch, query, gathered, known_at)
