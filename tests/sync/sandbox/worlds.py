"""Small worlds for the market's tests, at fixed times and seeds."""

from datetime import UTC, date, datetime

from sync.sandbox.clock import SandboxClock
from sync.sandbox.market.insights import InsightsTable, Level, insights
from sync.sandbox.scenario_checks import Json
from sync.sandbox.scenarios import parse_scenario
from sync.sandbox.world import World

NOON = datetime(2026, 3, 3, 10, tzinfo=UTC)
"""Noon of a Tuesday in Kyiv, the tests' usual start."""


def world_of(
    *,
    seed: int = 1,
    start: datetime = NOON,
    accounts: int = 1,
    history_days: int = 20,
    events: list[Json] | None = None,
    market: dict[str, Json] | None = None,
    shape: dict[str, Json] | None = None,
    **account: Json,
) -> World:
    """Build a world of equal accounts, eight campaigns each unless told otherwise.

    Further fields of an account come by name, or together in ``shape``.
    """
    plan: dict[str, Json] = {
        "client": "Northwind",
        "currency": "USD",
        "timezone": "Europe/Kyiv",
        "campaigns": 8,
    }
    rows: list[Json] = [plan | account | (shape or {}) for _ in range(accounts)]
    scenario = parse_scenario(
        {
            "accounts": rows,
            "history_days": history_days,
            "events": events or [],
            "market": market or {},
        }
    )
    return World(scenario, seed, SandboxClock(start, "manual"))


def only_account(world: World) -> str:
    """Return the first account's id."""
    return next(iter(world.accounts))


def days_of(world: World, level: Level, since: date, until: date) -> InsightsTable:
    """Ask for the first account's rows by day."""
    return insights(world, only_account(world), level, None, since, until, "daily")


def hours_of(world: World, level: Level, since: date, until: date) -> InsightsTable:
    """Ask for the first account's rows by hour."""
    return insights(world, only_account(world), level, None, since, until, "daily", hourly=True)
