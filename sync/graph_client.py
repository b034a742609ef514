"""Calling Meta: reads with patience, changes exactly once.

Reads are repeated by the class of their error, with jittered pauses; a POST
is sent once and never again by itself. Tokens travel in a header, never in an
address. Time, pauses and randomness are arguments.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from engine.domain.calls import CallRecord
from engine.domain.clock import Clock
from engine.domain.errors import OutcomeUnknown, PlatformError, Temporary
from engine.domain.limits import LimitState
from sync.answers import Answer, judge_read, judge_write
from sync.batch import LARGEST, Item, decode_parts, encode_items
from sync.calls import Call, Meter, accounted
from sync.circuit import Circuit, Outage
from sync.credentials import Credentials
from sync.errors import CursorExpired, TooMuchData
from sync.gateway import Gateway, Lane
from sync.limits import Limits
from sync.pace import Pace
from sync.platform_clock import PlatformClock
from sync.transport import RawAnswer, Transport, TransportSettings

_LOG = structlog.stdlib.get_logger("sync")
META = "https://graph.facebook.com"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Where Meta is and how patiently it is called; times are seconds.

    `reads` is how many calls of a sync may run at once, `writes` how many of actions
    (changes and the readings for them), on connections of their own, so that an
    action never waits behind a sync. A deadline is for one whole exchange.
    """

    base_url: str = META
    version: str = "v26.0"
    reads: int = 4
    writes: int = 8
    attempts: int = 5
    first_pause: float = 0.3
    longest_pause: float = 8.0
    read_deadline: float = 60.0
    action_deadline: float = 15.0
    write_deadline: float = 10.0
    connect_timeout: float = 5.0


def unmetered(_record: CallRecord) -> None:
    """Keep no count of calls."""


class GraphClient:
    """Calls the Graph API and turns its answers into values or PlatformError."""

    def __init__(
        self,
        credentials: Credentials,
        settings: GraphSettings | None = None,
        *,
        clock: Clock | None = None,
        server_clock: PlatformClock | None = None,
        meter: Meter = unmetered,
        limits: Limits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is the engine's, in which waits are told; the server's by default.

        Clients that share `limits` heed what any of them is told.
        """
        self._settings = settings or GraphSettings()
        self._credentials = credentials
        self._meter = meter
        self._sleep = sleep
        self._jitter = jitter
        self.server_clock = server_clock or PlatformClock()
        self.server_clock.follow(self._ask_time)
        self._gateway = Gateway(
            credentials,
            self._settings.version,
            sync=self._lane(self._settings.reads, self._settings.read_deadline),
            action=self._lane(self._settings.writes, self._settings.action_deadline),
            write_deadline=self._settings.write_deadline,
            clock=clock or self.server_clock,
            server_clock=self.server_clock,
            limits=limits or Limits(jitter=jitter),
            circuit=Circuit(monotonic=monotonic),
            pace=Pace(monotonic=monotonic, sleep=sleep),
        )

    @property
    def calls(self) -> int:
        """How many calls were made, as Meta counts them."""
        return self._gateway.calls

    @property
    def app_id(self) -> str:
        """The app these credentials belong to, empty when not known."""
        return self._credentials.app_id

    def now(self) -> datetime:
        """Return the engine's time, in which limits are counted."""
        return self._gateway.now()

    def remaining(self, account_id: str) -> float:
        """Return how many per cent of the account's limits are left."""
        return self._gateway.limits.remaining(account_id, self._gateway.now())

    def limits(self) -> list[LimitState]:
        """Return what is known of every limit now."""
        return self._gateway.states()

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        account_id: str = "",
        listed: bool = False,
        urgent: bool = False,
        use_case: str = "",
        items: int = 1,
    ) -> Answer:
        """Read `path` (below the version), trying again where that may help.

        With `listed` the answer must hold a list in `data`. An `urgent` read belongs to
        an action. `items` is how many calls Meta counts. Raises PlatformError.
        """
        call = Call("GET", path, account_id, use_case, urgent, items)

        def judge(raw: RawAnswer) -> Answer:
            return judge_read(raw, self._gateway.blocker(call, raw), listed=listed)

        return await self._again(call, judge, params=self._signed(params))

    async def ask(
        self, path: str, form: Mapping[str, str], *, account_id: str = "", use_case: str = ""
    ) -> Answer:
        """Ask by POST for something that changes no object, such as a report.

        Tried again like a read: doing it twice does no harm. Raises PlatformError.
        """
        call = Call("POST", path, account_id, use_case)

        def judge(raw: RawAnswer) -> Answer:
            return judge_read(raw, self._gateway.blocker(call, raw))

        return await self._again(call, judge, form=self._signed(form))

    async def post(
        self, path: str, form: Mapping[str, str], *, account_id: str = "", creates: bool = False
    ) -> None:
        """Make one change, once; returns when Meta confirmed it.

        With `creates` the id of what was made confirms it.

        Raises OutcomeUnknown when it may have taken effect, another PlatformError
        when it surely has not.
        """
        call = Call("POST", path, account_id, urgent=True, changes=1)

        def judge(raw: RawAnswer) -> None:
            judge_write(raw, self._gateway.blocker(call, raw), creates=creates)

        await self._once(call, judge, form=self._signed(form))

    async def read_batch(
        self,
        items: Sequence[Item],
        *,
        account_id: str = "",
        urgent: bool = False,
        use_case: str = "",
    ) -> list[Answer | PlatformError]:
        """Read up to 50 things in one request; each has an outcome of its own.

        Items left without an answer are asked again together. Raises PlatformError
        when the request as a whole fails.
        """
        found: dict[int, Answer | PlatformError] = {}
        waiting = list(range(len(items)))
        for attempt in range(1, self._settings.attempts + 1):
            asked = [items[place] for place in waiting]
            call = Call("POST", "", account_id, use_case, urgent, len(asked), kind="batch")
            judge = self._judge_reads(call)
            parts = await self._again(call, judge, form=self._batch_form(asked))
            found.update(zip(waiting, parts, strict=True))
            waiting = [place for place in waiting if _worth_asking(found[place])]
            if not waiting or attempt == self._settings.attempts:
                break
            _LOG.info("batch_items_again", account=account_id, items=len(waiting))
            await self._sleep(self._pause(attempt))
        return [found[place] for place in range(len(items))]

    async def post_batch(
        self, items: Sequence[Item], *, account_id: str = ""
    ) -> list[PlatformError | None]:
        """Make up to 50 changes in one request, once; none means confirmed.

        An item without an answer is OutcomeUnknown, as is every item when the
        request as a whole was interrupted. Raises PlatformError when nothing was
        changed for certain.
        """
        count = len(items)
        call = Call(
            "POST", "", account_id, urgent=True, items=count, changes=count, kind="write_batch"
        )

        def judge(raw: RawAnswer) -> list[PlatformError | None]:
            parts = decode_parts(raw.body, count) if raw.is_json and raw.status < 400 else None
            if parts is None:
                judge_write(raw, self._gateway.blocker(call, raw))
                raise OutcomeUnknown("Meta's answer to a batch was unreadable.")
            return [self._write_outcome(call, raw, part) for part in parts]

        return await self._once(call, judge, form=self._batch_form(items))

    async def close(self) -> None:
        """Close every connection."""
        await self._gateway.close()

    def _lane(self, at_once: int, deadline: float) -> Lane:
        """Open the connections of one lane."""
        transport = Transport(
            TransportSettings(
                self._settings.base_url,
                connections=at_once,
                connect_timeout=self._settings.connect_timeout,
            )
        )
        return Lane(transport, at_once, deadline)

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

    async def _again(
        self,
        call: Call,
        judge: Callable[[RawAnswer], _T],
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> _T:
        """Make a read until it succeeds, fails for good, or tries run out."""
        for attempt in range(1, self._settings.attempts + 1):
            if pause := self._gateway.delay(call):
                await self._sleep(pause)
            try:
                return await self._once(call, judge, params=params, form=form, attempt=attempt)
            except (TooMuchData, CursorExpired, Outage):
                raise
            except Temporary:
                if attempt == self._settings.attempts:
                    raise
            await self._sleep(self._pause(attempt))
        raise AssertionError("attempts are at least one")

    async def _once(
        self,
        call: Call,
        judge: Callable[[RawAnswer], _T],
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        attempt: int = 1,
    ) -> _T:
        """Make one exchange and judge its answer. Raises PlatformError."""
        with accounted(call, self._meter, attempt=attempt) as passage:
            try:
                raw = await self._gateway.exchange(call, passage, params=params, form=form)
                result = judge(raw)
            except PlatformError as error:
                self._gateway.judged(passage, error)
                raise
            self._gateway.judged(passage, None)
            return result

    def _pause(self, attempt: int) -> float:
        """Return the seconds to wait after a failed attempt: full jitter, doubling."""
        longest = min(
            self._settings.longest_pause, self._settings.first_pause * 2.0 ** (attempt - 1)
        )
        return longest * (0.5 + self._jitter() / 2)

    def _judge_reads(self, call: Call) -> Callable[[RawAnswer], list[Answer | PlatformError]]:
        """Return what turns a batch's answer into an outcome for each item."""

        def judge(raw: RawAnswer) -> list[Answer | PlatformError]:
            parts = decode_parts(raw.body, call.items) if raw.is_json else None
            if parts is None:
                judge_read(raw, self._gateway.blocker(call, raw))
                raise Temporary("Meta's answer to a batch was unreadable.")
            return [self._read_outcome(call, raw, part) for part in parts]

        return judge

    def _read_outcome(
        self, call: Call, whole: RawAnswer, part: RawAnswer | None
    ) -> Answer | PlatformError:
        """Return what became of one read of a batch."""
        if part is None:
            return Temporary("Meta left a part of a batch without an answer.")
        try:
            return judge_read(part, self._gateway.blocker(call, whole))
        except PlatformError as error:
            return error

    def _write_outcome(
        self, call: Call, whole: RawAnswer, part: RawAnswer | None
    ) -> PlatformError | None:
        """Return what became of one change of a batch, none when it is confirmed."""
        if part is None:
            return OutcomeUnknown("Meta did not say what became of this change.")
        try:
            judge_write(part, self._gateway.blocker(call, whole))
        except PlatformError as error:
            return error
        return None

    async def _ask_time(self) -> None:
        """Make a small call for its `Date` header, even while Meta refuses others."""
        call = Call("GET", "me", urgent=True, free=True)
        await self._once(call, _whatever, params=self._signed({"fields": "id"}))


def _whatever(_raw: RawAnswer) -> None:
    """Take any answer; its headers were read already."""


def _worth_asking(outcome: Answer | PlatformError) -> bool:
    """Whether another try may bring a better outcome of a read."""
    return isinstance(outcome, Temporary) and not isinstance(outcome, TooMuchData)
