"""The filter language: what people type, and what it finds."""

import numpy as np
import pytest

from engine.domain.formats import Currency
from engine.domain.language import Language
from ui.grid.columns import Column, GridData, Kind
from ui.grid.filter_grammar import FilterError, fits, parse_filter, parse_number, split_terms
from ui.texts import Texts

COLUMNS = (
    Column("name", "column.campaign", Kind.NAME),
    Column("delivery", "column.delivery", Kind.STATUS),
    Column("spend", "column.spend", Kind.MONEY),
    Column("roas", "column.roas", Kind.RATIO),
    Column("ctr", "column.ctr", Kind.PERCENT),
    Column("trend", "column.trend", Kind.TREND),
)
DATA = GridData(
    ids=("a", "b", "c"),
    values={
        "name": ["Осінній розпродаж", "Retargeting UA", "Broad UA"],
        "delivery": ["active", "paused", "learning"],
        "spend": np.array([250000.0, 90000.0, np.nan]),
        "roas": np.array([1.2, 3.0, np.nan]),
        "ctr": np.array([0.015, 0.02, 0.001]),
    },
    currency=(Currency("UAH", 100), Currency("UAH", 100), Currency("JPY", 1)),
)
ENGLISH = Texts(Language.ENGLISH)
UKRAINIAN = Texts(Language.UKRAINIAN)


def found(text: str, texts: Texts = ENGLISH) -> str:
    """Return the ids of the rows that a filter leaves."""
    terms = parse_filter(text, COLUMNS, texts.say)
    shown = fits(DATA, terms, "name", texts.say)
    return "".join(row for row, kept in zip(DATA.ids, shown, strict=True) if kept)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", "abc"),
        ("розпродаж", "a"),
        ("UA", "bc"),
        ("ROAS < 1.5, spend > 2000", "a"),
        ("roas<1,5; spend>2k", "a"),
        ("ROAS >= 3", "b"),
        ("ROAS ≤ 1.2", "a"),
        ("spend != 900", "a"),
        ("ctr > 1.6", "b"),
        ("CTR = 1.5 %", "a"),
        ("delivery = paused", "b"),
        ("delivery != Active, ua", "bc"),
        ("spend < 1", ""),
    ],
)
def test_a_filter_finds_its_rows(text: str, rows: str) -> None:
    assert found(text) == rows


def test_columns_are_known_by_their_ukrainian_names_too() -> None:
    assert found("витрати > 2 тис., ROAS < 1,5", UKRAINIAN) == "a"
    assert found("показ = призупинена", UKRAINIAN) == "b"


def test_unknown_numbers_satisfy_no_comparison() -> None:
    assert "c" not in found("roas != 5")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("profit > 5", "filter.unknown_column"),
        ("roas < cheap", "filter.needs_number"),
        ("roas <", "filter.no_value"),
        ("delivery > paused", "filter.needs_equals"),
    ],
)
def test_a_wrong_term_is_explained(text: str, key: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, COLUMNS, ENGLISH.say)
    assert caught.value.key == key
    assert ENGLISH.say(key, **caught.value.arguments)


def test_a_decimal_comma_does_not_part_terms() -> None:
    assert split_terms("ROAS < 1,5, spend > 2") == ["ROAS < 1,5", "spend > 2"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1 500,50", 1500.5), ("2k", 2000), ("1.5m", 1.5e6), ("−3", -3), ("₴70", 70), ("1.2.3", None)],
)
def test_numbers_are_read_as_people_type_them(text: str, number: float | None) -> None:
    assert parse_number(text) == number
