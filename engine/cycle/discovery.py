"""Which of the accounts that a token sees are worked on, and why not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.domain.money import OFFSETS
from engine.domain.objects import Account


@dataclass(frozen=True, slots=True)
class Discovery:
    """Accounts to work on; `trouble` is what stands in the way of others."""

    accounts: tuple[Account, ...]
    trouble: str = ""


def discover(found: Sequence[Account], only: Collection[str] = ()) -> Discovery:
    """Choose the accounts to work on among those `found`.

    `only` are ids to keep to, all where empty. An account whose currency has no known
    minor unit is left out as a whole: its money could be shown or moved a hundred times
    too large.
    """
    seen = [one for one in found if not only or one.account_id in only]
    unseen = sorted(set(only) - {one.account_id for one in seen})
    known = tuple(one for one in seen if one.currency in OFFSETS)
    sentences = [
        f"The account {one.name} is left out: its currency {one.currency!r} is not in Meta's table."
        for one in seen
        if one.currency not in OFFSETS
    ]
    if unseen:
        sentences.append(f"This token does not see the accounts asked for: {', '.join(unseen)}.")
    return Discovery(known, " ".join(sentences))
