"""Which ad accounts a token sees: its own, and those of its businesses."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field

import msgspec
import structlog

from engine.domain.identity import BUSINESS
from engine.login_ports import AccountGroup, Discovery, FoundAccount
from sync.errors import Missing, PermissionMissing
from sync.graph_client import GraphClient
from sync.graph_fields import account_fields
from sync.paging import Listing, PageStream
from sync.reading import Unreadable, read_account, split_rows

_LOG = structlog.stdlib.get_logger("sync")
_PAGE = 200


class _Business(msgspec.Struct, gc=False):
    id: str | int = ""
    name: str = ""


class _Rights(msgspec.Struct, gc=False):
    user_tasks: list[str] = msgspec.field(default_factory=list)
    business: _Business | None = None


_RIGHTS = msgspec.json.Decoder(_Rights, strict=False)
_BUSINESS = msgspec.json.Decoder(_Business, strict=False)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(slots=True)
class _Group:
    name: str
    owned: dict[str, FoundAccount] = field(default_factory=dict)
    of_clients: dict[str, FoundAccount] = field(default_factory=dict)


async def list_accounts(
    client: GraphClient, page_rows: int = _PAGE, edge: str = "me/adaccounts"
) -> list[FoundAccount]:
    """Return the ad accounts behind an edge, each once. Raises PlatformError."""
    return [found for found, _ in await _listed(client, edge, page_rows)]


async def find_account(client: GraphClient, account_id: str) -> FoundAccount | None:
    """Return one account, none when this token can't see it.

    Raises PlatformError.
    """
    fields = ",".join(account_fields())
    path = f"act_{account_id}"
    try:
        answer = await client.get(path, {"fields": fields}, account_id=account_id)
        return _read(answer.body)[0]
    except (Missing, PermissionMissing):
        return None
    except Unreadable as error:
        _LOG.warning("account_set_aside", why=str(error))
        return None


async def discover(client: GraphClient) -> Discovery:
    """Return the accounts a token sees, by business. Raises PlatformError.

    Without the permission for businesses the token's own list is all there is.
    """
    groups: dict[str, _Group] = {}
    for found, business in await _listed(client, "me/adaccounts", _PAGE):
        key = str(business.id) if business is not None else ""
        name = business.name if business is not None else ""
        groups.setdefault(key, _Group(name)).owned[found.account.account_id] = found
    missing = ""
    try:
        businesses = await _businesses(client)
    except PermissionMissing:
        businesses, missing = [], BUSINESS
    for business in businesses:
        key = str(business.id)
        group = groups.setdefault(key, _Group(business.name))
        group.name = business.name or group.name
        await _add_edges(client, key, group)
    managed = {str(business.id) for business in businesses}
    return Discovery(_in_order(groups, managed), missing)


async def _add_edges(client: GraphClient, business_id: str, group: _Group) -> None:
    for edge, kept in (
        ("owned_ad_accounts", group.owned),
        ("client_ad_accounts", group.of_clients),
    ):
        try:
            found = await _listed(client, f"{business_id}/{edge}", _PAGE)
        except (Missing, PermissionMissing) as error:
            _LOG.info("business_edge_closed", business=business_id, edge=edge, why=error.text)
            continue
        kept.update({one.account.account_id: one for one, _ in found})


def _in_order(groups: dict[str, _Group], managed: set[str]) -> tuple[AccountGroup, ...]:
    """Return groups by name, each account once; those of no business come last.

    An account stands with its owner where the token manages that business, else with
    the managed business it is shared with, else with the owner it names.
    """
    owned = {one for key in managed for one in groups[key].owned}
    shared = {one for key in managed for one in groups[key].of_clients} - owned
    made = []
    for key, group in groups.items():
        own = group.owned
        if key not in managed:
            own = {k: v for k, v in own.items() if k not in owned | shared}
        of_clients = {k: v for k, v in group.of_clients.items() if k in shared}
        shared -= set(of_clients)
        if own or of_clients:
            made.append(AccountGroup(key, group.name, _by_name(own), _by_name(of_clients)))
    return tuple(sorted(made, key=lambda one: (not one.business_id, one.name.casefold())))


def _by_name(found: dict[str, FoundAccount]) -> tuple[FoundAccount, ...]:
    return tuple(sorted(found.values(), key=lambda one: one.account.name.casefold()))


async def _businesses(client: GraphClient) -> list[_Business]:
    stream = PageStream(client, Listing("me/businesses", {"fields": "id,name"}, "", _PAGE))
    found: list[_Business] = []
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            for raw in split_rows(page.rows):
                try:
                    found.append(_BUSINESS.decode(raw))
                except _BROKEN as error:
                    _LOG.warning("business_set_aside", why=str(error))
    return found


async def _listed(
    client: GraphClient, edge: str, page_rows: int
) -> list[tuple[FoundAccount, _Business | None]]:
    stream = PageStream(
        client, Listing(edge, {"fields": ",".join(account_fields())}, "", page_rows)
    )
    found: dict[str, tuple[FoundAccount, _Business | None]] = {}
    async with aclosing(stream.pages()) as pages:
        async for page in pages:
            for raw in split_rows(page.rows):
                try:
                    one = _read(raw)
                except Unreadable as error:
                    _LOG.warning("account_set_aside", why=str(error))
                    continue
                found[one[0].account.account_id] = one
    return list(found.values())


def _read(raw: msgspec.Raw | bytes) -> tuple[FoundAccount, _Business | None]:
    """Return an account with the token's tasks in it. Raises Unreadable."""
    account = read_account(raw)
    try:
        rights = _RIGHTS.decode(raw)
    except _BROKEN as error:
        raise Unreadable(f"an account whose tasks can't be read: {error}") from error
    return FoundAccount(account, tuple(rights.user_tasks)), rights.business
