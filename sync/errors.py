"""Meta's error numbers, and what follows from each.

Decided by `code` and `error_subcode` only: Meta changes its texts without
notice. The one exception is "reduce the amount of data", which carries no
number of its own. Most of these arrive as HTTP 400, throttles too.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from engine.domain.errors import Refused, Temporary


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


class Kind(StrEnum):
    """What an error of Meta's means for the one who called."""

    TRANSIENT = "transient"
    THROTTLED = "throttled"
    TOO_MUCH_DATA = "too_much_data"
    CURSOR_EXPIRED = "cursor_expired"
    TOKEN_DEAD = "token_dead"  # noqa: S105 - the name of a kind, no secret
    NEEDS_PERSON = "needs_person"
    PERMISSION = "permission"
    MISSING = "missing"
    VERSION = "version"
    REFUSED = "refused"


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

    @property
    def words(self) -> str:
        """Meta's own words, those meant for people first."""
        return (self.error_user_msg or self.message or "no reason given").strip()


_DECODER = msgspec.json.Decoder(GraphError, strict=False)

_THROTTLES = {4, 17, 32, 341, 613, *range(80000, 80015)}
_BY_PAIR: dict[tuple[int, int], Kind] = {
    (1, 2853001): Kind.REFUSED,
    (2, 1504038): Kind.TOO_MUCH_DATA,
    (2, 1504041): Kind.REFUSED,
    (2, 1504042): Kind.REFUSED,
    (100, 33): Kind.MISSING,
    (100, 1487534): Kind.TOO_MUCH_DATA,
    (100, 1504018): Kind.TOO_MUCH_DATA,
    (100, 3191001): Kind.PERMISSION,
    # 459 and 464: the person must visit facebook.com, the token is not dead.
    (190, 459): Kind.NEEDS_PERSON,
    (190, 464): Kind.NEEDS_PERSON,
    (190, 492): Kind.PERMISSION,
    # Seen in the field: a throttle that calls itself a permission error.
    (200, 4841013): Kind.THROTTLED,
}
_BY_CODE: dict[int, Kind] = {
    -3: Kind.TOO_MUCH_DATA,
    -2: Kind.TRANSIENT,
    1: Kind.TRANSIENT,
    2: Kind.TRANSIENT,
    5000: Kind.TRANSIENT,
    3: Kind.PERMISSION,
    10: Kind.PERMISSION,
    102: Kind.TOKEN_DEAD,
    190: Kind.TOKEN_DEAD,
    368: Kind.NEEDS_PERSON,
    2635: Kind.VERSION,
    2642: Kind.CURSOR_EXPIRED,
    **dict.fromkeys(range(200, 300), Kind.PERMISSION),
    **dict.fromkeys(_THROTTLES, Kind.THROTTLED),
}


def decode_error(raw: msgspec.Raw) -> GraphError:
    """Return the error object of an answer; an unreadable one has code 0."""
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return GraphError(message="Meta reported an error that could not be read.")


def kind_of(status: int, error: GraphError) -> Kind:
    """Say what an error means, by its numbers and the HTTP status."""
    pair = _BY_PAIR.get((error.code, error.error_subcode))
    if pair is not None:
        return pair
    text = error.message.lower()
    if error.code == 1 and "reduce the amount of data" in text:
        return Kind.TOO_MUCH_DATA
    if error.code == 190 and "must be granted" in text:
        return Kind.PERMISSION
    if error.code == 2500 and "access token" in text:
        return Kind.TOKEN_DEAD
    if error.code == 100 and "missing permissions" in text:
        return Kind.PERMISSION
    known = _BY_CODE.get(error.code)
    if known is not None:
        return known
    if error.is_transient or status >= 500 or error.code == 0:
        return Kind.TRANSIENT
    return Kind.REFUSED


def is_whole_app(error: GraphError) -> bool:
    """Whether a throttle stops every account, not only the one asked about."""
    return error.code in {4, 341}


def seconds_by_rule(error: GraphError) -> float:
    """Return the wait that Meta documents for a throttle, 0 without one.

    613/1487632: four budget changes an hour per ad set, then an hour's block;
    613/1487225: creation by the day's spending; 17/1885172: ten changes a day.
    """
    waits = {1487632: 3600.0, 1487225: 3600.0, 1885172: 86400.0}
    return waits.get(error.error_subcode, 0.0)


def advice(kind: Kind, error: GraphError) -> str:
    """Return one sentence for people: what Meta said and what to do."""
    numbers = f"{error.code}/{error.error_subcode}" if error.error_subcode else f"{error.code}"
    said = f"Meta said: {error.words} (error {numbers})."
    todo = {
        Kind.TRANSIENT: "It usually passes; the call can be made again.",
        Kind.THROTTLED: "Too many calls; wait until Meta lets us in again.",
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
