"""The filter language: ``retargeting, ROAS < 1.5, spend > 2000``.

Terms are parted by commas or semicolons and all must hold. A term is either
words (contained in a row's name) or a column, an operator and a value. A comma
between two digits is a decimal comma. Money is written in major units,
percentages as percent, large numbers also as 2k or 1.5m.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui.grid.columns import NUMERIC, WORDS, Column, Flags, GridData, Kind

Say = Callable[[str], str]

_SEPARATOR = re.compile(r";|,(?!\d)|(?<!\d),")
_TERM = re.compile(r"^(?P<name>[^<>=!≤≥≠]+?)\s*(?P<op><=|>=|!=|<>|==|≤|≥|≠|=|<|>)\s*(?P<value>.*)$")
_OPERATORS = {"≤": "<=", "≥": ">=", "≠": "!=", "<>": "!=", "==": "="}
_NUMBER = re.compile(r"^([-−]?[\d.]+)\s*(k|m|к|м|тис\.?|млн)?$", re.IGNORECASE)
_SIZES = {"k": 1e3, "к": 1e3, "тис": 1e3, "m": 1e6, "м": 1e6, "млн": 1e6}
_COMPARE: dict[str, Callable[[npt.NDArray[np.float64], float], Flags]] = {
    "<": lambda values, limit: values < limit,
    "<=": lambda values, limit: values <= limit,
    ">": lambda values, limit: values > limit,
    ">=": lambda values, limit: values >= limit,
    "=": lambda values, limit: np.isclose(values, limit, rtol=0, atol=1e-9),
    "!=": lambda values, limit: ~np.isclose(values, limit, rtol=0, atol=1e-9),
}


class FilterError(ValueError):
    """A term that cannot be understood; says why by a text key."""

    def __init__(self, term: str, key: str, **arguments: str) -> None:
        super().__init__(f"{term}: {key}")
        self.term = term
        self.key = key
        self.arguments = arguments


@dataclass(frozen=True, slots=True)
class Contains:
    """The row's name contains these words, whatever their case."""

    words: str

    @property
    def text(self) -> str:
        """Return the term as it is typed."""
        return self.words


@dataclass(frozen=True, slots=True)
class Compare:
    """A column's value stands so to a number; unknown never fits."""

    column: Column
    operator: str
    number: float
    text: str


@dataclass(frozen=True, slots=True)
class Equals:
    """A column's words are (or are not) these, whatever their case."""

    column: Column
    negated: bool
    words: str
    text: str


Term = Contains | Compare | Equals


def split_terms(text: str) -> list[str]:
    """Cut a filter into its terms; empty ones are dropped."""
    return [term.strip() for term in _SEPARATOR.split(text) if term.strip()]


def join_terms(terms: Sequence[str]) -> str:
    """Write terms as one filter."""
    return ", ".join(terms)


def parse_number(text: str) -> float | None:
    """Read a number as people type it; None when it is none."""
    plain = re.sub(r"[\s\u00a0\u202f%₴$€£]|zł", "", text).replace(",", ".")
    match = _NUMBER.match(plain)
    if match is None or match[1].count(".") > 1 or not any(c.isdigit() for c in match[1]):
        return None
    size = _SIZES[match[2].lower().rstrip(".")] if match[2] else 1.0
    return float(match[1].replace("−", "-")) * size


def parse_filter(text: str, columns: Sequence[Column], say: Say) -> list[Term]:
    """Read a filter; columns may be named by key or by visible title.

    Raises FilterError for the first term that cannot be understood.
    """
    return [_parse_term(term, columns, say) for term in split_terms(text)]


def fits(data: GridData, terms: Sequence[Term], name_key: str, say: Say) -> Flags:
    """Return for each row whether it satisfies every term."""
    result = np.ones(len(data), dtype=np.bool_)
    for term in terms:
        if isinstance(term, Contains):
            result &= _contains(data, name_key, term.words)
        elif isinstance(term, Compare):
            result &= _compare(data, term)
        else:
            result &= _equals(data, term, say)
    return result


def _parse_term(term: str, columns: Sequence[Column], say: Say) -> Term:
    """Read one term."""
    match = _TERM.match(term)
    if match is None:
        return Contains(term)
    operator = _OPERATORS.get(match["op"], match["op"])
    column = _find_column(match["name"], term, columns, say)
    title = say(column.title_key)
    value = match["value"].strip()
    if not value:
        raise FilterError(term, "filter.no_value", operator=operator)
    if column.kind in NUMERIC:
        number = parse_number(value)
        if number is None:
            raise FilterError(term, "filter.needs_number", column=title)
        return Compare(column, operator, number, f"{title} {operator} {value}")
    if column.kind not in WORDS:
        raise FilterError(term, "filter.no_compare", column=title)
    if operator not in ("=", "!="):
        raise FilterError(term, "filter.needs_equals", column=title)
    return Equals(column, operator == "!=", value, f"{title} {operator} {value}")


def _find_column(name: str, term: str, columns: Sequence[Column], say: Say) -> Column:
    """Find a column by what a person calls it."""
    wanted = _plain(name)
    usable = [column for column in columns if column.kind in NUMERIC | WORDS]
    for column in usable:
        if wanted in (_plain(column.key), _plain(say(column.title_key))):
            return column
    known = ", ".join(say(column.title_key) for column in usable)
    raise FilterError(term, "filter.unknown_column", name=name.strip(), known=known)


def _plain(name: str) -> str:
    """Reduce a name to its letters and digits."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _contains(data: GridData, name_key: str, words: str) -> Flags:
    """Search the name column."""
    needle = words.casefold()
    if name_key not in data.values:
        return np.zeros(len(data), dtype=np.bool_)
    names = data.values[name_key]
    found = (needle in str(name).casefold() for name in names)
    return np.fromiter(found, np.bool_, len(data))


def _compare(data: GridData, term: Compare) -> Flags:
    """Compare a numeric column in the units a person types."""
    values = data.numbers(term.column.key)
    if term.column.kind is Kind.MONEY:
        values = values / data.offsets()
    elif term.column.kind is Kind.PERCENT:
        values = values * 100
    return np.isfinite(values) & _COMPARE[term.operator](values, term.number)


def _equals(data: GridData, term: Equals, say: Say) -> Flags:
    """Compare words; a status matches by its key or its visible word."""
    wanted = term.words.casefold()
    values = [str(value) for value in data.values[term.column.key]]
    fitting = set()
    for value in set(values):
        shown = say(f"delivery.{value}") if term.column.kind is Kind.STATUS else value
        if wanted in (value.casefold(), shown.casefold()):
            fitting.add(value)
    found = ((value in fitting) != term.negated for value in values)
    return np.fromiter(found, np.bool_, len(data))
