"""Rules as documents, with every version that was ever saved.

The store does not parse: it keeps the text and is told name and status. A rule that
stops parsing is marked as broken and stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.errors import Clash, NotFound
from engine.domain.rule import RuleStatus
from engine.storage.state.database import Database
from engine.storage.state.tables import RULE_VERSIONS, RULES


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule to be saved: the document and what its reader found in it.

    `client` is the client within which the name is unique, empty for all clients.
    """

    name: str
    status: RuleStatus
    source: str
    client: str = ""


@dataclass(frozen=True, slots=True)
class StoredRule:
    """One version of a rule; times are UTC."""

    rule_id: str
    version: int
    client: str
    name: str
    status: RuleStatus
    source: str
    author: str
    reason: str
    created_at: datetime
    saved_at: datetime
    broken: str | None = None


_LATEST = sa.and_(
    RULE_VERSIONS.c.rule_id == RULES.c.rule_id, RULE_VERSIONS.c.version == RULES.c.version
)
_COLUMNS = (
    RULES.c.rule_id,
    RULES.c.client,
    RULES.c.created_at,
    RULES.c.broken,
    RULE_VERSIONS.c.version,
    RULE_VERSIONS.c.name,
    RULE_VERSIONS.c.status,
    RULE_VERSIONS.c.source,
    RULE_VERSIONS.c.author,
    RULE_VERSIONS.c.reason,
    RULE_VERSIONS.c.saved_at,
)


class RulesStore:
    """Rules and their versions."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def add(
        self,
        draft: RuleDraft,
        now: datetime,
        author: str,
        reason: str = "",
        *,
        rule_id: str | None = None,
    ) -> StoredRule:
        """Keep a new rule as its version 1; raises Clash when the name is taken."""
        rule_id = rule_id or uuid.uuid4().hex[:16]
        with self._database.write() as connection:
            _refuse_taken_name(connection, draft, rule_id)
            row = {
                "rule_id": rule_id,
                "client": draft.client,
                "name": draft.name,
                "status": draft.status,
                "version": 1,
                "created_at": now,
            }
            connection.execute(sa.insert(RULES).values(row))
            _add_version(connection, rule_id, 1, draft, now, author, reason)
        return self.get(rule_id)

    def save(
        self,
        rule_id: str,
        draft: RuleDraft,
        now: datetime,
        author: str,
        reason: str = "",
        *,
        expected_version: int | None = None,
    ) -> StoredRule:
        """Keep a new version of a rule; it counts as whole again.

        Raises NotFound for an unknown rule, a taken name, or when somebody saved a
        version after `expected_version`.
        """
        with self._database.write() as connection:
            newest = connection.scalar(sa.select(RULES.c.version).where(RULES.c.rule_id == rule_id))
            if newest is None:
                raise _unknown(rule_id)
            if expected_version is not None and newest != expected_version:
                raise Clash(
                    f"The rule {draft.name!r} was changed meanwhile "
                    f"(version {newest}, yours is based on {expected_version}).",
                    hint="Open it anew and repeat your change.",
                )
            _refuse_taken_name(connection, draft, rule_id)
            values = {
                "client": draft.client,
                "name": draft.name,
                "status": draft.status,
                "version": newest + 1,
                "broken": None,
            }
            connection.execute(sa.update(RULES).where(RULES.c.rule_id == rule_id).values(values))
            _add_version(connection, rule_id, newest + 1, draft, now, author, reason)
        return self.get(rule_id)

    def get(self, rule_id: str, version: int | None = None) -> StoredRule:
        """Return a rule in its newest or a given version; NotFound if unknown."""
        chosen = (
            _LATEST
            if version is None
            else sa.and_(
                RULE_VERSIONS.c.rule_id == RULES.c.rule_id, RULE_VERSIONS.c.version == version
            )
        )
        query = sa.select(*_COLUMNS).join(RULE_VERSIONS, chosen).where(RULES.c.rule_id == rule_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise _unknown(rule_id)
        return _stored(row)

    def all(
        self, *, statuses: Sequence[RuleStatus] = (RuleStatus.ACTIVE, RuleStatus.PAUSED)
    ) -> list[StoredRule]:
        """Return the rules with these statuses, newest versions, oldest first."""
        query = (
            sa.select(*_COLUMNS)
            .join(RULE_VERSIONS, _LATEST)
            .where(RULES.c.status.in_([str(status) for status in statuses]))
            .order_by(RULES.c.created_at, RULES.c.rule_id)
        )
        with self._database.read() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def active(self) -> list[StoredRule]:
        """Return the rules that are looked at: active, broken ones among them."""
        return self.all(statuses=(RuleStatus.ACTIVE,))

    def versions(self, rule_id: str) -> list[StoredRule]:
        """Return every version of a rule, newest first."""
        query = (
            sa.select(*_COLUMNS)
            .join(RULE_VERSIONS, RULE_VERSIONS.c.rule_id == RULES.c.rule_id)
            .where(RULES.c.rule_id == rule_id)
            .order_by(RULE_VERSIONS.c.version.desc())
        )
        with self._database.read() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def mark_broken(self, rule_id: str, reason: str | None) -> None:
        """Note why a rule no longer parses; none when it does again."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(RULES).where(RULES.c.rule_id == rule_id).values(broken=reason)
            )


def _refuse_taken_name(connection: sa.Connection, draft: RuleDraft, rule_id: str) -> None:
    if draft.status is RuleStatus.ARCHIVED:
        return
    taken = connection.scalar(
        sa.select(RULES.c.rule_id).where(
            RULES.c.client == draft.client,
            RULES.c.name == draft.name,
            RULES.c.status != RuleStatus.ARCHIVED,
            RULES.c.rule_id != rule_id,
        )
    )
    if taken is not None:
        whose = f"the client {draft.client!r}" if draft.client else "all clients"
        raise Clash(
            f"There is already a rule named {draft.name!r} for {whose}.",
            hint="Choose another name, or change that rule.",
        )


def _add_version(
    connection: sa.Connection,
    rule_id: str,
    version: int,
    draft: RuleDraft,
    now: datetime,
    author: str,
    reason: str,
) -> None:
    connection.execute(
        sa.insert(RULE_VERSIONS).values(
            rule_id=rule_id,
            version=version,
            name=draft.name,
            status=draft.status,
            source=draft.source,
            author=author,
            reason=reason,
            saved_at=now,
        )
    )


def _unknown(rule_id: str) -> NotFound:
    return NotFound(f"There is no rule {rule_id!r}.", hint="`ai-buyer rules list` lists them.")


def _stored(row: sa.RowMapping) -> StoredRule:
    return StoredRule(**{**row, "status": RuleStatus(row["status"])})
