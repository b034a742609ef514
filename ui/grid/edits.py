"""Edits not yet sent and rows ticked, kept by row id across reloads."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class PendingEdit:
    """One changed cell: a row's id, a column's key, old and new value."""

    row_id: str
    key: str
    old: object
    new: object


class PendingEdits(QObject):
    """The edits of a grid; ``changed`` carries their number."""

    changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._edits: dict[tuple[str, str], PendingEdit] = {}

    def put(self, row_id: str, key: str, old: object, new: object) -> None:
        """Remember an edit; one back to the old value forgets it."""
        kept = self._edits.get((row_id, key))
        first = kept.old if kept is not None else old
        if new == first:
            self._edits.pop((row_id, key), None)
        else:
            self._edits[row_id, key] = PendingEdit(row_id, key, first, new)
        self.changed.emit(len(self._edits))

    def get(self, row_id: str, key: str) -> PendingEdit | None:
        """Return the edit of a cell, or None."""
        return self._edits.get((row_id, key)) if self._edits else None

    def all(self) -> list[PendingEdit]:
        """Return every edit in the order they were made."""
        return list(self._edits.values())

    def drop(self, edits: Sequence[PendingEdit]) -> None:
        """Forget these edits, after they were posted."""
        for edit in edits:
            self._edits.pop((edit.row_id, edit.key), None)
        self.changed.emit(len(self._edits))

    def clear(self) -> None:
        """Forget every edit."""
        self._edits.clear()
        self.changed.emit(0)


class Ticks(QObject):
    """The ticked rows by id; ``changed`` carries their number."""

    changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: set[str] = set()

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self) -> frozenset[str]:
        """Return the ticked ids."""
        return frozenset(self._ids)

    def set(self, row_ids: list[str], ticked: bool) -> None:
        """Tick or untick rows."""
        if ticked:
            self._ids.update(row_ids)
        else:
            self._ids.difference_update(row_ids)
        self.changed.emit(len(self._ids))

    def keep_only(self, row_ids: frozenset[str]) -> None:
        """Forget rows that exist no more."""
        if not self._ids <= row_ids:
            self._ids &= row_ids
            self.changed.emit(len(self._ids))
