"""Texts of refusals follow the locale; what machines read does not."""

from __future__ import annotations

from string import Formatter

import pytest

from sync.sandbox.graph.user_texts import TEXTS, text_in
from tests.sync.sandbox.graph.graph_client import Caller


@pytest.mark.parametrize(
    ("locale", "title", "message"),
    [
        ("en_US", "Budget Is Too Low", "The budget must be at least 1 USD."),
        ("uk_UA", "Замалий бюджет", "Бюджет має бути не меншим за 1 USD."),
        ("xx_XX", "Budget Is Too Low", "The budget must be at least 1 USD."),
    ],
)
def test_a_refusal_speaks_the_language_asked_for(
    shared: Caller, locale: str, title: str, message: str
) -> None:
    adset = shared.with_own_budget()["id"]
    error = shared.refusal(shared.post_raw(adset, daily_budget="1", locale=locale))

    assert (error["error_user_title"], error["error_user_msg"]) == (title, message)
    assert (error["code"], error["error_subcode"]) == (100, 1885272)
    assert error["message"] == "Invalid parameter"
    assert error["error_data"] == {"blame_field_specs": [["daily_budget"]]}
    assert error["is_transient"] is False
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"].startswith("A")


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_says_the_same_in_both_languages(key: str) -> None:
    def names(text: str) -> set[str | None]:
        return {name for _text, name, *_rest in Formatter().parse(text) if name}

    english, ukrainian = TEXTS[key]["en"], TEXTS[key]["uk"]
    assert names(english[1]) == names(ukrainian[1])
    values: dict[str, object] = {str(name): "7" for name in names(english[1])}
    assert text_in(key, "uk_UA", values)[0] == ukrainian[0]
