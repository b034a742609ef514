"""Days that no reading of ours covered yet."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from engine.ports import InsightsBatch


def unread_spans(
    cursor: duckdb.DuckDBPyConnection, batch: InsightsBatch
) -> list[tuple[date, date]]:
    """Return the runs of a batch's days that no reading covered yet.

    What was pushed for days never read is all that is known of them; elsewhere
    only a reading of our own may say that a missing row is zero.
    """
    query = batch.query
    rows = cursor.execute(
        "SELECT since, until FROM readings WHERE account_id = ? AND level = ? AND grain = ? "
        "AND since <= ? AND until >= ?",
        [
            query.account.account_id,
            query.level.value,
            query.grain.value,
            query.until,
            query.since,
        ],
    ).fetchall()
    spans: list[tuple[date, date]] = []
    for day in _days(query.since, query.until):
        if any(since <= day <= until for since, until in rows):
            continue
        if spans and spans[-1][1] == day - timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]
