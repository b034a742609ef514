"""Objects beside the market: labels, rules, schedules, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar

Writing = Callable[[datetime | None], object]
"""How times are written: in whose zone, and in which format."""


@dataclass(slots=True)
class SideObject:
    """An object that no delivery depends on by itself; ids are digits."""

    kind: ClassVar[str]
    id: str
    account_id: str

    def looked_at(self, now: datetime) -> None:
        """Take note that somebody reads it; only what is under way moves on."""

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them, times by `written`."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=SideObject)


class SideObjects:
    """All side objects by id, in order of creation."""

    def __init__(self) -> None:
        self._by_id: dict[str, SideObject] = {}

    def add(self, one: SideObject) -> None:
        """Take in a new object."""
        self._by_id[one.id] = one

    def remove(self, object_id: str) -> None:
        """Forget an object."""
        del self._by_id[object_id]

    def get(self, object_id: str) -> SideObject | None:
        """Return the object of an id, if there is one."""
        return self._by_id.get(object_id)

    def find(self, kind: type[Kind], object_id: str) -> Kind | None:
        """Return the object of an id when it is of a kind."""
        found = self._by_id.get(object_id)
        return found if isinstance(found, kind) else None

    def of(self, kind: type[Kind], account_id: str) -> Iterator[Kind]:
        """Return an account's objects of a kind, oldest first."""
        for one in self._by_id.values():
            if isinstance(one, kind) and one.account_id == account_id:
                yield one
