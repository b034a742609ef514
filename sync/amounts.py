"""Exact conversion of major units to minor units, by the column.

Insights give money as decimal text in major units ("14.35"); the decoder turns
it into the nearest double. Up to 15 digits that double names the text without
doubt, so multiplying and rounding is exact except close to a half, where the
text is recovered and decided by decimal arithmetic.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import NDArray

# Beyond 15 significant digits a double no longer names one decimal text.
LARGEST_MAJOR = 1e12
# Two roundings of at most 2**-53 each move a scaled amount below 1e14 by less.
_DOUBT = 0.05


def minor_units(major: NDArray[np.float64], offset: int) -> NDArray[np.int64]:
    """Return major-unit amounts as minor units, rounded half to even.

    `offset` is the minor units per major unit. Amounts must be finite, at least
    zero and at most LARGEST_MAJOR; anything else is not an amount (filter first).
    """
    scaled = major * float(offset)
    whole = np.floor(scaled)
    part = scaled - whole
    minor = np.rint(scaled).astype(np.int64)
    for index in np.flatnonzero(np.abs(part - 0.5) < _DOUBT):
        exact = Decimal(repr(float(major[index]))) * offset
        minor[index] = int(exact.to_integral_value(ROUND_HALF_EVEN))
    return minor
