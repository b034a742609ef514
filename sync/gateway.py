"""The one door to Meta: who may pass, in which lane, and what is learnt.

Reads of a sync and calls of an action have connections and turns of their own,
so that an action never waits behind a sync.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.domain.clock import Clock
from engine.domain.errors import OutcomeUnknown, PlatformError, Refused, Temporary
from engine.domain.limits import LimitScope, LimitState
from sync.answers import Blocker
from sync.calls import Call, Passage
from sync.circuit import Circuit
from sync.credentials import Credentials
from sync.error_table import Kind
from sync.errors import GraphError
from sync.limits import Limits
from sync.pace import Pace
from sync.platform_clock import PlatformClock, parse_date_header
from sync.throttles import Throttle, throttle_of
from sync.transport import Interrupted, NotSent, NotTrusted, RawAnswer, Transport
from sync.usage import parse_usage


@dataclass(slots=True)
class Lane:
    """Connections of their own, and how many calls may use them at once."""

    transport: Transport
    at_once: int
    deadline: float
    turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Make the turns."""
        self.turns = asyncio.Semaphore(self.at_once)


@dataclass(slots=True)
class Gateway:
    """Passes calls through, one exchange each; nothing is repeated here.

    `clock` is the engine's, in which waits are told.
    """

    credentials: Credentials
    version: str
    sync: Lane
    action: Lane
    write_deadline: float
    clock: Clock
    server_clock: PlatformClock
    limits: Limits
    circuit: Circuit
    pace: Pace
    calls: int = 0
    closing: bool = False

    async def exchange(
        self,
        call: Call,
        passage: Passage,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> RawAnswer:
        """Make one exchange and learn from its answer.

        Raises Temporary, RateLimited or Refused when nothing was changed, OutcomeUnknown
        for a change whose answer was lost.
        """
        lane = self.action if call.urgent else self.sync
        async with self.pace.turn(call.account_id, call.changes), lane.turns:
            self.admit(call)
            passage.sent_at = time.monotonic()
            self.calls += call.items
            raw = await self._send(lane, call, params, form)
        passage.status, passage.size = raw.status, len(raw.body)
        raw = self._learn(raw, call)
        passage.used_percent = 100.0 - self.limits.remaining(call.account_id, self.now())
        return raw

    def admit(self, call: Call) -> None:
        """Raise RateLimited or Temporary when the call must not be made now."""
        if self.closing:
            raise Temporary("The engine is ending; nothing was sent.")
        if call.free:
            return
        self.limits.check(call.scopes, self.now(), urgent=call.urgent)
        self.circuit.check(probe=not call.changes)

    def delay(self, call: Call) -> float:
        """Return the seconds a call should wait because limits fill up."""
        return 0.0 if call.urgent else self.limits.delay(call.scopes, self.now())

    def blocker(self, call: Call, raw: RawAnswer) -> Blocker:
        """Return what turns a throttle in this answer into a time."""

        def block(error: GraphError, kind: Kind) -> datetime | None:
            if kind is Kind.PERHAPS_THROTTLED:
                if not self.limits.suspect(call.account_id):
                    return None
                throttle = Throttle(LimitScope(call.account_id))
            else:
                throttle = throttle_of(error, call.account_id, call.family)
            usage = parse_usage(raw.headers, call.account_id)
            return self.limits.refuse(throttle, call.scopes, usage, self.now())

        return block

    def judged(self, passage: Passage, problem: PlatformError | None) -> None:
        """Tell the circuit what an exchange came to."""
        if passage.sent_at is None or passage.call.free:
            return
        if isinstance(problem, Temporary | OutcomeUnknown) and problem.code in {None, 1, 2}:
            # Error 1 may be about this one question; the others are about Meta.
            if problem.code != 1:
                self.circuit.failed()
        elif passage.status:
            self.circuit.succeeded()

    def states(self) -> list[LimitState]:
        """Return what is known of every limit now."""
        now = self.now()
        found = self.limits.states(now)
        if seconds := self.circuit.seconds_open:
            until = now + timedelta(seconds=seconds)
            found.append(LimitState(LimitScope(), None, until, "outage"))
        return found

    def now(self) -> datetime:
        """Return the engine's time."""
        return self.clock.now()

    async def close(self) -> None:
        """Let no call pass any more, and close every connection."""
        self.closing = True
        await self.sync.transport.close()
        await self.action.transport.close()

    async def _send(
        self,
        lane: Lane,
        call: Call,
        params: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
    ) -> RawAnswer:
        headers = {"Authorization": self.credentials.header, "Accept": "application/json"}
        try:
            return await lane.transport.send(
                call.method,
                f"/{self.version}/{call.path}",
                headers=headers,
                params=params,
                form=form,
                deadline=self.write_deadline if call.changes else lane.deadline,
            )
        except NotTrusted as error:
            raise _not_trusted(error) from error
        except NotSent as error:
            what = "The change was not sent" if call.changes else "Meta could not be reached"
            raise Temporary(f"{what}: {error}.") from error
        except Interrupted as error:
            if call.changes:
                raise OutcomeUnknown(f"The answer to the change was lost: {error}.") from error
            raise Temporary(f"Meta could not be reached: {error}.") from error

    def _learn(self, raw: RawAnswer, call: Call) -> RawAnswer:
        """Take note of the server's time and of what is used of its limits.

        Returns the answer, in errors without the token that Meta may quote in them.
        """
        self.server_clock.observe(parse_date_header(raw.headers.get("date")))
        if raw.status < 400:
            usage = parse_usage(raw.headers, call.account_id)
            self.limits.observe(call.scopes, usage, self.now())
        if raw.status >= 400 or raw.body.startswith(b'{"error"'):
            hidden = self.credentials.hide(raw.body.decode("utf-8", "replace"))
            return replace(raw, body=hidden.encode())
        return raw


def _not_trusted(error: NotTrusted) -> Refused:
    """Return the refusal to talk to someone who is not Meta."""
    return Refused(
        f"The connection to Meta is not safe: {error}. "
        "Check the computer's date and the network (a sign-in page, a proxy)."
    )
