"""A command that asks the engine, and what such commands share."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from app.api_client import ApiClient, Need

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Command:
    """What a command asks the engine, how it shows the answer, if it failed."""

    ask: Callable[[ApiClient, argparse.Namespace], Awaitable[Answer]]
    show: Callable[[Answer], None]
    need: Need = Need.OWN_FILES
    failed: Callable[[Answer], bool] = lambda _answer: False


def rows_of(answer: Answer) -> Sequence[Mapping[str, object]]:
    """Return the rows of an answer that is a list."""
    items = answer.get("items", [])
    return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []


def pick(answer: Answer, *columns: str) -> list[Mapping[str, object]]:
    """Return some columns of an answer's rows."""
    return [{column: row.get(column) for column in columns} for row in rows_of(answer)]
