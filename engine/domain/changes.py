"""What a command changed, so that every screen can decide what to reload."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """A part of the data that screens show."""

    ACCOUNTS = "accounts"
    OBJECTS = "objects"
    INSIGHTS = "insights"
    RULES = "rules"
    DECISIONS = "decisions"
    JOURNAL = "journal"
    SETTINGS = "settings"
    ENGINE = "engine"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Changes:
    """The areas a command changed; empty when nothing did."""

    areas: frozenset[Area] = frozenset()

    @classmethod
    def of(cls, *areas: Area) -> Changes:
        """Return the changes naming `areas`."""
        return cls(frozenset(areas))

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.areas | other.areas)

    def __bool__(self) -> bool:
        return bool(self.areas)
