"""Meta's currencies: minor units per major unit, and rough price levels."""

_WHOLE = "CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND"
_HUNDREDTHS = (
    "DZD ARS AUD BHD BDT BOB BGN BRL GBP CAD CNY HRK CZK DKK EGP EUR GTQ HNL HKD INR ILS JOD "
    "KES LVL LTL MOP MYR MXN NZD NIO NGN NOK PKR PEN PHP PLN QAR RON RUB SAR RSD SGD SKK ZAR "
    "SEK CHF THB TRY AED UAH USD UYU VEF VES FBZ"
)
OFFSETS: dict[str, int] = dict.fromkeys(_WHOLE.split(), 1) | dict.fromkeys(_HUNDREDTHS.split(), 100)
"""Minor units in one major unit, by Meta's own table (it is not ISO 4217's)."""

# Only to give accounts of every currency believable default budgets and prices: a market in
# hryvnias with budgets of 40 would show one impression an hour. Never used to convert money.
_PER_USD: dict[str, float] = {
    "AED": 3.7, "ARS": 1000, "AUD": 1.5, "BDT": 118, "BGN": 1.8, "BOB": 6.9, "BRL": 5.4,
    "CAD": 1.37, "CHF": 0.9, "CLP": 930, "CNY": 7.2, "COP": 4000, "CRC": 515, "CZK": 23,
    "DKK": 6.9, "DZD": 134, "EGP": 48, "EUR": 0.92, "GBP": 0.79, "GTQ": 7.8, "HKD": 7.8,
    "HNL": 25, "HUF": 360, "IDR": 16000, "ILS": 3.7, "INR": 83, "ISK": 138, "JPY": 150,
    "KES": 130, "KRW": 1350, "MOP": 8, "MXN": 18, "MYR": 4.6, "NGN": 1500, "NIO": 37,
    "NOK": 10.6, "NZD": 1.65, "PEN": 3.8, "PHP": 57, "PKR": 280, "PLN": 4, "PYG": 7500,
    "QAR": 3.6, "RON": 4.6, "RSD": 108, "RUB": 92, "SAR": 3.75, "SEK": 10.5, "SGD": 1.35,
    "THB": 36, "TRY": 33, "TWD": 32, "UAH": 41, "UYU": 40, "VND": 25000, "ZAR": 18.5,
}  # fmt: skip


def price_level(currency: str) -> float:
    """Return roughly how many major units buy what one US dollar buys in ads."""
    return _PER_USD.get(currency, 1.0)
