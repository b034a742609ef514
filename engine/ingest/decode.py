"""From the bytes of a push to rows: JSON, NDJSON or an Arrow stream."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import polars as pl

from engine.domain.errors import UserError
from engine.ingest.rows import KNOWN_FIELDS, PushedRow, SetAside

NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
ARROW = "application/vnd.apache.arrow.stream"
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_LOOKED_AT = 200


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON document that says for all of its rows what each might say."""

    rows: msgspec.Raw
    batch_id: str = ""
    account_id: str = ""
    level: str = ""


@dataclass(slots=True)
class Pushed:
    """What a push holds: rows with their places, what was set aside, defaults.

    `ignored` are fields that no number of ours comes from.
    """

    rows: list[PushedRow] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    batch_id: str = ""
    account_id: str = ""
    level: str = ""


_ROWS = msgspec.json.Decoder(list[PushedRow], strict=False)
_RAW_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_ROW = msgspec.json.Decoder(PushedRow, strict=False)
_ANY_ROW = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENVELOPE = msgspec.json.Decoder(_Envelope)


def decode(body: bytes, content_type: str) -> Pushed:
    """Return what was pushed. Raises UserError when it is no list of rows."""
    if content_type == ARROW:
        return _from_arrow(body)
    if content_type in NDJSON:
        lines = [line for line in body.split(b"\n") if line.strip()]
        return _one_by_one(lines) if lines else Pushed()
    return _from_json(body)


def _from_json(body: bytes) -> Pushed:
    text: bytes | msgspec.Raw = body
    envelope = _Envelope(msgspec.Raw(b"[]"))
    if body.lstrip()[:1] == b"{":
        try:
            envelope = _ENVELOPE.decode(body)
        except _BROKEN as error:
            raise UserError(
                f"The push could not be read: {error}.",
                hint="Send a list of rows, or an object with batch_id and rows.",
            ) from error
        text = envelope.rows
    pushed = _rows_of_json(text)
    pushed.batch_id, pushed.account_id = envelope.batch_id, envelope.account_id
    pushed.level = envelope.level
    return pushed


def _rows_of_json(text: bytes | msgspec.Raw) -> Pushed:
    try:
        raw = _RAW_ROWS.decode(text)
    except _BROKEN as error:
        raise UserError(
            f"The push is no list of rows: {error}.",
            hint="Send a JSON list of rows, NDJSON with one row a line, or an Arrow stream.",
        ) from error
    try:
        rows = _ROWS.decode(text)
    except _BROKEN:
        return _one_by_one(raw)
    return Pushed(rows, list(range(1, len(rows) + 1)), ignored=_ignored(raw))


def _one_by_one(parts: Sequence[bytes | msgspec.Raw]) -> Pushed:
    """Read row by row, setting aside those that can't be read."""
    pushed = Pushed(ignored=_ignored(parts))
    for place, part in enumerate(parts, start=1):
        try:
            pushed.rows.append(_ROW.decode(part))
        except _BROKEN as error:
            pushed.set_aside.append(SetAside(place, str(error).replace("`", "")))
            continue
        pushed.places.append(place)
    return pushed


def _ignored(parts: Sequence[bytes | msgspec.Raw]) -> tuple[str, ...]:
    """Return the fields of the first rows that nothing is read from."""
    found: set[str] = set()
    for part in parts[:_LOOKED_AT]:
        try:
            found |= _ANY_ROW.decode(part).keys() - KNOWN_FIELDS
        except _BROKEN:
            continue
    return tuple(sorted(found))


def _from_arrow(body: bytes) -> Pushed:
    """Read an Arrow stream; its columns are named as the fields of a row."""
    try:
        frame = pl.read_ipc_stream(io.BytesIO(body))
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise UserError(
            f"The push is no Arrow stream: {error}.",
            hint="Write it with pyarrow.ipc.new_stream or polars.DataFrame.write_ipc_stream.",
        ) from error
    known = [name for name in frame.columns if name in KNOWN_FIELDS]
    dates = [name for name in known if frame.schema[name] == pl.Date]
    rows = frame.select(known).with_columns(pl.col(dates).cast(pl.String)).to_dicts()
    pushed = Pushed(ignored=tuple(sorted(set(frame.columns) - KNOWN_FIELDS)))
    for place, row in enumerate(rows, start=1):
        told = {name: value for name, value in row.items() if value is not None}
        try:
            pushed.rows.append(msgspec.convert(told, PushedRow, strict=False))
        except msgspec.ValidationError as error:
            pushed.set_aside.append(SetAside(place, str(error).replace("`", "")))
            continue
        pushed.places.append(place)
    return pushed
