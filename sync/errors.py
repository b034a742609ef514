"""What follows from each of Meta's errors, as exceptions and as words."""

from __future__ import annotations

import msgspec

from engine.domain.errors import Refused, Temporary
from sync.error_table import Kind, kind_by_numbers

_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class TooMuchData(Temporary):
    """The question was too large: ask for fewer rows or fewer days."""


class CursorExpired(Temporary):
    """The paging cursor died: start again from the first page."""


class Missing(Refused):
    """The object does not exist, or this token may not see it."""


class NeedsPerson(Refused):
    """A person has to do something at Meta; the token itself still lives."""


class PermissionMissing(Refused):
    """The token lacks a permission or a role."""


class VersionRetired(Refused):
    """This version of the Graph API is gone: the program must be updated."""


class GraphError(msgspec.Struct, frozen=True, gc=False):
    """The `error` object of an answer."""

    code: int = 0
    error_subcode: int = 0
    message: str = ""
    type: str = ""
    is_transient: bool = False
    error_user_title: str | None = None
    error_user_msg: str | None = None
    fbtrace_id: str | None = None
    error_data: msgspec.Raw = msgspec.Raw()

    @property
    def words(self) -> str:
        """Meta's own words, those meant for people first."""
        return (self.error_user_msg or self.message or "no reason given").strip()

    @property
    def blamed(self) -> tuple[str, ...]:
        """The fields Meta names as wrong, as dotted paths."""
        return _blamed(bytes(self.error_data))


class _Data(msgspec.Struct):
    blame_field_specs: list[list[str | int]] = []


_DECODER = msgspec.json.Decoder(GraphError, strict=False)
# Meta sends the details as an object, and as the text of an object.
_DATA = msgspec.json.Decoder(_Data | str)
_INNER = msgspec.json.Decoder(_Data)


def decode_error(raw: msgspec.Raw) -> GraphError:
    """Return the error object of an answer; an unreadable one has code 0."""
    try:
        return _DECODER.decode(raw)
    except _BROKEN:
        return GraphError(message="Meta reported an error that could not be read.")


def kind_of(status: int, error: GraphError) -> Kind:
    """Say what an error means, by its numbers and the HTTP status.

    Texts decide only where Meta gives no number of its own: it changes them without
    notice.
    """
    text = error.message.lower()
    if error.code == 1 and "reduce the amount of data" in text:
        return Kind.TOO_MUCH_DATA
    if error.code == 190 and "must be granted" in text:
        return Kind.PERMISSION
    if error.code == 2500 and "access token" in text:
        return Kind.TOKEN_DEAD
    known = kind_by_numbers(error.code, error.error_subcode)
    if error.code == 100 and "missing permissions" in text and known in {None, Kind.REFUSED}:
        return Kind.PERMISSION
    if known is not None:
        return known
    if status == 429:
        return Kind.THROTTLED
    if error.is_transient or status >= 500 or error.code == 0:
        return Kind.TRANSIENT
    return Kind.REFUSED


def advice(kind: Kind, error: GraphError) -> str:
    """Return one sentence for people: what Meta said and what to do."""
    numbers = f"{error.code}/{error.error_subcode}" if error.error_subcode else f"{error.code}"
    about = f", about {', '.join(error.blamed)}" if error.blamed else ""
    said = f"Meta said: {error.words} (error {numbers}{about})."
    todo = {
        Kind.TRANSIENT: "It usually passes; the call can be made again.",
        Kind.THROTTLED: "Too many calls; wait until Meta lets us in again.",
        Kind.PERHAPS_THROTTLED: "The token lacks a permission, or there were too many calls.",
        Kind.TOO_MUCH_DATA: "The answer would be too large; fewer days or rows are needed.",
        Kind.CURSOR_EXPIRED: "The list changed while it was read; it has to be read again.",
        Kind.TOKEN_DEAD: "The access token no longer works; log in again.",
        Kind.NEEDS_PERSON: "Open facebook.com with this user and do what it asks.",
        Kind.PERMISSION: "Give the token the missing permission or role, then try again.",
        Kind.MISSING: "The object is gone or not visible to this token.",
        Kind.VERSION: "This version of the Graph API is retired; update AI-Buyer.",
        Kind.REFUSED: "Nothing was changed.",
    }
    return f"{said} {todo[kind]}"


def _blamed(data: bytes) -> tuple[str, ...]:
    """Read the blamed fields; what can't be read blames nothing."""
    if not data:
        return ()
    try:
        found = _DATA.decode(data)
        details = _INNER.decode(found) if isinstance(found, str) else found
    except _BROKEN:
        return ()
    return tuple(".".join(str(part) for part in path) for path in details.blame_field_specs)
