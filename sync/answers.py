"""From an answer's bytes to what it means, for reads and for writes.

The same bytes mean different things: a broken answer to a read is read again,
a broken answer to a write leaves its outcome unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from engine.domain.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Refused,
    Temporary,
    TokenExpired,
)
from sync.error_table import Kind
from sync.errors import (
    CursorExpired,
    GraphError,
    Missing,
    NeedsPerson,
    PermissionMissing,
    TooMuchData,
    VersionRetired,
    advice,
    decode_error,
    kind_of,
)
from sync.mending import mended
from sync.platform_clock import parse_date_header
from sync.transport import RawAnswer

# How a throttle becomes a time: given the error and its kind, returns until when to
# wait, none when what may be a throttle is taken for a missing permission.
Blocker = Callable[[GraphError, Kind], datetime | None]


class Envelope(msgspec.Struct, gc=False):
    """The parts every answer may have; the rest is decoded by who asked."""

    data: msgspec.Raw = msgspec.Raw()
    paging: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()
    success: msgspec.Raw = msgspec.Raw()
    id: msgspec.Raw = msgspec.Raw()
    copied_campaign_id: msgspec.Raw = msgspec.Raw()
    copied_adset_id: msgspec.Raw = msgspec.Raw()
    copied_ad_id: msgspec.Raw = msgspec.Raw()

    @property
    def is_list(self) -> bool:
        """Whether `data` is there and is a list."""
        return bytes(memoryview(self.data)[:1]) == b"["

    @property
    def is_empty_list(self) -> bool:
        """Whether `data` is a list of nothing."""
        return self.is_list and not bytes(memoryview(self.data)[:64]).strip(b"[] \n\r\t")

    @property
    def is_confirmed(self) -> bool:
        """Whether it says `"success": true`, or names a copy that was made."""
        copies = (self.copied_campaign_id, self.copied_adset_id, self.copied_ad_id)
        return bytes(self.success) == b"true" or any(bytes(one) for one in copies)


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its bytes, its envelope, and the server's time."""

    body: bytes
    envelope: Envelope
    date: datetime | None


_DECODER = msgspec.json.Decoder(Envelope)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode_envelope(body: bytes) -> tuple[Envelope, bytes] | None:
    """Return the envelope and its text, none when it is no JSON object.

    The text differs from `body` only where half characters had to be replaced.
    """
    try:
        return _DECODER.decode(body), body
    except _BROKEN:
        pass
    whole = mended(body)
    try:
        return _DECODER.decode(whole), whole
    except _BROKEN:
        return None


def judge_read(raw: RawAnswer, block: Blocker, *, listed: bool = False) -> Answer:
    """Return the answer to a read, or raise what stands in its way.

    With `listed` the answer must hold a list. Raises Temporary for whatever
    another try may mend.
    """
    if raw.is_redirect:
        raise _redirected()
    if raw.status == 429 and not raw.is_json:
        busy = GraphError(message="Too many requests", code=4)
        until = block(busy, Kind.THROTTLED)
        if until is not None:
            raise RateLimited(
                "Meta answered 429: too many calls; wait until it lets us in again.", until
            )
    if not raw.is_json:
        raise Temporary(f"Meta answered with a page instead of data (HTTP {raw.status}).")
    decoded = decode_envelope(raw.body)
    if decoded is None:
        raise Temporary(f"Meta's answer was cut off or unreadable (HTTP {raw.status}).")
    envelope, body = decoded
    if bytes(envelope.error):
        raise error_of(raw.status, envelope, block)
    if raw.status >= 400:
        raise Temporary(f"Meta answered HTTP {raw.status} without a reason.")
    if listed and not envelope.is_list:
        raise Temporary("Meta's answer holds no list where one was asked for.")
    return Answer(body, envelope, parse_date_header(raw.headers.get("date")))


def judge_write(raw: RawAnswer, block: Blocker, *, creates: bool = False) -> None:
    """Return when Meta confirmed a write, or raise what is known instead.

    Only `"success": true` confirms; with `creates` the id of what was made does too.
    Raises OutcomeUnknown wherever the write may have taken effect all the same.
    """
    if raw.is_redirect:
        raise _redirected()
    decoded = decode_envelope(raw.body) if raw.is_json else None
    if decoded is None:
        raise OutcomeUnknown(f"Meta's answer to the change was unreadable (HTTP {raw.status}).")
    envelope, _ = decoded
    if bytes(envelope.error):
        problem = error_of(raw.status, envelope, block)
        if isinstance(problem, Temporary):
            raise OutcomeUnknown(
                problem.text, code=problem.code, subcode=problem.subcode
            ) from problem
        raise problem
    made = creates and bool(bytes(envelope.id))
    if raw.status >= 400 or not (made or envelope.is_confirmed):
        raise OutcomeUnknown(f"Meta did not confirm the change (HTTP {raw.status}).")


def error_of(status: int, envelope: Envelope, block: Blocker) -> PlatformError:
    """Return the exception for the error in an answer, as a read sees it."""
    error = decode_error(envelope.error)
    kind = kind_of(status, error)
    text, code, subcode = advice(kind, error), error.code, error.error_subcode or None
    if kind in {Kind.THROTTLED, Kind.PERHAPS_THROTTLED}:
        until = block(error, kind)
        if until is not None:
            return RateLimited(text, until, code=code, subcode=subcode)
    classes: dict[Kind, type[PlatformError]] = {
        Kind.TRANSIENT: Temporary,
        Kind.TOO_MUCH_DATA: TooMuchData,
        Kind.CURSOR_EXPIRED: CursorExpired,
        Kind.TOKEN_DEAD: TokenExpired,
        Kind.NEEDS_PERSON: NeedsPerson,
        Kind.PERMISSION: PermissionMissing,
        Kind.PERHAPS_THROTTLED: PermissionMissing,
        Kind.MISSING: Missing,
        Kind.VERSION: VersionRetired,
    }
    return classes.get(kind, Refused)(text, code=code, subcode=subcode)


def _redirected() -> Refused:
    """Return the refusal to follow a redirect; nothing has reached Meta."""
    return Refused(
        "The Graph address answered with a redirect, which is never followed. "
        "Check the network: a sign-in page or a proxy may stand in between."
    )
