"""The ledger: every write that took effect, one row per changed field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One changed field; budgets are integers in minor units, ids are text."""

    seq: int
    time: datetime
    object_id: str
    level: str
    field: str
    before: object
    after: object
    request_id: str

    def as_json(self) -> dict[str, object]:
        """Return the row as served by the controls; time is ISO 8601 UTC."""
        return {
            "seq": self.seq,
            "time": self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "object_id": self.object_id,
            "level": self.level,
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "request_id": self.request_id,
        }


class Ledger:
    """Append-only list of ledger rows, numbered from 1."""

    def __init__(self) -> None:
        self._rows: list[LedgerRow] = []

    def add(
        self,
        time: datetime,
        object_id: str,
        level: str,
        field: str,
        before: object,
        after: object,
        request_id: str,
    ) -> LedgerRow:
        """Append one row and return it."""
        row = LedgerRow(
            len(self._rows) + 1, time, object_id, level, field, before, after, request_id
        )
        self._rows.append(row)
        return row

    def after(self, seq: int) -> list[LedgerRow]:
        """Return rows with a higher number than `seq`, oldest first."""
        return self._rows[max(seq, 0) :]

    def __len__(self) -> int:
        return len(self._rows)
