"""What logging in needs from outside: a token keeper, Meta's login."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.domain.identity import Identity, Kind, Means, Trouble
from engine.domain.objects import Account


@dataclass(frozen=True, slots=True)
class MetaApp:
    """An app at Meta for Developers; the secret is empty where none was given."""

    app_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """What a call is made with: a token and the app it was made for."""

    token: str = field(repr=False)
    app: MetaApp = field(default_factory=MetaApp)


@dataclass(frozen=True, slots=True)
class Grant:
    """A token as Meta gave it; it lives `seconds`, none if Meta says nothing."""

    token: str = field(repr=False)
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class DialogAsk:
    """What the login dialog is opened with; `challenge` is the PKCE one."""

    app_id: str
    redirect: str
    state: str
    challenge: str
    scopes: Sequence[str]
    again: bool = False


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What Meta tells of a token; `scopes` none where it would not say.

    With a `trouble` only that is known, and `said` is Meta's own sentence.
    """

    trouble: Trouble = Trouble.NONE
    said: str = ""
    user_id: str = ""
    name: str = ""
    kind: Kind = Kind.UNKNOWN
    app_id: str = ""
    scopes: tuple[str, ...] | None = None
    declined: tuple[str, ...] = ()
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account that a token sees, with the tasks its user has in it."""

    account: Account
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountGroup:
    """The accounts of one business, its own and its clients'.

    Accounts of no business stand in a group without an id.
    """

    business_id: str
    name: str
    owned: tuple[FoundAccount, ...] = ()
    of_clients: tuple[FoundAccount, ...] = ()

    @property
    def accounts(self) -> tuple[FoundAccount, ...]:
        """All accounts of the group."""
        return self.owned + self.of_clients


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything a token sees; `missing` names the permission that bounds it."""

    groups: tuple[AccountGroup, ...]
    missing: str = ""


class Tokens(Protocol):
    """Keeps secrets by name, never in the clear; blocking."""

    @property
    def place(self) -> str:
        """Where secrets are kept: a keyring's name, `sealed_file`, or empty."""
        ...

    def need(self) -> None:
        """Raise UserError, with what to do, where no secret can be kept."""
        ...

    def get(self, name: str) -> str | None:
        """Return a secret, none for an unknown name; UserError if unreadable."""
        ...

    def put(self, name: str, secret: str) -> None:
        """Keep a secret under a name. Raises UserError when it can't be kept."""
        ...

    def remove(self, name: str) -> None:
        """Forget a secret; an unknown name is no error."""
        ...


class AccountAccess(Protocol):
    """Whether an account can be worked on at all, and changed."""

    def resting(self, account_id: str) -> str:
        """Return why an account can't be worked on, empty when it can."""
        ...

    def read_only(self, account_id: str) -> str:
        """Return the right that is missing to change an account, or nothing.

        It is A_LOGIN where only a login that works is missing.
        """
        ...


class OpenAccess:
    """Every account can be worked on, as far as anybody knows."""

    def resting(self, account_id: str) -> str:
        """Return that nothing stands against it."""
        return ""

    def read_only(self, account_id: str) -> str:
        """Return that nothing stands against it."""
        return ""


class IdentityBook(AccountAccess, Protocol):
    """In whose name to call Meta, and what became of it."""

    def identities(self) -> Sequence[Identity]:
        """Return every identity, working or not."""
        ...

    def key(self, identity_id: str) -> Key | None:
        """Return what calls in its name are made with, none without a token."""
        ...

    def means(self, account_id: str) -> Means:
        """Return who reads an account and who changes it."""
        ...

    async def ours(self) -> Sequence[str]:
        """Return the ids of the accounts that are worked on."""
        ...

    async def saw(
        self, identity_id: str, found: Sequence[FoundAccount], unseen: Sequence[str] = ()
    ) -> None:
        """Note all accounts that an identity sees, and ours that it does not."""
        ...

    async def lacks(self, identity_id: str, account_id: str, missing: str, *, write: bool) -> None:
        """Note that an identity may not read or change an account after all."""
        ...

    async def failed(self, identity_id: str, trouble: Trouble) -> None:
        """Note that Meta does not let an identity do anything for now."""
        ...

    async def worked(self, identity_id: str) -> None:
        """Note that Meta answered an identity that had a trouble."""
        ...


class LoginGateway(Protocol):
    """Meta's login. Raises PlatformError and its kinds."""

    @property
    def embedded_redirect(self) -> str:
        """Meta's own page for programs, whose address the person brings back."""
        ...

    def dialog_address(self, ask: DialogAsk) -> str:
        """Return the address to open in a browser."""
        ...

    async def exchange(self, app: MetaApp, code: str, redirect: str, verifier: str) -> Grant:
        """Turn a login code into a token."""
        ...

    async def prolong(self, app: MetaApp, token: str) -> Grant:
        """Turn a short-lived token into a long-lived one; needs the app's secret."""
        ...

    async def inspect(self, app: MetaApp, token: str) -> TokenFacts:
        """Return what Meta says of a token; a dead one is an answer, not an error."""
        ...

    async def discover(self, app: MetaApp, token: str) -> Discovery:
        """Return the accounts a token sees, by business."""
        ...

    async def find(self, app: MetaApp, token: str, account_id: str) -> FoundAccount | None:
        """Return one account, none when this token can't see it."""
        ...


class Listener(Protocol):
    """Waits on this machine for the browser to come back from the login."""

    @property
    def redirect(self) -> str:
        """The address the browser is to come back to."""
        ...

    async def wait(self) -> Mapping[str, str]:
        """Return what the browser brought, once; only with the right state."""
        ...

    async def close(self) -> None:
        """Listen no longer."""
        ...


OpenListener = Callable[[str], Awaitable[Listener]]
"""Opens a listener for one login, by its state. Raises UserError."""
