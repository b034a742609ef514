"""A listener on this machine for the browser's way back from the login.

It listens on a random port for one login, minds only an answer with that login's
state, and sends the browser on to a page without the code in its address, so that
the code stays in no history.
"""

from __future__ import annotations

import asyncio
import errno
import hmac
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from string import Template

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from engine.domain.errors import UserError
from engine.domain.resource_files import resource

_GRACE_SECONDS = 2
_LAST_PAGE_SECONDS = 3.0
_TRIES = 20
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_GOOD = {"light": "#0A7647", "light_bg": "#E3F4EB", "dark": "#4CC98E", "dark_bg": "#12301F"}
_BAD = {"light": "#B8341B", "light_bg": "#FCE9E5", "dark": "#FF8A75", "dark_bg": "#3B1D18"}
_PAGES: dict[str, dict[str, str]] = {
    "came": {
        **_GOOD,
        "mark": "✓",
        "title_en": "You are back from Facebook",
        "text_en": "AI-Buyer goes on by itself. You can close this tab.",
        "title_uk": "Ви повернулися з Facebook",
        "text_uk": "AI-Buyer продовжить сам. Цю вкладку можна закрити.",
    },
    "declined": {
        **_BAD,
        "mark": "✕",
        "title_en": "The login was not allowed",
        "text_en": "Nothing was changed. You can close this tab and try again in AI-Buyer.",
        "title_uk": "Вхід не дозволено",
        "text_uk": "Нічого не змінено. Закрийте цю вкладку і спробуйте знову в AI-Buyer.",
    },
    "foreign": {
        **_BAD,
        "mark": "✕",
        "title_en": "This page belongs to another login",
        "text_en": "Go back to AI-Buyer and begin the login from there.",
        "title_uk": "Ця сторінка належить до іншого входу",
        "text_uk": "Поверніться до AI-Buyer і почніть вхід звідти.",
    },
}


class _Server(uvicorn.Server):
    """A server inside another program: signals are that program's own."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone."""
        yield


class LoginListener:
    """Waits for one browser to come back; the Listener port."""

    def __init__(self, state: str, sockets: list[socket.socket]) -> None:
        """Take listening sockets of one port."""
        self._state = state
        self._sockets = sockets
        self._port: int = sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._brought: asyncio.Future[Mapping[str, str]] = loop.create_future()
        self._seen = asyncio.Event()
        app = Starlette(
            routes=[
                Route("/", self._come_back, methods=["GET"]),
                Route("/{page}", self._show, methods=["GET"]),
            ]
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
        )
        self._server = _Server(config)
        self._work = asyncio.create_task(self._server.serve(sockets=sockets))

    @property
    def redirect(self) -> str:
        """The address the browser is to come back to."""
        return f"http://localhost:{self._port}/"

    async def wait(self) -> Mapping[str, str]:
        """Return what the browser brought, once; only with the right state."""
        return await asyncio.shield(self._brought)

    async def close(self) -> None:
        """Listen no longer; a browser that just came still gets its last page."""
        if self._brought.done() and not self._brought.cancelled():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._seen.wait(), _LAST_PAGE_SECONDS)
        self._brought.cancel()
        self._server.should_exit = True
        await self._work
        for one in self._sockets:
            one.close()

    async def _come_back(self, request: Request) -> Response:
        """Take what the browser brings, if it belongs to this login."""
        if not self._is_local(request):
            return _page("foreign", 421)
        brought = dict(request.query_params)
        state = brought.get("state", "")
        # Any page may send a browser here; only the right state ends the waiting.
        if not hmac.compare_digest(state.encode(), self._state.encode()):
            return _page("foreign", 400)
        if not self._brought.done():
            self._brought.set_result(brought)
        page = "declined" if "code" not in brought else "came"
        return RedirectResponse(f"/{page}", 303, _HEADERS)

    async def _show(self, request: Request) -> Response:
        """Show a page without any secret in its address."""
        name = request.path_params["page"]
        if name not in {"came", "declined"} or not self._is_local(request):
            return Response(status_code=404, headers=_HEADERS)
        self._seen.set()
        return _page(name, 200)

    def _is_local(self, request: Request) -> bool:
        names = ("localhost", "127.0.0.1", "[::1]")
        return request.headers.get("host", "") in {f"{name}:{self._port}" for name in names}


async def open_listener(state: str) -> LoginListener:
    """Listen on a random port of this machine.

    Raises UserError where that fails.
    """
    return LoginListener(state, _bind())


def _bind() -> list[socket.socket]:
    """Return sockets of one random port, for both of the addresses `localhost` may mean."""
    for _ in range(_TRIES):
        try:
            first = _listening(socket.AF_INET, "127.0.0.1", 0)
        except OSError as error:
            raise UserError(
                f"No port of this machine can be listened on: {error.strerror}.",
                hint="Log in the other way: paste the address by hand.",
            ) from error
        try:
            return [first, _listening(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                # Somebody has this port on the other address: the browser could go there.
                first.close()
                continue
            # This machine has no second address.
            return [first]
    raise UserError("No port of this machine is free on both of its addresses.")


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if family == socket.AF_INET6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        found.bind((host, port))
        found.listen(16)
    except OSError:
        found.close()
        raise
    return found


def _page(name: str, status: int) -> HTMLResponse:
    text = Template(resource("pages", "login.html").read_text("utf-8"))
    return HTMLResponse(text.substitute(_PAGES[name]), status, _HEADERS)
