"""Where each condition stands in the rule's document: `conditions/all/1`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.domain.conditions import All, Any, Comparison, Condition, Metadata, Not, Rank
from engine.domain.rule import Rule
from engine.rules.columns import Leaf

ROOT = "conditions"


def leaf_paths(rule: Rule) -> Iterator[tuple[str, Leaf]]:
    """Yield every comparison, property test and rank with its path."""
    if rule.listed and isinstance(rule.condition, All):
        for place, part in enumerate(rule.condition.parts):
            yield from _below(f"{ROOT}/{place}", part)
    else:
        yield from _below(ROOT, rule.condition)


def _below(path: str, condition: Condition) -> Iterator[tuple[str, Leaf]]:
    match condition:
        case All(parts) | Any(parts):
            word = "all" if isinstance(condition, All) else "any"
            for place, part in enumerate(parts):
                yield from _below(f"{path}/{word}/{place}", part)
        case Not(part):
            yield from _below(f"{path}/not", part)
        case Comparison() | Metadata() | Rank():
            yield path, condition
