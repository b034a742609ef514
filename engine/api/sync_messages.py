"""Messages about reading: the plan, older days, rows set aside.

Frozen standard-library dataclasses like those of engine.api.messages; times are ISO 8601
texts in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanLineMessage:
    """A part of an account and its cost.

    `part` is objects, today, yesterday, restated or lifetime.
    """

    part: str
    every_minutes: float
    calls: int
    calls_per_hour: float


@dataclass(frozen=True, slots=True)
class AccountPlanMessage:
    """An account's plan; `pace` is spending, quiet or asleep.

    `slowed` is how many times rarer than wished, `remaining` per cent of Meta's limits.
    """

    account_id: str
    name: str
    pace: str
    slowed: float
    remaining: float
    calls_per_hour: float
    lines: tuple[PlanLineMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanMessage:
    """What is read how often, and the calls an hour in all."""

    calls_per_hour: float
    accounts: tuple[AccountPlanMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class AsideCountMessage:
    """How many rows of an account could not be read for a reason."""

    account_id: str
    reason: str
    rows: int
    last_at: str


@dataclass(frozen=True, slots=True)
class AsideRowMessage:
    """A row that could not be read, as it came (cut when it is long)."""

    account_id: str
    level: str
    grain: str
    known_at: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class ThinnedMessage:
    """A step of thinning: what is kept of versions from before `until`."""

    kept: str
    until: str
    taken: int


@dataclass(frozen=True, slots=True)
class AsideMessage:
    """Rows set aside in 30 days, the newest of them, and what was thinned."""

    total: int
    counts: tuple[AsideCountMessage, ...] = ()
    rows: tuple[AsideRowMessage, ...] = ()
    thinned: tuple[ThinnedMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """How far the reading of older days is.

    `state` is idle, running, waiting, done, cancelled or failed; `words` say why it waits
    or failed.
    """

    state: str
    since: str | None
    done: int
    total: int
    rows: int
    calls: int
    account_name: str = ""
    piece: str = ""
    words: str = ""
    faults: tuple[str, ...] = ()
