"""Rule templates: ready rules with titles and reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from engine.domain.resource_files import resource
from engine.domain.rule import Rule
from engine.rules.parse import parse_rule


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
    paths = sorted(resource("rule_templates").glob("*.json"))
    return tuple(_template(path.stem, path.read_text("utf-8")) for path in paths)


def template(template_id: str) -> Template:
    """Return one template. Raises KeyError when there is none of that id."""
    return {found.template_id: found for found in templates()}[template_id]


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
