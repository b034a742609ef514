"""Actions, schedules and whole rules in words (`en` and `uk`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from engine.domain.action import Action, ActionType, Param
from engine.domain.metrics import Unit
from engine.domain.objects import Level
from engine.domain.rule import Rule, Schedule
from engine.rules.findings import duration
from engine.rules.numbers import amount, hours, in_unit, number, things
from engine.rules.words import condition_in_words, held_for_in_words

LEVELS: dict[str, dict[Level, str]] = {
    "en": {Level.CAMPAIGN: "campaign", Level.ADSET: "ad set", Level.AD: "ad"},
    "uk": {Level.CAMPAIGN: "кампанію", Level.ADSET: "групу оголошень", Level.AD: "оголошення"},
}
_SAY: dict[str, dict[str, str]] = {
    "en": {
        "pause": "pause the {level}",
        "activate": "switch the {level} on",
        "increase_budget": "raise the budget by {by}",
        "decrease_budget": "lower the budget by {by}",
        "set_budget": "set the budget to {amount}",
        "reset_budget": "reset the budget to what it was before the day's first change",
        "scale_budget_to_target": "scale the budget towards {metric} of {target}",
        "reallocate_budget": "move money inside the pool ({pool})",
        "increase_bid": "raise the bid by {by}",
        "decrease_bid": "lower the bid by {by}",
        "set_bid": "set the bid to {amount}",
        "rotate_creative": "rotate the creative ({strategy})",
        "duplicate": "duplicate the {level} ({copies})",
        "add_label": "add the label {labels}",
        "remove_label": "remove the label {labels}",
        "notify_client": "tell the client: “{message}”",
        "notify_team": "tell the team: “{message}”",
        "max_daily_budget": "up to {} a day",
        "min_daily_budget": "down to {} a day",
        "max_bid": "up to {}",
        "min_bid": "down to {}",
        "max_change_per_day_percent": "at most {}\u202f% of change a day",
        "for_duration": "for {}",
        "until": "until {}",
        "then": ", then ",
        "rule": "If {condition}, {actions}.",
        "rule_held": "If {condition}, {held}, {actions}.",
        "every": "every {}",
        "at": "at {}",
        "on": "on {}",
        "between": "between {} and {}",
        "after_sync": "after every sync that changed the object",
        "local": "account time",
        "days": "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
    },
    "uk": {
        "pause": "призупинити {level}",
        "activate": "увімкнути {level}",
        "increase_budget": "збільшити бюджет на {by}",
        "decrease_budget": "зменшити бюджет на {by}",
        "set_budget": "встановити бюджет {amount}",
        "reset_budget": "повернути бюджет, який був до першої зміни за день",
        "scale_budget_to_target": "наближати бюджет до цілі {metric} = {target}",
        "reallocate_budget": "перерозподілити гроші в межах пулу ({pool})",
        "increase_bid": "підняти ставку на {by}",
        "decrease_bid": "знизити ставку на {by}",
        "set_bid": "встановити ставку {amount}",
        "rotate_creative": "змінити креатив ({strategy})",
        "duplicate": "дублювати {level} ({copies})",
        "add_label": "додати мітку {labels}",
        "remove_label": "зняти мітку {labels}",
        "notify_client": "повідомити клієнта: «{message}»",
        "notify_team": "повідомити команду: «{message}»",
        "max_daily_budget": "не більше ніж {} на день",
        "min_daily_budget": "не менше ніж {} на день",
        "max_bid": "не вище ніж {}",
        "min_bid": "не нижче ніж {}",
        "max_change_per_day_percent": "зміна щонайбільше на {}\u202f% за день",
        "for_duration": "тривалість – {}",
        "until": "до {}",
        "then": ", потім ",
        "rule": "Якщо {condition}, то {actions}.",
        "rule_held": "Якщо {condition}, {held}, то {actions}.",
        "every": "кожні {}",
        "at": "о {}",
        "on": "у дні: {}",
        "between": "з {} до {}",
        "after_sync": "після кожної синхронізації, що змінила об'єкт",
        "local": "за часом акаунта",
        "days": "понеділок,вівторок,середа,четвер,п'ятниця,субота,неділя",
    },
}
_BOUNDS = (
    "max_daily_budget",
    "min_daily_budget",
    "max_bid",
    "min_bid",
    "max_change_per_day_percent",
)


def rule_in_words(rule: Rule, language: str) -> str:
    """Return what a rule does, as one sentence."""
    say = _SAY[language]
    actions = say["then"].join(
        action_in_words(action, language, rule.level) for action in rule.actions
    )
    condition = condition_in_words(rule.condition, language)
    if rule.held_for is None:
        return say["rule"].format(condition=condition, actions=actions)
    held = held_for_in_words(rule.held_for, language)
    return say["rule_held"].format(condition=condition, held=held, actions=actions)


def action_in_words(
    action: Action, language: str, level: Level = Level.CAMPAIGN, currency: str = ""
) -> str:
    """Return what an action does, with the rule's level and a currency."""
    say = _SAY[language]
    params = dict(action.params)
    copies = params.get("count")
    words = say[action.type.value].format(
        level=LEVELS[language][action.level or level],
        by=_by(action, language, currency),
        amount=_money(params.get("amount"), language, currency),
        metric=params.get("metric", ""),
        target=_money(params.get("target"), language, currency),
        pool=params.get("pool", "parent"),
        strategy=params.get("strategy", "next"),
        copies=things("copies", copies if isinstance(copies, int) else 1, language),
        labels=_labels(params.get("labels") or params.get("label"), language),
        message=params.get("message", ""),
    )
    return ", ".join([words, *_bounds(action, language, currency), *_hold(action, language)])


def schedule_in_words(schedule: Schedule | None, language: str) -> str:
    """Return when a rule is looked at."""
    say = _SAY[language]
    if schedule is None:
        return say["after_sync"]
    parts = []
    if schedule.every is not None:
        parts.append(say["every"].format(hours(schedule.every / timedelta(hours=1), language)))
    if schedule.at:
        parts.append(say["at"].format(", ".join(schedule.at)))
    if schedule.days:
        names = say["days"].split(",")
        parts.append(say["on"].format(", ".join(names[day] for day in schedule.days)))
    if schedule.between is not None:
        parts.append(say["between"].format(*schedule.between))
    zone = say["local"] if schedule.timezone == "account" else schedule.timezone
    return f"{', '.join(parts)} ({zone})"


def _by(action: Action, language: str, currency: str) -> str:
    for name, value in action.params:
        if name.endswith("_by_percent") and isinstance(value, float):
            return in_unit(value, Unit.PERCENT, language)
        if name.endswith("_by_amount"):
            return _money(value, language, currency)
    return ""


def _money(value: Param, language: str, currency: str) -> str:
    return amount(value, language, currency) if isinstance(value, float) else ""


def _bounds(action: Action, language: str, currency: str) -> list[str]:
    say = _SAY[language]
    found = []
    for name in _BOUNDS:
        value = action.param(name)
        if isinstance(value, float):
            percent = name.endswith("_percent")
            shown = number(value, language) if percent else amount(value, language, currency)
            found.append(say[name].format(shown))
    return found


def _hold(action: Action, language: str) -> list[str]:
    if action.type not in {ActionType.PAUSE, ActionType.ACTIVATE}:
        return []
    say, until = _SAY[language], action.param("until")
    found = [say["until"].format(until)] if until else []
    length = duration(str(action.param("for_duration") or ""))
    if length is not None:
        found.append(say["for_duration"].format(hours(length / timedelta(hours=1), language)))
    return found


def _labels(value: Param, language: str) -> str:
    labels = value if isinstance(value, tuple) else (value or "",)
    quote: Callable[[object], str] = (
        (lambda text: f"«{text}»") if language == "uk" else (lambda text: f"“{text}”")
    )
    return ", ".join(quote(label) for label in labels)
