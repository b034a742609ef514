"""Rules, actions and readings in words: what people read, letter by letter."""

# ruff: noqa: E501 - sentences stand in one line each

from __future__ import annotations

import pytest

from engine.domain.action import ONLY_BY_HAND, ActionType
from engine.domain.metrics import CATALOGUE, METADATA_FIELDS
from engine.domain.windows import WINDOW_NAMES
from engine.rules.explain import distance_in_words, distances, still_to_go
from engine.rules.numbers import in_unit, number, things
from engine.rules.phrases import PHRASES, PROPERTIES, WINDOWS
from engine.rules.templates import templates
from engine.rules.words import condition_in_words, reading_in_words
from engine.rules.words_of_rules import action_in_words, rule_in_words, schedule_in_words
from tests.engine.rules.frames import asked, rule, when

LOW_CTR = when("ctr", "<", 1.0, "24h", min_impressions=1000)


def words(condition: object, language: str) -> str:
    return plain(condition_in_words(rule([condition]).condition, language))


def plain(text: str) -> str:
    """Return a text with the narrow spaces of its numbers as common ones."""
    return text.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("condition", "english", "ukrainian"),
    [
        (
            LOW_CTR,
            "CTR over the last 24 hours is below 1 % (from 1 000 impressions on)",
            "CTR за останні 24 години – менше ніж 1 % (за мінімуму: 1 000 показів)",
        ),
        (
            when("cpa", ">", {"time_window": "30d", "of": "account", "times": 1.25}),
            "Cost per conversion over the last 7 days is above 1.25 × the account's Cost per conversion over the last 30 days",
            "Ціна конверсії за останні 7 днів – більше ніж 1,25 × Ціна конверсії за останні 30 днів (увесь акаунт)",
        ),
        (
            when("roas", "decreased_by_percent", 25, "3d"),
            "ROAS over the last 3 days went down by 25 % or more",
            "ROAS за останні 3 дні: падіння на 25 % або більше",
        ),
        (
            {"not": {"metric": "name", "operator": "contains", "value": "[SCALE]"}},
            "it is not true that name contains “[SCALE]”",
            "неправда, що назва містить «[SCALE]»",
        ),
        (
            {"rank": "bottom", "by": "roas", "time_window": "7d", "percent": 20},
            "among the lowest 20 % by ROAS over the last 7 days within its account",
            "серед найнижчих (20 %) за показником «ROAS за останні 7 днів» у межах акаунта",
        ),
        (
            when("spend", "between", [1000, 2500.5], "today"),
            "Spend today is from 1 000 to 2 500.5",
            "Витрати за сьогодні – від 1 000 до 2 500,5",
        ),
    ],
)
def test_conditions(condition: object, english: str, ukrainian: str) -> None:
    assert words(condition, "en") == english
    assert words(condition, "uk") == ukrainian


def test_groups_inside_groups_stand_in_brackets() -> None:
    active = {"metric": "status", "operator": "==", "value": "ACTIVE"}
    group = {"any": [{"all": [active, active]}, active]}
    text = condition_in_words(rule(group).condition, "en")
    assert text == "(status is “ACTIVE” and status is “ACTIVE”) or status is “ACTIVE”"


def test_a_whole_rule() -> None:
    one = rule(
        [LOW_CTR],
        held_for="2 cycles",
        actions=[
            {
                "type": "decrease_budget",
                "params": {"decrease_by_percent": 20, "min_daily_budget": 5},
            },
            {"type": "pause_adset", "params": {"for_duration": "12h"}},
        ],
    )
    assert plain(rule_in_words(one, "en")) == (
        "If CTR over the last 24 hours is below 1 % (from 1 000 impressions on), held for 2 cycles "
        "without a break, lower the budget by 20 %, down to 5 a day, then pause the ad set, for 12 hours."
    )
    assert plain(rule_in_words(one, "uk")) == (
        "Якщо CTR за останні 24 години – менше ніж 1 % (за мінімуму: 1 000 показів), і так "
        "без перерви (2 цикли), то зменшити бюджет на 20 %, не менше ніж 5 на день, потім "
        "призупинити групу оголошень, тривалість – 12 годин."
    )


def test_a_reading_tells_value_answer_and_reason() -> None:
    evaluation = asked([LOW_CTR], {"impressions@24h": 2000, "clicks@24h": 9}, {"clicks@24h": 1})
    seen = evaluation.verdict("r", "o1").readings[0]
    assert plain(reading_in_words(seen, "en")).endswith(
        "(from 1 000 impressions on): 0.45 % – true"
    )
    unseen = evaluation.verdict("r", "o2", "uk").readings[0]
    assert reading_in_words(unseen, "uk").endswith(": невідомо (немає даних: Покази)")


def test_what_nearly_fired_comes_first_with_its_gap() -> None:
    one = rule([when("ctr", "<", 1, "24h"), when("roas", ">", 2)])
    row = {"impressions@24h": 1000, "clicks@24h": 11, "revenue@7d": 100, "spend@7d": 100}
    evaluation = asked([when("ctr", "<", 1, "24h"), when("roas", ">", 2)], row)
    found = distances(evaluation, one, "o1", "en")
    assert [round(distance.gap_percent or 0, 6) for distance in found] == [10.0, 50.0]
    assert plain(distance_in_words(found[0], "en")).endswith("1.1 % – false (10 % away)")
    assert still_to_go(found) == 50.0


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 показ"), (3, "3 покази"), (5, "5 показів"), (11, "11 показів"), (21, "21 показ"), (1.5, "1,5 показу")],
)  # fmt: skip
def test_ukrainian_nouns_follow_their_number(count: float, text: str) -> None:
    assert plain(things("impressions", count, "uk")) == text


def test_numbers_keep_what_matters() -> None:
    assert number(1234567.891, "en") == "1\u202f234\u202f567.89"
    assert number(1234567.891, "uk") == "1\u202f234\u202f567,89"
    assert number(-56.234, "en") == "\u221256.23"
    assert number(0.0004, "en") == "0.0004"
    assert number(-0.0, "en") == "0"
    assert in_unit(12.5, CATALOGUE["cpa"].unit, "en", "UAH") == "₴12.5"
    assert in_unit(12.5, CATALOGUE["cpa"].unit, "uk", "UAH") == "12,5\u202f₴"
    assert in_unit(-12.5, CATALOGUE["cpa"].unit, "en", "USD") == "\u2212$12.5"


def test_both_languages_have_the_same_phrases() -> None:
    assert PHRASES["en"].keys() == PHRASES["uk"].keys()
    for language in ("en", "uk"):
        assert set(WINDOWS[language]) == set(WINDOW_NAMES)
        assert set(PROPERTIES[language]) == {*METADATA_FIELDS, "learning_stage"}


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_action_has_words(language: str) -> None:
    params: dict[ActionType, dict[str, object]] = {
        ActionType.SET_BUDGET: {"amount": 10},
        ActionType.SET_BID: {"amount": 10},
        ActionType.SCALE_BUDGET_TO_TARGET: {"metric": "cpa", "target": 5},
        ActionType.ADD_LABEL: {"label": "a"},
        ActionType.REMOVE_LABEL: {"labels": ["a", "b"]},
        ActionType.NOTIFY_CLIENT: {"message": "m"},
        ActionType.NOTIFY_TEAM: {"message": "m"},
        **{
            ActionType(f"{way}_{what}"): {f"{way}_by_amount": 5}
            for way in ("increase", "decrease")
            for what in ("budget", "bid")
        },
    }
    for kind in set(ActionType) - ONLY_BY_HAND:
        document = [{"type": kind.value, "params": params.get(kind, {})}]
        one = rule([LOW_CTR], actions=document).actions[0]
        assert "{" not in action_in_words(one, language)


def test_a_schedule() -> None:
    one = rule([LOW_CTR], schedule={"at": ["06:00"], "days": ["mon"]})
    assert schedule_in_words(one.schedule, "en") == "at 06:00, on Monday (account time)"
    assert schedule_in_words(None, "uk") == "після кожної синхронізації, що змінила об'єкт"


def test_templates_have_titles_reasons_and_rules() -> None:
    found = templates()
    assert len(found) == 8
    assert len([template for template in found if template.automatic]) == 6
    for template in found:
        one = template.rule("x")
        assert template.title["en"] != template.title["uk"]
        assert template.why["en"]
        assert rule_in_words(one, "uk").startswith("Якщо ")
