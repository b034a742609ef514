"""How commands reach the engine: a running one, or one of their own.

Both are the same HTTP API. Where an engine serves this home, commands work
through it; otherwise the parts are opened in this process and asked through
the same routes without a socket, so that there is one path to test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from app import engine_file
from app.paths import Home
from app.settings import Environment
from engine.domain.errors import UserError

_LONG_WORK_SECONDS = 600.0


class ApiClient:
    """Asks the engine's API; problem documents become errors for people."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, **query: str | int) -> dict[str, object]:
        """Return the answer to GET `path`."""
        return self._read(await self._client.get(path, params=query))

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        """Return the answer to POST `path` with a JSON body."""
        return self._read(await self._client.post(path, json=dict(body or {})))

    def _read(self, answer: httpx.Response) -> dict[str, object]:
        content = answer.json()
        if answer.is_success:
            return content if isinstance(content, dict) else {"items": content}
        raise UserError(str(content.get("detail", answer.text)), hint=str(content.get("hint", "")))


@asynccontextmanager
async def open_client(home: Home, environment: Environment) -> AsyncIterator[ApiClient]:
    """Yield a client of the running engine, or of one opened in this process."""
    running = engine_file.find_running(home)
    if running is not None:
        headers = {"Authorization": f"Bearer {running.token}"}
        async with httpx.AsyncClient(
            base_url=running.url, headers=headers, timeout=_LONG_WORK_SECONDS, trust_env=False
        ) as client:
            yield ApiClient(client)
        return
    # Loaded late: a command that talks to a running engine needs no database driver.
    from app.wiring import open_parts

    async with open_parts(home, environment) as parts:
        transport = httpx.ASGITransport(parts.api)
        headers = {"Authorization": f"Bearer {parts.token}"}
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://127.0.0.1",
            headers=headers,
            timeout=_LONG_WORK_SECONDS,
        ) as client:
            yield ApiClient(client)
