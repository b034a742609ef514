"""Money from text in major units to minor units: exact, always."""

from decimal import ROUND_HALF_EVEN, Decimal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.amounts import minor_units


def exact(text: str, offset: int) -> int:
    return int((Decimal(text) * offset).to_integral_value(ROUND_HALF_EVEN))


@pytest.mark.parametrize("offset", [1, 100])
@given(
    texts=st.lists(
        st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False).map(str), min_size=1
    )
)
def test_two_places_convert_exactly(texts: list[str], offset: int) -> None:
    major = np.array([msgspec.json.decode(text, type=float) for text in texts])
    assert minor_units(major, offset).tolist() == [exact(text, offset) for text in texts]


@pytest.mark.parametrize("offset", [1, 100])
@given(text=st.decimals(min_value=0, max_value=10**8, places=6, allow_nan=False).map(str))
def test_more_places_round_half_to_even(text: str, offset: int) -> None:
    assert minor_units(np.array([float(text)]), offset).tolist() == [exact(text, offset)]


@pytest.mark.parametrize("text", ["0.145", "0.155", "1.005", "2.675", "8.125", "0.5", "1.5", "2.5"])
@pytest.mark.parametrize("offset", [1, 100])
def test_halves_are_decided_by_the_text_not_by_the_double(text: str, offset: int) -> None:
    assert minor_units(np.array([float(text)]), offset).tolist() == [exact(text, offset)]
