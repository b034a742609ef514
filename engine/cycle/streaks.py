"""Streaks between State and rules, by rule and object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.domain.rule import Rule
from engine.rules.held_for import Streak
from engine.storage.state.cycles_store import CyclesStore
from engine.storage.state.cycles_store import Streak as StoredStreak

ByRule = Mapping[str, Mapping[str, Streak]]


def load(
    store: CyclesStore, account_id: str, rules: Iterable[Rule]
) -> dict[str, dict[str, Streak]]:
    """Return the streaks of `rules` in an account, by rule id and object id.

    Streaks of another version of a rule are left out: its conditions were others.
    """
    versions = {rule.rule_id: rule.version for rule in rules if rule.held_for is not None}
    found: dict[str, dict[str, Streak]] = {}
    for (rule_id, object_id), one in store.streaks(account_id).items():
        if versions.get(rule_id) == one.rule_version:
            found.setdefault(rule_id, {})[object_id] = Streak(one.since, one.last, one.cycles)
    return found


def save(store: CyclesStore, account_id: str, advanced: ByRule, rules: Iterable[Rule]) -> None:
    """Keep the streaks that `rules` advanced; all others stay."""
    versions = {rule.rule_id: rule.version for rule in rules}
    kept = {key: one for key, one in store.streaks(account_id).items() if key[0] not in versions}
    for rule_id, streaks in advanced.items():
        for object_id, streak in streaks.items():
            kept[rule_id, object_id] = StoredStreak(
                versions[rule_id], streak.since, streak.last, streak.cycles
            )
    store.replace_streaks(account_id, kept)
