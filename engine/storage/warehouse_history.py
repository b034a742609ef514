"""What the warehouse keeps of objects besides their versions and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.domain.objects import Creative
from engine.ports import Activity, EditsAsked, LastReadings
from engine.storage.warehouse_creatives import find_creatives
from engine.storage.warehouse_edits import find_edits, store_edits
from engine.storage.warehouse_file import WarehouseFile
from engine.storage.warehouse_structure import last_readings


class DuckDBHistory:
    """Implements engine.ports.History in the warehouse's file."""

    def __init__(self, file: WarehouseFile) -> None:
        """Look into an open file."""
        self._file = file

    def last_readings(self, account_id: str) -> LastReadings:
        """Return when the account's objects and its edits were read last."""
        with self._file.reading() as cursor:
            return last_readings(cursor, account_id)

    def store_edits(
        self, account_id: str, edits: Sequence[Activity], read_at: datetime
    ) -> list[Activity]:
        """Keep rows of Meta's change history; return those that were new."""
        with self._file.writing() as cursor:
            return store_edits(cursor, account_id, edits, read_at)

    def edits(self, asked: EditsAsked) -> list[Activity]:
        """Return rows of Meta's change history, newest first."""
        with self._file.reading() as cursor:
            return find_edits(cursor, asked)

    def creatives(self, creative_ids: Sequence[str]) -> dict[str, Creative]:
        """Return creatives by id; unknown ids are left out."""
        with self._file.reading() as cursor:
            return find_creatives(cursor, creative_ids)
