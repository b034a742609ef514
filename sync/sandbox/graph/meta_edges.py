"""The edges that Meta's nodes have, from Meta's own SDK.

The sandbox keeps nothing behind many of them: they are empty, not unknown.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from sync.sandbox.graph.meta_names import node_class

Sdk = Any  # the SDK ships no types


@cache
def edges_of(node: str) -> frozenset[str]:
    """Return the names of a node type's edges that can be read.

    The SDK describes each by the request it would send, which is not sent.
    """
    cls = node_class(node)
    if cls is None:
        return frozenset()
    target = cls("1", api=FacebookAdsApi(FacebookSession("0", "", "0")))
    readers = [name for name in vars(cls) if name.startswith("get_")]
    return frozenset(filter(None, (_edge(target, name) for name in readers)))


def _edge(target: Sdk, name: str) -> str | None:
    try:
        request = getattr(target, name)(pending=True)
    except TypeError:  # not a reader of an edge: it wants arguments of its own
        return None
    path: tuple[str, ...] = getattr(request, "_path", ())
    return str(path[1]).strip("/") if len(path) > 1 else None
