"""Medians of the others and shares of a group, on small columns."""

from __future__ import annotations

import statistics

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.conditions import End, Measurement, Rank
from engine.domain.metrics import CATALOGUE
from engine.domain.windows import Window
from engine.rules.groups import others_median, picked

ROAS = Measurement(CATALOGUE["roas"], Window("7d"))
cells = st.tuples(st.one_of(st.none(), st.integers(0, 9).map(float)), st.integers(1, 3))


def test_a_row_is_not_its_own_sibling() -> None:
    values = pl.Series([1.0, 2.0, 10.0, None, 7.0])
    groups = pl.Series([1, 1, 1, 1, 2])
    assert others_median([values, groups]).to_list() == [6.0, 5.5, 1.5, 2.0, None]


@given(st.lists(cells, max_size=12))
def test_medians_are_those_of_the_standard_library(rows: list[tuple[float | None, int]]) -> None:
    values = pl.Series([value for value, _ in rows], dtype=pl.Float64)
    groups = pl.Series([group for _, group in rows], dtype=pl.UInt32)
    for place, found in enumerate(others_median([values, groups])):
        others = [
            value
            for row, (value, group) in enumerate(rows)
            if row != place and group == rows[place][1] and value is not None
        ]
        assert found == (statistics.median(others) if others else None)


@pytest.mark.parametrize(
    ("percent", "size", "count"),
    [(20, 5, 1), (20, 4, 0), (4.6, 1500, 69), (9.2, 750, 69), (100, 3, 3), (58.0, 50, 29)],
)
def test_a_share_is_rounded_down_but_not_by_a_double_s_last_digit(
    percent: float, size: int, count: int
) -> None:
    rank = Rank(End.TOP, ROAS, percent=percent)
    assert picked(rank, np.array([size])).tolist() == [count]
