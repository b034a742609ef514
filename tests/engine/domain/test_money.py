"""Money: integer minor units by Meta's own table, never a float in between."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import UserError
from engine.domain.money import OFFSETS, Money, offset_of

CURRENCIES = st.sampled_from(sorted(OFFSETS))
MINOR = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("currency", "offset"),
    [("USD", 100), ("UAH", 100), ("JPY", 1), ("HUF", 1), ("TWD", 1), ("BHD", 100), ("JOD", 100)],
)
def test_the_offset_is_metas_not_isos(currency: str, offset: int) -> None:
    assert offset_of(currency) == offset


def test_an_unknown_currency_is_refused_instead_of_guessed() -> None:
    with pytest.raises(UserError, match="'XXX' is not in Meta's table"):
        offset_of("XXX")


@given(MINOR, CURRENCIES)
def test_minor_units_survive_the_way_to_people_and_back(minor: int, currency: str) -> None:
    assert Money.from_major(Money(minor, currency).major, currency) == Money(minor, currency)


@given(MINOR, MINOR, CURRENCIES)
def test_sums_are_exact(one: int, other: int, currency: str) -> None:
    total = Money(one, currency) + Money(other, currency)
    assert total.minor == one + other
    assert (total - Money(other, currency)).minor == one


@given(MINOR, MINOR)
def test_currencies_never_mix(one: int, other: int) -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        Money(one, "USD") + Money(other, "EUR")
    with pytest.raises(ValueError, match="cannot mix"):
        _ = Money(one, "USD") < Money(other, "EUR")


@pytest.mark.parametrize(
    ("amount", "minor"), [("12.345", 1234), ("12.355", 1236), (0.1, 10), (19.99, 1999), (5, 500)]
)
def test_major_units_are_rounded_half_to_even(amount: str | float, minor: int) -> None:
    assert Money.from_major(amount, "USD").minor == minor


@pytest.mark.parametrize("amount", ["twelve", "", float("nan"), float("inf"), "1e999999999"])
def test_what_is_no_amount_is_refused(amount: str | float) -> None:
    with pytest.raises(UserError, match="is not an amount of money"):
        Money.from_major(amount, "USD")


@pytest.mark.parametrize(
    ("minor", "percent", "changed"), [(100_00, 20, 120_00), (333, 10, 366), (1, -50, 0), (3, 50, 4)]
)
def test_a_change_by_percent_rounds_half_to_even(minor: int, percent: int, changed: int) -> None:
    assert Money(minor, "USD").changed_by_percent(percent).minor == changed


def test_people_read_major_units() -> None:
    assert str(Money(123_456, "USD")) == "1234.56 USD"
    assert str(Money(1_234, "JPY")) == "1234 JPY"
    assert Money(1_05, "UAH").major == Decimal("1.05")
