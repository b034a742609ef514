"""Apps that an ad account tells of its changes (webhooks' last step)."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.creates import account_of
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.nodes import Node, PlainNode
from sync.sandbox.graph.parameters import read_parameters
from sync.sandbox.graph.tokens import APP_NAME

Given = Mapping[str, str]


def subscribe_app(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """POST /act_X/subscribed_apps: the app is told of changes from now on."""
    account, app_id = account_of(node), _app_of(context, given, "POST")
    apps = context.subscriptions[account.id]
    if app_id not in apps:
        apps.add(app_id)
        _write_down(context, account.id, None, app_id, request_id)
    return {"success": True}


def unsubscribe_app(
    context: GraphContext, node: Node, given: Given, request_id: str
) -> dict[str, object]:
    """DELETE /act_X/subscribed_apps: the app is told of nothing any more."""
    account, app_id = account_of(node), _app_of(context, given, "DELETE")
    apps = context.subscriptions[account.id]
    if app_id in apps:
        apps.remove(app_id)
        _write_down(context, account.id, app_id, None, request_id)
    return {"success": True}


def subscribed_apps(context: GraphContext, node: Node, params: Given) -> list[Node]:
    """GET /act_X/subscribed_apps."""
    apps = sorted(context.subscriptions[node.account_id or ""])
    return [
        Node("AdAccountSubscribedApps", PlainNode(one, {"app_id": one, "app_name": APP_NAME}))
        for one in apps
    ]


def _app_of(context: GraphContext, given: Given, verb: str) -> str:
    """Return the app that is named, which must be the caller's own."""
    values = read_parameters(f"{verb} subscribed_apps", given, "UTC")
    own = context.tokens.app_id
    if values.get("app_id", own) != own:
        raise bad_value(f"Param app_id must be the id of the calling app, {own}")
    return own


def _write_down(
    context: GraphContext, account_id: str, before: object, after: object, request_id: str
) -> None:
    context.ledger.add(
        context.now(), account_id, "account", "subscribed_apps", before, after, request_id
    )
