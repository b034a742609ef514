"""Errors named by who must act on them.

    Exception
    ├── UserError            the user can put it right; the text is shown as it is
    │   ├── NotFound         what was named does not exist
    │   └── Clash            what was asked does not fit the present state
    ├── PlatformError        Meta did not do what was asked
    │   ├── Temporary        the same call may succeed later
    │   ├── RateLimited      stop until a given time
    │   ├── TokenExpired     a person must log in again
    │   ├── Refused          Meta said no, for good; nothing was changed
    │   └── OutcomeUnknown   a write was sent and nobody knows whether it took effect
    └── StorageError         cycles stop and the user is told

Anything else is a bug: logged with a number, never swallowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class UserError(Exception):
    """The user can put this right; `text` says what is wrong and what to do."""

    def __init__(self, text: str, *, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".strip()


class NotFound(UserError):
    """What was named does not exist, or this caller may not know that it does."""


class Clash(UserError):
    """What was asked does not fit the present state of the thing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a document the user gave, at one place of it."""

    path: str
    found: str
    allowed: str
    nearest: str | None = None

    def __str__(self) -> str:
        near = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.path}: found {self.found}, allowed: {self.allowed}{near}"


class InvalidDocument(UserError):
    """A rule or another document with faults; all of them at once."""

    def __init__(self, what: str, faults: tuple[Fault, ...]) -> None:
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{what} is not valid:\n{lines}")
        self.what = what
        self.faults = faults


class PlatformError(Exception):
    """Meta did not do what was asked; subclasses say what follows."""

    def __init__(self, text: str, *, code: int | None = None, subcode: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.subcode = subcode


class Temporary(PlatformError):
    """The same call may succeed later."""


class RateLimited(PlatformError):
    """Meta asks to stop calling until `until` (aware, UTC).

    With `object_id` only that object has to be left alone.
    """

    def __init__(
        self,
        text: str,
        until: datetime,
        *,
        code: int | None = None,
        subcode: int | None = None,
        object_id: str = "",
    ) -> None:
        super().__init__(text, code=code, subcode=subcode)
        self.until = until
        self.object_id = object_id


class TokenExpired(PlatformError):
    """The token no longer works; a person must log in again."""


class Refused(PlatformError):
    """Meta said no and changed nothing; asking again will not help."""


class OutcomeUnknown(PlatformError):
    """A write was sent and nobody knows whether it took effect."""


class StorageError(Exception):
    """A database cannot be used; cycles stop and the user is told."""

    def __init__(self, text: str, *, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".strip()
