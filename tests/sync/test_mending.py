"""Lone surrogates are replaced; everything else in a JSON text stays."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mending import mended

_TEXT = st.text(st.characters(), max_size=20)


@given(text=_TEXT)
def test_whole_texts_stay_as_they_are(text: str) -> None:
    body = json.dumps(text).encode()
    assert msgspec.json.decode(mended(body)) == text


@given(before=_TEXT, half=st.characters(categories=["Cs"]), after=_TEXT)
def test_a_half_character_makes_a_text_readable(before: str, half: str, after: str) -> None:
    body = json.dumps(f"{before}-{half}-{after}").encode()
    assert msgspec.json.decode(mended(body)) == f"{before}-\ufffd-{after}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rb'"\\ud800"', rb'"\\ud800"'),
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"'),
        (rb'"\ude00\ud83d"', rb'"\ufffd\ufffd"'),
        (rb'"\uD83D\uD83D\uDE00"', rb'"\ufffd\uD83D\uDE00"'),
    ],
)
def test_pairs_and_escaped_backslashes_are_understood(text: bytes, expected: bytes) -> None:
    assert mended(text) == expected
