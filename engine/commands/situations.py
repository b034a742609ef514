"""The situation of an account when a person acts."""

from __future__ import annotations

import asyncio

from engine.cycle.situation import Situation, describe
from engine.decide.from_settings import guard_settings
from engine.domain.errors import InvalidDocument
from engine.domain.rule import Mode, Rule
from engine.engine import Engine
from engine.rules.parse import parse_rule


async def of_account(engine: Engine, account_id: str, cycle_id: str) -> Situation:
    """Return the situation of an account now, Meta's change history read anew.

    Raises NotFound for an unknown account and PlatformError when Meta does not answer.
    """
    known = await asyncio.to_thread(engine.state.accounts.get, account_id)
    now = engine.clock.now()
    rest = guard_settings(await asyncio.to_thread(engine.settings)).person_edit_rest
    activities = await engine.platform.activities(known.account, now - rest)
    rules = await asyncio.to_thread(active_rules, engine)
    return await asyncio.to_thread(
        describe, engine, known.account, rules, now, cycle_id=cycle_id, activities=activities
    )


def active_rules(engine: Engine) -> list[Rule]:
    """Return the rules in force; a broken one decides nothing and is left out."""
    default = Mode(engine.settings().text("rules.default_mode"))
    found: list[Rule] = []
    for stored in engine.state.rules.active():
        try:
            rule = parse_rule(
                stored.source,
                rule_id=stored.rule_id,
                version=stored.version,
                default_mode=default,
            )
        except InvalidDocument:
            continue  # the cycle marks it as broken and says why
        found.append(rule)
    return found
