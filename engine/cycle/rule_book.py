"""The rules in force: read from State, parsed once, compiled once.

Rules change seldom and cycles are many, so parsed and compiled rules are kept
until a version changes. A rule that stops parsing is marked as broken with its
reason and left out; the others run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from engine.domain.errors import InvalidDocument
from engine.domain.objects import Level
from engine.domain.rule import Mode, Rule, RuleStatus
from engine.rules.evaluate import CompiledRules
from engine.rules.parse import parse_rule
from engine.storage.state.rules_store import RulesStore, StoredRule

log = structlog.get_logger(__name__)
_Key = tuple[str, int]


class RuleBook:
    """Parsed and compiled rules, by id and version."""

    def __init__(self, store: RulesStore) -> None:
        self._store = store
        self._parsed: dict[tuple[_Key, Mode], Rule] = {}
        self._saved_at: dict[str, datetime] = {}
        self._compiled: dict[tuple[_Key, ...], CompiledRules] = {}

    def active(self, default_mode: Mode) -> list[Rule]:
        """Return active rules by priority; broken ones are left out."""
        stored = self._store.active()
        rules = [rule for one in stored if (rule := self._parse(one, default_mode)) is not None]
        kept = {(one.rule_id, one.version) for one in stored}
        self._parsed = {key: rule for key, rule in self._parsed.items() if key[0] in kept}
        active = [rule for rule in rules if rule.status is RuleStatus.ACTIVE]
        return sorted(active, key=lambda rule: (rule.priority, rule.rule_id))

    def compiled(self, rules: Iterable[Rule]) -> dict[Level, CompiledRules]:
        """Return the rules of each level, compiled together."""
        by_level: dict[Level, list[Rule]] = {}
        for rule in rules:
            by_level.setdefault(rule.level, []).append(rule)
        keys = {level: _key(group) for level, group in by_level.items()}
        known = {key: made for key, made in self._compiled.items() if key in set(keys.values())}
        for level, group in by_level.items():
            if keys[level] not in known:
                known[keys[level]] = CompiledRules(group, fixed_at=self._saved_at)
        self._compiled = known
        return {level: known[key] for level, key in keys.items()}

    def _parse(self, stored: StoredRule, default_mode: Mode) -> Rule | None:
        key = ((stored.rule_id, stored.version), default_mode)
        if key in self._parsed:
            return self._parsed[key]
        self._saved_at[stored.rule_id] = stored.saved_at
        try:
            rule = parse_rule(
                stored.source,
                rule_id=stored.rule_id,
                version=stored.version,
                default_mode=default_mode,
            )
        except InvalidDocument as error:
            if stored.broken != error.text:
                log.warning("rule is broken", rule=stored.name, reason=error.text)
                self._store.mark_broken(stored.rule_id, error.text)
            return None
        if stored.broken is not None:
            self._store.mark_broken(stored.rule_id, None)
        self._parsed[key] = rule
        return rule


def _key(rules: Iterable[Rule]) -> tuple[_Key, ...]:
    return tuple((rule.rule_id, rule.version) for rule in rules)
