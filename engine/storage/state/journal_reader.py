"""Reading the journal: pages for people, histories for guards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.decision import NOTIFICATION, Decision
from engine.domain.errors import NotFound, UserError
from engine.domain.journal import ACTING_STATES, JournalEntry, JournalState
from engine.domain.rule import Mode
from engine.storage.state.database import Database
from engine.storage.state.journal_events import JournalEvent, events_of, first_broken_seal
from engine.storage.state.journal_rows import ENTRY_COLUMNS, from_document, to_entry
from engine.storage.state.tables import DECISIONS, JOURNAL

# A place in a table is a whole number of 64 bits.
_LONGEST_CURSOR = 18


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries to list; since <= t < until, empty fields don't restrict.

    `text` is looked for in the names of object and rule, the actor and the object's id.
    """

    accounts: Collection[str] = ()
    rule_id: str | None = None
    object_id: str | None = None
    cycle_id: str | None = None
    follows: str | None = None
    undoes: str | None = None
    states: Collection[JournalState] = ()
    modes: Collection[Mode] = ()
    fields: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Entries, newest first; `next_cursor` is none on the last page."""

    entries: tuple[JournalEntry, ...]
    next_cursor: str | None


def place_of(cursor: str, what: str) -> int:
    """Return the place that a cursor names; UserError for a foreign one."""
    if not cursor.isdecimal() or len(cursor) > _LONGEST_CURSOR:
        raise UserError(f"{cursor[:40]!r} is not a cursor of {what}.", hint="Begin without one.")
    return int(cursor)


class JournalReader:
    """Queries over the journal; none of them changes anything."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database

    def page(
        self,
        asked: JournalFilter | None = None,
        *,
        limit: int = 100,
        cursor: str | None = None,
    ) -> JournalPage:
        """Return one page, newest first; UserError for a foreign cursor."""
        query = sa.select(JOURNAL.c.seq, *ENTRY_COLUMNS).order_by(JOURNAL.c.seq.desc())
        query = query.where(*_restrictions(asked or JournalFilter()))
        if cursor is not None:
            query = query.where(JOURNAL.c.seq < place_of(cursor, "the journal"))
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).mappings().all()
        more = len(rows) > limit
        return JournalPage(
            tuple(to_entry(row) for row in rows[:limit]),
            str(rows[limit - 1]["seq"]) if more else None,
        )

    def entry(self, entry_id: str) -> JournalEntry:
        """Return one entry; NotFound for an unknown id."""
        found = self.entries([entry_id])
        if not found:
            raise NotFound(f"The journal has no entry {entry_id!r}.")
        return found[0]

    def entries(self, entry_ids: Sequence[str]) -> list[JournalEntry]:
        """Return the entries with these ids, in the order they were decided."""
        found: list[JournalEntry] = []
        for start in range(0, len(entry_ids), 500):
            some = entry_ids[start : start + 500]
            found += self._select(JOURNAL.c.entry_id.in_(some))
        return found

    def decision(self, entry_id: str) -> Decision:
        """Return an entry's decision with its trace; NotFound if unknown."""
        query = sa.select(DECISIONS.c.document).where(DECISIONS.c.entry_id == entry_id)
        with self._database.read() as connection:
            document = connection.scalar(query)
        if document is None:
            raise NotFound(f"The journal has no entry {entry_id!r}.")
        return from_document(document)

    def decisions(self, entry_ids: Sequence[str]) -> dict[str, Decision]:
        """Return entries' decisions by id; unknown ids are left out."""
        found: dict[str, Decision] = {}
        with self._database.read() as connection:
            for start in range(0, len(entry_ids), 500):
                some = entry_ids[start : start + 500]
                query = sa.select(DECISIONS.c.entry_id, DECISIONS.c.document).where(
                    DECISIONS.c.entry_id.in_(some)
                )
                found |= {row[0]: from_document(row[1]) for row in connection.execute(query)}
        return found

    def events(self, entry_id: str) -> list[JournalEvent]:
        """Return how an entry came to its state, oldest first."""
        with self._database.read() as connection:
            return events_of(connection, entry_id)

    def in_states(
        self, states: Collection[JournalState], account_id: str | None = None
    ) -> list[JournalEntry]:
        """Return every entry in one of `states`, oldest first."""
        where: list[sa.ColumnElement[bool]] = [JOURNAL.c.state.in_(sorted(states))]
        if account_id is not None:
            where.append(JOURNAL.c.account_id == account_id)
        return self._select(*where)

    def recent(
        self, account_id: str, since: datetime, *, dry_run: bool = True
    ) -> tuple[JournalEntry, ...]:
        """Return what an account's rules did since then, oldest first.

        Entries that acted, may yet act, or wait for approval; where `dry_run`, also
        those of rules in dry run that would have acted. Of messages only those that
        stand for themselves, not those that announce a change.
        """
        acted: sa.ColumnElement[bool] = JOURNAL.c.state.in_(sorted(ACTING_STATES))
        if dry_run:
            acted = sa.or_(acted, JOURNAL.c.state == JournalState.DECIDED)
        return tuple(
            self._select(
                JOURNAL.c.account_id == account_id,
                JOURNAL.c.decided_at >= since,
                sa.or_(JOURNAL.c.field != NOTIFICATION, JOURNAL.c.follows.is_(None)),
                acted,
            )
        )

    def find(self, asked: JournalFilter) -> list[JournalEntry]:
        """Return all entries that the filter lets through, oldest first."""
        return self._select(*_restrictions(asked))

    def totals_by_rule(self) -> dict[str, int]:
        """Return how many changes each rule made in all, for `limits.max_total`."""
        query = (
            sa.select(JOURNAL.c.rule_id, sa.func.count())
            .where(
                JOURNAL.c.state.in_(sorted(ACTING_STATES - {JournalState.REJECTED})),
                JOURNAL.c.field != NOTIFICATION,
            )
            .group_by(JOURNAL.c.rule_id)
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def counts(self, asked: JournalFilter | None = None) -> dict[JournalState, int]:
        """Return how many entries are in each state."""
        query = (
            sa.select(JOURNAL.c.state, sa.func.count())
            .where(*_restrictions(asked or JournalFilter()))
            .group_by(JOURNAL.c.state)
        )
        with self._database.read() as connection:
            return {JournalState(row[0]): row[1] for row in connection.execute(query)}

    def counts_by_rule(
        self, since: datetime, accounts: Collection[str] = ()
    ) -> dict[str, dict[JournalState, int]]:
        """Return how many entries each rule has in each state since then."""
        query = (
            sa.select(JOURNAL.c.rule_id, JOURNAL.c.state, sa.func.count())
            .where(*_restrictions(JournalFilter(accounts=accounts, since=since)))
            .group_by(JOURNAL.c.rule_id, JOURNAL.c.state)
        )
        found: dict[str, dict[JournalState, int]] = {}
        with self._database.read() as connection:
            for rule_id, state, count in connection.execute(query):
                found.setdefault(rule_id, {})[JournalState(state)] = count
        return found

    def first_broken_seal(self) -> int | None:
        """Return the first event with a broken seal, none when all is whole."""
        with self._database.read() as connection:
            return first_broken_seal(connection)

    def _select(self, *where: sa.ColumnElement[bool]) -> list[JournalEntry]:
        query = sa.select(*ENTRY_COLUMNS).where(*where).order_by(JOURNAL.c.seq)
        with self._database.read() as connection:
            return [to_entry(row) for row in connection.execute(query).mappings()]


def _restrictions(asked: JournalFilter) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    exact = {
        JOURNAL.c.rule_id: asked.rule_id,
        JOURNAL.c.object_id: asked.object_id,
        JOURNAL.c.cycle_id: asked.cycle_id,
        JOURNAL.c.follows: asked.follows,
        JOURNAL.c.undoes: asked.undoes,
    }
    where += [column == value for column, value in exact.items() if value is not None]
    lists: list[tuple[sa.Column[str], Collection[str]]] = [
        (JOURNAL.c.account_id, asked.accounts),
        (JOURNAL.c.state, asked.states),
        (JOURNAL.c.mode, asked.modes),
        (JOURNAL.c.field, asked.fields),
    ]
    where += [column.in_(sorted(values)) for column, values in lists if values]
    if asked.since is not None:
        where.append(JOURNAL.c.decided_at >= asked.since)
    if asked.until is not None:
        where.append(JOURNAL.c.decided_at < asked.until)
    if asked.text.strip():
        where.append(_names(asked.text.strip()))
    return where


def _names(text: str) -> sa.ColumnElement[bool]:
    # SQLite folds Latin letters only; these spellings find the other alphabets' too.
    spellings = sorted({text, text.lower(), text.upper(), text.capitalize(), text.title()})
    columns = (JOURNAL.c.object_name, JOURNAL.c.rule_name, JOURNAL.c.actor, JOURNAL.c.object_id)
    return sa.or_(
        *(column.contains(one, autoescape=True) for column in columns for one in spellings)
    )
