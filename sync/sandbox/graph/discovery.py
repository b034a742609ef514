"""Who is behind a token, and the businesses whose accounts it reaches.

Every client of the scenario is a business that owns its accounts. One
agency, to which the system users belong, has them all as client accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.nodes import Node, PlainNode, businesses, identity_node
from sync.sandbox.graph.tokens import DATA_ACCESS, Token

Params = Mapping[str, str]


def token_of(context: GraphContext, params: Params) -> Token:
    """Return the token that a listing is read with."""
    return context.tokens.check(params.get("access_token"), context.now(), "me")


def accounts_of_token(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List the ad accounts that the token reaches."""
    token = token_of(context, params)
    return _accounts(context, token, "", lambda _business: True)


def owned_accounts(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List the ad accounts that a business owns."""
    wanted = params.get("search_query", "")
    return _accounts(context, token_of(context, params), wanted, lambda owner: owner == node.id)


def client_accounts(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List the ad accounts that clients share with an agency."""
    if node.id != context.tokens.agency_id:
        return []
    wanted = params.get("search_query", "")
    return _accounts(context, token_of(context, params), wanted, lambda owner: owner != node.id)


def businesses_of_token(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List the businesses that the token's person works for."""
    token = token_of(context, params)
    reached = {
        account.business_id for account in context.world.accounts.values() if token.sees(account.id)
    }
    return [
        Node("Business", business)
        for business in businesses(context).values()
        if business.id in reached or business.id == context.tokens.agency_id
    ]


def permissions_of_token(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List what the person granted and declined, and what has expired."""
    token = token_of(context, params)
    lapsed = token.kind == "USER" and context.now() >= token.issued + DATA_ACCESS
    rows = [
        (scope, "expired" if lapsed and scope != "public_profile" else "granted")
        for scope in token.scopes
    ]
    rows += [(scope, "declined") for scope in token.declined]
    wanted, status = params.get("permission"), params.get("status")
    return [
        Node("Permission", PlainNode(scope, {"permission": scope, "status": given}))
        for scope, given in rows
        if wanted in (None, scope) and status in (None, given)
    ]


def system_users(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List the system users of a business; only the agency has some."""
    if node.id != context.tokens.agency_id:
        return []
    everyone = context.tokens.identities.values()
    return [identity_node(one) for one in everyone if one.kind == "SYSTEM_USER"]


def assigned_users(context: GraphContext, node: Node, params: Params) -> list[Node]:
    """List the system users that may work in an ad account."""
    everyone = context.tokens.identities.values()
    return [
        Node("AssignedUser", PlainNode(one.id, {"id": one.id, "name": one.name}))
        for one in everyone
        if one.kind == "SYSTEM_USER"
    ]


def _accounts(
    context: GraphContext, token: Token, wanted: str, owned: Callable[[str], bool]
) -> list[Node]:
    text = wanted.lower()
    return [
        Node("AdAccount", account)
        for account in context.world.accounts.values()
        if token.sees(account.id)
        and owned(account.business_id)
        and (text in account.name.lower() or text in account.id)
    ]
