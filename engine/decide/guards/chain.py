"""Which guards a proposal passes, in which order."""

from __future__ import annotations

from collections.abc import Callable

from engine.decide.context import GuardContext
from engine.decide.guards import fresh, money, rest, switches, trouble
from engine.domain.decision import Proposal, Reason

Guard = Callable[[Proposal, GuardContext], Reason | None]

RULE_GUARDS: tuple[Guard, ...] = (
    switches.kill_switch,
    switches.read_only,
    switches.automation,
    switches.account_active,
    fresh.snapshot,
    fresh.data_age,
    switches.protected,
    trouble.open_outcome,
    trouble.circuit_breaker,
    rest.changed_by_person,
    rest.learning_phase,
    switches.quiet_hours,
    rest.cooldown,
    rest.opposite,
    rest.allowance,
    rest.rule_totals,
    money.budget_bounds,
    money.step,
    money.daily_cap,
    money.exposure,
    trouble.blast_radius,
)
# A person who acts through us knows why; what protects money and outcomes still holds.
PERSON_GUARDS: tuple[Guard, ...] = (
    switches.kill_switch,
    switches.read_only,
    switches.account_active,
    trouble.open_outcome,
    rest.edits_per_hour,
    money.budget_bounds,
    money.daily_cap,
    money.exposure,
)
# Messages change nothing at Meta; they must only be true and not too many.
MESSAGE_GUARDS: tuple[Guard, ...] = (
    fresh.snapshot,
    fresh.data_age,
    rest.cooldown,
    rest.allowance,
    rest.rule_totals,
)


def first_veto(
    proposal: Proposal, context: GuardContext, guards: tuple[Guard, ...] | None = None
) -> Reason | None:
    """Return the first guard's veto, none when all let the proposal pass."""
    if guards is None:
        guards = MESSAGE_GUARDS if proposal.is_notification else RULE_GUARDS
    for guard in guards:
        reason = guard(proposal, context)
        if reason is not None:
            return reason
    return None
