"""Splitting what ads did among ages, places or platforms, exactly.

Every ad has shares that add up to one. Impressions are cut at the shares'
running totals, and everything else where impressions were cut: parts add up
at every level and over any days, and none has clicks without impressions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Floats, Keys, normal

Counts = NDArray[np.int64]
_NEARLY_ALL = 1 - 1e-9
_ROUNDING = 1e-7  # impressions cut at their own quotient come out whole


@dataclass(frozen=True, slots=True)
class Part:
    """One part of every ad's counts, between two running totals of shares."""

    low: Floats
    high: Floats

    def of(self, columns: dict[str, Counts]) -> dict[str, Counts]:
        """Cut the part out of columns (days, ads)."""
        shown = columns["impressions"]
        low, high = (
            np.where(shown > 0, np.floor(shown * share) / np.maximum(shown, 1), share)
            for share in (self.low, self.high)
        )
        return {name: _below(counts, high) - _below(counts, low)
                for name, counts in columns.items()}  # fmt: skip


def drawn_weights(base: Sequence[float], keys: Keys, purpose: int, spread: float) -> Floats:
    """Draw each ad's weights around base ones; (parts, ads)."""
    rows = [
        weight * np.exp(spread * normal(keys, purpose, index)) for index, weight in enumerate(base)
    ]
    return np.array(rows).reshape(len(base), len(keys))


def parts_of(weights: Floats) -> list[Part]:
    """Turn weights (parts, ads) into parts; ads of no weight are in none."""
    if not len(weights):
        return []
    total = weights.sum(axis=0)
    running = np.cumsum(weights, axis=0) / np.where(total > 0, total, 1.0)
    running[running > _NEARLY_ALL] = 1.0
    lower = np.vstack([np.zeros((1, weights.shape[1])), running[:-1]])
    return [Part(low, high) for low, high in zip(lower, running, strict=True)]


def _below(counts: Counts, share: Floats) -> Counts:
    """Return how many of the counts lie below a running total of shares."""
    return np.floor(counts * share + _ROUNDING).astype(np.int64)
