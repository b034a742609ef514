"""Pairs of a query or form read into parameters, bracketed names included.

`time_range[since]=...` and `ids[]=1` become the JSON that they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

import orjson

_BRACKETED = re.compile(r"(\w+)((?:\[\w*\])+)")
Branch = str | list["Branch"] | dict[str, "Branch"]
"""A text, or a tree of texts."""


def read_query(text: str) -> dict[str, str]:
    """Read urlencoded text; a name given twice keeps its last value."""
    pairs = parse_qsl(text, keep_blank_values=True)
    return dict(pairs) if "[" not in text and "%5B" not in text.upper() else read_pairs(pairs)


def read_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Gather pairs by name; bracketed names of one stem become one JSON text."""
    plain: dict[str, str] = {}
    trees: dict[str, dict[str, Branch]] = {}
    for name, value in pairs:
        match = _BRACKETED.fullmatch(name)
        if match is None:
            plain[name] = value
            continue
        *above, last = match.group(2)[1:-1].split("][")
        tree = trees.setdefault(match.group(1), {})
        for key in above:
            below = tree.setdefault(key or str(len(tree)), {})
            tree = below if isinstance(below, dict) else {}
        tree[last or str(len(tree))] = value
    return {**plain, **{name: orjson.dumps(_listed(tree)).decode() for name, tree in trees.items()}}


def _listed(tree: Branch) -> Branch:
    """Turn trees whose keys count from 0 into lists."""
    if not isinstance(tree, dict):
        return tree
    values = {key: _listed(value) for key, value in tree.items()}
    if list(values) == [str(index) for index in range(len(values))]:
        return list(values.values())
    return values
