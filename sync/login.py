"""Logging in at Meta: the dialog, tokens, and what Meta says of them.

Secrets travel in a header or in a form, never in an address: addresses are what
proxies and servers write down.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import msgspec

from engine.domain.clock import Clock, SystemClock
from engine.domain.errors import Refused, Temporary, TokenExpired
from engine.domain.identity import Kind as IdentityKind
from engine.domain.identity import trouble_of
from engine.domain.secrets import KnownSecrets
from engine.login_ports import DialogAsk, Discovery, FoundAccount, Grant, MetaApp, TokenFacts
from sync.answers import Answer, judge_read
from sync.credentials import Credentials
from sync.discovery import discover, find_account
from sync.error_table import Kind
from sync.errors import GraphError, NeedsPerson
from sync.graph_client import GraphClient, GraphSettings
from sync.platform_clock import PlatformClock, parse_date_header
from sync.transport import Interrupted, NotSent, RawAnswer, Transport, TransportSettings

DIALOG = "https://www.facebook.com"
_DIALOG_PATH = "/dialog/oauth"
_EMBEDDED_PATH = "/connect/login_success.html"
_WAIT_SECONDS = 60.0
_KINDS = {"USER": IdentityKind.PERSON, "SYSTEM_USER": IdentityKind.SYSTEM_USER}


@dataclass(frozen=True, slots=True)
class LoginSettings:
    """Where the dialog is, and how Meta is called."""

    dialog_url: str = DIALOG
    graph: GraphSettings = field(default_factory=GraphSettings)


class _Grant(msgspec.Struct, gc=False):
    access_token: str
    expires_in: int | None = None


class _TokenError(msgspec.Struct, gc=False):
    code: int = 190
    subcode: int = 0
    message: str = ""


class _Inspected(msgspec.Struct, gc=False):
    is_valid: bool = False
    app_id: str = ""
    type: str = ""
    scopes: list[str] = msgspec.field(default_factory=list)
    expires_at: int = 0
    data_access_expires_at: int = 0
    user_id: str = ""
    error: _TokenError | None = None


class _Data(msgspec.Struct, gc=False):
    data: _Inspected


class _Me(msgspec.Struct, gc=False):
    id: str
    name: str = ""


class _Permission(msgspec.Struct, gc=False):
    permission: str
    status: str = "granted"


class _Permissions(msgspec.Struct, gc=False):
    data: list[_Permission]


class MetaLogin:
    """Meta's login at one address; the LoginGateway port."""

    def __init__(
        self,
        settings: LoginSettings | None = None,
        *,
        clock: Clock | None = None,
        server_clock: PlatformClock | None = None,
    ) -> None:
        """Connect to nothing yet; `server_clock` asks here for Meta's time.

        Raises UserError for an unusable address.
        """
        self._settings = settings or LoginSettings()
        self._clock = clock or SystemClock()
        self._server_clock = server_clock or PlatformClock()
        self._server_clock.follow(self.ask_time)
        self._transport = Transport(TransportSettings(self._settings.graph.base_url))

    @property
    def embedded_redirect(self) -> str:
        """Meta's own page for programs, whose address the person brings back."""
        parts = urlsplit(self._dialog())
        return f"{parts.scheme}://{parts.netloc}{_EMBEDDED_PATH}"

    def dialog_address(self, ask: DialogAsk) -> str:
        """Return the address to open in a browser."""
        query = {
            "client_id": ask.app_id,
            "redirect_uri": ask.redirect,
            "state": ask.state,
            "response_type": "code",
            "scope": ",".join(ask.scopes),
            "code_challenge": ask.challenge,
            "code_challenge_method": "S256",
        }
        if ask.again:
            # Permissions that were declined before are asked for once more.
            query["auth_type"] = "rerequest"
        return f"{self._dialog()}?{urlencode(query)}"

    async def exchange(self, app: MetaApp, code: str, redirect: str, verifier: str) -> Grant:
        """Turn a login code into a token. Raises PlatformError."""
        form = {
            "client_id": app.app_id,
            "redirect_uri": redirect,
            "code": code,
            "code_verifier": verifier,
        }
        if app.secret:
            form["client_secret"] = app.secret
        return await self._grant(form, (code, verifier, app.secret))

    async def prolong(self, app: MetaApp, token: str) -> Grant:
        """Turn a short-lived token into a long-lived one. Raises PlatformError."""
        form = {
            "grant_type": "fb_exchange_token",
            "client_id": app.app_id,
            "client_secret": app.secret,
            "fb_exchange_token": token,
        }
        return await self._grant(form, (token, app.secret))

    async def inspect(self, app: MetaApp, token: str) -> TokenFacts:
        """Return what Meta says of a token.

        Raises PlatformError when it says nothing.
        """
        try:
            seen = await self._debug(app, token)
            if seen is not None and not seen.is_valid:
                error = seen.error or _TokenError()
                return TokenFacts(trouble_of(error.code, error.subcode), error.message)
            app_id = seen.app_id if seen is not None else app.app_id
            own = app if app_id == app.app_id else MetaApp(app_id)
            return await self._facts(own, token, seen)
        except (TokenExpired, NeedsPerson) as error:
            return TokenFacts(trouble_of(error.code, error.subcode), error.text)

    async def discover(self, app: MetaApp, token: str) -> Discovery:
        """Return the accounts a token sees, by business. Raises PlatformError."""
        async with self._client(app, token) as client:
            return await discover(client)

    async def find(self, app: MetaApp, token: str, account_id: str) -> FoundAccount | None:
        """Return one account, none when this token can't see it.

        Raises PlatformError.
        """
        async with self._client(app, token) as client:
            return await find_account(client, account_id)

    async def ask_time(self) -> None:
        """Make a call without any token, for its `Date` header.

        Raises PlatformError.
        """
        await self._send("GET", "me", {}, ())

    async def close(self) -> None:
        """Close connections."""
        await self._transport.close()

    def _dialog(self) -> str:
        """Return the dialog's address, of which only the beginning may have been given."""
        given = self._settings.dialog_url.rstrip("/")
        if given.endswith(_DIALOG_PATH):
            return given
        return f"{given}/{self._settings.graph.version}{_DIALOG_PATH}"

    async def _grant(self, form: Mapping[str, str], secrets: tuple[str, ...]) -> Grant:
        answer = await self._judged("POST", "oauth/access_token", form, secrets)
        try:
            grant = msgspec.json.decode(answer.body, type=_Grant)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Temporary("Meta's answer to the login could not be read.") from error
        return Grant(grant.access_token, grant.expires_in)

    async def _debug(self, app: MetaApp, token: str) -> _Inspected | None:
        """Return what debug_token says, none where we may not ask.

        Without the app's secret only developers of the app get an answer.
        """
        bearer = f"{app.app_id}|{app.secret}" if app.secret else token
        form = {"method": "GET", "input_token": token}
        try:
            answer = await self._judged("POST", "debug_token", form, (token, app.secret), bearer)
            return msgspec.json.decode(answer.body, type=_Data, strict=False).data
        except Refused:
            return None
        except TokenExpired:
            if app.secret:
                # Our own app token was refused: the secret is wrong, the token may be well.
                return None
            raise
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Temporary("What Meta says of the token could not be read.") from error

    async def _facts(self, app: MetaApp, token: str, seen: _Inspected | None) -> TokenFacts:
        if seen is not None and seen.type and seen.type not in _KINDS:
            raise Refused(
                f"This is a token of the kind {seen.type.lower()}; one of a person or of a "
                "system user is needed."
            )
        async with self._client(app, token) as client:
            me = await client.get("me", {"fields": "id,name"})
            permissions = await client.get("me/permissions", {"limit": "200"}, listed=True)
        who = msgspec.json.decode(me.body, type=_Me, strict=False)
        rows = msgspec.json.decode(permissions.body, type=_Permissions, strict=False).data
        granted = tuple(one.permission for one in rows if one.status == "granted")
        return TokenFacts(
            user_id=who.id,
            name=who.name or f"User {who.id}",
            kind=_KINDS.get(seen.type if seen is not None else "", IdentityKind.UNKNOWN),
            app_id=app.app_id,
            scopes=granted or (tuple(seen.scopes) if seen is not None else None),
            declined=tuple(one.permission for one in rows if one.status == "declined"),
            expires_at=_moment(seen.expires_at if seen is not None else 0),
            data_access_expires_at=_moment(seen.data_access_expires_at if seen is not None else 0),
        )

    async def _judged(
        self,
        method: str,
        path: str,
        form: Mapping[str, str],
        secrets: tuple[str, ...],
        bearer: str = "",
    ) -> Answer:
        """Return a good answer; raises what Meta said instead, without our secrets."""
        return judge_read(await self._send(method, path, form, secrets, bearer), self._block)

    async def _send(
        self,
        method: str,
        path: str,
        form: Mapping[str, str],
        secrets: tuple[str, ...],
        bearer: str = "",
    ) -> RawAnswer:
        """Make one exchange; errors come back without our secrets in them."""
        headers = {"Accept": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        try:
            raw = await self._transport.send(
                method,
                f"/{self._settings.graph.version}/{path}",
                headers=headers,
                form=form or None,
                deadline=self._settings.graph.read_deadline,
            )
        except (NotSent, Interrupted) as error:
            raise Temporary(f"Meta could not be reached: {error}.") from error
        self._server_clock.observe(parse_date_header(raw.headers.get("date")))
        if raw.status < 400:
            return raw
        hidden = KnownSecrets(secrets).hide(raw.body.decode("utf-8", "replace"))
        return replace(raw, body=hidden.encode())

    def _block(self, _error: GraphError, _kind: Kind) -> datetime:
        return self._clock.now() + timedelta(seconds=_WAIT_SECONDS)

    @asynccontextmanager
    async def _client(self, app: MetaApp, token: str) -> AsyncIterator[GraphClient]:
        # A clock of its own: the shared one must go on asking here when this one is closed.
        client = GraphClient(
            Credentials(token, app.app_id, app.secret),
            self._settings.graph,
            clock=self._clock,
            server_clock=PlatformClock(),
        )
        try:
            yield client
        finally:
            await client.close()


def _moment(seconds: int) -> datetime | None:
    """Return the aware time of a Unix time, none for zero: it never comes."""
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
