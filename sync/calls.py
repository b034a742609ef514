"""A call to Meta before it is made, and the account of it afterwards."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from engine.domain.calls import CallRecord
from engine.domain.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Refused,
    Temporary,
    TokenExpired,
)
from engine.domain.limits import CHANGES, INSIGHTS, MANAGEMENT, LimitScope
from sync.limits import scopes_of

_LOG = structlog.stdlib.get_logger("sync.calls")
_EDGE = re.compile(r"[a-z_]{2,40}")
_OUTCOMES: tuple[tuple[type[PlatformError], str], ...] = (
    (OutcomeUnknown, "unknown"),
    (RateLimited, "rate_limited"),
    (TokenExpired, "token_expired"),
    (Refused, "refused"),
    (Temporary, "temporary"),
)
SYNC, ACTION = "sync", "action"
Meter = Callable[[CallRecord], None]


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, about which account, in which lane.

    `path` is below the version. An `urgent` call belongs to an action: it has
    connections of its own and may use what is kept back of the limits. `changes`
    is how many writes it carries, `items` how many calls Meta counts. A `free` one is
    made even while Meta refuses others.
    """

    method: str
    path: str
    account_id: str = ""
    use_case: str = ""
    urgent: bool = False
    items: int = 1
    changes: int = 0
    kind: str = ""
    free: bool = False

    @property
    def lane(self) -> str:
        """Whose connections it takes."""
        return ACTION if self.urgent else SYNC

    @property
    def endpoint(self) -> str:
        """The kind of thing asked, one of few words."""
        return self.kind or endpoint_of(self.path)

    @property
    def family(self) -> str:
        """The use case whose limits it counts under."""
        return self.use_case or (INSIGHTS if self.endpoint == "insights" else MANAGEMENT)

    @property
    def scopes(self) -> tuple[LimitScope, ...]:
        """The limits that cover it."""
        return scopes_of(self.account_id, self.family, *([CHANGES] if self.changes else []))


def endpoint_of(path: str) -> str:
    """Return the last name in a path, `node` for an object's own address."""
    last = path.strip("/").rpartition("/")[2]
    if not last:
        return "nodes"
    if last.startswith("act_"):
        return "account"
    return last if _EDGE.fullmatch(last) else "node"


@dataclass(slots=True)
class Passage:
    """What is found out about a call while it is made."""

    call: Call
    attempt: int
    began: float
    sent_at: float | None = None
    status: int = 0
    size: int = 0
    used_percent: float = 0.0
    outcome: str = "ok"
    error: PlatformError | None = field(default=None, repr=False)

    def record(self, ended: float) -> CallRecord:
        """Return the call as it is told to logs and counters."""
        sent_at = ended if self.sent_at is None else self.sent_at
        return CallRecord(
            method=self.call.method,
            endpoint=self.call.endpoint,
            lane=self.call.lane,
            account_id=self.call.account_id,
            items=self.call.items,
            attempt=self.attempt,
            status=self.status,
            outcome=self.outcome,
            code=self.error.code if self.error else None,
            subcode=self.error.subcode if self.error else None,
            seconds=round(ended - sent_at, 6),
            waited=round(sent_at - self.began, 6),
            size=self.size,
            used_percent=round(self.used_percent, 2),
        )


@contextmanager
def accounted(
    call: Call,
    meter: Meter,
    *,
    attempt: int = 1,
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[Passage]:
    """Tell one log line and the meter what becomes of the call made inside."""
    passage = Passage(call, attempt, monotonic())
    try:
        yield passage
    except PlatformError as error:
        passage.error = error
        passage.outcome = outcome_of(error)
        raise
    except asyncio.CancelledError:
        passage.outcome = "cancelled"
        raise
    finally:
        record = passage.record(monotonic())
        meter(record)
        _tell(record, call.path)


def outcome_of(error: PlatformError) -> str:
    """Return the word for an error in logs and counters."""
    return next((word for kind, word in _OUTCOMES if isinstance(error, kind)), "error")


def _tell(record: CallRecord, path: str) -> None:
    """Write the log line; a path never holds a token."""
    _LOG.info(
        "graph_call",
        **{name: getattr(record, name) for name in record.__dataclass_fields__},
        path=path,
    )
