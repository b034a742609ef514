"""Those in whose name we speak to Meta, and what each may work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

READ = "ads_read"
WRITE = "ads_management"
BUSINESS = "business_management"
WANTED = (READ, WRITE, BUSINESS)
A_LOGIN = "login"
"""Stands for a missing right where only a login that works is missing."""
ENVIRONMENT = "environment"
"""The id of the identity whose token stands in the environment."""


class Source(StrEnum):
    """How a token came to us."""

    LOGIN = "login"
    PASTED = "pasted"
    ENVIRONMENT = "environment"


class Kind(StrEnum):
    """Whom a token speaks for, as Meta says; unknown until Meta was asked."""

    PERSON = "person"
    SYSTEM_USER = "system_user"
    UNKNOWN = "unknown"


class Condition(StrEnum):
    """What an identity can be used for now."""

    WORKS = "works"
    OPEN_FACEBOOK = "open_facebook"
    LOG_IN_AGAIN = "log_in_again"


class Trouble(StrEnum):
    """Why an identity does not work; empty while it does."""

    NONE = ""
    EXPIRED = "expired"
    REVOKED = "revoked"
    PASSWORD = "password"  # noqa: S105 - the name of a trouble, no secret
    LOGGED_OUT = "logged_out"
    INVALID = "invalid"
    CHECKPOINT = "checkpoint"
    UNCONFIRMED = "unconfirmed"
    BLOCKED = "blocked"
    LOST = "lost"
    KEEPER = "keeper"


_BY_SUBCODE = {
    458: Trouble.REVOKED,
    459: Trouble.CHECKPOINT,
    460: Trouble.PASSWORD,
    463: Trouble.EXPIRED,
    464: Trouble.UNCONFIRMED,
    467: Trouble.LOGGED_OUT,
}
# The person has something to do at facebook.com; the token itself lives.
_KEPT = frozenset({Trouble.CHECKPOINT, Trouble.UNCONFIRMED, Trouble.BLOCKED})


def trouble_of(code: int | None, subcode: int | None) -> Trouble:
    """Return what an error about a token means, by its numbers."""
    if code == 368:
        return Trouble.BLOCKED
    return _BY_SUBCODE.get(subcode or 0, Trouble.INVALID)


def condition_of(trouble: Trouble) -> Condition:
    """Return what an identity with a trouble can be used for."""
    if trouble is Trouble.NONE:
        return Condition.WORKS
    return Condition.OPEN_FACEBOOK if trouble in _KEPT else Condition.LOG_IN_AGAIN


@dataclass(frozen=True, slots=True)
class Identity:
    """A person or a system user, without the token; times are aware.

    `scopes` is none until Meta was asked; what a token may do is then found out by
    trying. `expires_at` is none for a token that never ends, or whose end is not known.
    `takes_all`: every account the token sees is ours, later ones too. `reminded` names
    the reminder told last, so that each is told once.
    """

    identity_id: str
    source: Source
    name: str
    added_at: datetime
    added_by: str = ""
    kind: Kind = Kind.UNKNOWN
    user_id: str = ""
    app_id: str = ""
    scopes: tuple[str, ...] | None = None
    declined: tuple[str, ...] = ()
    trouble: Trouble = Trouble.NONE
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    checked_at: datetime | None = None
    takes_all: bool = False
    reminded: str = ""

    @property
    def condition(self) -> Condition:
        """What it can be used for now."""
        return condition_of(self.trouble)

    @property
    def works(self) -> bool:
        """Whether calls can be made in its name."""
        return self.condition is Condition.WORKS

    @property
    def may_read(self) -> bool:
        """Whether its permissions let it read, as far as they are known."""
        return self.scopes is None or bool({READ, WRITE} & set(self.scopes))

    @property
    def may_write(self) -> bool:
        """Whether its permissions let it change anything, as far as known."""
        return self.scopes is None or WRITE in self.scopes

    @property
    def missing(self) -> tuple[str, ...]:
        """The permissions it lacks for all that we do; empty when not known."""
        if self.scopes is None:
            return ()
        return tuple(one for one in WANTED if one not in self.scopes)


@dataclass(frozen=True, slots=True)
class Access:
    """What one identity may do in one account; `missing` names what it lacks.

    `missing` is a permission (`ads_management`) or a task of the account (`ADVERTISE`).
    """

    identity_id: str
    account_id: str
    reads: bool = True
    writes: bool = True
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """How one account is worked on: who reads, who writes, what is missing.

    `idle` are identities that could do it if they worked.
    """

    account_id: str
    reader: Identity | None = None
    writer: Identity | None = None
    missing: str = ""
    idle: tuple[Identity, ...] = ()

    @property
    def is_read_only(self) -> bool:
        """Whether the account can be read, but not changed for lack of a right."""
        return self.reader is not None and self.writer is None and bool(self.missing)


def means_of(account_id: str, identities: Sequence[Identity], accesses: Iterable[Access]) -> Means:
    """Choose the reader and writer of an account, each with least rights.

    Reading prefers a token that can't write; among equals a system user, whose token
    does not end, and then who came first. An account no identity is known to see may
    be tried by any of them: Meta's answer then tells.
    """
    own = {one.identity_id: one for one in accesses if one.account_id == account_id}
    known = [one for one in identities if one.identity_id in own] or list(identities)
    may_read = [one for one in known if one.may_read and _of(own, one).reads]
    may_write = [one for one in known if one.may_write and _of(own, one).writes]
    readers = [one for one in may_read if one.works]
    writers = [one for one in may_write if one.works]
    # Who could change the account if only the login worked: then no right is missing.
    missing = "" if may_write or not readers else _missing(own, readers)
    return Means(
        account_id,
        min(readers, key=lambda one: (one.may_write, *_rank(one)), default=None),
        min(writers, key=_rank, default=None),
        missing,
        tuple(one for one in (may_write if readers else known) if not one.works),
    )


def _of(own: dict[str, Access], one: Identity) -> Access:
    return own.get(one.identity_id) or Access(one.identity_id, "")


def _rank(one: Identity) -> tuple[bool, datetime, str]:
    return (one.kind is not Kind.SYSTEM_USER, one.added_at, one.identity_id)


def _missing(own: dict[str, Access], readers: Sequence[Identity]) -> str:
    """Return what the readers lack: a right that Meta refused, else the permission."""
    refused = (_of(own, one).missing for one in readers if one.may_write)
    return next(refused, "") or WRITE
