"""Names of metrics, windows and choices in the window's language."""

from __future__ import annotations

from collections.abc import Iterable

from engine.api.messages import Words
from engine.domain.language import Language
from engine.domain.metrics import CATALOGUE, METADATA_FIELDS, Unit, find_metric
from engine.domain.windows import WINDOW_NAMES
from ui.look import Look

Option = tuple[str, str]


def words_in(look: Look, words: Words) -> str:
    """Return words that came in both languages in the present one."""
    return words.uk if look.texts.language is Language.UKRAINIAN else words.en


def metric_words(look: Look, name: str) -> str:
    """Return a metric's or a property's name; a formula stands for itself."""
    if name in METADATA_FIELDS:
        return look.say(f"condition.property_{name}")
    found = find_metric(name)
    return found.words(look.texts.language.value) if found is not None else name


def metric_options(look: Look, *, properties: bool) -> list[Option]:
    """Return the catalogue's metrics, perhaps with the objects' properties."""
    names = [
        name for name, metric in CATALOGUE.items() if properties or metric.unit is not Unit.TEXT
    ]
    if properties:
        names += METADATA_FIELDS
    return [(name, metric_words(look, name)) for name in names]


def window_options(look: Look) -> list[Option]:
    """Return every window."""
    return [(name, look.say(f"window.{name}")) for name in WINDOW_NAMES]


def options(look: Look, prefix: str, values: Iterable[str]) -> list[Option]:
    """Return choices in words, the value itself where it has none.

    The words' keys are ``prefix`` and the value.
    """
    return [(value, choice_words(look, prefix, value)) for value in values]


def choice_words(look: Look, prefix: str, value: str) -> str:
    """Return one choice in words, the value itself where it has none."""
    key = f"{prefix}{value}"
    return look.say(key) if look.texts.has(key) else value


def field_words(look: Look, path: str) -> str:
    """Return where something stands, for people: Conditions 2 › Value."""
    parts: list[str] = []
    for part in path.split("/"):
        if part.isdigit() and parts:
            parts[-1] = f"{parts[-1]} {int(part) + 1}"
        elif part.isdigit():
            parts.append(str(int(part) + 1))
        elif part not in ("params", ""):
            parts.append(choice_words(look, "field.", part))
    return " › ".join(parts) or look.say("field.document")
