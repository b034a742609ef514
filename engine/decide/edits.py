"""Whether a row of Meta's change history is this engine's own write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from engine.domain.journal import JournalEntry
from engine.ports import Activity

_SAME_MOMENT = timedelta(minutes=2)


class Origin(StrEnum):
    """Who made a change at Meta."""

    ENGINE = "engine"
    OWN_APP = "own_app"
    OTHERS = "others"


def is_write_of(edit: Activity, entry: JournalEntry) -> bool:
    """Return whether a row of the history is the write of an entry.

    Where the app's id is not known, Meta's history can't tell us from people.
    """
    return (
        entry.sent_at is not None
        and str(edit.after) == str(entry.after)
        and abs(edit.at - entry.sent_at) < _SAME_MOMENT
    )


def origin_of(edit: Activity, entries: Iterable[JournalEntry]) -> Origin:
    """Return who made a change, by the app's id and by the journal.

    Another program may use the same app: then the app is ours and the journal silent.
    """
    mine = any(entry.object_id == edit.object_id and is_write_of(edit, entry) for entry in entries)
    if mine:
        return Origin.ENGINE
    return Origin.OWN_APP if edit.by_us else Origin.OTHERS
