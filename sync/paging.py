"""Reading a list page by page, by cursor, with the oddities it may have.

The `next` address is never requested: it carries the token, and a proxy could
point it anywhere. Its presence says that there is more, nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec
import structlog

from engine.domain.errors import PlatformError, Temporary
from sync.answers import Answer
from sync.errors import CursorExpired, TooMuchData
from sync.graph_client import GraphClient

_LOG = structlog.stdlib.get_logger("sync")
_MOST_PAGES = 20_000
_SMALLEST_PAGE = 25


class _Cursors(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    cursors: _Cursors | None = None
    next: str | None = None


_DECODER = msgspec.json.Decoder(_Paging)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page points: whether more follows, and the cursor to get there."""

    more: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a raw JSON list, the cursor that led here, Meta's time."""

    rows: msgspec.Raw
    after: str
    date: datetime | None


def position_of(answer: Answer) -> Position:
    """Read where a page points; an unreadable `paging` is Temporary."""
    raw = answer.envelope.paging
    if not bytes(raw):
        return Position()
    try:
        paging = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Temporary("Meta's answer does not say readably what follows it.") from error
    after = paging.cursors.after if paging.cursors else ""
    if paging.next and not after:
        found = parse_qs(urlsplit(paging.next).query).get("after", [""])
        after = found[0]
    return Position(more=bool(paging.next), after=after)


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: path, parameters, whose account, rows a page.

    With `divisible` a question that is too large is given back to the asker
    instead of being asked again in smaller pages.
    """

    path: str
    params: Mapping[str, str]
    account_id: str
    limit: int
    divisible: bool = False


class PageStream:
    """Yields the pages of one list.

    While one page is worked on, the next is fetched.

    After the last page `complete` says whether the end was reached, and `faults`
    why not. Errors that end it: Temporary only before the first page, all others
    of PlatformError at any point.
    """

    def __init__(self, client: GraphClient, listing: Listing) -> None:
        """Ask nothing yet."""
        self._client = client
        self._listing = listing
        self._limit = listing.limit
        self._seen: set[str] = set()
        self.complete = True
        self.faults: list[str] = []

    async def pages(self) -> AsyncGenerator[Page, None]:
        """Yield every page, in order. Raises PlatformError."""
        pending: asyncio.Task[Answer] | None = self._start("")
        after, count = "", 0
        try:
            while pending is not None:
                try:
                    answer = await pending
                except Temporary as error:
                    if count == 0 or isinstance(error, CursorExpired):
                        raise
                    self._stop(f"Page {count + 1} could not be read: {error.text}")
                    return
                count += 1
                cursor = self._cursor_behind(answer, count)
                pending = self._start(cursor) if cursor else None
                yield Page(answer.envelope.data, after, answer.date)
                after = cursor
        finally:
            if pending is not None:
                pending.cancel()
                with suppress(asyncio.CancelledError, PlatformError):
                    await pending

    async def again(self, page: Page) -> Page:
        """Ask for the same page once more. Raises PlatformError."""
        answer = await self._ask(page.after)
        return Page(answer.envelope.data, page.after, answer.date)

    def _start(self, after: str) -> asyncio.Task[Answer]:
        """Begin to fetch the page behind a cursor."""
        return asyncio.create_task(self._fetch(after))

    async def _fetch(self, after: str) -> Answer:
        """Fetch a page, once more if it looks wrong."""
        answer = await self._ask(after)
        if self._looks_wrong(answer, after):
            _LOG.info("page_asked_again", path=self._listing.path)
            answer = await self._ask(after)
        return answer

    async def _ask(self, after: str) -> Answer:
        """Ask for a page, with fewer rows while Meta finds it too large."""
        while True:
            params = {**self._listing.params, "limit": str(self._limit)}
            if after:
                params["after"] = after
            try:
                return await self._client.get(
                    self._listing.path,
                    params,
                    account_id=self._listing.account_id,
                    listed=True,
                )
            except TooMuchData:
                first = not after
                if self._limit <= _SMALLEST_PAGE or (first and self._listing.divisible):
                    raise
                self._limit = max(_SMALLEST_PAGE, self._limit // 2)
                _LOG.info("page_halved", path=self._listing.path, limit=self._limit)

    def _looks_wrong(self, answer: Answer, after: str) -> bool:
        """Whether a page is empty though more follows, or leads back."""
        where = position_of(answer)
        if not where.more:
            return False
        empty = answer.envelope.is_empty_list
        return empty or not where.after or where.after == after or where.after in self._seen

    def _cursor_behind(self, answer: Answer, count: int) -> str:
        """Return the cursor of the next page, empty at the end."""
        where = position_of(answer)
        if not where.more:
            return ""
        if not where.after:
            self._stop(f"Page {count} says that more follows but not where.")
            return ""
        if where.after in self._seen:
            self._stop(f"Page {count} leads back to a page already read.")
            return ""
        if count >= _MOST_PAGES:
            self._stop(f"The list does not end within {_MOST_PAGES} pages.")
            return ""
        self._seen.add(where.after)
        return where.after

    def _stop(self, fault: str) -> None:
        """End the list before its end, and say why."""
        self.complete = False
        self.faults.append(fault)
        _LOG.info("list_cut_short", path=self._listing.path, why=fault)
