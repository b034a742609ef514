"""The login dialog, the exchange of codes and tokens, their inspection."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from sync.sandbox.graph.errors import GraphError, bad_value
from sync.sandbox.graph.tokens import (
    APP_NAME,
    DATA_ACCESS,
    LONG_LIFE,
    SCOPES,
    SHORT_LIFE,
    Token,
    TokenOffice,
    read_scopes,
)

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_RESPONSES = ("code", "token", "code token", "token code", "granted_scopes")


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a person granted at the dialog, waiting behind a code."""

    redirect_uri: str
    user_id: str
    scopes: tuple[str, ...]
    declined: tuple[str, ...]
    challenge: str | None
    method: str


@dataclass(slots=True)
class LoginDesk:
    """Logs people in: dialog, codes, long-lived tokens, inspection."""

    tokens: TokenOffice
    _grants: dict[str, _Grant] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def check_dialog(self, params: Mapping[str, str]) -> None:
        """Refuse a dialog whose app, redirect address or form is wrong."""
        if params.get("client_id") != self.tokens.app_id:
            raise GraphError(message="(#101) Error validating application.", code=101)
        if not params.get("redirect_uri"):
            raise GraphError(message="Missing redirect_uri parameter.", code=191)
        address = urlsplit(params["redirect_uri"])
        plain = address.scheme == "http" and address.hostname in _LOOPBACK
        if not address.hostname or not (plain or address.scheme == "https"):
            raise GraphError(
                message="URL Blocked: This redirect failed because the redirect URI is not "
                "whitelisted in the app's Client OAuth Settings.",
                code=191,
            )
        response = params.get("response_type", "code").replace("%20", " ").replace(",", " ")
        if response not in _RESPONSES:
            raise bad_value("Param response_type must be code, token or granted_scopes")
        if params.get("code_challenge_method", "plain") not in ("plain", "S256"):
            raise bad_value("Param code_challenge_method must be plain or S256")

    def answer_dialog(self, params: Mapping[str, str], now: datetime) -> str:
        """Return where the dialog sends the browser after consent or denial."""
        redirect = params["redirect_uri"]
        state = {"state": params["state"]} if "state" in params else {}
        if params.get("confirm") == "cancel":
            denied = {
                "error": "access_denied",
                "error_code": "200",
                "error_description": "Permissions error",
                "error_reason": "user_denied",
            }
            return _joined(redirect, "?", {**denied, **state})
        grant = self._granted(params)
        told: dict[str, str] = {}
        if params.get("return_scopes", "").lower() in ("true", "1"):
            told = {
                "granted_scopes": ",".join(grant.scopes),
                "denied_scopes": ",".join(grant.declined),
            }
        response = params.get("response_type", "code")
        code = {"code": self._keep(grant)} if "code" in response else {}
        if "token" not in response:
            return _joined(redirect, "?", {**code, **told, **state})
        token = self.tokens.issue(now, grant.user_id, grant.scopes, SHORT_LIFE, grant.declined)
        life = {
            "access_token": token.text,
            "data_access_expiration_time": str(int((now + DATA_ACCESS).timestamp())),
            "expires_in": str(int(SHORT_LIFE.total_seconds())),
        }
        return _joined(redirect, "#", {**life, **code, **told, **state})

    def exchange(self, params: Mapping[str, str], now: datetime) -> dict[str, object]:
        """Answer /oauth/access_token: a code, a long-lived or an app token."""
        tokens = self.tokens
        tokens.check_app(params.get("client_id"), params.get("client_secret"))
        grant = params.get("grant_type", "authorization_code")
        if grant not in ("authorization_code", "client_credentials", "fb_exchange_token"):
            raise bad_value(f"Unsupported grant_type '{grant}'")
        if grant == "authorization_code":
            return _answer(self._redeem(params, now), now)
        if "client_secret" not in params:
            raise GraphError(message="Missing client_secret parameter.", code=1)
        if grant == "client_credentials":
            text = f"{tokens.app_id}|{tokens.app_secret}"
            return {"access_token": text, "token_type": "bearer"}
        if not params.get("fb_exchange_token"):
            raise bad_value("The parameter fb_exchange_token is required")
        old = tokens.check(params["fb_exchange_token"], now, "token")
        if old.kind == "APP":
            raise bad_value("An app token cannot be exchanged")
        life = None if old.expires is None else LONG_LIFE
        new = tokens.issue(now, old.user_id, old.scopes, life, old.declined, old.accounts)
        return _answer(new, now)

    def inspect(self, text: str, now: datetime) -> dict[str, object]:
        """Answer /debug_token; an invalid token gives `is_valid` false."""
        try:
            token = self.tokens.check(text, now, "token")
        except GraphError as error:
            found: dict[str, object] = {"code": error.code, "message": error.message}
            if error.subcode is not None:
                found["subcode"] = error.subcode
            return {"data": {"error": found, "is_valid": False, "scopes": []}}
        data: dict[str, object] = {
            "app_id": self.tokens.app_id,
            "type": token.kind,
            "application": APP_NAME,
        }
        if token.kind == "APP":
            return {"data": {**data, "is_valid": True, "scopes": []}}
        data |= {
            "data_access_expires_at": int((token.issued + DATA_ACCESS).timestamp()),
            "expires_at": 0 if token.expires is None else int(token.expires.timestamp()),
            "is_valid": True,
        }
        if token.expires is None or token.expires - token.issued > SHORT_LIFE:
            data["issued_at"] = int(token.issued.timestamp())
        data["scopes"] = list(token.scopes)
        if token.accounts is not None:
            data["granular_scopes"] = [
                {"scope": scope, "target_ids": sorted(token.accounts)}
                for scope in token.scopes
                if scope.startswith("ads_")
            ]
        return {"data": {**data, "user_id": token.user_id}}

    def _granted(self, params: Mapping[str, str]) -> _Grant:
        asked = read_scopes(params.get("scope", "")) or SCOPES
        struck = set(read_scopes(params.get("declined", ""))) - {"public_profile"}
        scopes = tuple(dict.fromkeys((*asked, "public_profile")))
        people = [one.id for one in self.tokens.people()]
        user_id = params.get("user", people[0])
        if user_id not in people:
            raise bad_value(f"There is no person '{user_id}' who could log in")
        return _Grant(
            redirect_uri=params["redirect_uri"],
            user_id=user_id,
            scopes=tuple(scope for scope in scopes if scope not in struck),
            declined=tuple(scope for scope in scopes if scope in struck),
            challenge=params.get("code_challenge") or None,
            method=params.get("code_challenge_method", "plain"),
        )

    def _keep(self, grant: _Grant) -> str:
        number = len(self._grants) + len(self._used)
        code = "AQ" + self.tokens.secret_text(f"code{number}")[:40]
        self._grants[code] = grant
        return code

    def _redeem(self, params: Mapping[str, str], now: datetime) -> Token:
        """Turn a login code into a short-lived token; it works once."""
        if not params.get("redirect_uri"):
            raise GraphError(message="Missing redirect_uri parameter.", code=191)
        code = params.get("code", "")
        if code in self._used:
            raise _bad_code("This authorization code has been used.", 36009)
        grant = self._grants.pop(code, None)
        if grant is None:
            raise _bad_code("Invalid verification code format.", None)
        self._used.add(code)
        if grant.redirect_uri != params["redirect_uri"]:
            raise _bad_code(
                "Error validating verification code. Please make sure your redirect_uri "
                "is identical to the one you used in the OAuth dialog request",
                36008,
            )
        if grant.challenge is not None:
            _check_verifier(grant, params.get("code_verifier", ""))
        elif "client_secret" not in params:
            raise GraphError(message="Missing client_secret parameter.", code=1)
        return self.tokens.issue(now, grant.user_id, grant.scopes, SHORT_LIFE, grant.declined)


def _check_verifier(grant: _Grant, verifier: str) -> None:
    """Refuse a verifier that is not the one the dialog's challenge was made of."""
    shown = verifier
    if grant.method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        shown = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    if not _VERIFIER.fullmatch(verifier) or shown != grant.challenge:
        raise bad_value("Invalid code_verifier parameter.")


def _bad_code(message: str, subcode: int | None) -> GraphError:
    return GraphError(message=message, code=100, subcode=subcode)


def _answer(token: Token, now: datetime) -> dict[str, object]:
    answer: dict[str, object] = {"access_token": token.text, "token_type": "bearer"}
    if token.expires is not None:
        answer["expires_in"] = int((token.expires - now).total_seconds())
    return answer


def _joined(redirect: str, mark: str, params: Mapping[str, str]) -> str:
    """Put parameters behind an address that may have some already."""
    joint = "&" if mark in redirect else mark
    return f"{redirect}{joint}{urlencode(params)}"


def dialog_page(tokens: TokenOffice, params: Mapping[str, str]) -> bytes:
    """Return the consent page: one link per person, and one to cancel."""

    def link(name: str, text: str, **more: str) -> str:
        address = html.escape("?" + urlencode({**params, **more}))
        return f"<a id='{name}' href='{address}'>{html.escape(text)}</a>"

    asked = ", ".join(read_scopes(params.get("scope", "")) or SCOPES)
    first, *others = tokens.people()
    links = [link("continue", f"Continue as {first.name}", confirm="continue")]
    links += [
        link(f"continue-{one.id}", f"Continue as {one.name}", confirm="continue", user=one.id)
        for one in others
    ]
    links.append(link("cancel", "Cancel", confirm="cancel"))
    return (
        "<!doctype html><html><head><meta charset='utf-8'><title>Sandbox login</title></head>"
        f"<body><h1>{APP_NAME}</h1><p>The app asks for: {html.escape(asked)}</p>"
        f"<p>{' '.join(links)}</p></body></html>"
    ).encode()
