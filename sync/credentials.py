"""The token and the app's secret, kept out of every text we write."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from engine.domain.errors import UserError
from engine.domain.secrets import HIDDEN, redact


@dataclass(frozen=True, slots=True)
class Credentials:
    """What authorises a call: a token, and the app it was made for.

    Nothing secret shows in `repr`. Raises UserError for a token that could
    not travel in a header.
    """

    token: str = field(repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Check that the token can be sent at all."""
        if not self.token or not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise UserError(
                "The access token is empty or has characters that no token has.",
                hint="Copy it again, without spaces or line breaks.",
            )

    @property
    def header(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self.token}"

    @property
    def proof(self) -> str:
        """The `appsecret_proof`: HMAC-SHA256 of the token, empty without a secret.

        Source: Graph API, "Secure requests".
        """
        if not self.app_secret:
            return ""
        return hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()

    def hide(self, text: str) -> str:
        """Return `text` without secrets: ours, and what looks like one."""
        for secret in (self.token, self.app_secret, self.proof):
            if secret:
                text = text.replace(secret, HIDDEN)
        return redact(text)
