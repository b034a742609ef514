"""The quota plan of this engine, from its accounts and settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.cycle.evaluation import levels_of, rules_for
from engine.domain.objects import Account, Level
from engine.domain.rule import Rule
from engine.domain.thinning import ThinningPolicy
from engine.engine import Engine
from engine.ports import Metered
from engine.pull import Wish
from engine.settings import Settings
from engine.sync_plan import AccountLoad, Paces, SyncPlan, plan_sync


def paces_of(settings: Settings) -> Paces:
    """Return how often people want which part read."""
    spending = settings.number("sync.every_minutes")
    return Paces(
        spending=spending,
        quiet=max(spending, settings.number("sync.quiet_minutes")),
        asleep=max(spending, settings.number("sync.asleep_minutes")),
        yesterday=settings.number("sync.yesterday_minutes"),
        restated=settings.number("sync.restated_hours") * 60,
        lifetime=settings.number("sync.lifetime_minutes"),
        calls_per_hour=settings.number("sync.calls_per_hour"),
    )


def thinning_of(settings: Settings) -> ThinningPolicy:
    """Return how coarsely people want old versions kept; 0 days keeps all."""

    def age(key: str) -> timedelta | None:
        days = settings.number(key)
        return timedelta(days=days) if days else None

    return ThinningPolicy(age("history.one_a_day_after"), age("history.final_after"))


def plan_of(engine: Engine, rules: Sequence[Rule], now: datetime) -> SyncPlan:
    """Return the plan of all enabled accounts; blocking."""
    loads = [_load(engine, account, rules, now) for account in engine.accounts()]
    return plan_sync(loads, paces_of(engine.settings()))


def levels_read(account: Account, rules: Sequence[Rule]) -> list[Level]:
    """Return the levels whose numbers are read of an account."""
    return Wish(levels=levels_of(rules_for(account, rules))).all_levels


def _load(engine: Engine, account: Account, rules: Sequence[Rule], now: datetime) -> AccountLoad:
    readings, platform = engine.warehouse.readings, engine.platform
    moves = readings.moves(account, now)
    remaining = 100.0
    if isinstance(platform, Metered):
        remaining = platform.remaining(account.account_id)
    return AccountLoad(
        account_id=account.account_id,
        name=account.name,
        spends=moves.spends,
        delivers=moves.delivers,
        levels=levels_read(account, rules),
        objects=moves.objects,
        rows_a_day=readings.rows_a_day(account.account_id),
        remaining=remaining,
    )
