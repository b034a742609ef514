"""Accounts: which are worked on, whose they are, what a conversion means."""

from __future__ import annotations

from engine.domain.changes import Area, Changes
from engine.domain.errors import UserError
from engine.engine import Engine

_CHANGED = Changes.of(Area.ACCOUNTS)
_LONGEST = 200


def switch(
    engine: Engine,
    account_id: str,
    *,
    enabled: bool | None = None,
    automation: bool | None = None,
) -> Changes:
    """Set whether an account is synced and whether rules may act in it.

    Raises NotFound for an unknown account.
    """
    if enabled is None and automation is None:
        return Changes()
    engine.state.accounts.switch(account_id, enabled=enabled, automation=automation)
    return _CHANGED


def assign_client(engine: Engine, account_id: str, client: str) -> Changes:
    """Name the client of an account; empty goes back to what Meta says."""
    engine.state.accounts.assign_client(account_id, _text(client, "client") or None)
    return _CHANGED | Changes.of(Area.OBJECTS)


def choose_primary_event(engine: Engine, account_id: str, event: str) -> Changes:
    """Choose the action type of conversions; empty is the default choice."""
    engine.state.accounts.choose_primary_event(account_id, _text(event, "primary event") or None)
    return _CHANGED | Changes.of(Area.INSIGHTS)


def _text(given: str, what: str) -> str:
    text = given.strip()
    if len(text) > _LONGEST or not text.isprintable():
        raise UserError(f"The {what} must be plain text of at most {_LONGEST} characters.")
    return text
