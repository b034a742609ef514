"""The settings in force, and finding one in the table.

Values are kept in State as JSON and checked on the way in and on the way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine.domain.errors import NotFound
from engine.setting import Setting, Value
from engine.setting_table import TABLE

BY_KEY: dict[str, Setting] = {setting.key: setting for setting in TABLE}


def find(key: str) -> Setting:
    """Return the setting called `key`; NotFound names the nearest one."""
    setting = BY_KEY.get(key)
    if setting is None:
        near = get_close_matches(key, BY_KEY, 1)
        hint = f"Did you mean {near[0]}?" if near else "See the list of settings."
        raise NotFound(f"There is no setting {key!r}.", hint=hint)
    return setting


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force: what was stored, defaults for the rest."""

    stored: Mapping[str, Value]

    def value(self, key: str) -> Value:
        """Return the value of `key`."""
        setting = find(key)
        return setting.check(self.stored[key]) if key in self.stored else setting.default

    def number(self, key: str) -> float:
        """Return a numeric value."""
        value = self.value(key)
        if isinstance(value, str):
            raise TypeError(f"{key} is not a number")
        return float(value)

    def flag(self, key: str) -> bool:
        """Return a yes-or-no value."""
        return self.value(key) is True

    def text(self, key: str) -> str:
        """Return a text value."""
        return str(self.value(key))
