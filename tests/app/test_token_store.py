"""Keyrings: only those we trust, and their errors as sentences."""

from __future__ import annotations

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.token_store import ALLOWED, SERVICE, KeyringPlace, TokenStore, find_keyring
from engine.domain.errors import UserError


class Ring(KeyringBackend):
    """A keyring that keeps its entries in memory and can be locked."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types here
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if (service, username) not in self.entries:
            raise PasswordDeleteError("No such password!")
        del self.entries[service, username]

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


def test_each_token_is_an_entry_of_its_own_under_our_service() -> None:
    ring = Ring()
    store = TokenStore(KeyringPlace(ring, "secret_service"))
    store.put("token:a", "first")
    store.put("token:b", "second")
    assert set(ring.entries) == {(SERVICE, "token:a"), (SERVICE, "token:b")}
    store.remove("token:a")
    store.remove("token:a")
    assert (store.get("token:a"), store.get("token:b")) == (None, "second")


def test_a_locked_keyring_is_told_with_what_to_do() -> None:
    ring = Ring()
    store = TokenStore(KeyringPlace(ring, "secret_service"))
    ring.locked = True
    with pytest.raises(UserError, match="Unlock it and try again"):
        store.get("token:a")


def test_what_the_library_would_choose_is_never_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(keyring, "get_keyring", lambda: pytest.fail("the library was asked"))
    found = find_keyring()
    assert found is None or found.place in {place for _, _, place in ALLOWED}


def test_no_backend_that_writes_plain_text_or_nothing_is_allowed() -> None:
    modules = {module for module, _, _ in ALLOWED}
    assert not any(word in module for module in modules for word in ("null", "fail", "alt"))
