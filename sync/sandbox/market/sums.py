"""Sums by group: from ads to ad sets, from ad sets to campaigns."""

import numpy as np
from numpy.typing import NDArray

from sync.sandbox.draws import Floats
from sync.sandbox.market.layout import Index


def sum_by(group: Index, values: NDArray[np.generic], size: int) -> Floats:
    """Add values up by the group each belongs to, 0 to ``size`` - 1."""
    return np.bincount(group, values, size).astype(np.float64, copy=False)
