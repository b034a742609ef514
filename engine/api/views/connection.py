"""Logins, notices and what a login sees, as messages."""

from __future__ import annotations

from datetime import datetime

from engine.access.connection import Connection
from engine.access.logins import Login
from engine.access.notices import Notice
from engine.access.sentences import trouble_sentences
from engine.api.connection import (
    AccountGroupMessage,
    ConnectionMessage,
    DiscoveryMessage,
    FoundAccountMessage,
    IdentityMessage,
    LoginMessage,
    NoticeMessage,
)
from engine.api.messages import Words
from engine.domain.errors import UserError
from engine.domain.identity import Identity
from engine.login_ports import AccountGroup, Discovery, FoundAccount

_TASKS_TO_CHANGE = frozenset({"ADVERTISE", "MANAGE"})


def connection(parts: Connection) -> ConnectionMessage:
    """Return the connection at a glance; blocking."""
    app = parts.apps.current()
    source = "environment" if parts.apps.given.app_id else ("kept" if app.app_id else "none")
    return ConnectionMessage(
        identities=tuple(identity(parts, one) for one in parts.wallet.identities()),
        notices=tuple(notice(one) for one in parts.notices()),
        keeper=parts.tokens.place,
        keeper_problem=_keeper_problem(parts),
        app_id=app.app_id,
        app_has_secret=bool(app.secret),
        app_source=source,
    )


def identity(parts: Connection, one: Identity) -> IdentityMessage:
    """Return one identity; blocking."""
    means = [
        parts.assignments.means(known.account.account_id)
        for known in parts.accounts.all(enabled_only=True)
    ]
    said = Words("", "") if one.works else Words(*trouble_sentences(one))
    return IdentityMessage(
        identity_id=one.identity_id,
        source=one.source.value,
        kind=one.kind.value,
        name=one.name,
        user_id=one.user_id,
        app_id=one.app_id,
        condition=one.condition.value,
        trouble=one.trouble.value,
        said=said,
        scopes=one.scopes or (),
        scopes_known=one.scopes is not None,
        missing=one.missing,
        declined=one.declined,
        expires_at=_text(one.expires_at),
        data_access_expires_at=_text(one.data_access_expires_at),
        checked_at=_text(one.checked_at),
        added_at=one.added_at.isoformat(),
        added_by=one.added_by,
        takes_all=one.takes_all,
        sees=len(parts.assignments.of_identity(one.identity_id)),
        reads=sum(_is(each.reader, one) for each in means),
        writes=sum(_is(each.writer, one) for each in means),
    )


def notice(one: Notice) -> NoticeMessage:
    """Return one notice."""
    return NoticeMessage(
        one.kind,
        one.severity,
        Words(*one.words),
        one.action.value,
        one.identity_id,
        one.account_ids,
        one.days,
    )


def login(one: Login) -> LoginMessage:
    """Return a login under way."""
    return LoginMessage(
        one.login_id,
        one.way.value,
        one.stage.value,
        one.address,
        one.redirect,
        one.ends_at.isoformat(),
        one.text,
        one.hint,
        one.identity_id,
        one.instead_of,
    )


def discovery(parts: Connection, identity_id: str, found: Discovery) -> DiscoveryMessage:
    """Return what a login sees, with what of it is ours; blocking."""
    ours = {one.account.account_id for one in parts.accounts.all() if one.removed_at is None}
    groups = tuple(_group(one, ours) for one in found.groups)
    return DiscoveryMessage(identity_id, groups, found.missing)


def _group(group: AccountGroup, ours: set[str]) -> AccountGroupMessage:
    own = "owned" if group.business_id else "personal"
    rows = [_found(one, own, ours) for one in group.owned]
    rows += [_found(one, "client", ours) for one in group.of_clients]
    return AccountGroupMessage(group.business_id, group.name, tuple(rows))


def _found(one: FoundAccount, relation: str, ours: set[str]) -> FoundAccountMessage:
    account = one.account
    return FoundAccountMessage(
        account.account_id,
        account.name,
        account.currency,
        account.timezone_name,
        account.status,
        relation,
        not one.tasks or bool(_TASKS_TO_CHANGE & set(one.tasks)),
        account.account_id in ours,
    )


def _keeper_problem(parts: Connection) -> str:
    try:
        parts.tokens.need()
    except UserError as error:
        return str(error)
    return ""


def _is(found: Identity | None, one: Identity) -> bool:
    return found is not None and found.identity_id == one.identity_id


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
