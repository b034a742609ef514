"""Hold-outs: matches left alone at random, to learn what acting is worth.

The draw is a hash of the seed, the rule, the object and the account's day, so
that it is the same however often the day's cycles repeat, and can be checked
afterwards by anyone who knows the seed.
"""

from __future__ import annotations

import hashlib
from datetime import date

from engine.domain.rule import HoldOut

_SCALE = float(2**64)


def draw(seed: int, rule_id: str, object_id: str, day: date) -> float:
    """Return the draw of a rule, an object and a day: uniform, 0 <= draw < 1."""
    text = f"{seed}|{rule_id}|{object_id}|{day.isoformat()}"
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") / _SCALE


def is_held_out(hold_out: HoldOut, drawn: float, stake: int, held: int, offset: int) -> bool:
    """Return whether a match is left alone.

    `stake` is the money at risk of this match, `held` that of the rule's matches held
    out today, minor units; `offset` minor units make a major one.
    """
    if drawn >= hold_out.share:
        return False
    if hold_out.max_spend_per_day is None:
        return True
    return held + stake <= hold_out.max_spend_per_day * offset
