"""Guards that people switch: stop, automation, protection, quiet hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.decide.context import GuardContext, is_growth, is_stop_loss
from engine.domain.decision import Proposal, Reason
from engine.domain.identity import A_LOGIN
from engine.domain.rule import Mode


def kill_switch(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto everything while somebody has stopped the engine."""
    if context.stopped_by is None:
        return None
    words = f"The engine was stopped by {context.stopped_by}."
    return Reason("stopped", words, "kill_switch")


def automation(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto automatic rules in an account whose automation is switched off."""
    if context.automation or proposal.mode is not Mode.AUTOMATIC:
        return None
    words = f"Automation is switched off for the account {context.account.name}."
    return Reason("automation_off", words, "automation")


def read_only(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto changes in an account where no login may change anything.

    A dry run changes nothing anyway and goes on.
    """
    if not context.read_only or proposal.mode is Mode.DRY_RUN:
        return None
    name = context.account.name
    if context.read_only == A_LOGIN:
        words = f"The account {name} is read only until its login works again."
        return Reason("read_only", words, "read_only")
    words = f"The account {name} is read only: {context.read_only} is missing."
    return Reason("read_only", words, "read_only")


def account_active(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto growth in an account that Meta does not let deliver."""
    if context.account.is_active or not is_growth(proposal):
        return None
    words = f"The account {context.account.name} is not active at Meta."
    return Reason("account_inactive", words, "account_active")


def protected(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto changes of objects that people protect, and all below them."""
    settings = context.settings
    one = context.family.objects.get(proposal.object.object_id, proposal.object)
    while True:
        if one.object_id in settings.protected or settings.protected_labels & set(one.labels):
            words = f"{one.name} is protected."
            return Reason("protected", words, "protected")
        above = context.family.objects.get(one.parent_id or "")
        if above is None:
            return None
        one = above


def quiet_hours(proposal: Proposal, context: GuardContext) -> Reason | None:
    """Veto all but stop-losses in the quiet hours of the account's zone."""
    hours = context.settings.quiet_hours
    if hours is None or is_stop_loss(proposal):
        return None
    local = context.now.astimezone(context.account.zone)
    clock = f"{local:%H:%M}"
    begin, end = hours
    quiet = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not quiet:
        return None
    words = f"Quiet hours from {begin} to {end}."
    return Reason("quiet_hours", words, "quiet_hours", _next(local, end))


def _next(local: datetime, clock: str) -> datetime:
    """Return when the account's clock shows `clock` next."""
    hour, minute = (int(part) for part in clock.split(":"))
    moment = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment > local else moment + timedelta(days=1)
