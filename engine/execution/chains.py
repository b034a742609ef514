"""Which actions must go one after another, and which may go side by side."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain.journal import JournalEntry


def chains(entries: Sequence[JournalEntry]) -> list[list[JournalEntry]]:
    """Return the entries in chains: same object, or one following another.

    Within a chain the order of `entries` is kept; chains are independent.
    """
    home: dict[str, int] = {}
    found: list[list[JournalEntry]] = []
    for entry in entries:
        keys = [f"object {entry.object_id}", f"entry {entry.entry_id}"]
        if entry.follows is not None:
            keys.append(f"entry {entry.follows}")
        places = sorted({home[key] for key in keys if key in home})
        if not places:
            places = [len(found)]
            found.append([])
        first, *others = places
        found[first].append(entry)
        for other in others:
            found[first] += found[other]
            found[other] = []
        if others:
            home |= {key: first for key, place in home.items() if place in others}
        home |= dict.fromkeys(keys, first)
    order = {entry.entry_id: at for at, entry in enumerate(entries)}
    return [sorted(chain, key=lambda entry: order[entry.entry_id]) for chain in found if chain]
