"""What a person looks at: account, client or all of a currency.

Money of different currencies is never added up, so every scope has one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine.api.messages import ScopeMessage
from engine.domain.errors import NotFound
from engine.domain.objects import Account


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A scope resolved: its accounts share one currency."""

    scope: str
    title: str
    accounts: tuple[Account, ...]

    @property
    def currency(self) -> str:
        """The one currency of all accounts."""
        return self.accounts[0].currency

    @property
    def offset(self) -> int:
        """Minor units per major unit of the currency."""
        return self.accounts[0].offset

    @property
    def timezone_name(self) -> str:
        """The most frequent time zone of the accounts."""
        zones = Counter(account.timezone_name for account in self.accounts)
        return zones.most_common(1)[0][0]


def scopes(accounts: Sequence[Account]) -> list[ScopeMessage]:
    """Return every choice: currencies first, then clients, then accounts."""
    currencies = Counter(account.currency for account in accounts)
    clients = Counter((account.client, account.currency) for account in accounts)
    return [
        *(
            ScopeMessage(f"currency:{currency}", currency, "currency", currency, count)
            for currency, count in currencies.most_common()
        ),
        *(
            ScopeMessage(f"client:{client}|{currency}", client, "client", currency, count)
            for (client, currency), count in sorted(clients.items())
        ),
        *(
            ScopeMessage(f"account:{one.account_id}", one.name, "account", one.currency, 1)
            for one in sorted(accounts, key=lambda account: (account.client, account.name))
        ),
    ]


def resolve(scope: str | None, accounts: Sequence[Account]) -> LookedAt:
    """Return the accounts of `scope`, by default of the usual currency.

    Raises NotFound where it names nothing we know.
    """
    if not accounts:
        raise NotFound(
            "There is no account yet.", hint="Wait for the first sync, or check the access token."
        )
    if scope is None:
        scope = f"currency:{Counter(one.currency for one in accounts).most_common(1)[0][0]}"
    kind, _, name = scope.partition(":")
    found = tuple(account for account in accounts if _belongs(account, kind, name))
    if not found:
        raise NotFound(f"There is nothing called {scope!r}.", hint="Ask /api/v1/scopes.")
    return LookedAt(scope, _title(kind, name, found), found)


def _belongs(account: Account, kind: str, name: str) -> bool:
    match kind:
        case "account":
            return account.account_id == name.removeprefix("act_")
        case "client":
            client, _, currency = name.rpartition("|")
            return (account.client, account.currency) == (client, currency)
        case "currency":
            return account.currency == name
    return False


def _title(kind: str, name: str, found: tuple[Account, ...]) -> str:
    if kind == "account":
        return found[0].name
    return found[0].client if kind == "client" else name
