"""Money as integers in Meta's own minor units.

Meta has its own table of offsets (minor units per major unit); it is not
ISO 4217: BHD and JOD have 100, HUF and TWD have 1. Source: Marketing API,
page "Currencies". A currency that is in neither table is refused instead of
guessed, because a wrong offset moves a hundred times the money.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from engine.domain.errors import UserError

_WHOLE = "CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND"
_HUNDREDTHS = (
    "DZD ARS AUD BHD BDT BOB BGN BRL GBP CAD CNY HRK CZK DKK EGP EUR GTQ HNL HKD INR ILS JOD KES "
    "LVL LTL MOP MYR MXN NZD NIO NGN NOK PKR PEN PHP PLN QAR RON RUB SAR RSD SGD SKK ZAR SEK CHF "
    "THB TRY AED UAH USD UYU VEF VES FBZ"
)
# No budget comes near it; beyond it a text is a mistake or an attack, not money.
LARGEST = 10**15
OFFSETS: dict[str, int] = {
    **dict.fromkeys(_WHOLE.split(), 1),
    **dict.fromkeys(_HUNDREDTHS.split(), 100),
}


def offset_of(currency: str) -> int:
    """Return how many minor units make one major unit of `currency`.

    Raises UserError for a currency outside Meta's table.
    """
    offset = OFFSETS.get(currency)
    if offset is not None:
        return offset
    raise UserError(
        f"The currency {currency!r} is not in Meta's table of currencies.",
        hint="Accounts in it can't be acted on, because the size of its minor unit is not known.",
    )


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in integer minor units of one currency."""

    minor: int
    currency: str

    @classmethod
    def from_major(cls, amount: Decimal | int | float | str, currency: str) -> Money:
        """Return the money of `amount` major units, rounded half to even.

        Raises UserError when `amount` is not a number that money can have.
        """
        try:
            number = Decimal(str(amount))
        except InvalidOperation as error:
            raise UserError(f"{amount!r} is not an amount of money.") from error
        if not number.is_finite() or not -LARGEST <= number <= LARGEST:
            raise UserError(f"{amount!r} is not an amount of money.")
        return cls(int((number * offset_of(currency)).to_integral_value(ROUND_HALF_EVEN)), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor) / offset_of(self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} with {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def changed_by_percent(self, percent: float | Decimal) -> Money:
        """Return this amount changed by `percent`, rounded half to even."""
        factor = 1 + Decimal(str(percent)) / 100
        return Money(int((self.minor * factor).to_integral_value(ROUND_HALF_EVEN)), self.currency)

    def __str__(self) -> str:
        digits = 0 if offset_of(self.currency) == 1 else 2
        return f"{self.major:.{digits}f} {self.currency}"
