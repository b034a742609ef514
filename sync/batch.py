"""Many calls in one request: Meta's batch, at most 50 items.

Every item counts as a call of its own and has an outcome of its own; an item
that Meta did not finish comes back as null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import msgspec

from sync.transport import RawAnswer

LARGEST = 50


@dataclass(frozen=True, slots=True)
class Item:
    """One call inside a batch.

    `path` is without the version; a form makes it a write.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


class _Header(msgspec.Struct):
    name: str
    value: str


class _Part(msgspec.Struct):
    code: int
    body: str | None = None
    headers: list[_Header] | None = None


_PARTS = msgspec.json.Decoder(list[msgspec.Raw])
_PART = msgspec.json.Decoder(_Part | None, strict=False)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def encode_items(items: Sequence[Item]) -> str:
    """Return the JSON text for the form field `batch`."""
    rows: list[dict[str, str]] = []
    for item in items:
        query = urlencode(item.params, quote_via=quote)
        row = {"method": item.method, "relative_url": item.path + (f"?{query}" if query else "")}
        if item.form:
            row["body"] = urlencode(item.form, quote_via=quote)
        rows.append(row)
    return msgspec.json.encode(rows).decode()


def decode_parts(body: bytes, count: int) -> list[RawAnswer | None] | None:
    """Return one answer per item, none for an item without a readable one.

    Returns none altogether when the body is no JSON list. A short list leaves
    its last items without an answer.
    """
    try:
        raws = _PARTS.decode(body)
    except _BROKEN:
        return None
    parts = [_decode_part(raw) for raw in raws[:count]]
    return parts + [None] * (count - len(parts))


def _decode_part(raw: msgspec.Raw) -> RawAnswer | None:
    """Return one item's answer, none when it is null or unreadable."""
    try:
        part = _PART.decode(raw)
    except _BROKEN:
        return None
    if part is None or part.body is None:
        return None
    headers = {header.name.lower(): header.value for header in part.headers or ()}
    return RawAnswer(part.code, headers, is_json=True, body=part.body.encode("utf-8", "replace"))
