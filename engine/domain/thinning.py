"""How coarsely old versions of numbers are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAILY, FINAL = "one a day", "the final one"


@dataclass(frozen=True, slots=True)
class ThinningPolicy:
    """After which age one version a day, then only the final one, is kept.

    None keeps everything.
    """

    one_a_day: timedelta | None
    final: timedelta | None


@dataclass(frozen=True, slots=True)
class Thinned:
    """What is thinned so far: up to when, and how many versions it took away."""

    kept: str
    until: datetime
    taken: int
    done_at: datetime
