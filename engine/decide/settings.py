"""Limits that hold for every rule, whatever it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from engine.domain.money import Money


class LearningPhase(StrEnum):
    """What rules may do to an object that Meta is still learning to deliver."""

    ALLOW = "allow"
    NO_BUDGET_EDITS = "no_budget_edits"
    NO_EDITS = "no_edits"


@dataclass(frozen=True, slots=True)
class MoneyLimit:
    """A limit of money: major units by currency, percent of spend, or both.

    Where both are given the smaller one holds; an empty one limits nothing.
    """

    amounts: Mapping[str, float] = field(default_factory=dict)
    percent_of_daily_spend: float | None = None

    def minor(self, currency: str, daily_spend: int) -> int | None:
        """Return the limit in minor units, none when there is no limit.

        `daily_spend` is what the account spends in a day, minor units.
        """
        found: list[int] = []
        if currency in self.amounts:
            found.append(Money.from_major(self.amounts[currency], currency).minor)
        if self.percent_of_daily_spend is not None:
            found.append(int(daily_spend * Decimal(str(self.percent_of_daily_spend)) / 100))
        return min(found, default=None)


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """What the guards hold actions to.

    `max_age` bounds the age of numbers of this day, `max_age_stop_loss` the same for
    pausing and lowering, `max_age_days` the age of numbers of complete days.
    `edits_per_hour` and `edits_per_day` count budget changes of one object (Meta itself
    refuses the fifth in an hour). `opposite_after` is how long a budget that went one way
    must rest before it goes the other. `max_step_percent` bounds one change against the
    budget before; above `median_factor` times the median of 30 days a person decides.
    `account_change` bounds a day's sum of all changes without sign, `account_increase`
    that of the rises, `client_change` the sum over a client's accounts of one currency;
    `exposure` bounds the sum of daily budgets, `budget_ceiling` a single daily budget.
    `quiet_hours` are local times HH:MM of the account, in which only stop-losses go
    out. `person_edit_rest` is how long a person's edit is left alone. After
    `refusals_per_hour` or `unknowns_per_hour` in an account its rules rest for an hour.
    In `blast_window`, at most max(`blast_minimum`, `blast_share` of the active
    campaigns) are touched.
    """

    max_age: timedelta = timedelta(minutes=60)
    max_age_stop_loss: timedelta = timedelta(hours=3)
    max_age_days: timedelta = timedelta(hours=26)
    learning_phase: LearningPhase = LearningPhase.NO_BUDGET_EDITS
    edits_per_hour: int = 3
    edits_per_day: int = 6
    opposite_after: timedelta = timedelta(hours=6)
    max_step_percent: float = 100.0
    median_factor: float = 5.0
    account_change: MoneyLimit = MoneyLimit(percent_of_daily_spend=50)
    account_increase: MoneyLimit = MoneyLimit(percent_of_daily_spend=30)
    client_change: MoneyLimit = MoneyLimit()
    exposure: MoneyLimit = MoneyLimit(percent_of_daily_spend=300)
    budget_ceiling: MoneyLimit = MoneyLimit()
    protected: frozenset[str] = frozenset()
    protected_labels: frozenset[str] = frozenset({"protected"})
    quiet_hours: tuple[str, str] | None = None
    person_edit_rest: timedelta = timedelta(hours=24)
    refusals_per_hour: int = 5
    unknowns_per_hour: int = 3
    blast_share: float = 0.2
    blast_minimum: int = 5
    blast_window: timedelta = timedelta(minutes=10)
