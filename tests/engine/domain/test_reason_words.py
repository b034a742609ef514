"""Reasons in words: every sentence the engine can write is known in both languages."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.domain.language import Language
from engine.domain.reason_sentences import SENTENCES
from engine.domain.reason_words import is_known, reason_in_words

ENGINE = Path(__file__).parents[3] / "engine"
SOURCES = sorted(
    path
    for path in ENGINE.rglob("*.py")
    if "Reason(" in path.read_text("utf-8") and path.name not in {"decision.py", "reason_words.py"}
)
# What stands in a sentence's gaps: an amount, a time, a number, a status, quoted and plain names.
SAMPLES = ("1250.50 UAH", "4 h", "7", "PAUSED", "'A rule'", "A name")


def sentences(path: Path) -> Iterator[ast.expr]:
    """Yield what a module writes into reasons: in place, or as `words` before."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="Reason"), args=[_, words, *_]):
                yield words
            case ast.Call(func=ast.Attribute(attr="_refuse"), args=[_, _, words]):
                yield words
            case ast.Assign(targets=[ast.Name(id="words")], value=words):
                yield words
            case ast.FunctionDef(name="_where_the_budget_is"):
                yield from (
                    one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value
                )


def skeletons(words: ast.expr) -> Iterator[list[str]]:
    """Yield the fixed parts around the gaps of a sentence."""
    match words:
        case ast.Constant(value=str(text)) if text:
            yield [text]
        case ast.JoinedStr(values=values):
            parts = [""]
            for value in values:
                if isinstance(value, ast.Constant):
                    parts[-1] += str(value.value)
                else:
                    parts.append("")
            yield parts
        case ast.IfExp(body=body, orelse=orelse):
            yield from skeletons(body)
            yield from skeletons(orelse)
        case ast.Call(func=ast.Attribute(attr="strip", value=inner)):
            yield from skeletons(inner)


def written() -> list[tuple[str, list[str]]]:
    return [
        (path.relative_to(ENGINE).as_posix(), parts)
        for path in SOURCES
        for words in sentences(path)
        for parts in skeletons(words)
    ]


def filled(parts: list[str]) -> Iterator[str]:
    """Yield a sentence with every mix of samples in its gaps."""
    for values in itertools.product(SAMPLES, repeat=len(parts) - 1):
        pairs = zip(parts, (*values, ""), strict=True)
        yield "".join(part + value for part, value in pairs).strip()


@pytest.mark.parametrize(("place", "parts"), written(), ids=lambda value: str(value)[:60])
def test_every_sentence_of_the_engine_is_in_the_table(place: str, parts: list[str]) -> None:
    lost = [text for text in filled(parts) if not is_known(text)]
    assert not lost, f"{place}: put it into engine/domain/reason_sentences.py: {lost[0]}"


def test_no_sentence_of_the_table_is_left_over() -> None:
    english = {"".join(part for part in parts) for _, parts in written()}
    table = {re.sub(r"\{[a-z]+\}", "", one).strip() for one, _ in SENTENCES}
    assert table == {text.strip() for text in english}


@pytest.mark.parametrize(
    ("words", "english", "ukrainian"),
    [
        (
            "Changed 4 h ago; the rule rests 24 h.",
            "Changed 4 h ago; the rule rests 24 h.",
            "Змінено 4 год тому; перепочинок правила – 24 год.",
        ),
        (
            "Changed 0 min ago; the rule rests 24 h.",
            "Changed less than a minute ago; the rule rests 24 h.",
            "Змінено менше хвилини тому; перепочинок правила – 24 год.",
        ),
        (
            "The budget 14253.60 UAH is at its ceiling of 14253.60 UAH already.",
            "The budget ₴14 253.60 is at its ceiling of ₴14 253.60 already.",
            "Бюджет 14 253,60 ₴ уже на стелі 14 253,60 ₴.",
        ),
        (
            "1200.00 USD is above the ceiling of 1000.00 USD.",
            "$1 200 is above the ceiling of $1 000.",
            "1 200 $ – більше за стелю 1 000 $.",
        ),
        (
            'The rule "Mia\'s rule" pauses it.',
            "The rule “Mia's rule” pauses it.",
            "Його призупиняє правило «Mia's rule».",
        ),
        (
            "Lookalike 1% · US is PAUSED already.",
            "Lookalike 1% · US is paused already.",
            "Об’єкт «Lookalike 1% · US» уже призупинено.",
        ),
        (
            (
                "The conditions hold and every guard lets it pass. "
                "No usable model; the rule decided alone."
            ),
            (
                "The conditions hold and every guard lets it pass. "
                "No usable model; the rule decided alone."
            ),
            (
                "Умови виконано, і всі запобіжники пропускають. "
                "Придатної моделі немає; правило вирішило саме."
            ),
        ),
        (
            "Meta did not change it: Invalid parameter (100).",
            "Meta did not change it: Invalid parameter (100).",
            "Meta не змінила: Invalid parameter (100).",
        ),
        ("Nobody wrote this.", "Nobody wrote this.", "Nobody wrote this."),
        ("", "", ""),
    ],
)
def test_a_reason_shows_its_numbers_in_both_languages(
    words: str, english: str, ukrainian: str
) -> None:
    assert plain(reason_in_words(words, Language.ENGLISH)) == english
    assert plain(reason_in_words(words, Language.UKRAINIAN)) == ukrainian


def plain(text: str) -> str:
    """Return a text with the narrow spaces of its numbers as common ones."""
    return text.replace("\u202f", " ")
