"""The one gateway for every call to Meta.

Reads are repeated by the class of their error, with jittered pauses; a POST
is sent once and never again by itself. Tokens travel in a header, never in an
address. Time, pauses and randomness are arguments.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog

from engine.domain.clock import Clock
from engine.domain.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Refused,
    Temporary,
)
from sync.answers import Answer, Blocker, judge_read, judge_write
from sync.batch import LARGEST, Item, decode_parts, encode_items
from sync.credentials import Credentials
from sync.errors import CursorExpired, GraphError, TooMuchData, is_whole_app, seconds_by_rule
from sync.platform_clock import PlatformClock, parse_date_header
from sync.transport import (
    Interrupted,
    NotSent,
    NotTrusted,
    RawAnswer,
    Transport,
    TransportSettings,
)
from sync.usage import Limits, parse_usage

_LOG = structlog.stdlib.get_logger("sync")
META = "https://graph.facebook.com"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Where Meta is and how patiently it is called; times are seconds.

    `reads` and `writes` are how many of each may run at once, on connections of
    their own, so that an action never waits behind a sync.
    """

    base_url: str = META
    version: str = "v26.0"
    reads: int = 4
    writes: int = 8
    attempts: int = 5
    first_pause: float = 0.3
    longest_pause: float = 8.0
    read_deadline: float = 60.0
    write_deadline: float = 10.0
    connect_timeout: float = 5.0


class GraphClient:
    """Calls the Graph API and turns its answers into values or PlatformError."""

    def __init__(
        self,
        credentials: Credentials,
        settings: GraphSettings | None = None,
        *,
        clock: Clock | None = None,
        server_clock: PlatformClock | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`clock` is the engine's, in which waits are told; the server's by default."""
        self._settings = settings or GraphSettings()
        self._credentials = credentials
        self._sleep = sleep
        self._jitter = jitter
        self._reads = self._lane(self._settings.reads)
        self._writes = self._lane(self._settings.writes)
        self._read_turns = asyncio.Semaphore(self._settings.reads)
        self._write_turns = asyncio.Semaphore(self._settings.writes)
        self._calls = 0
        self.limits = limits or Limits()
        self.server_clock = server_clock or PlatformClock()
        self.server_clock.follow(self._ask_time)
        self._clock: Clock = clock or self.server_clock

    @property
    def calls(self) -> int:
        """How many calls were made, as Meta counts them."""
        return self._calls

    @property
    def app_id(self) -> str:
        """The app these credentials belong to, empty when not known."""
        return self._credentials.app_id

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        account_id: str = "",
        listed: bool = False,
    ) -> Answer:
        """Read `path` (below the version), trying again where that may help.

        With `listed` the answer must hold a list in `data`. Raises PlatformError.
        """
        query = self._signed(params)

        async def once() -> Answer:
            raw = await self._read("GET", path, account_id, params=query)
            return judge_read(raw, self._blocker(account_id, raw), listed=listed)

        return await self._again(once, path, account_id)

    async def post(self, path: str, form: Mapping[str, str], *, account_id: str = "") -> None:
        """Make one change, once; returns when Meta confirmed it.

        Raises OutcomeUnknown when it may have taken effect, another PlatformError
        when it surely has not.
        """
        self.limits.check(account_id, self._clock.now())
        raw = await self._write(path, self._signed(form), account_id)
        judge_write(raw, self._blocker(account_id, raw))

    async def read_batch(
        self, items: Sequence[Item], *, account_id: str = ""
    ) -> list[Answer | PlatformError]:
        """Read up to 50 things in one request; each has an outcome of its own.

        Items left without an answer are asked again, alone. Raises PlatformError
        when the request as a whole fails.
        """
        form = self._batch_form(items)

        async def once() -> list[RawAnswer | None]:
            raw = await self._read("POST", "", account_id, form=form, cost=len(items))
            parts = decode_parts(raw.body, len(items)) if raw.is_json else None
            if parts is None:
                judge_read(raw, self._blocker(account_id, raw))
                raise Temporary("Meta's answer to a batch was unreadable.")
            return parts

        parts = await self._again(once, "batch", account_id)
        return [
            await self._item_outcome(item, part, account_id)
            for item, part in zip(items, parts, strict=True)
        ]

    async def post_batch(
        self, items: Sequence[Item], *, account_id: str = ""
    ) -> list[PlatformError | None]:
        """Make up to 50 changes in one request, once; none means confirmed.

        An item without an answer is OutcomeUnknown, as is every item when the
        request as a whole was interrupted. Raises PlatformError when nothing was
        changed for certain.
        """
        self.limits.check(account_id, self._clock.now())
        form = self._batch_form(items)
        raw = await self._write("", form, account_id, cost=len(items))
        parts = decode_parts(raw.body, len(items)) if raw.is_json else None
        if parts is None:
            judge_write(raw, self._blocker(account_id, raw))
            raise OutcomeUnknown("Meta's answer to a batch was unreadable.")
        return [self._write_outcome(part, account_id) for part in parts]

    async def close(self) -> None:
        """Close every connection."""
        await self._reads.close()
        await self._writes.close()

    def _lane(self, connections: int) -> Transport:
        """Open the connections of one lane."""
        return Transport(
            TransportSettings(
                self._settings.base_url,
                connections=connections,
                connect_timeout=self._settings.connect_timeout,
            )
        )

    def _url(self, path: str) -> str:
        return f"/{self._settings.version}/{path}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self._credentials.header, "Accept": "application/json"}

    def _signed(self, params: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters with the proof, when there is a secret."""
        proof = self._credentials.proof
        return {**params, "appsecret_proof": proof} if proof else dict(params)

    def _batch_form(self, items: Sequence[Item]) -> dict[str, str]:
        """Return the form of a batch; Meta wants the token in it as a fall-back."""
        if not 0 < len(items) <= LARGEST:
            raise ValueError(f"a batch holds 1 to {LARGEST} items, not {len(items)}")
        form = {"batch": encode_items(items), "include_headers": "false"}
        return self._signed({**form, "access_token": self._credentials.token})

    async def _again(self, once: Callable[[], Awaitable[_T]], path: str, account_id: str) -> _T:
        """Run a read until it succeeds, fails for good, or tries run out."""
        for attempt in range(1, self._settings.attempts + 1):
            self.limits.check(account_id, self._clock.now())
            if pause := self.limits.delay(account_id):
                await self._sleep(pause)
            try:
                return await once()
            except (TooMuchData, CursorExpired):
                raise
            except Temporary as error:
                if attempt == self._settings.attempts:
                    raise
                _LOG.info("read_again", path=path, attempt=attempt, why=error.text)
            await self._sleep(self._pause(attempt))
        raise AssertionError("attempts are at least one")

    def _pause(self, attempt: int) -> float:
        """Return the seconds to wait after a failed attempt: full jitter, doubling."""
        longest = min(
            self._settings.longest_pause, self._settings.first_pause * 2.0 ** (attempt - 1)
        )
        return longest * (0.5 + self._jitter() / 2)

    async def _read(
        self,
        method: str,
        path: str,
        account_id: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        cost: int = 1,
    ) -> RawAnswer:
        """Make one exchange of the reading lane. Raises Temporary or Refused."""
        async with self._read_turns:
            self._calls += cost
            try:
                raw = await self._reads.send(
                    method,
                    self._url(path),
                    headers=self._headers(),
                    params=params,
                    form=form,
                    deadline=self._settings.read_deadline,
                )
            except NotTrusted as error:
                raise _not_trusted(error) from error
            except (NotSent, Interrupted) as error:
                raise Temporary(f"Meta could not be reached: {error}.") from error
        return self._observed(raw, path, account_id)

    async def _write(
        self, path: str, form: Mapping[str, str], account_id: str, *, cost: int = 1
    ) -> RawAnswer:
        """Make one exchange of the writing lane, once.

        Raises Temporary or Refused when nothing was sent, OutcomeUnknown otherwise.
        """
        async with self._write_turns:
            self._calls += cost
            try:
                raw = await self._writes.send(
                    "POST",
                    self._url(path),
                    headers=self._headers(),
                    form=form,
                    deadline=self._settings.write_deadline,
                )
            except NotTrusted as error:
                raise _not_trusted(error) from error
            except NotSent as error:
                raise Temporary(f"The change was not sent: {error}.") from error
            except Interrupted as error:
                raise OutcomeUnknown(f"The answer to the change was lost: {error}.") from error
        return self._observed(raw, path, account_id)

    def _observed(self, raw: RawAnswer, path: str, account_id: str) -> RawAnswer:
        """Take note of the server's time and of what is used of its limits.

        Returns the answer, in errors without the token that Meta may quote in them.
        """
        self.server_clock.observe(parse_date_header(raw.headers.get("date")))
        if raw.status < 400:
            self.limits.observe(account_id, parse_usage(raw.headers, account_id))
        _LOG.debug(
            "graph_call", path=path, status=raw.status, size=len(raw.body), account=account_id
        )
        if raw.status >= 400 or raw.body.startswith(b'{"error"'):
            hidden = self._credentials.hide(raw.body.decode("utf-8", "replace"))
            return replace(raw, body=hidden.encode())
        return raw

    def _blocker(self, account_id: str, raw: RawAnswer) -> Blocker:
        """Return what turns a throttle in this answer into a time."""

        def block(error: GraphError) -> datetime:
            return self.limits.block(
                account_id,
                parse_usage(raw.headers, account_id),
                self._clock.now(),
                app=is_whole_app(error),
                least=seconds_by_rule(error),
            )

        return block

    async def _item_outcome(
        self, item: Item, part: RawAnswer | None, account_id: str
    ) -> Answer | PlatformError:
        """Return what became of one read of a batch, asking again where it helps."""
        try:
            if part is not None:
                return judge_read(part, self._blocker(account_id, part))
        except Temporary:
            _LOG.info("batch_item_again", path=item.path)
        except PlatformError as error:
            return error
        try:
            return await self.get(item.path, item.params, account_id=account_id)
        except RateLimited:
            raise
        except PlatformError as error:
            return error

    def _write_outcome(self, part: RawAnswer | None, account_id: str) -> PlatformError | None:
        """Return what became of one change of a batch, none when it is confirmed."""
        if part is None:
            return OutcomeUnknown("Meta did not say what became of this change.")
        try:
            judge_write(part, self._blocker(account_id, part))
        except PlatformError as error:
            return error
        return None

    async def _ask_time(self) -> None:
        """Make a small call for its `Date` header, even while Meta refuses others."""
        await self._read("GET", "me", "", params=self._signed({"fields": "id"}))


def _not_trusted(error: NotTrusted) -> Refused:
    """Return the refusal to talk to someone who is not Meta."""
    return Refused(
        f"The connection to Meta is not safe: {error}. "
        "Check the computer's date and the network (a sign-in page, a proxy)."
    )
