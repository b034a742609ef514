"""Meta's published quotas, by access tier, and what replaces them.

Hourly use-case quotas count calls per ad account and grow with its active
ads; the score counts a read once and a write three times.
"""

from __future__ import annotations

from dataclasses import dataclass

STANDARD, DEVELOPMENT = "standard_access", "development_access"
TIERS = (STANDARD, DEVELOPMENT)
CALLS_PER_USER = 200


@dataclass(frozen=True, slots=True)
class _Tier:
    """Quotas of one access tier; `score_block` is in seconds."""

    score: int
    score_block: int
    management: int
    insights: int
    insights_per_ad: int
    audience: int


_TIERS = {
    STANDARD: _Tier(9000, 60, 100_000, 190_000, 400, 190_000),
    DEVELOPMENT: _Tier(60, 300, 300, 600, 400, 5_000),
}
PER_AD = 40
MOST_AUDIENCE = 700_000


@dataclass(slots=True)
class Quotas:
    """What a caller may use before refusals begin.

    None takes Meta's own formula for the tier; a number replaces it. The app
    may make 200 calls an hour for each of its `users`. `block_minutes` is how
    long a used-up hourly quota refuses.
    """

    tier: str = STANDARD
    users: int = 5_000
    app: int | None = None
    management: int | None = None
    insights: int | None = None
    audience: int | None = None
    score: int | None = None
    insights_platform: int = 1_000_000
    mutations_per_second: int = 100
    block_minutes: float = 5.0

    def app_calls(self) -> int:
        """Return the calls an hour of the whole app."""
        return CALLS_PER_USER * self.users if self.app is None else self.app

    def score_points(self) -> int:
        """Return the points an account may use within 300 seconds."""
        return _TIERS[self.tier].score if self.score is None else self.score

    def score_block_seconds(self) -> int:
        """Return how long a used-up score refuses."""
        return _TIERS[self.tier].score_block

    def use_case_calls(self, use_case: str, active_ads: int, user_errors: int) -> int:
        """Return the calls an hour of an account in one use case."""
        tier = _TIERS[self.tier]
        if use_case == "ads_insights":
            grown = tier.insights + tier.insights_per_ad * active_ads - user_errors // 1000
            return grown if self.insights is None else self.insights
        if use_case == "custom_audience":
            return min(tier.audience, MOST_AUDIENCE) if self.audience is None else self.audience
        grown = tier.management + PER_AD * active_ads
        return grown if self.management is None else self.management
