"""What is known about readings: their age, their leftovers, their cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.domain.objects import Level
from engine.domain.windows import Grain


def attributed(action_type: str, attribution: str) -> str:
    """Return the action type under which one attribution window is kept."""
    return f"{action_type}@{attribution}" if attribution else action_type


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be read: why, and the beginning of its text."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class ReportRun:
    """A report that Meta makes in the background."""

    run_id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class LastReads:
    """When parts of an account's numbers were last read whole (none: never).

    `yesterday` only counts after the day's end; `restated` is a reading of all days
    that Meta still restates.
    """

    hours: datetime | None = None
    days: datetime | None = None
    yesterday: datetime | None = None
    restated: datetime | None = None
    lifetime: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """How much moves in an account: spend since yesterday, delivery, objects."""

    spends: bool = False
    delivers: bool = False
    objects: Mapping[Level, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptAside:
    """A row that could not be read, with where and when it came."""

    account_id: str
    level: Level
    grain: Grain
    known_at: datetime
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class AsideCount:
    """How many rows of an account were set aside for a reason, and when last."""

    account_id: str
    reason: str
    rows: int
    last_at: datetime
