"""An account before deciding: what guards and proposals must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.cycle.planning import levels_read
from engine.decide.context import GuardContext, day_starts
from engine.decide.family import Family
from engine.decide.from_settings import guard_settings
from engine.decide.proposals import Background
from engine.domain.frame import Freshness
from engine.domain.objects import Account, Level
from engine.domain.rule import Rule
from engine.domain.windows import day_start
from engine.engine import Engine
from engine.measure import daily
from engine.measure.daily import Period
from engine.ports import Activity

_STAKE_DAYS = 7
_LEAST_HISTORY = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Situation:
    """What one account looks like to those who decide."""

    context: GuardContext
    background: Background


def describe(
    engine: Engine,
    account: Account,
    rules: Sequence[Rule],
    now: datetime,
    *,
    cycle_id: str,
    complete: bool = True,
    activities: Sequence[Activity] = (),
) -> Situation:
    """Return the account's situation, read from State and warehouse."""
    state = engine.state
    settings = guard_settings(engine.settings())
    longest = max((rule.limits.cooldown for rule in rules), default=_LEAST_HISTORY)
    recent = state.reader.recent(account.account_id, now - max(longest, _LEAST_HISTORY))
    family = Family.of(account, engine.warehouse.objects(account.account_id), complete=complete)
    stop = state.stop.current()
    stakes, daily_spend = _spend(engine, account, now)
    context = GuardContext(
        now=now,
        cycle_id=cycle_id,
        bucket=bucket_of(now),
        family=family,
        rules={rule.rule_id: rule for rule in rules},
        freshness=_freshness(engine, account, rules, now),
        settings=settings,
        recent=recent,
        activities=tuple(activities),
        daily_spend=daily_spend,
        client_used=_client_used(engine, account, now),
        totals=state.reader.totals_by_rule(),
        stopped_by=stop.actor if stop is not None else None,
        automation=state.accounts.get(account.account_id).automation,
        read_only=engine.access.read_only(account.account_id),
    )
    return Situation(context, Background(day_starts(recent, context.today), stakes))


def _freshness(engine: Engine, account: Account, rules: Sequence[Rule], now: datetime) -> Freshness:
    """Return how old the numbers are of the levels that the rules look at."""
    fresh = engine.warehouse.freshness(account.account_id)
    last = engine.warehouse.readings.last(account, levels_read(account, rules), now)
    return replace(fresh, restated=last.restated)


def bucket_of(now: datetime) -> str:
    """Return the evaluation bucket: the UTC hour.

    Within one a rule acts on a field of an object at most once, whatever happens.
    """
    return now.strftime("%Y-%m-%dT%H")


def _spend(engine: Engine, account: Account, now: datetime) -> tuple[Mapping[str, int], int | None]:
    """Return the spend of the last complete days by object, and the account's mean per day."""
    yesterday = now.astimezone(account.zone).date() - timedelta(days=1)
    period = Period(yesterday - timedelta(days=_STAKE_DAYS - 1), yesterday)
    stakes: dict[str, int] = {}
    account_spend = 0
    for level in Level:
        rows = daily.load(engine.warehouse, [account], level, period, now)
        sums = {object_id: sums.spend for object_id, sums in daily.by_object(rows).items()}
        stakes.update(sums)
        if level is Level.CAMPAIGN:
            account_spend = sum(sums.values())
    return stakes, round(account_spend / _STAKE_DAYS) or None


def _client_used(engine: Engine, account: Account, now: datetime) -> int:
    """Return what changed today in the client's other accounts of the same currency."""
    others = [
        known.account_id
        for known in engine.accounts()
        if known.client == account.client
        and known.currency == account.currency
        and known.account_id != account.account_id
    ]
    if not others:
        return 0
    today = day_start(now.astimezone(account.zone).date(), account.zone)
    return sum(
        abs(entry.change)
        for other in others
        for entry in engine.state.reader.recent(other, today, dry_run=False)
    )
