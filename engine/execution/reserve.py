"""The caps under which the journal reserves money."""

from __future__ import annotations

from engine.decide.context import GuardContext
from engine.storage.state.journal_store import DailyCap


def daily_cap(context: GuardContext) -> DailyCap:
    """Return the account's cap of the day, minor units.

    The guards looked at it already; the journal looks again in the transaction that
    reserves the money, because approvals and people act at the same time.
    """
    settings, currency, base = context.settings, context.account.currency, context.spend_base
    return DailyCap(
        since=context.today,
        change=settings.account_change.minor(currency, base),
        increase=settings.account_increase.minor(currency, base),
    )
