"""What nobody must read: tokens and secrets, blotted out of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "***"
_SHORTEST = 6
_NAMED = re.compile(
    r"(?i)((?:access_token|appsecret_proof|client_secret|app_secret|fb_exchange_token"
    r"|input_token|code_verifier|authorization|password|api_key)[\"']?\s*[=:]\s*[\"']?"
    r"(?:bearer\s+)?)[^\s&\"',}]+"
)
# A login code is a secret only where an address carries it; error codes are not.
_CODE = re.compile(r"([?&#]code=)[^\s&\"'#]+")
_META_TOKEN = re.compile(r"\bEAA[A-Za-z0-9_-]{16,}")
_BEARER = re.compile(r"(?i)\b(bearer\s+)\S+")


def redact(text: str) -> str:
    """Blot out whatever looks like a token, a proof or a secret in `text`."""
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    text = _META_TOKEN.sub(HIDDEN, _CODE.sub(rf"\1{HIDDEN}", text))
    return _BEARER.sub(rf"\1{HIDDEN}", text)


class KnownSecrets:
    """Secrets by their very text, hidden wherever they turn up.

    One is made where the program starts; tokens that come later are added to it.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._texts: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide a secret from now on; one as short as a word is left alone."""
        if len(secret) >= _SHORTEST:
            self._texts |= {secret, quote(secret, safe="")}

    def hide(self, text: str) -> str:
        """Return `text` without known secrets and without what looks like one."""
        for secret in tuple(self._texts):
            text = text.replace(secret, HIDDEN)
        return redact(text)

    def __repr__(self) -> str:
        return f"KnownSecrets({len(self._texts)})"
