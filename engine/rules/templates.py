"""Rule templates: ready rules with titles and reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from engine.domain.rule import Rule
from engine.rules.parse import parse_rule

FOLDER = "rule_templates"


@dataclass(frozen=True, slots=True)
class Template:
    """A ready rule; `document` is the rule as rules are written.

    `automatic` marks those that are meant to act on their own.
    """

    template_id: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    document: Mapping[str, object]

    @property
    def automatic(self) -> bool:
        """Whether the rule acts without asking."""
        return self.document.get("mode") == "automatic"

    def rule(self, rule_id: str, version: int = 1) -> Rule:
        """Return the template's rule under an id of its own."""
        return parse_rule(self.document, rule_id=rule_id, version=version)


@cache
def templates() -> tuple[Template, ...]:
    """Return every template that ships, in the order of their file names.

    Raises ValueError when a shipped file is not in form.
    """
    paths = sorted(_folder().glob("*.json"))
    return tuple(_template(path.stem, path.read_text("utf-8")) for path in paths)


def template(template_id: str) -> Template:
    """Return one template. Raises KeyError when there is none of that id."""
    return {found.template_id: found for found in templates()}[template_id]


def _folder() -> Path:
    """Return the folder of the templates, in a checkout and where it is installed.

    `importlib.resources.files` of Python 3.11 stumbles over the placeholder that an
    editable install leaves in the path of a folder without Python.
    """
    spec = find_spec("resources")
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        folder = Path(place) / FOLDER
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"resources/{FOLDER} is missing from this installation")


def _template(name: str, text: str) -> Template:
    found: dict[str, object] = json.loads(text)
    rule = found["rule"]
    if not isinstance(rule, Mapping):
        raise ValueError(f"{name} holds no rule")
    return Template(
        # `10-stop-loss` is the template `stop-loss`; the number keeps the order.
        template_id=name.partition("-")[2],
        title={language: str(found[f"title_{language}"]) for language in ("en", "uk")},
        why={language: str(found[f"why_{language}"]) for language in ("en", "uk")},
        document=rule,
    )
