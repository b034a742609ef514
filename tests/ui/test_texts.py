"""Words: both languages say the same things, plurals follow their rules."""

import re
import string

import pytest

from engine.domain.language import Language, plural_form
from ui.texts import Entry, Texts, load_catalogue

ENGLISH = load_catalogue(Language.ENGLISH)
UKRAINIAN = load_catalogue(Language.UKRAINIAN)
FORMS = {Language.ENGLISH: {"one", "other"}, Language.UKRAINIAN: {"one", "few", "many", "other"}}


def placeholders(entry: Entry) -> set[str]:
    """Return the names of an entry's placeholders; a count may be shown or not."""
    texts = [entry] if isinstance(entry, str) else list(entry.values())
    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    return names - {"shown", "count"}


def test_every_text_exists_in_both_languages() -> None:
    assert ENGLISH.keys() == UKRAINIAN.keys()


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert placeholders(ENGLISH[key]) == placeholders(UKRAINIAN[key])
    assert isinstance(ENGLISH[key], dict) == isinstance(UKRAINIAN[key], dict)


@pytest.mark.parametrize(
    ("language", "catalogue"),
    [(Language.ENGLISH, ENGLISH), (Language.UKRAINIAN, UKRAINIAN)],
)
def test_plural_entries_have_every_form(language: Language, catalogue: dict[str, Entry]) -> None:
    for key, entry in catalogue.items():
        if isinstance(entry, dict):
            assert entry.keys() == FORMS[language], key


def test_ukrainian_texts_are_ukrainian() -> None:
    for key, entry in UKRAINIAN.items():
        text = entry if isinstance(entry, str) else " ".join(entry.values())
        assert not re.search("[ыэёъЫЭЁЪ]", text), key
        assert "'" not in text, f"{key}: the apostrophe is ’"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 кампаній"),
        (1, "1 кампанія"),
        (2, "2 кампанії"),
        (5, "5 кампаній"),
        (11, "11 кампаній"),
        (12, "12 кампаній"),
        (21, "21 кампанія"),
        (22, "22 кампанії"),
        (112, "112 кампаній"),
        (121, "121 кампанія"),
    ],
)
def test_ukrainian_plurals(count: int, words: str) -> None:
    assert Texts(Language.UKRAINIAN).say("grid.campaigns", count=count) == words


def test_english_plurals() -> None:
    texts = Texts(Language.ENGLISH)
    assert texts.say("pending.count", count=1) == "1 pending change"
    assert texts.say("pending.count", count=2) == "2 pending changes"
    assert plural_form(Language.ENGLISH, 0) == "other"


def test_a_count_can_be_shown_in_another_form() -> None:
    texts = Texts(Language.ENGLISH)
    assert texts.say("grid.campaigns", count=12000, shown="12 000") == "12 000 campaigns"


def test_the_language_can_change() -> None:
    texts = Texts(Language.ENGLISH)
    texts.use(Language.UKRAINIAN)
    assert texts.say("navigation.rules") == "Правила"
