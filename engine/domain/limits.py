"""Meta's limits: whom one covers, how full it is, until when it is shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MANAGEMENT = "ads_management"
INSIGHTS = "ads_insights"
# Not a family of Meta's headers: its limit on changes per second and account.
CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class LimitScope:
    """Whom a limit covers.

    An empty account stands for the whole app, an empty use case for every one.
    """

    account_id: str = ""
    use_case: str = ""


@dataclass(frozen=True, slots=True)
class LimitState:
    """What is known of one limit now.

    `used_percent` is none where Meta told nothing lately. `blocked_until` (aware
    UTC) is none while calls may go out; `why` is then empty, otherwise `refused`
    (Meta refused), `reserve` (the rest is kept for changes) or `outage` (Meta
    answers nobody).
    """

    scope: LimitScope
    used_percent: float | None = None
    blocked_until: datetime | None = None
    why: str = ""
