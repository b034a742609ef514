"""The rules of the demo: two in dry run, six that act."""

from __future__ import annotations

import json
from datetime import datetime

from engine.rules.templates import templates
from engine.storage.state.rules_store import RuleDraft
from engine.storage.state.state import State

_AUTHOR = "demo"


def add_templates(state: State, now: datetime) -> None:
    """Add every rule that ships, as it ships; `now` is aware."""
    for template in templates():
        rule = template.rule("demo")
        source = json.dumps(template.document, ensure_ascii=False)
        draft = RuleDraft(rule.name, rule.status, source)
        state.rules.add(draft, now, _AUTHOR, "Ships with AI-Buyer.")


def quicken(state: State, now: datetime) -> None:
    """Let a cycle run every minute, because the demo's hours pass in one."""
    state.settings.put({"sync.every_minutes": 1}, now, _AUTHOR)
