"""Rules as people see them: the document, its words, and how it is doing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.api.context import Api
from engine.api.details import RulePerformance, RuleVersion, TemplateMessage
from engine.api.messages import RuleMessage, Words
from engine.api.rule_reader import words_of
from engine.commands.rules import document_of
from engine.domain.journal import JournalState
from engine.rules.parse import document_of as document_of_rule
from engine.rules.templates import templates as shipped
from engine.storage.state.rules_store import StoredRule

_WEEK = timedelta(days=7)
_APPLIED = (JournalState.APPLIED, JournalState.UNDONE)
ByState = Mapping[JournalState, int]


@dataclass(frozen=True, slots=True)
class _Runs:
    """When rules were last looked at and how many objects they matched then."""

    at: Mapping[str, datetime]
    matched: Mapping[str, int]


def messages(api: Api, stored: Sequence[StoredRule]) -> list[RuleMessage]:
    """Return rules with their numbers of the last 7 days; blocking."""
    runs = _runs(api)
    counts = api.engine.state.reader.counts_by_rule(api.now() - _WEEK)
    return [_message(api, one, runs, counts.get(one.rule_id, {})) for one in stored]


def message(api: Api, stored: StoredRule) -> RuleMessage:
    """Return one rule; blocking."""
    return messages(api, [stored])[0]


def _runs(api: Api) -> _Runs:
    at: dict[str, datetime] = {}
    matched: dict[str, int] = {}
    for run in api.engine.state.cycles.runs():
        at[run.rule_id] = max(run.ran_at, at.get(run.rule_id, run.ran_at))
        matched[run.rule_id] = matched.get(run.rule_id, 0) + run.matched
    return _Runs(at, matched)


def _message(api: Api, stored: StoredRule, runs: _Runs, states: ByState) -> RuleMessage:
    rule = api.rules.rule(stored)
    document = document_of(stored)
    ran_at = runs.at.get(stored.rule_id)
    return RuleMessage(
        id=stored.rule_id,
        rule_id=stored.rule_id,
        version=stored.version,
        name=stored.name,
        status=stored.status.value,
        mode=_mode(api, stored),
        level=rule.level.value if rule is not None else "",
        priority=rule.priority if rule is not None else 0,
        document=document,
        words=words_of(rule),
        author=stored.author,
        updated_at=stored.saved_at.isoformat(),
        last_run_at=ran_at.isoformat() if ran_at is not None else None,
        last_matches=runs.matched.get(stored.rule_id, 0),
        decisions_7d=sum(states.values()),
        applied_7d=sum(states.get(state, 0) for state in _APPLIED),
        broken=stored.broken or "",
    )


def versions(api: Api, rule_id: str) -> list[RuleVersion]:
    """Return a rule's versions, newest first; NotFound for an unknown one."""
    api.engine.state.rules.get(rule_id)
    return [
        RuleVersion(
            one.version,
            one.name,
            one.status.value,
            one.author,
            one.reason,
            one.saved_at.isoformat(),
            document_of(one),
        )
        for one in api.engine.state.rules.versions(rule_id)
    ]


def performance(api: Api, since: datetime) -> list[RulePerformance]:
    """Return what each rule decided and what took effect since then; blocking."""
    counts = api.engine.state.reader.counts_by_rule(since)
    found = [
        _performance(api, stored, counts.get(stored.rule_id, {}))
        for stored in api.engine.state.rules.all()
    ]
    return sorted(found, key=lambda one: (-one.applied, -one.decisions, one.name))


def performance_of(api: Api, rule_id: str, since: datetime) -> RulePerformance:
    """Return what one rule decided since then; NotFound for an unknown one."""
    stored = api.engine.state.rules.get(rule_id)
    counts = api.engine.state.reader.counts_by_rule(since)
    return _performance(api, stored, counts.get(rule_id, {}))


def _performance(api: Api, stored: StoredRule, states: ByState) -> RulePerformance:
    return RulePerformance(
        stored.rule_id,
        stored.name,
        _mode(api, stored),
        sum(states.values()),
        sum(states.get(state, 0) for state in _APPLIED),
        states.get(JournalState.UNDONE, 0),
        {state.value: count for state, count in sorted(states.items())},
    )


def _mode(api: Api, stored: StoredRule) -> str:
    """Return the mode a rule names, or the one that the settings give it."""
    named = document_of(stored).get("mode")
    return str(named) if named else api.engine.settings().text("rules.default_mode")


def templates() -> list[TemplateMessage]:
    """Return the ready rules that ship."""
    found = []
    for template in shipped():
        rule = template.rule(template.template_id)
        document = json.loads(json.dumps(document_of_rule(rule)))
        title = Words(template.title["en"], template.title["uk"])
        why = Words(template.why["en"], template.why["uk"])
        found.append(TemplateMessage(template.template_id, title, why, document, words_of(rule)))
    return found
