"""Rules: added, saved in versions, switched, put away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.changes import Area, Changes
from engine.domain.errors import InvalidDocument
from engine.domain.rule import Mode, Rule, RuleStatus
from engine.engine import Engine
from engine.rules.parse import parse_rule
from engine.storage.state.rules_store import RuleDraft, StoredRule

Document = Mapping[str, object] | str
_CHANGED = Changes.of(Area.RULES)


@dataclass(frozen=True, slots=True)
class RuleSaved:
    """A rule as it is kept now."""

    stored: StoredRule
    changes: Changes = _CHANGED


def read(engine: Engine, document: Document, *, rule_id: str = "draft", version: int = 0) -> Rule:
    """Return the rule of a document; InvalidDocument names every fault.

    A rule without a mode gets the one that the settings name.
    """
    default = Mode(engine.settings().text("rules.default_mode"))
    return parse_rule(document, rule_id=rule_id, version=version, default_mode=default)


def add(engine: Engine, document: Document, author: str, reason: str = "") -> RuleSaved:
    """Keep a new rule. Raises InvalidDocument, and Clash for a taken name."""
    rule = read(engine, document)
    return RuleSaved(engine.state.rules.add(_draft(rule), engine.clock.now(), author, reason))


def save(
    engine: Engine,
    rule_id: str,
    document: Document,
    author: str,
    reason: str = "",
    *,
    expected_version: int | None = None,
) -> RuleSaved:
    """Keep a new version of a rule.

    Raises InvalidDocument, NotFound, and Clash for a taken name or when somebody saved
    after `expected_version`.
    """
    engine.state.rules.get(rule_id)
    draft = _draft(read(engine, document, rule_id=rule_id))
    stored = engine.state.rules.save(
        rule_id, draft, engine.clock.now(), author, reason, expected_version=expected_version
    )
    return RuleSaved(stored)


def set_status(
    engine: Engine, rule_id: str, status: RuleStatus, author: str, reason: str = ""
) -> RuleSaved:
    """Switch a rule on or off, or put it away. Raises NotFound.

    A broken rule can be switched off and put away too; switching it on raises
    InvalidDocument.
    """
    stored = engine.state.rules.get(rule_id)
    document = {**document_of(stored), "status": status.value}
    try:
        draft = _draft(read(engine, json.dumps(document, ensure_ascii=False), rule_id=rule_id))
    except InvalidDocument as error:
        if status is RuleStatus.ACTIVE:
            raise
        source = json.dumps(document, ensure_ascii=False)
        draft = RuleDraft(stored.name, status, source, stored.client)
        kept = engine.state.rules.save(rule_id, draft, engine.clock.now(), author, reason)
        engine.state.rules.mark_broken(rule_id, error.text)
        return RuleSaved(kept)
    return RuleSaved(engine.state.rules.save(rule_id, draft, engine.clock.now(), author, reason))


def set_mode(engine: Engine, rule_id: str, mode: Mode, author: str, reason: str = "") -> RuleSaved:
    """Move a rule along dry run, approval and automatic. Raises NotFound."""
    document = {**document_of(engine.state.rules.get(rule_id)), "mode": mode.value}
    return save(engine, rule_id, json.dumps(document, ensure_ascii=False), author, reason)


def archive(engine: Engine, rule_id: str, author: str, reason: str = "") -> RuleSaved:
    """Put a rule away; its versions stay, its name is free again."""
    return set_status(engine, rule_id, RuleStatus.ARCHIVED, author, reason)


def document_of(stored: StoredRule) -> dict[str, object]:
    """Return a kept rule's document as it was given."""
    document: dict[str, object] = json.loads(stored.source)
    return document


def _draft(rule: Rule) -> RuleDraft:
    """Return what the store keeps; a rule of one client has its name within that client."""
    clients = rule.scope.clients
    return RuleDraft(rule.name, rule.status, rule.source, clients[0] if len(clients) == 1 else "")
