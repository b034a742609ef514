"""Writes to businesses and people: system users, tokens, permissions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, bad_value, missing_object
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.parameters import GENERIC, unknown_parameter
from sync.sandbox.graph.tokens import LONG_LIFE, SCOPES, Identity, check_known

Given = Mapping[str, str]
Writer = Callable[[GraphContext, Node, Given], dict[str, object]]
_ROLES = ("ADMIN", "EMPLOYEE")


def create_system_user(context: GraphContext, node: Node, given: Given) -> dict[str, object]:
    """Make a system user of the agency."""
    _check(given, "system_user_id name role", node)
    _check_agency(context, node)
    if not given.get("name"):
        raise bad_value("The parameter name is required")
    role = given.get("role", "EMPLOYEE")
    if role not in _ROLES:
        raise bad_value(f"Param role must be one of {{{', '.join(_ROLES)}}}")
    tokens = context.tokens
    made = Identity(
        tokens.digits(f"system{len(tokens.identities)}", 15), given["name"], "SYSTEM_USER", role
    )
    tokens.identities[made.id] = made
    return {"id": made.id}


def issue_system_token(context: GraphContext, node: Node, given: Given) -> dict[str, object]:
    """Issue a system user's token; it does not expire unless asked to."""
    _check(given, "asset fetch_only scope set_token_expires_in_60_days system_user_id", node)
    _check_agency(context, node)
    tokens, user_id = context.tokens, given.get("system_user_id", "")
    known = tokens.identities.get(user_id)
    if known is None or known.kind != "SYSTEM_USER":
        raise bad_value(f"Param system_user_id must be a system user, got '{user_id}'")
    if _true(given.get("fetch_only")):
        working = [t for t in tokens.of_user(user_id) if t.trouble is None]
        if not working:
            raise missing_object(user_id, "post")
        return {"access_token": working[-1].text}
    scopes = check_known(parse_list(given.get("scope"), "scope")) or SCOPES
    assets = frozenset(one.removeprefix("act_") for one in parse_list(given.get("asset"), "asset"))
    for one in assets:
        if one not in context.world.accounts:
            raise bad_value(f"Param asset must hold ad account ids, got '{one}'")
    life = LONG_LIFE if _true(given.get("set_token_expires_in_60_days")) else None
    token = tokens.issue(context.now(), user_id, scopes, life, accounts=assets or None)
    return {"access_token": token.text}


def issue_business_token(context: GraphContext, node: Node, given: Given) -> dict[str, object]:
    """Issue a token of the business's integration system user."""
    _check(given, "app_id fbe_external_business_id fetch_only scope system_user_name", node)
    tokens = context.tokens
    if given.get("app_id", tokens.app_id) != tokens.app_id:
        raise GraphError(message="(#900) No such application exists.", code=900)
    scopes = check_known(parse_list(given.get("scope"), "scope")) or SCOPES
    owned = frozenset(
        account.id
        for account in context.world.accounts.values()
        if account.business_id == node.id or node.id == tokens.agency_id
    )
    token = tokens.issue(context.now(), tokens.user_id, scopes, None, accounts=owned)
    return {"access_token": token.text}


def revoke_permissions(context: GraphContext, node: Node, given: Given) -> dict[str, object]:
    """Take one permission back, or all: then the app is no longer authorised."""
    _check(given, "permission", node)
    wanted = given.get("permission")
    if wanted is not None:
        check_known([wanted])
    for token in context.tokens.of_user(node.id):
        if wanted is None:
            token.trouble = 458
        elif wanted in token.scopes:
            token.scopes = tuple(scope for scope in token.scopes if scope != wanted)
            token.declined = (*token.declined, wanted)
    return {"success": True}


def take_crash_report(context: GraphContext, node: Node, given: Given) -> dict[str, object]:
    """Take in what the SDK reports of its own crashes, and forget it."""
    return {"success": True}


WRITES: dict[tuple[str, str, str], Writer] = {
    ("POST", "Business", "system_users"): create_system_user,
    ("POST", "Business", "system_user_access_tokens"): issue_system_token,
    ("POST", "Business", "access_token"): issue_business_token,
    ("POST", "Application", "instruments"): take_crash_report,
    ("DELETE", "User", "permissions"): revoke_permissions,
    ("DELETE", "SystemUser", "permissions"): revoke_permissions,
}


def _check(given: Given, allowed: str, node: Node) -> None:
    known = {*allowed.split(), *GENERIC}
    for name in given:
        if name not in known:
            raise unknown_parameter(name, node.kind)


def _check_agency(context: GraphContext, node: Node) -> None:
    if node.id != context.tokens.agency_id:
        raise GraphError(
            message="(#200) The business has no system users that this app may act for",
            code=200,
            status=403,
        )


def _true(text: str | None) -> bool:
    return (text or "").lower() in ("true", "1")
