"""How commands reach the engine: a running one, or one of their own.

Both are the same HTTP API. Where an engine serves this home, commands work
through it; otherwise the parts are opened in this process and asked through
the same routes without a socket, so that there is one path to test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum, auto

import httpx

from app import engine_file
from app.paths import Home
from app.settings import Environment
from engine.domain.errors import UserError
from engine.domain.secrets import KnownSecrets

_LONG_WORK_SECONDS = 600.0


class Need(Enum):
    """What a command needs of an engine opened for it.

    OWN_FILES: nothing of Meta. META: a token and an answer. ACT: also that what an
    earlier crash left open is settled before anything new is done.
    """

    OWN_FILES = auto()
    META = auto()
    ACT = auto()


class ApiClient:
    """Asks the engine's API; problem documents become errors for people."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, **query: str | int) -> dict[str, object]:
        """Return the answer to GET `path`."""
        return _read(await self._ask("GET", path, params=query))

    async def get_file(self, path: str, **query: str | int) -> bytes:
        """Return the bytes of the answer to GET `path`."""
        answer = await self._ask("GET", path, params=query)
        if not answer.is_success:
            _read(answer)
        return answer.content

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        """Return the answer to POST `path` with a JSON body."""
        return _read(await self._ask("POST", path, json=dict(body or {})))

    async def put(self, path: str, body: Mapping[str, object]) -> dict[str, object]:
        """Return the answer to PUT `path` with a JSON body."""
        return _read(await self._ask("PUT", path, json=body))

    async def delete(self, path: str) -> dict[str, object]:
        """Return the answer to DELETE `path`."""
        return _read(await self._ask("DELETE", path))

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> httpx.Response:
        try:
            return await self._client.request(method, path, params=params, json=json)
        except httpx.HTTPError as error:
            raise UserError(
                f"The engine did not answer ({type(error).__name__}).",
                hint="See whether it still runs: ai-buyer doctor.",
            ) from error


def _read(answer: httpx.Response) -> dict[str, object]:
    """Return the content of an answer; UserError with the words of a refusal."""
    try:
        content = answer.json()
    except ValueError as error:
        raise UserError(
            f"The engine answered what is no JSON (HTTP {answer.status_code})."
        ) from error
    if answer.is_success:
        return content if isinstance(content, dict) else {"items": content}
    problem = content if isinstance(content, dict) else {}
    raise UserError(str(problem.get("detail", answer.text)), hint=str(problem.get("hint", "")))


@asynccontextmanager
async def open_client(
    home: Home, environment: Environment, need: Need, known: KnownSecrets
) -> AsyncIterator[ApiClient]:
    """Yield a client of the running engine, or of one opened in this process.

    `known` are the secrets that logs hide. Raises UserError where Meta is needed and
    nobody is logged in.
    """
    running = engine_file.find_running(home)
    if running is not None:
        headers = {"Authorization": f"Bearer {running.token}"}
        async with httpx.AsyncClient(
            base_url=running.url, headers=headers, timeout=_LONG_WORK_SECONDS, trust_env=False
        ) as client:
            yield ApiClient(client)
        return
    # Loaded late: a command that talks to a running engine needs no database driver.
    from app.connecting import need_login
    from app.wiring import open_parts

    offline = need is Need.OWN_FILES
    async with open_parts(home, environment, known=known, offline=offline) as parts:
        if not offline:
            need_login(parts.connection)
        if need is Need.ACT:
            await parts.recover()
        # A bug becomes a problem document with a number, as it does over the network.
        transport = httpx.ASGITransport(parts.api, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {parts.token}"}
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://127.0.0.1",
            headers=headers,
            timeout=_LONG_WORK_SECONDS,
        ) as client:
            yield ApiClient(client)
