"""The style sheet: a template with token names, filled for one theme."""

import re

from engine.domain.resource_files import resource
from ui.theme import Tokens, mix

_TOKEN = re.compile(r"@([a-z0-9_]+)")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)sp\b")


def build_stylesheet(tokens: Tokens, scale: float) -> str:
    """Fill the template with a theme's colours.

    ``@name`` stands for a token, ``13sp`` for 13 pixels times the interface
    scale. Raises KeyError for a token that does not exist.
    """
    template = resource("themes", "window.qss").read_text(encoding="utf-8")
    colours = _colours(tokens)
    coloured = _TOKEN.sub(lambda match: colours[match[1]], template)
    return _LENGTH.sub(lambda match: f"{max(1, round(float(match[1]) * scale))}px", coloured)


def _colours(tokens: Tokens) -> dict[str, str]:
    """Return every name that the template may use."""
    colours = {
        name: value for name in Tokens.__slots__ if isinstance(value := getattr(tokens, name), str)
    }
    colours["accent_pressed"] = mix("#000000", tokens.accent_hover, 0.12)
    colours["bad_fill"] = "#C23A20" if not tokens.dark else "#B8432C"
    colours["bad_fill_hover"] = "#A32C14" if not tokens.dark else "#A0371F"
    colours["scroll"] = tokens.border2
    colours["scroll_hover"] = tokens.text3
    return colours
