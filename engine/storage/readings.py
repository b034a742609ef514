"""What was read and when, what could not be, what Meta works on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import duckdb

from engine.domain.objects import Account, Level
from engine.domain.readings import AsideCount, KeptAside, LastReads, Moves, ReportRun
from engine.domain.thinning import Thinned, ThinningPolicy
from engine.domain.windows import Grain, day_start
from engine.ports import InsightsBatch, InsightsQuery
from engine.storage import thinning
from engine.storage.coverage import aware, naive
from engine.storage.warehouse_facts import scope_of
from engine.storage.warehouse_file import WarehouseFile
from engine.storage.warehouse_rows import first_row

# Of all rows that could not be read so many are kept, the newest ones.
KEPT_ASIDE = 5_000
# Meta restates the numbers of so many days, today among them.
RESTATED_DAYS = 28


class Readings:
    """Implements engine.ports.Readings in the warehouse's file; blocking."""

    def __init__(self, file: WarehouseFile) -> None:
        """Work on an open file."""
        self._file = file

    def last(self, account: Account, levels: Sequence[Level], now: datetime) -> LastReads:
        """Return when each part of an account was last read, over all of `levels`.

        A part that one of the levels lacks was never read.
        """
        with self._file.reading() as cursor:
            found = [_spans_read(cursor, account.account_id, level) for level in levels]
        today = now.astimezone(account.zone).date()
        midnight = naive(day_start(today, account.zone))
        each = [_last_of_level(spans, today, midnight) for spans in found]
        parts = (_oldest(column) for column in zip(*each, strict=True))
        return LastReads(*(aware(part) if part is not None else None for part in parts))

    def until(self, account_id: str, level: Level) -> date | None:
        """Return the last account day read by day, none when never read."""
        with self._file.reading() as cursor:
            row = first_row(
                cursor,
                "SELECT max(until) FROM readings WHERE account_id = ? AND level = ? AND grain = ?",
                [account_id, level.value, Grain.DAY.value],
            )
        return row[0] if row else None

    def moves(self, account: Account, now: datetime) -> Moves:
        """Return how much moves in an account: spend since yesterday, delivery."""
        yesterday = now.astimezone(account.zone).date() - timedelta(days=1)
        with self._file.reading() as cursor:
            scope = scope_of(cursor, account.account_id, Level.CAMPAIGN.value)
            spent = first_row(
                cursor,
                "SELECT coalesce(sum(spend), 0) FROM daily WHERE scope = ? AND date >= ?",
                [scope, yesterday],
            )
            found = cursor.execute(
                "SELECT level, count(*), count(*) FILTER (status = 'ACTIVE') FROM (SELECT level, "
                "arg_max(effective_status, reading) AS status FROM objects WHERE account_id = ? "
                "GROUP BY level, object_id) GROUP BY level",
                [account.account_id],
            ).fetchall()
        return Moves(
            spends=spent is not None and spent[0] > 0,
            delivers=any(active for level, _, active in found if level == Level.CAMPAIGN),
            objects={Level(level): count for level, count, _ in found},
        )

    def rows_a_day(self, account_id: str) -> dict[tuple[Level, Grain], int]:
        """Return how many rows a day the newest reading of each kind had.

        A lifetime counts as one day. Kinds that were never read are left out.
        """
        with self._file.reading() as cursor:
            found = cursor.execute(
                "SELECT level, grain, row_count, until - since + 1 FROM readings WHERE "
                "account_id = ? AND row_count IS NOT NULL QUALIFY row_number() OVER "
                "(PARTITION BY level, grain ORDER BY until - since DESC, reading DESC) = 1",
                [account_id],
            ).fetchall()
        return {
            (Level(level), Grain(grain)): -(-rows // (1 if grain == Grain.LIFETIME else days))
            for level, grain, rows, days in found
        }

    def final_days(
        self, account_id: str, level: Level, since: date, until: date, settled: timedelta
    ) -> set[date]:
        """Return the days read by day so late that Meta restates them no more."""
        with self._file.reading() as cursor:
            found = cursor.execute(
                "SELECT DISTINCT day::DATE FROM (SELECT unnest(generate_series(since, until, "
                "INTERVAL 1 DAY)) AS day, known_at FROM readings WHERE account_id = ? AND "
                "level = ? AND grain = ? AND until >= ? AND since <= ?) "
                "WHERE day BETWEEN ? AND ? AND known_at >= day + to_days(?)",
                [
                    *(account_id, level.value, Grain.DAY.value),
                    *(since, until, since, until, settled.days + 1),
                ],
            ).fetchall()
        return {row[0] for row in found}

    def thin(self, policy: ThinningPolicy, now: datetime) -> None:
        """Thin old versions of facts by a policy, and note it."""
        with self._file.writing() as cursor:
            thinning.thin(cursor, policy, now)

    def thinned(self) -> list[Thinned]:
        """Return how far thinning has come, and what it took away."""
        with self._file.reading() as cursor:
            return thinning.thinned(cursor)

    def aside(self, account_id: str | None = None, limit: int = 100) -> list[KeptAside]:
        """Return rows that could not be read, newest first."""
        where, values = _of_account(account_id)
        with self._file.reading() as cursor:
            found = cursor.execute(
                "SELECT account_id, level, grain, known_at, reason, raw FROM set_aside "
                f"WHERE {where} ORDER BY number DESC LIMIT ?",
                [*values, limit],
            ).fetchall()
        return [
            KeptAside(account, Level(level), Grain(grain), aware(at), reason, raw)
            for account, level, grain, at, reason, raw in found
        ]

    def aside_counts(self, since: datetime) -> list[AsideCount]:
        """Return how many rows were set aside since then, by account and why."""
        with self._file.reading() as cursor:
            found = cursor.execute(
                "SELECT account_id, reason, sum(rows)::BIGINT, max(known_at) FROM aside_counts "
                "WHERE known_at >= ? GROUP BY ALL ORDER BY 3 DESC, 1, 2",
                [naive(since)],
            ).fetchall()
        return [AsideCount(account, reason, n, aware(at)) for account, reason, n, at in found]

    def find_report(self, query: InsightsQuery) -> ReportRun | None:
        """Return the report asked for a question, if nothing newer was read since."""
        with self._file.reading() as cursor:
            row = first_row(
                cursor,
                "SELECT run_id, asked_at FROM report_runs WHERE question = ? AND asked_at >= "
                "coalesce((SELECT max(known_at) FROM readings WHERE account_id = ? AND "
                "level = ? AND grain = ?), TIMESTAMP '1970-01-01')",
                [
                    _question(query),
                    query.account.account_id,
                    query.level.value,
                    query.grain.value,
                ],
            )
        return ReportRun(row[0], aware(row[1])) if row else None

    def keep_report(self, query: InsightsQuery, run: ReportRun) -> None:
        """Remember a report in place of any other of the same question."""
        with self._file.writing() as cursor:
            _forget(cursor, query)
            cursor.execute(
                "INSERT INTO report_runs VALUES (?, ?, ?)",
                [_question(query), run.run_id, naive(run.asked_at)],
            )

    def forget_report(self, query: InsightsQuery) -> None:
        """Forget the report of a question, and those Meta has forgotten too."""
        with self._file.writing() as cursor:
            _forget(cursor, query)
            cursor.execute(
                "DELETE FROM report_runs WHERE asked_at < (SELECT max(known_at) FROM readings) "
                "- INTERVAL 30 DAY"
            )


def keep_aside(cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch) -> None:
    """Keep and count the rows of a batch that could not be read.

    What is kept is bounded; the count is not.
    """
    if not batch.rejected:
        return
    query, known_at = batch.query, naive(batch.known_at)
    about = [query.account.account_id, query.level.value, query.grain.value, known_at]
    reasons: dict[str, int] = {}
    for row in batch.set_aside:
        reasons[row.reason] = reasons.get(row.reason, 0) + 1
        cursor.execute(
            "INSERT INTO set_aside SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ? "
            "FROM set_aside",
            [*about, row.reason, row.raw],
        )
    if rest := batch.rejected - len(batch.set_aside):
        reasons["more of the same reading"] = rest
    for reason, rows in reasons.items():
        cursor.execute("INSERT INTO aside_counts VALUES (?, ?, ?, ?, ?, ?)", [*about, reason, rows])
    cursor.execute(
        f"DELETE FROM set_aside WHERE number <= (SELECT max(number) FROM set_aside) - {KEPT_ASIDE}"
    )


_Spans = dict[str, list[tuple[date, date, datetime]]]


def _spans_read(cursor: duckdb.DuckDBPyConnection, account_id: str, level: Level) -> _Spans:
    """Return the spans of days read by grain, each with its last reading."""
    found = cursor.execute(
        "SELECT grain, since, until, max(known_at) FROM readings "
        "WHERE account_id = ? AND level = ? AND until IS NOT NULL GROUP BY ALL",
        [account_id, level.value],
    ).fetchall()
    spans: _Spans = {}
    for grain, since, until, known_at in found:
        spans.setdefault(grain, []).append((since, until, known_at))
    return spans


def _last_of_level(spans: _Spans, today: date, midnight: datetime) -> tuple[datetime | None, ...]:
    """Return when one level's parts were read, in the order of LastReads."""
    hours, days, lifetime = (
        spans.get(grain.value, []) for grain in (Grain.HOUR, Grain.DAY, Grain.LIFETIME)
    )
    yesterday = today - timedelta(days=1)
    after = _oldest([_newest(hours, yesterday), _newest(days, yesterday)])
    window = [today - timedelta(days=back) for back in range(RESTATED_DAYS)]
    return (
        max((at for _, _, at in hours), default=None),
        max((at for _, _, at in days), default=None),
        after if after is not None and after >= midnight else None,
        _oldest([_newest(days, day) for day in window]),
        max((at for _, _, at in lifetime), default=None),
    )


def _newest(spans: Sequence[tuple[date, date, datetime]], day: date) -> datetime | None:
    """Return when a day was last read, none when it never was."""
    return max((at for since, until, at in spans if since <= day <= until), default=None)


def _oldest(moments: Sequence[datetime | None]) -> datetime | None:
    """Return the earliest moment, none when any is missing."""
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def _of_account(account_id: str | None) -> tuple[str, list[str]]:
    return ("account_id = ?", [account_id]) if account_id else ("true", [])


def _question(query: InsightsQuery) -> str:
    """Return the text by which a question is known again."""
    parts = (query.account.account_id, query.level, query.grain, query.since, query.until)
    return "|".join(map(str, (*parts, *query.attributions)))


def _forget(cursor: duckdb.DuckDBPyConnection, query: InsightsQuery) -> None:
    cursor.execute("DELETE FROM report_runs WHERE question = ?", [_question(query)])
