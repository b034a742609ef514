"""Visible words in English and Ukrainian, looked up by key.

A key is ``area.name``; the area is a file of ``resources/translations/<language>``.
An entry is either one text or a set of plural forms (CLDR categories ``one``,
``few``, ``many``, ``other``) chosen by the argument ``count``. Placeholders are
those of ``str.format`` by name. English is the source; a test holds both
languages to the same keys and the same placeholders.
"""

import json
from pathlib import Path

from engine.domain.language import Language, plural_form
from engine.domain.resource_files import resource

Entry = str | dict[str, str]


def load_catalogue(language: Language) -> dict[str, Entry]:
    """Read every area file of one language into one dictionary by key."""
    folder: Path = resource("translations", language.value)
    catalogue: dict[str, Entry] = {}
    for path in sorted(folder.glob("*.json")):
        entries: dict[str, Entry] = json.loads(path.read_text(encoding="utf-8"))
        catalogue.update({f"{path.stem}.{name}": entry for name, entry in entries.items()})
    return catalogue


class Texts:
    """The words of one language at a time."""

    def __init__(self, language: Language = Language.ENGLISH) -> None:
        self.language = language
        self._entries = load_catalogue(language)

    def use(self, language: Language) -> None:
        """Switch to another language."""
        self.language = language
        self._entries = load_catalogue(language)

    def say(self, key: str, **arguments: str | int) -> str:
        """Return the text of ``key`` with its placeholders filled in.

        A plural entry needs the whole number ``count``; pass ``shown`` beside
        it when the number is to be printed in another form (``12 000``).
        Raises KeyError for an unknown key: that is a mistake in the program.
        """
        entry = self._entries[key]
        if isinstance(entry, dict):
            count = int(arguments["count"])
            form = plural_form(self.language, count)
            entry = entry.get(form, entry["other"])
            arguments.setdefault("shown", count)
        return entry.format(**arguments) if arguments else entry

    def has(self, key: str) -> bool:
        """Tell whether the key exists, for texts chosen by data."""
        return key in self._entries
