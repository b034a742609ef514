"""Saved views: a name for a level, a filter, columns and an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ui.grid.filter_grammar import join_terms
from ui.look import Look
from ui.preferences import Preferences

_KEPT_AS = "views"


@dataclass(frozen=True, slots=True)
class View:
    """One view; an own one has a ``title``, a built-in one a ``title_key``.

    ``columns`` empty means the level's usual ones. A built-in view has its filter
    as ``terms``: a column's text key, an operator, and a value or its text key.
    """

    title: str = ""
    level: str = "campaign"
    filter: str = ""
    columns: tuple[str, ...] = ()
    sort: str = "spend"
    falling: bool = True
    title_key: str = ""
    terms: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether a person made it, and so may change it."""
        return not self.title_key

    def name(self, look: Look) -> str:
        """Return its name in the present language."""
        return look.say(self.title_key) if self.title_key else self.title

    def filter_text(self, look: Look) -> str:
        """Return its filter as it is typed in the present language."""
        if not self.terms:
            return self.filter
        return join_terms([_term(look, *term) for term in self.terms])


BUILT_IN = (
    View(title_key="view.all"),
    View(title_key="view.active", terms=(("column.delivery", "=", "delivery.active"),)),
    View(
        title_key="view.no_results",
        terms=(("column.spend", ">", "0"), ("column.conversions", "=", "0")),
    ),
    View(
        title_key="view.learning",
        level="adset",
        terms=(("column.delivery", "=", "delivery.learning"),),
    ),
)


class SavedViews:
    """The built-in views and a person's own, kept in the preferences."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self._own = _read(preferences.text(_KEPT_AS))

    def all(self) -> Sequence[View]:
        """Return every view in the order of the tabs."""
        return (*BUILT_IN, *self._own)

    def add(self, view: View) -> int:
        """Keep a new own view; return its place among all."""
        self._own.append(view)
        self._keep()
        return len(BUILT_IN) + len(self._own) - 1

    def replace(self, place: int, view: View) -> None:
        """Keep an own view in place of another; built-in ones stay as they are."""
        if place >= len(BUILT_IN):
            self._own[place - len(BUILT_IN)] = view
            self._keep()

    def remove(self, place: int) -> None:
        """Forget an own view; built-in ones stay."""
        if place >= len(BUILT_IN):
            del self._own[place - len(BUILT_IN)]
            self._keep()

    def _keep(self) -> None:
        self._preferences.keep_text(_KEPT_AS, msgspec.json.encode(self._own).decode())


def _term(look: Look, column: str, operator: str, value: str) -> str:
    shown = look.say(value) if look.texts.has(value) else value
    return f"{look.say(column)} {operator} {shown}"


def _read(kept: str) -> list[View]:
    if not kept:
        return []
    try:
        return msgspec.json.decode(kept.encode(), type=list[View])
    except msgspec.MsgspecError:
        # Written by another version of the program: its views cannot be read back.
        return []
