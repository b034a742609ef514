"""Secrets in one file, sealed with AES-256-GCM, where there is no keyring.

The key comes from systemd's credentials or from the environment and is kept by
neither of us. The file is replaced whole, so that a crash leaves the old one.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.domain.errors import UserError

KEY_VARIABLE = "AI_BUYER_SECRET_KEY"
CREDENTIAL = "ai-buyer-key"
_CREDENTIALS = "CREDENTIALS_DIRECTORY"
_MAGIC = b"AIBUYER1"
_NONCE = 12
_KEY_BYTES = 32
_LARGEST = 4_000_000


def read_key(variables: Mapping[str, str] = os.environ) -> bytes | None:
    """Return the key for sealing, none where no one was given.

    Raises UserError for one that is no key: a weak one is worse than none.
    """
    folder = variables.get(_CREDENTIALS, "")
    path = Path(folder) / CREDENTIAL
    if folder and path.is_file():
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UserError(
                f"The credential {CREDENTIAL} can't be read: {error.strerror}.",
                hint="Look at LoadCredential= or LoadCredentialEncrypted= of the service.",
            ) from error
        if len(content) == _KEY_BYTES:
            return content
        return _decoded(content.decode("ascii", "replace"), f"The credential {CREDENTIAL}")
    text = variables.get(KEY_VARIABLE, "")
    return _decoded(text, KEY_VARIABLE) if text else None


def _decoded(text: str, what: str) -> bytes:
    """Return 32 bytes written in hexadecimal or base64."""
    text = text.strip()
    try:
        if len(text) == 2 * _KEY_BYTES:
            return bytes.fromhex(text)
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if len(found) == _KEY_BYTES:
            return found
    except (ValueError, binascii.Error):
        # Told below: this is no key either way.
        pass
    raise UserError(
        f"{what} is not a key: it must be 32 random bytes in base64 or hexadecimal.",
        hint="Make one with: openssl rand -base64 32. Keep it: without it the tokens are lost.",
    )


class SealedFile:
    """A keeper of secrets in one sealed file; blocking."""

    def __init__(self, path: Path, key: bytes) -> None:
        """`key` is 32 bytes; the file need not be there yet."""
        self._path = path
        self._cipher = AESGCM(key)

    @property
    def place(self) -> str:
        """What people call this place."""
        return "sealed_file"

    def get(self, name: str) -> str | None:
        """Return a secret. Raises UserError for a file that can't be opened."""
        return self._entries().get(name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret. Raises UserError where it can't be written."""
        self._change(lambda entries: entries.update({name: secret}))

    def remove(self, name: str) -> None:
        """Forget a secret."""
        self._change(lambda entries: entries.pop(name, None))

    def _change(self, change: Callable[[dict[str, str]], object]) -> None:
        try:
            with self._alone():
                entries = self._entries()
                change(entries)
                self._write(entries)
        except OSError as error:
            raise UserError(
                f"The token file {self._path} can't be written: {error.strerror}.",
                hint="Check free space and permissions of its folder.",
            ) from error

    def _entries(self) -> dict[str, str]:
        content = self._read()
        if content is None:
            return {}
        nonce, sealed = content[len(_MAGIC) :][:_NONCE], content[len(_MAGIC) + _NONCE :]
        try:
            if not content.startswith(_MAGIC):
                raise InvalidTag
            found = json.loads(self._cipher.decrypt(nonce, sealed, _MAGIC))
        except (InvalidTag, ValueError) as error:
            raise UserError(
                f"The token file {self._path} can't be opened with this key.",
                hint=f"Give the key it was made with in {KEY_VARIABLE}, or move the file away "
                "and log in again. It was left as it is.",
            ) from error
        return {str(name): str(secret) for name, secret in found.items()}

    def _read(self) -> bytes | None:
        """Return the file's bytes, none without one; others must not be able to write it."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | _no_links())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UserError(
                f"The token file {self._path} can't be read: {error.strerror}.",
                hint="It must be a plain file that belongs to you.",
            ) from error
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if hasattr(os, "getuid") and found.st_uid != os.getuid():
                raise UserError(
                    f"The token file {self._path} belongs to another user.",
                    hint="Move it away; it was not read.",
                )
            if stat.S_IMODE(found.st_mode) & 0o077:
                os.fchmod(file.fileno(), 0o600)
            return file.read(_LARGEST)

    def _write(self, entries: Mapping[str, str]) -> None:
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, json.dumps(dict(entries)).encode(), _MAGIC)
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _no_links()
        descriptor = os.open(temporary, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + nonce + sealed)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _keep_name(self._path.parent)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time read, change and write."""
        path = self._path.with_name(f".{self._path.name}.lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _no_links(), 0o600)
        try:
            if os.name == "posix":
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _no_links() -> int:
    """Never follow a link that somebody planted; not every system can say so."""
    return int(getattr(os, "O_NOFOLLOW", 0))


def _keep_name(folder: Path) -> None:
    """Put the folder's new entry on disk, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
