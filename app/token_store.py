"""Where tokens are kept: a trusted keyring or a sealed file, never plain.

A backend is never chosen by the keyring library itself: what it picks may ask for
a password on a terminal, or write plain text.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from app.sealed_file import KEY_VARIABLE, SealedFile, read_key
from engine.domain.errors import UserError

_T = TypeVar("_T")
SERVICE = "ai-buyer"
# Module, class and what people call it; the first that works here is taken.
ALLOWED = (
    ("keyring.backends.macOS", "Keyring", "macos_keychain"),
    ("keyring.backends.Windows", "WinVaultKeyring", "windows_credentials"),
    ("keyring.backends.SecretService", "Keyring", "secret_service"),
    ("keyring.backends.kwallet", "DBusKeyring", "kwallet"),
)
_NO_PLACE = (
    "There is no keyring on this machine to keep a token in, and nothing is ever written in the "
    "clear."
)
_NO_PLACE_HINT = (
    "Unlock the desktop's keyring (Secret Service or KWallet); or, on a server, give a key to seal "
    f"a file with: {KEY_VARIABLE}=$(openssl rand -base64 32), or a systemd credential "
    "named ai-buyer-key. A token in FACEBOOK_ACCESS_TOKEN needs neither."
)


class Place(Protocol):
    """One place that can keep secrets."""

    @property
    def place(self) -> str:
        """What people call it."""
        ...

    def get(self, name: str) -> str | None:
        """Return a secret, none for an unknown name."""
        ...

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""
        ...

    def remove(self, name: str) -> None:
        """Forget a secret."""
        ...


class KeyringPlace:
    """One backend of the keyring library; its errors become sentences."""

    def __init__(self, backend: KeyringBackend, place: str) -> None:
        """Use `backend`, which people call `place`."""
        self._backend = backend
        self._place = place

    @property
    def place(self) -> str:
        """What people call it."""
        return self._place

    def get(self, name: str) -> str | None:
        """Return a secret. Raises UserError when the keyring does not give it."""
        return self._asked(lambda: self._backend.get_password(SERVICE, name))

    def put(self, name: str, secret: str) -> None:
        """Keep a secret, one entry each: some keyrings take only short ones."""
        self._asked(lambda: self._backend.set_password(SERVICE, name, secret))

    def remove(self, name: str) -> None:
        """Forget a secret; an unknown name is no error."""

        def delete() -> None:
            try:
                self._backend.delete_password(SERVICE, name)
            except PasswordDeleteError:
                if self._backend.get_password(SERVICE, name) is not None:
                    raise

        self._asked(delete)

    def _asked(self, ask: Callable[[], _T]) -> _T:
        try:
            return ask()
        # Each backend has errors of its own bus besides the library's.
        except Exception as error:
            raise UserError(
                f"The keyring does not answer ({type(error).__name__}).",
                hint="Unlock it and try again.",
            ) from error


class TokenStore:
    """Keeps secrets in the one place there is; the Tokens port. Blocking."""

    def __init__(
        self, place: Place | None, remember: Callable[[str], None] = lambda _secret: None
    ) -> None:
        """`remember` hears of every secret, so that logs can hide it."""
        self._place = place
        self._remember = remember

    @property
    def place(self) -> str:
        """Where secrets are kept, empty where they can't be."""
        return self._place.place if self._place is not None else ""

    def need(self) -> None:
        """Raise UserError, with what to do, where no secret can be kept."""
        self._needed()

    def get(self, name: str) -> str | None:
        """Return a secret, none for an unknown name; UserError if unreadable."""
        secret = self._needed().get(name)
        if secret is not None:
            self._remember(secret)
        return secret

    def put(self, name: str, secret: str) -> None:
        """Keep a secret. Raises UserError when it can't be kept."""
        place = self._needed()
        self._remember(secret)
        place.put(name, secret)

    def remove(self, name: str) -> None:
        """Forget a secret; an unknown name is no error."""
        self._needed().remove(name)

    def _needed(self) -> Place:
        if self._place is None:
            raise UserError(_NO_PLACE, hint=_NO_PLACE_HINT)
        return self._place


def open_token_store(
    folder: Path,
    variables: Mapping[str, str] = os.environ,
    remember: Callable[[str], None] = lambda _secret: None,
) -> TokenStore:
    """Return the store of this machine; a sealed file lies in `folder`.

    A key that was given on purpose comes first, then a keyring. Raises UserError for a
    key that is none.
    """
    key = read_key(variables)
    if key is not None:
        remember(variables.get(KEY_VARIABLE, ""))
        return TokenStore(SealedFile(folder / "tokens.sealed", key), remember)
    return TokenStore(find_keyring(), remember)


def find_keyring() -> KeyringPlace | None:
    """Return the keyring of this machine that we trust, if there is one."""
    for module, name, place in ALLOWED:
        try:
            kind: type[KeyringBackend] = getattr(import_module(module), name)
            # Reading the priority is the library's way to say whether it works here.
            if kind.priority > 0:
                return KeyringPlace(kind(), place)
        except (ImportError, RuntimeError, KeyringError, OSError):
            # Not of this system, or its service does not run.
            continue
    return None
