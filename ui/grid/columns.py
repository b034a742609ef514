"""What the grid shows: columns, and the numbers behind them as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.domain.formats import Currency
from ui.theme import Tone


class Kind(StrEnum):
    """How a column's values are stored and painted.

    MONEY holds minor units, PERCENT a share (0.015 is 1.5 %), TREND a table of
    rows by days, SWITCH booleans, STATUS a name of the catalogue's area
    ``delivery``, MOMENT seconds since 1970 UTC; unknown numbers are NaN.
    """

    CHECK = "check"
    SWITCH = "switch"
    NAME = "name"
    TEXT = "text"
    STATUS = "status"
    TREND = "trend"
    MONEY = "money"
    NUMBER = "number"
    RATIO = "ratio"
    PERCENT = "percent"
    MOMENT = "moment"


DOLLAR = Currency("USD")
NUMERIC = frozenset({Kind.MONEY, Kind.NUMBER, Kind.RATIO, Kind.PERCENT, Kind.MOMENT})
WORDS = frozenset({Kind.NAME, Kind.TEXT, Kind.STATUS})

STATUS_TONES = {
    "active": Tone.GOOD,
    "learning": Tone.ACCENT,
    "learning_limited": Tone.WARN,
    "limited": Tone.WARN,
    "review": Tone.ACCENT,
    "scheduled": Tone.ACCENT,
    "error": Tone.BAD,
    "rejected": Tone.BAD,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the grid.

    ``total`` names how the footer sums it up: empty for not at all, ``sum``,
    or ``numerator/denominator`` by keys (``revenue/spend``). Columns with
    ``frozen`` stay in sight when the grid scrolls sideways.
    """

    key: str
    title_key: str
    kind: Kind
    width: int = 110
    editable: bool = False
    frozen: bool = False
    total: str = ""
    hidden: bool = False

    @property
    def right_aligned(self) -> bool:
        """Numbers stand at the right so that digits line up."""
        return self.kind in NUMERIC


Values = Sequence[object] | npt.NDArray[np.generic]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


def _no_tones() -> dict[str, npt.NDArray[np.int8]]:
    """Return an empty table of tones."""
    return {}


@dataclass(frozen=True, slots=True)
class GridData:
    """Rows as arrays, all of one length.

    ``values`` maps a column key to its values; ``currency`` is one for all
    rows or one for each; ``tones`` maps a key to 1 (better than target), -1
    (worse) or 0 for each row; ``muted`` marks paused rows.
    """

    ids: Sequence[str]
    values: Mapping[str, Values]
    currency: Currency | Sequence[Currency] = DOLLAR
    tones: Mapping[str, npt.NDArray[np.int8]] = field(default_factory=_no_tones)
    muted: Flags | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def currency_of(self, row: int) -> Currency:
        """Return the currency of a row."""
        return self.currency if isinstance(self.currency, Currency) else self.currency[row]

    def numbers(self, key: str) -> npt.NDArray[np.float64]:
        """Return a numeric column as float64; unknown is NaN."""
        return np.asarray(self.values[key], dtype=np.float64)

    def offsets(self) -> npt.NDArray[np.float64]:
        """Return minor units in a major unit, for each row."""
        if isinstance(self.currency, Currency):
            return np.full(len(self), float(self.currency.offset))
        return np.fromiter((c.offset for c in self.currency), np.float64, len(self))


EMPTY = GridData((), {})
