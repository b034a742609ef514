"""Cursor paging: limits, cursors and next/previous addresses.

Cursors look like Meta's: base64 with `=` written as `ZD`. Object edges hold
the id of the border row, insights an offset into the finished result.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from sync.sandbox.graph.errors import GraphError, bad_value

DEFAULT_LIMIT = 25
MAX_LIMIT = 10_000
START = "start"
"""What a cursor holds that stands before the first row."""

Row = TypeVar("Row")
SortKey = tuple[float, int]


def encode_cursor(text: str) -> str:
    """Return an opaque cursor for a border row."""
    return base64.urlsafe_b64encode(text.encode()).decode().replace("=", "ZD")


def decode_cursor(cursor: str) -> str:
    """Return what the cursor holds; raises code 2642 when it is malformed."""
    try:
        return base64.urlsafe_b64decode(cursor.replace("ZD", "=")).decode()
    except (binascii.Error, ValueError):
        raise invalid_cursor() from None


def invalid_cursor() -> GraphError:
    """Code 2642: a cursor is malformed, or its row was deleted."""
    return GraphError(message="(#2642) Invalid cursors values", code=2642)


def parse_limit(params: Mapping[str, str], default: int = DEFAULT_LIMIT) -> int:
    """Return the asked page length; raises code 100 outside 1..10,000."""
    text = params.get("limit")
    if text is None or text == "":
        return default
    try:
        limit = int(text)
    except ValueError:
        raise bad_value(f"Param limit must be an integer, got '{text}'") from None
    if not 1 <= limit <= MAX_LIMIT:
        raise bad_value(f"Param limit must be between 1 and {MAX_LIMIT}")
    return limit


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Where the page was asked: base address with path, and its query."""

    url: str
    query: Mapping[str, str]

    def with_cursor(self, **cursor: str) -> str:
        """Return the full address of a neighbouring page."""
        kept = {k: v for k, v in self.query.items() if k not in ("after", "before")}
        return f"{self.url}?{urlencode({**kept, **cursor})}"


@dataclass(frozen=True, slots=True)
class Slice:
    """A page's borders within a result: rows [start, stop) of `total`."""

    start: int
    stop: int
    total: int


def paging_block(cut: Slice, first: str, last: str, address: PageAddress) -> dict[str, object]:
    """Return the `paging` object for a page that is not empty."""
    before, after = encode_cursor(first), encode_cursor(last)
    block: dict[str, object] = {"cursors": {"before": before, "after": after}}
    if cut.stop < cut.total:
        block["next"] = address.with_cursor(after=after)
    if cut.start > 0:
        block["previous"] = address.with_cursor(before=before)
    return block


def offset_slice(params: Mapping[str, str], total: int, limit: int) -> Slice:
    """Cut a page out of a result whose cursors hold row offsets."""
    try:
        if params.get("after"):
            text = decode_cursor(params["after"])
            start = 0 if text == START else int(text) + 1
        elif params.get("before"):
            stop = int(decode_cursor(params["before"]))
            return Slice(max(stop - limit, 0), min(stop, total), total)
        else:
            start = 0
    except ValueError:
        raise invalid_cursor() from None
    start = min(max(start, 0), total)
    return Slice(start, min(start + limit, total), total)


def id_slice(
    params: Mapping[str, str],
    rows: Sequence[Row],
    limit: int,
    sort_key: Callable[[str], SortKey | None],
    key_of: Callable[[Row], SortKey],
    id_of: Callable[[Row], str],
) -> Slice:
    """Cut a page out of rows whose cursors hold ids.

    `rows` are in rising order of `key_of`; `sort_key` gives that key for an
    id, or None when the object is deleted, which ends the walk with an error.
    """
    total = len(rows)
    if params.get("after"):
        text = decode_cursor(params["after"])
        at = 0 if text == START else _place(text, rows, sort_key, key_of, id_of)
        start = at + 1 if at < total and id_of(rows[at]) == text else at
        return Slice(start, min(start + limit, total), total)
    if params.get("before"):
        stop = _place(decode_cursor(params["before"]), rows, sort_key, key_of, id_of)
        return Slice(max(stop - limit, 0), stop, total)
    return Slice(0, min(limit, total), total)


def _place(
    cursor_id: str,
    rows: Sequence[Row],
    sort_key: Callable[[str], SortKey | None],
    key_of: Callable[[Row], SortKey],
    id_of: Callable[[Row], str],
) -> int:
    """Return the index of the first row not before the cursor's row."""
    for index, row in enumerate(rows):
        if id_of(row) == cursor_id:
            return index
    border = sort_key(cursor_id)
    if border is None:
        raise invalid_cursor()
    return next((i for i, row in enumerate(rows) if key_of(row) >= border), len(rows))
