"""Tokens, their exchange and inspection, and the login dialog."""

from __future__ import annotations

import hashlib
import hmac
import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sync.sandbox.graph.errors import GraphError, bad_value, token_error

SCOPES = ("ads_management", "ads_read", "business_management", "public_profile")
SHORT_LIFE = timedelta(hours=2)
LONG_LIFE = timedelta(seconds=5_183_944)
DATA_ACCESS = timedelta(days=90)
APP_NAME = "AI-Buyer sandbox app"


@dataclass(slots=True)
class Token:
    """One issued token; `expires` None means it never expires."""

    text: str
    kind: str
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime | None
    revoked: bool = False


class TokenOffice:
    """Issues tokens deterministically from the seed and checks them."""

    def __init__(self, seed: int, start: datetime) -> None:
        self._seed = seed
        self._count = 0
        self._codes: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.app_id = self._digits("app", 16)
        self.user_id = self._digits("user", 15)
        self.app_secret = self._hash("secret")[:32]
        self._tokens: dict[str, Token] = {}
        self.main_token = self.issue(start, "SYSTEM_USER", SCOPES, None).text

    def issue(
        self, now: datetime, kind: str, scopes: tuple[str, ...], life: timedelta | None
    ) -> Token:
        """Make and remember a new token."""
        self._count += 1
        text = "EAAS" + self._hash(f"token{self._count}")[:60]
        token = Token(text, kind, scopes, now, None if life is None else now + life)
        self._tokens[text] = token
        return token

    def check(self, text: str | None, now: datetime, asked: str) -> Token:
        """Return the valid token; raises 104, 2500 or 190 otherwise."""
        if not text:
            if asked == "me":
                raise GraphError(
                    message=(
                        "An active access token must be used to query information "
                        "about the current user."
                    ),
                    code=2500,
                )
            raise GraphError(
                message="An access token is required to request this resource.", code=104
            )
        if text == f"{self.app_id}|{self.app_secret}":
            return Token(text, "APP", SCOPES, now, None)
        token = self._tokens.get(text)
        if token is None:
            raise token_error("Invalid OAuth access token - Cannot parse access token")
        if token.revoked:
            raise token_error(
                "Error validating access token: The session is invalid because "
                "the user logged out.",
                467,
            )
        if token.expires is not None and now >= token.expires:
            raise token_error(
                "Error validating access token: Session has expired on "
                f"{token.expires:%A, %d-%b-%y %H:%M:%S} UTC. The current time is "
                f"{now:%A, %d-%b-%y %H:%M:%S} UTC.",
                463,
            )
        return token

    def check_proof(self, token: str, proof: str | None) -> None:
        """Refuse a given appsecret_proof that is not the token's HMAC."""
        if proof is None:
            return
        right = hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right, proof):
            raise bad_value("Invalid appsecret_proof provided in the API argument")

    def grant_code(self, redirect_uri: str, scopes: tuple[str, ...]) -> str:
        """Return a login code bound to its redirect address."""
        code = self._hash(f"code{len(self._codes)}")[:40]
        self._codes[code] = (redirect_uri, scopes)
        return code

    def exchange(self, params: Mapping[str, str], now: datetime) -> dict[str, object]:
        """Answer /oauth/access_token: a code, a long-lived or an app token."""
        self._check_app(params)
        grant = params.get("grant_type", "authorization_code")
        if grant == "client_credentials":
            return {"access_token": f"{self.app_id}|{self.app_secret}", "token_type": "bearer"}
        if grant == "fb_exchange_token":
            old = self.check(params.get("fb_exchange_token"), now, "token")
            life, kind, scopes = LONG_LIFE, old.kind, old.scopes
        else:
            redirect, scopes = self._codes.pop(params.get("code", ""), ("", ()))
            if not scopes:
                raise bad_value("This authorization code has been used or is invalid.")
            if redirect != params.get("redirect_uri"):
                raise bad_value(
                    "Error validating verification code. Please make sure your redirect_uri "
                    "is identical to the one you used in the OAuth dialog request"
                )
            life, kind = SHORT_LIFE, "USER"
        token = self.issue(now, kind, scopes, life)
        return {
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": int(life.total_seconds()),
        }

    def inspect(self, text: str, now: datetime) -> dict[str, object]:
        """Answer /debug_token; an invalid token gives `is_valid` false."""
        try:
            token = self.check(text, now, "token")
        except GraphError as error:
            found: dict[str, object] = {"code": error.code, "message": error.message}
            if error.subcode is not None:
                found["subcode"] = error.subcode
            return {"data": {"error": found, "is_valid": False, "scopes": []}}
        data: dict[str, object] = {
            "app_id": self.app_id,
            "type": token.kind,
            "application": APP_NAME,
            "data_access_expires_at": int((token.issued + DATA_ACCESS).timestamp()),
            "expires_at": 0 if token.expires is None else int(token.expires.timestamp()),
            "is_valid": True,
            "scopes": list(token.scopes),
            "user_id": self.user_id,
        }
        if token.expires is None or token.expires - token.issued > SHORT_LIFE:
            data["issued_at"] = int(token.issued.timestamp())
        return {"data": data}

    def dialog_redirect(self, params: Mapping[str, str], now: datetime) -> str:
        """Return where the dialog sends the browser after consent or denial."""
        redirect = params["redirect_uri"]
        state = {"state": params["state"]} if "state" in params else {}
        if params.get("confirm") == "cancel":
            denied = {
                "error": "access_denied",
                "error_reason": "user_denied",
                "error_description": "Permissions error",
            }
            return f"{redirect}?{urlencode({**denied, **state})}"
        asked = tuple(part for part in params.get("scope", "").split(",") if part in SCOPES)
        scopes = tuple(dict.fromkeys((*(asked or SCOPES), "public_profile")))
        if params.get("response_type") == "token":
            token = self.issue(now, "USER", scopes, SHORT_LIFE)
            life = {"expires_in": str(int(SHORT_LIFE.total_seconds()))}
            return f"{redirect}#{urlencode({'access_token': token.text, **life, **state})}"
        return f"{redirect}?{urlencode({'code': self.grant_code(redirect, scopes), **state})}"

    def check_dialog(self, params: Mapping[str, str]) -> None:
        """Refuse a dialog without our app id or a redirect address."""
        if params.get("client_id") != self.app_id:
            raise GraphError(message="(#101) Error validating application.", code=101)
        if not params.get("redirect_uri"):
            raise bad_value("The parameter redirect_uri is required")

    def _check_app(self, params: Mapping[str, str]) -> None:
        if params.get("client_id") != self.app_id:
            raise GraphError(message="Error validating application.", code=101)
        if params.get("client_secret") == self.app_secret or params.get("code_verifier"):
            return
        raise GraphError(message="Error validating client secret.", code=1)

    def _hash(self, name: str) -> str:
        return hashlib.sha256(f"{self._seed}/{name}".encode()).hexdigest()

    def _digits(self, name: str, length: int) -> str:
        return "1" + str(int(self._hash(name), 16))[1:length]


def dialog_page(params: Mapping[str, str]) -> bytes:
    """Return the consent page: two links, to continue and to cancel."""

    def address(confirm: str) -> str:
        return html.escape("?" + urlencode({**params, "confirm": confirm}))

    scopes = html.escape(params.get("scope", ", ".join(SCOPES)))
    return (
        "<!doctype html><html><head><meta charset='utf-8'><title>Sandbox login</title></head>"
        f"<body><h1>{APP_NAME}</h1><p>The app asks for: {scopes}</p>"
        f"<p><a id='continue' href='{address('continue')}'>Continue</a> "
        f"<a id='cancel' href='{address('cancel')}'>Cancel</a></p></body></html>"
    ).encode()
