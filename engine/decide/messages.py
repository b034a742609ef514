"""Texts of notifications with their braces filled in.

Names of advertising objects are written by strangers: a brace is looked up in
a fixed list of words and otherwise left as it stands, nothing is evaluated, and
control characters are taken out.
"""

from __future__ import annotations

import re

from engine.domain.metrics import Unit, find_metric
from engine.domain.objects import Account, AdObject
from engine.domain.verdict import Reading, Verdict

LONGEST = 2000
_BRACE = re.compile(r"\{([a-z][a-z0-9_:.]*(?:@[a-z0-9_+]+)?)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def fill(
    template: str, target: AdObject, account: Account, verdict: Verdict, rule_name: str
) -> str:
    """Return `template` with `{name}`, `{ctr@24h}` and the like filled in.

    Known words: name, id, level, status, account, client, rule, budget, and every
    metric that the rule measured. Unknown ones stay as written.
    """
    words = _words(target, account, rule_name)
    for reading in reversed(verdict.readings):
        shown = _shown(reading, account)
        words[reading.metric] = shown
        if reading.window is not None:
            words[f"{reading.metric}@{reading.window}"] = shown
    filled = _BRACE.sub(lambda brace: words.get(brace.group(1), brace.group(0)), template)
    return _CONTROL.sub("", filled)[:LONGEST]


def _words(target: AdObject, account: Account, rule_name: str) -> dict[str, str]:
    budget = target.budget(account.currency)
    return {
        "name": target.name,
        "id": target.object_id,
        "level": str(target.level),
        "status": str(target.status),
        "account": account.name,
        "client": account.client,
        "rule": rule_name,
        "budget": str(budget) if budget else "–",
    }


def _shown(reading: Reading, account: Account) -> str:
    value = reading.value
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    metric = find_metric(reading.metric)
    unit = metric.unit if metric else Unit.COUNT
    if unit is Unit.MONEY:
        return f"{value:,.2f} {account.currency}".replace(",", " ")
    if unit is Unit.PERCENT:
        return f"{value:.2f}%"
    if unit is Unit.RATIO:
        return f"{value:.2f}"
    return f"{value:,.0f}".replace(",", " ")
