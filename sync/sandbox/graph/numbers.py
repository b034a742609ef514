"""Metric texts as Meta writes them: up to six decimals, no closing zeros."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def decimal_text(value: float) -> str:
    """Return a decimal number, such as `4.864865`, `2.1325` or `0`."""
    text = f"{value:.6f}"
    return text.rstrip("0").rstrip(".")


def ratio_texts(over: NDArray[np.floating], under: NDArray[np.int64]) -> list[str | None]:
    """Return over/under as texts; None where the denominator is zero."""
    safe = np.where(under == 0, 1, under)
    values = (over / safe).tolist()
    return [
        decimal_text(value) if below else None
        for value, below in zip(values, under.tolist(), strict=True)
    ]


def major_text(minor: int, offset: int) -> str:
    """Return an amount of minor units as decimal text in major units."""
    if offset == 1:
        return str(minor)
    sign = "-" if minor < 0 else ""
    whole, rest = divmod(abs(minor), offset)
    return f"{sign}{whole}.{rest:02d}" if rest else f"{sign}{whole}"


def major_texts(minor: NDArray[np.int64], offset: int) -> list[str]:
    """Return amounts of minor units, at least 0, as texts in major units."""
    if offset == 1:
        return [str(amount) for amount in minor.tolist()]
    endings = ["", *(f".{rest:02d}" for rest in range(1, offset))]
    whole, rest = np.divmod(minor, offset)
    return [
        str(units) + endings[part]
        for units, part in zip(whole.tolist(), rest.tolist(), strict=True)
    ]
