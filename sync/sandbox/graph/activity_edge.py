"""GET /act_X/activities and /{ad set}/activities: who changed what, when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sync.sandbox.graph.activities import CATEGORIES
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.errors import bad_value
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.meta_names import enum_values
from sync.sandbox.graph.nodes import Node, PlainNode
from sync.sandbox.graph.times import parse_graph_time

DEFAULT_SPAN = timedelta(days=7)
_TRUE = ("true", "1")


def activities_of(context: GraphContext, node: Node, params: Mapping[str, str]) -> list[Node]:
    """List changes of an account or ad set, newest first.

    Without `since` the week before `until` is shown; `until` is now by default. Objects
    are chosen by `oid` and `extra_oids`, with what lies below them by `add_children`.
    """
    account = context.world.accounts[node.account_id or ""]
    zone = account.timezone_name
    until = _moment(params.get("until"), zone, "until") or context.now()
    since = _moment(params.get("since"), zone, "since") or until - DEFAULT_SPAN
    if since > until:
        raise bad_value("Param since must not be later than until")
    wanted = _wanted(context, node, params)
    category = _one_of(params, "category", CATEGORIES)
    _one_of(params, "data_source", enum_values("AdActivity", "DataSource"))
    actor = params.get("uid")
    return [
        Node("AdActivity", PlainNode(str(index), row.fields(zone)))
        for index, row in enumerate(context.activities.of_account(account.id))
        if since <= row.time <= until
        and (not wanted or row.object_id in wanted)
        and (not category or row.in_category(category))
        and (not actor or row.actor.id == actor)
    ]


def _wanted(context: GraphContext, node: Node, params: Mapping[str, str]) -> set[str]:
    """Return the ids asked for; none stand for the whole account."""
    wanted = set(parse_list(params.get("extra_oids"), "extra_oids"))
    if params.get("oid"):
        wanted.add(params["oid"].removeprefix("act_"))
    if node.kind == "AdSet":
        wanted.add(node.id)
    if params.get("add_children", "").lower() in _TRUE:
        if node.account_id in wanted:
            return set()
        world = context.world
        wanted |= {s.id for one in list(wanted) for s in world.adsets_of(one)}
        wanted |= {ad.id for one in list(wanted) for ad in world.ads_of(one)}
    return wanted


def _one_of(params: Mapping[str, str], name: str, allowed: frozenset[str]) -> str:
    value = params.get(name, "").upper()
    if value and value not in allowed:
        raise bad_value(f"Param {name} must be one of {{{', '.join(sorted(allowed))}}}")
    return value


def _moment(text: str | None, zone: str, name: str) -> datetime | None:
    return parse_graph_time(text, zone, name) if text else None
