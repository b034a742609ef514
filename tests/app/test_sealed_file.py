"""Secrets sealed in a file: private, whole, and unreadable without the key."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.sealed_file import CREDENTIAL, KEY_VARIABLE, SealedFile, read_key
from app.token_store import TokenStore, open_token_store
from engine.domain.errors import UserError

KEY = bytes(range(32))
CANARY = "EAAcanary0123456789abcdefgh"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.sealed"


def test_what_is_kept_is_read_again_with_the_same_key(path: Path) -> None:
    SealedFile(path, KEY).put("token:a", CANARY)
    SealedFile(path, KEY).put("token:b", "other")
    again = SealedFile(path, KEY)
    assert (again.get("token:a"), again.get("token:b"), again.get("c")) == (CANARY, "other", None)
    again.remove("token:a")
    again.remove("never kept")
    assert SealedFile(path, KEY).get("token:a") is None


def test_no_byte_of_a_secret_or_of_its_name_stands_in_the_file(path: Path) -> None:
    store = SealedFile(path, KEY)
    for number in range(20):
        store.put(f"token:{number}", f"{CANARY}{number}")
    content = path.read_bytes()
    assert CANARY.encode() not in content
    assert base64.b64encode(CANARY.encode())[:20] not in content
    assert b"token:" not in content


def test_the_file_is_its_owners_alone_and_nothing_is_left_beside_it(path: Path) -> None:
    os.umask(os.umask(0))
    SealedFile(path, KEY).put("a", CANARY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {one.name for one in path.parent.iterdir()} == {path.name, f".{path.name}.lock"}


def test_rights_of_others_are_taken_away_when_it_is_read(path: Path) -> None:
    SealedFile(path, KEY).put("a", CANARY)
    path.chmod(0o644)
    assert SealedFile(path, KEY).get("a") == CANARY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_planted_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    SealedFile(elsewhere, KEY).put("a", CANARY)
    path.symlink_to(elsewhere)
    with pytest.raises(UserError, match="can't be read"):
        SealedFile(path, KEY).get("a")


@pytest.mark.parametrize("spoil", [0, 8, 20, 30])
def test_a_changed_byte_or_another_key_is_told_and_the_file_left_alone(
    path: Path, spoil: int
) -> None:
    SealedFile(path, KEY).put("a", CANARY)
    content = bytearray(path.read_bytes())
    with pytest.raises(UserError, match="can't be opened with this key"):
        SealedFile(path, bytes(32)).put("b", "x")
    assert path.read_bytes() == bytes(content)
    content[spoil] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(UserError, match="can't be opened with this key"):
        SealedFile(path, KEY).get("a")


def test_a_key_comes_from_systemd_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / CREDENTIAL).write_bytes(KEY)
    other = base64.b64encode(bytes(32)).decode()
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path), KEY_VARIABLE: other}
    assert read_key(given) == KEY
    assert read_key({KEY_VARIABLE: other}) == bytes(32)
    assert read_key({KEY_VARIABLE: KEY.hex()}) == KEY
    assert read_key({}) is None


@pytest.mark.parametrize("weak", ["secret", "a" * 32, "x" * 64, base64.b64encode(b"1234").decode()])
def test_a_text_that_is_no_key_is_refused_without_being_repeated(weak: str) -> None:
    with pytest.raises(UserError, match="32 random bytes") as refused:
        read_key({KEY_VARIABLE: weak})
    assert weak not in str(refused.value)


def test_where_there_is_neither_keyring_nor_key_nothing_is_written(tmp_path: Path) -> None:
    store = TokenStore(None)
    asked: tuple[Callable[[], object], ...] = (
        store.need,
        lambda: store.put("a", CANARY),
        lambda: store.get("a"),
    )
    for refused in asked:
        with pytest.raises(UserError, match="no keyring") as told:
            refused()
        assert "AI_BUYER_SECRET_KEY" in str(told.value)
        assert CANARY not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_logs_hear_of_every_secret_so_that_they_can_hide_it(tmp_path: Path) -> None:
    heard: list[str] = []
    given = {KEY_VARIABLE: base64.b64encode(KEY).decode()}
    store = open_token_store(tmp_path, given, heard.append)
    store.put("a", CANARY)
    assert store.get("a") == CANARY
    assert heard == [given[KEY_VARIABLE], CANARY, CANARY]
    assert store.place == "sealed_file"
