"""Logins that are under way: from the browser's dialog to a kept identity.

A login is bound to its state, a random text that must come back unchanged, and to
a PKCE verifier that never leaves this process until the code is exchanged.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

import structlog

from engine.access.enrol import Enrolment
from engine.domain.clock import Clock
from engine.domain.errors import Clash, NotFound, PlatformError, StorageError, UserError
from engine.domain.identity import BUSINESS, READ, WRITE, Identity
from engine.login_ports import DialogAsk, Listener, LoginGateway, MetaApp, OpenListener

log = structlog.get_logger(__name__)
VALID = timedelta(minutes=10)
_KEPT = 20
_LONGEST_ADDRESS = 8000


class Way(StrEnum):
    """How the browser comes back: to this machine, or by a copied address."""

    LOOPBACK = "loopback"
    EMBEDDED = "embedded"


class Stage(StrEnum):
    """How far a login is; the last five are ends."""

    WAITING = "waiting"
    EXCHANGING = "exchanging"
    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in {Stage.WAITING, Stage.EXCHANGING}


@dataclass(frozen=True, slots=True)
class Login:
    """A login as others may see it: nothing in it is a secret.

    `address` is to be opened in a browser. `identity_id` is who logged in, once done;
    `instead_of` whom it was meant for, where somebody else logged in.
    """

    login_id: str
    way: Way
    stage: Stage
    address: str
    redirect: str
    ends_at: datetime
    text: str = ""
    hint: str = ""
    identity_id: str = ""
    instead_of: str = ""


@dataclass(slots=True)
class _Run:
    login: Login
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    app: MetaApp = field(repr=False)
    actor: str = ""
    wanted: str = ""
    listener: Listener | None = None
    task: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class LoginAsk:
    """What a person wants: which way, read only or not, for whom again."""

    way: Way = Way.LOOPBACK
    read_only: bool = False
    identity_id: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The permissions to ask for, no more than are needed."""
        return (READ, BUSINESS) if self.read_only else (READ, WRITE, BUSINESS)


class Logins:
    """Runs logins; each ends by itself after ten minutes."""

    def __init__(
        self,
        gateway: LoginGateway,
        enrolment: Enrolment,
        open_listener: OpenListener,
        clock: Clock,
        *,
        valid: timedelta = VALID,
    ) -> None:
        """Begin with none."""
        self._gateway = gateway
        self._enrolment = enrolment
        self._open_listener = open_listener
        self._clock = clock
        self._valid = valid
        self._runs: dict[str, _Run] = {}

    async def begin(self, ask: LoginAsk, app: MetaApp, actor: str) -> Login:
        """Begin a login and return it with the address for the browser.

        Raises UserError where it could not end well: without an app, or without a
        place to keep the token.
        """
        if not app.app_id:
            raise UserError(
                "No Meta app is set up to log in with.",
                hint="Give its id and secret in Settings → Connection, or set FACEBOOK_APP_ID "
                "and FACEBOOK_APP_SECRET.",
            )
        await asyncio.to_thread(self._enrolment.need_keeper)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        listener = await self._open_listener(state) if ask.way is Way.LOOPBACK else None
        redirect = listener.redirect if listener else self._gateway.embedded_redirect
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        dialog = DialogAsk(
            app.app_id,
            redirect,
            state,
            challenge.decode().rstrip("="),
            ask.scopes,
            again=bool(ask.identity_id),
        )
        login = Login(
            secrets.token_hex(8),
            ask.way,
            Stage.WAITING,
            self._gateway.dialog_address(dialog),
            redirect,
            self._clock.now() + self._valid,
        )
        run = _Run(login, state, verifier, app, actor, ask.identity_id, listener)
        self._remember(run)
        waiting = self._wait(run) if listener is not None else self._time_out(run)
        run.task = asyncio.create_task(waiting)
        return login

    def get(self, login_id: str) -> Login:
        """Return a login; raises NotFound for an unknown one."""
        return self._run(login_id).login

    async def answer(self, login_id: str, address: str) -> Login:
        """Take the address that the browser ended at and finish the login with it.

        Raises UserError for an address that is not of this login, which goes on then.
        """
        run = self._run(login_id)
        if run.login.stage is not Stage.WAITING:
            raise Clash("This login is over.", hint="Begin a new one.")
        brought = read_address(address, run.login.redirect)
        if not hmac.compare_digest(brought.get("state", ""), run.state):
            raise UserError(
                "This address belongs to another login.",
                hint="Copy the address from the page that this login has opened.",
            )
        self._stop_waiting(run)
        run.task = asyncio.create_task(self._guarded(run, self._finish(run, brought)))
        await asyncio.shield(run.task)
        await self._close_listener(run)
        return run.login

    async def cancel(self, login_id: str) -> Login:
        """End a login that is not over; nothing of it is kept."""
        run = self._run(login_id)
        if not run.login.stage.is_over:
            self._stop_waiting(run)
            self._set(run, Stage.CANCELLED, "The login was cancelled.")
            await self._close_listener(run)
        return run.login

    async def close(self) -> None:
        """End every login that is under way."""
        for login_id in list(self._runs):
            await self.cancel(login_id)

    def _run(self, login_id: str) -> _Run:
        found = self._runs.get(login_id)
        if found is None:
            raise NotFound(f"There is no login {login_id!r}.", hint="Begin a new one.")
        return found

    def _remember(self, run: _Run) -> None:
        over = [name for name, one in self._runs.items() if one.login.stage.is_over]
        for name in over[: max(0, len(self._runs) - _KEPT)]:
            del self._runs[name]
        if len(self._runs) > _KEPT:
            raise Clash("Too many logins are under way.", hint="Cancel those nobody needs.")
        self._runs[run.login.login_id] = run

    async def _wait(self, run: _Run) -> None:
        """Wait for the browser, then finish; the listener is closed in any case."""
        assert run.listener is not None
        try:
            async with asyncio.timeout(self._valid.total_seconds()):
                brought = await run.listener.wait()
        except TimeoutError:
            self._set_timed_out(run)
        else:
            await self._guarded(run, self._finish(run, brought))
        finally:
            await self._close_listener(run)

    async def _time_out(self, run: _Run) -> None:
        await asyncio.sleep(self._valid.total_seconds())
        self._set_timed_out(run)

    async def _guarded(self, run: _Run, work: Coroutine[None, None, None]) -> None:
        """Let a login that fails end with a sentence."""
        try:
            await work
        except (UserError, PlatformError, StorageError) as error:
            hint = getattr(error, "hint", "")
            self._set(run, Stage.FAILED, getattr(error, "text", str(error)), hint)
        except Exception:
            self._set(run, Stage.FAILED, "The login failed for a fault in AI-Buyer.")
            raise

    async def _finish(self, run: _Run, brought: Mapping[str, str]) -> None:
        """Exchange what the browser brought and keep who logged in."""
        if "error" in brought or "error_code" in brought:
            self._end_refused(run, brought)
            return
        self._set(run, Stage.EXCHANGING, "Asking Meta for the token …")
        identity = await self._enrol(run, brought)
        instead = run.wanted if run.wanted not in {"", identity.identity_id} else ""
        text = f"{identity.name} is logged in."
        if instead:
            text = f"{text} It is somebody else than the login that was to be renewed."
        self._set(run, Stage.DONE, text, identity_id=identity.identity_id, instead_of=instead)

    async def _enrol(self, run: _Run, brought: Mapping[str, str]) -> Identity:
        code = brought.get("code", "")
        if not code:
            raise UserError(
                "The address holds no login code.",
                hint="Copy the whole address from the browser, to its very end.",
            )
        grant = await self._gateway.exchange(run.app, code, run.login.redirect, run.verifier)
        if run.app.secret:
            grant = await self._gateway.prolong(run.app, grant.token)
        return await self._enrolment.from_login(grant, run.app, run.actor)

    def _end_refused(self, run: _Run, brought: Mapping[str, str]) -> None:
        if brought.get("error") == "access_denied":
            words = "The login was declined at Facebook; nothing was changed."
            self._set(run, Stage.DENIED, words, "Log in again to allow it.")
            return
        said = brought.get("error_description") or brought.get("error_message") or "no reason given"
        self._set(run, Stage.FAILED, f"Facebook refused the login: {said[:300]}.")

    def _set_timed_out(self, run: _Run) -> None:
        minutes = round(self._valid.total_seconds() / 60)
        words = f"Nobody came back from the browser within {minutes} minutes."
        self._set(run, Stage.TIMED_OUT, words, "Begin the login again.")

    def _set(
        self,
        run: _Run,
        stage: Stage,
        text: str,
        hint: str = "",
        *,
        identity_id: str = "",
        instead_of: str = "",
    ) -> None:
        run.login = replace(
            run.login,
            stage=stage,
            text=text,
            hint=hint,
            identity_id=identity_id,
            instead_of=instead_of,
        )
        log.info("login", login=run.login.login_id, stage=stage.value)
        self._enrolment.changed()

    def _stop_waiting(self, run: _Run) -> None:
        if run.task is not None:
            run.task.cancel()

    async def _close_listener(self, run: _Run) -> None:
        listener, run.listener = run.listener, None
        if listener is not None:
            await listener.close()


def read_address(address: str, redirect: str) -> dict[str, str]:
    """Return what an address that the browser ended at carries.

    Raises UserError where it does not begin with the login's `redirect`.
    """
    text = address.strip()
    parts = urlsplit(text[:_LONGEST_ADDRESS])
    if f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/") != redirect.rstrip("/"):
        raise UserError(
            "This is not the address at which the login ends.",
            hint=f"It begins with {redirect} and stands in the browser's address bar.",
        )
    return {**dict(parse_qsl(parts.query)), **dict(parse_qsl(parts.fragment))}
