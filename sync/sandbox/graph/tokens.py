"""The app, the people behind tokens, and the tokens themselves."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.sandbox.graph.errors import GraphError, bad_value, token_error

SCOPES = ("ads_management", "ads_read", "business_management", "public_profile")
KNOWN_SCOPES = (*SCOPES, "catalog_management", "email", "pages_read_engagement", "pages_show_list")
SHORT_LIFE = timedelta(hours=2)
LONG_LIFE = timedelta(seconds=5_183_944)
DATA_ACCESS = timedelta(days=90)
APP_NAME = "AI-Buyer sandbox app"
_PEOPLE = ("Demo Buyer", "Demo Analyst")
PLAIN = 0
"""The trouble of a token that is refused with code 190 and no subcode."""

TROUBLES = {
    PLAIN: "Invalid OAuth access token.",
    458: "Error validating access token: The user has not authorized application {app}.",
    459: "Error validating access token: You cannot access the app till you log in to "
    "www.facebook.com and follow the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user "
    "changed their password or Facebook has changed the session for security reasons.",
    463: "Error validating access token: Session has expired on {expired}. "
    "The current time is {now}.",
    464: "Error validating access token: Sessions for the user are not allowed because the "
    "user is not a confirmed user.",
    467: "Error validating access token: The session is invalid because the user logged out.",
    492: "Error validating access token: The user must be an administrator, editor, or "
    "moderator of the page in order to impersonate it.",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone a token speaks for: a person, or a system user of a business."""

    id: str
    name: str
    kind: str = "USER"
    role: str = "EMPLOYEE"


@dataclass(slots=True)
class Token:
    """One issued token; `expires` None means it never expires.

    `trouble` is a subcode of 190 that every use is refused with; `accounts`
    bounds it to bare account ids, None to none; `declined` are scopes that
    the person struck out at login.
    """

    text: str
    kind: str
    user_id: str
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime | None
    declined: tuple[str, ...] = ()
    accounts: frozenset[str] | None = None
    trouble: int | None = None

    def sees(self, account_id: str | None) -> bool:
        """Tell whether the token reaches an account, by its bare id."""
        return self.accounts is None or account_id is None or account_id in self.accounts


class TokenOffice:
    """Issues tokens deterministically from the seed and checks them."""

    def __init__(self, seed: int, start: datetime) -> None:
        self._seed = seed
        self._count = 0
        self._tokens: dict[str, Token] = {}
        self.app_id = self.digits("app", 16)
        self.app_secret = self.secret_text("secret")[:32]
        system = Identity(self.digits("user", 15), "AI-Buyer system user", "SYSTEM_USER", "ADMIN")
        people = (Identity(self.digits(name, 15), name) for name in _PEOPLE)
        self.identities = {one.id: one for one in (system, *people)}
        self.user_id = system.id
        self.agency_id = self.digits("agency", 16)
        self.main_token = self.issue(start, system.id, SCOPES, None).text

    def people(self) -> list[Identity]:
        """Return those who can log in at the dialog."""
        return [one for one in self.identities.values() if one.kind == "USER"]

    def issue(
        self,
        now: datetime,
        user_id: str,
        scopes: Iterable[str],
        life: timedelta | None,
        declined: Iterable[str] = (),
        accounts: frozenset[str] | None = None,
    ) -> Token:
        """Make and remember a new token; `life` None never ends."""
        self._count += 1
        text = "EAAS" + self.secret_text(f"token{self._count}")[:60]
        expires = None if life is None else now + life
        kind = self.identities[user_id].kind
        token = Token(text, kind, user_id, tuple(scopes), now, expires, tuple(declined), accounts)
        self._tokens[text] = token
        return token

    def find(self, text: str) -> Token | None:
        """Return a token whether or not it works; None when unknown."""
        return self._tokens.get(text)

    def of_user(self, user_id: str) -> list[Token]:
        """Return all tokens of a person or system user."""
        return [token for token in self._tokens.values() if token.user_id == user_id]

    def check(self, text: str | None, now: datetime, asked: str) -> Token:
        """Return the valid token; raises 104, 2500 or 190 otherwise."""
        if not text:
            if asked == "me":
                raise no_active_token()
            raise GraphError(
                message="An access token is required to request this resource.", code=104
            )
        if text == f"{self.app_id}|{self.app_secret}":
            return Token(text, "APP", "", (), now, None)
        token = self._tokens.get(text)
        if token is None:
            if "|" in text:
                raise token_error("Invalid OAuth access token signature.")
            raise token_error("Invalid OAuth access token - Cannot parse access token")
        trouble = token.trouble
        if trouble is None and token.expires is not None and now >= token.expires:
            trouble = 463
        if trouble is not None:
            raise self._refusal(token, trouble, now)
        return token

    def check_proof(
        self, token: Token, proof: str | None, time: str | None, required: bool
    ) -> None:
        """Refuse a wrong appsecret_proof, and a missing one where required."""
        if proof is None:
            if required and token.kind != "APP":
                raise GraphError(
                    message="API calls from the server require an appsecret_proof argument",
                    code=100,
                    type="GraphMethodException",
                )
            return
        signed = token.text if time is None else f"{token.text}|{time}"
        right = hmac.new(self.app_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right.encode(), proof.encode()):
            raise GraphError(
                message="Invalid appsecret_proof provided in the API argument",
                code=100,
                type="GraphMethodException",
            )

    def check_app(self, app_id: str | None, secret: str | None) -> None:
        """Refuse another app's id, or a wrong secret where one is given."""
        if not app_id:
            raise GraphError(message="Missing client_id parameter.", code=101)
        if app_id != self.app_id:
            raise GraphError(
                message="Error validating application. Cannot get application info "
                "due to a system error.",
                code=101,
            )
        if secret is not None and not hmac.compare_digest(
            secret.encode(), self.app_secret.encode()
        ):
            raise GraphError(message="Error validating client secret.", code=1)

    def secret_text(self, name: str) -> str:
        """Return 64 hexadecimal digits that belong to a name, by the seed."""
        return hashlib.sha256(f"{self._seed}/{name}".encode()).hexdigest()

    def digits(self, name: str, length: int) -> str:
        """Return an id of so many digits that belongs to a name."""
        return "1" + str(int(self.secret_text(name), 16))[1:length]

    def _refusal(self, token: Token, trouble: int, now: datetime) -> GraphError:
        expired = token.expires or now
        message = TROUBLES[trouble].format(
            app=self.app_id, expired=_session_time(expired), now=_session_time(now)
        )
        return token_error(message, trouble or None)


def no_active_token() -> GraphError:
    """Code 2500: `me` was asked without anyone's token."""
    return GraphError(
        message="An active access token must be used to query information about the current user.",
        code=2500,
    )


def read_scopes(text: str) -> tuple[str, ...]:
    """Read asked scopes, by comma or blank; those unknown are left out."""
    asked = text.replace(",", " ").split()
    return tuple(dict.fromkeys(scope for scope in asked if scope in KNOWN_SCOPES))


def check_known(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes; raises code 100 for one Meta does not know."""
    found = tuple(dict.fromkeys(scopes))
    for scope in found:
        if scope not in KNOWN_SCOPES:
            raise bad_value(f"Param scope must be one of {{{', '.join(KNOWN_SCOPES)}}}")
    return found


def _session_time(moment: datetime) -> str:
    return f"{moment:%A, %d-%b-%y %H:%M:%S} UTC"
