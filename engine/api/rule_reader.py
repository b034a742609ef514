"""Kept rules parsed for showing, remembered by version."""

from __future__ import annotations

from dataclasses import replace

from engine.api.messages import ReadingMessage, Words
from engine.domain.errors import InvalidDocument
from engine.domain.rule import Rule
from engine.domain.verdict import Reading
from engine.rules.parse import parse_rule
from engine.rules.paths import leaf_paths
from engine.rules.words import condition_in_words, reading_in_words
from engine.rules.words_of_rules import rule_in_words
from engine.storage.state.rules_store import StoredRule

_MOST = 5000


class RuleReader:
    """Parses each version of a rule once; a broken one is none."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Rule | None] = {}

    def rule(self, stored: StoredRule) -> Rule | None:
        """Return the rule of a version, none where it does not parse."""
        key = (stored.rule_id, stored.version)
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = _parse(stored)
        return self._known[key]


def _parse(stored: StoredRule) -> Rule | None:
    try:
        return parse_rule(stored.source, rule_id=stored.rule_id, version=stored.version)
    except InvalidDocument:
        return None  # shown as broken, with the reason that the cycle noted


def words_of(rule: Rule | None) -> Words:
    """Return what a rule does, in both languages; empty for a broken one."""
    if rule is None:
        return Words("", "")
    return Words(rule_in_words(rule, "en"), rule_in_words(rule, "uk"))


def readings_of(
    readings: tuple[Reading, ...], rule: Rule | None, currency: str
) -> tuple[ReadingMessage, ...]:
    """Return measurements as messages, in the words of their rule."""
    leaves = dict(leaf_paths(rule)) if rule is not None else {}
    found = []
    for reading in readings:
        leaf = leaves.get(reading.path)
        english = condition_in_words(leaf, "en") if leaf is not None else reading.words
        ukrainian = condition_in_words(leaf, "uk") if leaf is not None else reading.words
        threshold = reading.threshold
        found.append(
            ReadingMessage(
                path=reading.path,
                words=Words(english, ukrainian),
                metric=reading.metric,
                window=reading.window,
                value=reading.value,
                threshold=list(threshold) if isinstance(threshold, tuple) else threshold,
                answer=reading.answer.value,
                reason=reading.reason,
                said=Words(
                    reading_in_words(replace(reading, words=english), "en", currency),
                    reading_in_words(replace(reading, words=ukrainian), "uk", currency),
                ),
            )
        )
    return tuple(found)
