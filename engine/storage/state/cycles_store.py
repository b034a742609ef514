"""Cycles, the last run of every rule, and how long conditions have held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.storage.state.database import Database
from engine.storage.state.tables import CYCLES, RULE_RUNS, STREAKS


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle over one account; without an end it runs or was killed."""

    cycle_id: str
    account_id: str
    began_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, int]
    error: str | None


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What a rule saw when it was last looked at over one account."""

    rule_id: str
    account_id: str
    ran_at: datetime
    matched: int
    unknown: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class Streak:
    """Since when, until when and in how many looks in a row a rule held."""

    rule_version: int
    since: datetime
    last: datetime
    cycles: int


class CyclesStore:
    """What the engine did, cycle by cycle."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def begin(self, cycle_id: str, account_id: str, now: datetime) -> None:
        """Note that a cycle began."""
        with self._database.write() as connection:
            connection.execute(
                sa.insert(CYCLES).values(
                    cycle_id=cycle_id, account_id=account_id, began_at=now, counts={}
                )
            )

    def end(
        self, cycle_id: str, now: datetime, counts: Mapping[str, int], error: str | None = None
    ) -> None:
        """Note that a cycle ended, what it counted and what went wrong."""
        values = {"ended_at": now, "counts": dict(counts), "error": error}
        with self._database.write() as connection:
            connection.execute(
                sa.update(CYCLES).where(CYCLES.c.cycle_id == cycle_id).values(values)
            )

    def latest(self, account_id: str | None = None, limit: int = 50) -> list[CycleRow]:
        """Return the latest cycles, newest first."""
        query = sa.select(CYCLES).order_by(CYCLES.c.seq.desc()).limit(limit)
        if account_id is not None:
            query = query.where(CYCLES.c.account_id == account_id)
        with self._database.read() as connection:
            return [
                CycleRow(r.cycle_id, r.account_id, r.began_at, r.ended_at, r.counts, r.error)
                for r in connection.execute(query)
            ]

    def record_runs(self, runs: Sequence[RuleRun]) -> None:
        """Keep the last run of each rule and account."""
        with self._database.write() as connection:
            for run in runs:
                key = sa.and_(
                    RULE_RUNS.c.rule_id == run.rule_id, RULE_RUNS.c.account_id == run.account_id
                )
                connection.execute(sa.delete(RULE_RUNS).where(key))
            if runs:
                names = RuleRun.__dataclass_fields__
                rows = [{name: getattr(run, name) for name in names} for run in runs]
                connection.execute(sa.insert(RULE_RUNS), rows)

    def runs(self, account_id: str | None = None) -> list[RuleRun]:
        """Return the last run of every rule."""
        query = sa.select(RULE_RUNS)
        if account_id is not None:
            query = query.where(RULE_RUNS.c.account_id == account_id)
        with self._database.read() as connection:
            return [
                RuleRun(r.rule_id, r.account_id, r.ran_at, r.matched, r.unknown, r.looked_at)
                for r in connection.execute(query)
            ]

    def streaks(self, account_id: str) -> dict[tuple[str, str], Streak]:
        """Return the unbroken streaks of an account by (rule id, object id)."""
        query = sa.select(STREAKS).where(STREAKS.c.account_id == account_id)
        with self._database.read() as connection:
            return {
                (r.rule_id, r.object_id): Streak(r.rule_version, r.since, r.last, r.cycles)
                for r in connection.execute(query)
            }

    def replace_streaks(self, account_id: str, streaks: Mapping[tuple[str, str], Streak]) -> None:
        """Keep exactly these streaks for an account; the others are broken."""
        rows = [
            {
                "rule_id": rule_id,
                "object_id": object_id,
                "account_id": account_id,
                "rule_version": streak.rule_version,
                "since": streak.since,
                "last": streak.last,
                "cycles": streak.cycles,
            }
            for (rule_id, object_id), streak in streaks.items()
        ]
        with self._database.write() as connection:
            connection.execute(sa.delete(STREAKS).where(STREAKS.c.account_id == account_id))
            if rows:
                connection.execute(sa.insert(STREAKS), rows)
