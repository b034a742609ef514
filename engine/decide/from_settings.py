"""From the settings people change to the limits of the guards."""

from __future__ import annotations

from datetime import timedelta

from engine.decide.settings import GuardSettings, LearningPhase, MoneyLimit
from engine.setting import amounts, hours, listed
from engine.settings import Settings


def guard_settings(settings: Settings) -> GuardSettings:
    """Return the limits of every guard, as the settings in force say."""
    return GuardSettings(
        max_age=_minutes(settings, "safety.stale_after_minutes"),
        max_age_stop_loss=_minutes(settings, "safety.stale_stop_loss_minutes"),
        max_age_days=_hours(settings, "safety.stale_days_hours"),
        learning_phase=LearningPhase(settings.text("safety.learning_phase")),
        edits_per_hour=int(settings.number("safety.edits_per_object_per_hour")),
        edits_per_day=int(settings.number("safety.edits_per_object_per_day")),
        opposite_after=_hours(settings, "safety.opposite_after_hours"),
        max_step_percent=settings.number("money.max_step_percent"),
        median_factor=settings.number("money.median_factor"),
        account_change=_limit(
            settings, "money.account_change_amount", "money.account_change_percent_per_day"
        ),
        account_increase=MoneyLimit(
            percent_of_daily_spend=settings.number("money.account_increase_percent_per_day")
        ),
        client_change=_limit(settings, "money.client_change_amount"),
        exposure=_limit(settings, "money.exposure_amount", "money.exposure_percent"),
        budget_ceiling=_limit(settings, "money.budget_ceiling"),
        protected=frozenset(listed(settings.text("safety.protected_objects"))),
        protected_labels=frozenset(listed(settings.text("safety.protected_labels"))),
        quiet_hours=hours(settings.text("safety.quiet_hours")),
        person_edit_rest=_hours(settings, "safety.human_edit_hours"),
        refusals_per_hour=int(settings.number("safety.refusals_per_hour")),
        unknowns_per_hour=int(settings.number("safety.unknowns_per_hour")),
        blast_share=settings.number("safety.blast_percent") / 100,
        blast_minimum=int(settings.number("safety.blast_minimum")),
        blast_window=_minutes(settings, "safety.blast_minutes"),
    )


def _minutes(settings: Settings, key: str) -> timedelta:
    return timedelta(minutes=settings.number(key))


def _hours(settings: Settings, key: str) -> timedelta:
    return timedelta(hours=settings.number(key))


def _limit(settings: Settings, amount_key: str, percent_key: str | None = None) -> MoneyLimit:
    percent = settings.number(percent_key) if percent_key is not None else None
    return MoneyLimit(amounts(settings.text(amount_key), amount_key), percent)
