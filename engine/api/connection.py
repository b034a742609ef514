"""Messages about logins: who, what they may do, what people must know.

Frozen standard-library dataclasses like those of engine.api.messages. None of them
ever carries a token.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.api.messages import Words


@dataclass(frozen=True, slots=True)
class IdentityMessage:
    """Somebody in whose name we speak to Meta.

    `source` is login, pasted or environment; `kind` person, system_user or unknown;
    `condition` works, open_facebook or log_in_again, then `trouble` and `said` tell why.
    `scopes` are empty and `scopes_known` false until Meta was asked; `expires_at` is none
    for a token that never ends. `reads` and `writes` count our accounts that go through it.
    """

    identity_id: str
    source: str
    kind: str
    name: str
    user_id: str
    app_id: str
    condition: str
    trouble: str
    said: Words
    scopes: tuple[str, ...]
    scopes_known: bool
    missing: tuple[str, ...]
    declined: tuple[str, ...]
    expires_at: str | None
    data_access_expires_at: str | None
    checked_at: str | None
    added_at: str
    added_by: str
    takes_all: bool
    sees: int
    reads: int
    writes: int


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """One thing to know about logins, and the one thing to do about it.

    `kind`: not_connected, expiring, data_expiring, missing_permission, unseen, or the
    trouble of a login. `severity`: bad, warn or info. `action`: connect, reconnect,
    open_facebook, unlock, or empty.
    """

    kind: str
    severity: str
    text: Words
    action: str
    identity_id: str = ""
    account_ids: tuple[str, ...] = ()
    days: int | None = None


@dataclass(frozen=True, slots=True)
class ConnectionMessage:
    """The connection to Meta at a glance.

    `keeper` is where tokens are kept: a keyring, sealed_file, or empty where they can't
    be, then `keeper_problem` says what to do. `app_source` is environment, kept or none.
    """

    identities: tuple[IdentityMessage, ...]
    notices: tuple[NoticeMessage, ...]
    keeper: str
    keeper_problem: str
    app_id: str
    app_has_secret: bool
    app_source: str


@dataclass(frozen=True, slots=True)
class LoginMessage:
    """A login under way; `address` is to be opened in a browser.

    `way`: loopback or embedded. `stage`: waiting, exchanging, done, denied, failed,
    timed_out or cancelled. `identity_id` is who logged in, once done; `instead_of` whom
    it was meant for, where somebody else logged in.
    """

    id: str
    way: str
    stage: str
    address: str
    redirect: str
    ends_at: str
    text: str = ""
    hint: str = ""
    identity_id: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class FoundAccountMessage:
    """An account that a login sees; `ours` when it is worked on already."""

    account_id: str
    name: str
    currency: str
    timezone: str
    status: int
    relation: str
    may_change: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class AccountGroupMessage:
    """The accounts of one business; those of none have no `business_id`."""

    business_id: str
    name: str
    accounts: tuple[FoundAccountMessage, ...]


@dataclass(frozen=True, slots=True)
class DiscoveryMessage:
    """Everything a login sees; `missing` names the permission that bounds it."""

    identity_id: str
    groups: tuple[AccountGroupMessage, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class AddedMessage:
    """Accounts that are worked on now."""

    account_ids: tuple[str, ...]
    changed: tuple[str, ...] = ()
