"""What a token and its app may do with a node."""

from __future__ import annotations

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import GraphError, missing_object
from sync.sandbox.graph.nodes import Node
from sync.sandbox.graph.quotas import DEVELOPMENT
from sync.sandbox.graph.tokens import Token, no_active_token

_ADS = {"ads_read", "ads_management"}


def check_access(context: GraphContext, token: Token, node: Node, edge: str, write: bool) -> None:
    """Refuse what the token's permissions or its app's do not cover."""
    if token.kind == "APP":
        _check_app_token(node)
        return
    if node.kind == "Business" or edge == "businesses":
        _check_business(token)
    if node.account_id is None:
        return
    if not token.sees(node.account_id):
        raise _not_granted() if node.kind == "AdAccount" else missing_object(node.id)
    if not _ADS & set(token.scopes):
        raise GraphError(message="(#100) Missing permissions", code=100)
    _check_app(context)
    if write and not (context.limits.app_allow_listed and "ads_management" in token.scopes):
        raise GraphError(
            message=(
                "(#294) Managing advertisements requires an access token with the extended "
                "permission for ads_management"
            ),
            code=294,
        )


def _check_app(context: GraphContext) -> None:
    """Refuse an app without permission, or of the development tier to strangers."""
    limits = context.limits
    if not limits.app_has_permission:
        raise GraphError(
            message="(#10) Application does not have permission for this action", code=10
        )
    if context.usage.quotas.tier == DEVELOPMENT and not limits.app_admin:
        raise GraphError(
            message=(
                "(#270) This Ads API request is not allowed for apps with development access "
                "level (Development access is by default for all apps, please request for "
                "upgrade). Make sure that the access token belongs to a user that is both admin "
                "of the app and admin of the ad account"
            ),
            code=270,
        )


def _check_business(token: Token) -> None:
    if "business_management" not in token.scopes:
        raise GraphError(
            message="(#200) Requires business_management permission to manage the object",
            code=200,
            status=403,
        )


def _check_app_token(node: Node) -> None:
    """Refuse an app token everywhere but at its own app."""
    if node.kind == "Application":
        return
    if node.kind in ("User", "SystemUser"):
        raise no_active_token()
    raise _not_granted()


def _not_granted() -> GraphError:
    return GraphError(
        message=("(#200) Ad account owner has NOT grant ads_management or ads_read permission"),
        code=200,
        status=403,
    )
