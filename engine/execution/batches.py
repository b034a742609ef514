"""Which actions may travel in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain.journal import JournalEntry
from engine.domain.objects import AdObject, Level


@dataclass(slots=True)
class _Batch:
    """Actions that go together, and what may not be in there twice."""

    account_id: str
    entries: list[JournalEntry] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def batches(
    entries: Sequence[JournalEntry], objects: Mapping[str, AdObject], most: int
) -> list[list[JournalEntry]]:
    """Return the entries in batches of at most `most`, in their order.

    A batch is about one account, holds each object once and, because Meta takes no
    others, one ad set of a campaign at most. `objects` are as decided on, by entry id.
    """
    made: list[_Batch] = []
    with_room: dict[str, list[_Batch]] = {}
    for entry in entries:
        keys = _keys(entry, objects.get(entry.entry_id))
        room = with_room.setdefault(entry.account_id, [])
        batch = next((one for one in room if one.taken.isdisjoint(keys)), None)
        if batch is None:
            batch = _Batch(entry.account_id)
            made.append(batch)
            room.append(batch)
        batch.entries.append(entry)
        batch.taken |= keys
        if len(batch.entries) >= most:
            room.remove(batch)
    return [batch.entries for batch in made]


def _keys(entry: JournalEntry, known: AdObject | None) -> set[str]:
    """Return what no second entry of a batch may share with this one."""
    keys = {f"object {entry.object_id}"}
    if entry.level is Level.ADSET:
        # An ad set whose campaign nobody knows travels with no other.
        keys.add(f"adset of {known.campaign_id if known is not None else ''}")
    return keys
