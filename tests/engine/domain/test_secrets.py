"""Tokens and secrets disappear from every text, the rest of it stays."""

from __future__ import annotations

import pytest

from engine.domain.secrets import KnownSecrets, redact

TOKEN = "EAAS0123456789abcdefghij"


@pytest.mark.parametrize(
    "text",
    [
        f"https://graph.facebook.com/v26.0/me?access_token={TOKEN}&fields=id",
        f"Authorization: Bearer {TOKEN}",
        f'{{"fb_exchange_token": "{TOKEN}"}}',
        f"http://localhost:4242/?code={TOKEN}&state=s",
        f"client_secret={TOKEN}, code_verifier={TOKEN}",
        f"a token by itself: {TOKEN}.",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert TOKEN not in redact(text)
    assert "***" in redact(text)


def test_codes_of_errors_stay() -> None:
    said = "Meta said: session has expired (error code=190, code: 463)."
    assert redact(said) == said


def test_a_known_secret_is_hidden_as_it_is_and_as_it_stands_in_addresses() -> None:
    known = KnownSecrets(["p+ss/w0rd!"])
    assert known.hide("it is p+ss/w0rd! and p%2Bss%2Fw0rd%21 here") == "it is *** and *** here"


def test_a_secret_that_comes_later_is_hidden_too_and_never_shown() -> None:
    known = KnownSecrets()
    known.add("correct-horse")
    assert known.hide("correct-horse") == "***"
    assert "correct" not in repr(known)


def test_a_word_is_no_secret() -> None:
    assert KnownSecrets(["none"]).hide("none of it") == "none of it"
