"""How a field of a node is read from its record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.sandbox.graph.context import GraphContext

Reader = Callable[[GraphContext, Any], object]  # Any: each table serves one record type


def plain_readers(*names: str) -> dict[str, Reader]:
    """Return readers of attributes that stand in the record as they are."""

    def reader(name: str) -> Reader:
        return lambda _context, record: getattr(record, name)

    return {name: reader(name) for name in names}
