"""An engine without the environment's token, and a browser that logs in."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.paths import Home
from app.sandbox_process import Sandbox
from app.sealed_file import SealedFile
from tests.sync.logging_in import consent
from tests.whole import processes
from tests.whole.processes import RunningEngine

SECONDS = 60
KEY = bytes(range(32))
SEALED = {"AI_BUYER_SECRET_KEY": base64.b64encode(KEY).decode()}


@dataclass(frozen=True)
class Place:
    """A home, the sandbox it belongs to, and the engine that serves it."""

    sandbox: Sandbox
    engine: RunningEngine
    client: httpx.Client

    def ask(self, verb: str, path: str, body: object = None, status: int = 0) -> Any:  # noqa: ANN401
        answer = self.client.request(verb, f"/api/v1/{path}", json=body)
        assert answer.is_success if not status else answer.status_code == status, answer.text
        return answer.json()

    def log_in(self, *, body: object = None, **choice: str) -> Any:  # noqa: ANN401
        """Begin a login, go through the dialog as a browser does, and follow it to its end."""
        begun = self.ask("POST", "logins", body or {})
        return_address = consent(begun["address"], **choice)
        page = httpx.get(return_address, follow_redirects=True, trust_env=False)
        assert page.status_code == 200
        return self.until_over(begun["id"])

    def until_over(self, login_id: str) -> Any:  # noqa: ANN401
        def over() -> Any:  # noqa: ANN401
            login = self.ask("GET", f"logins/{login_id}")
            return None if login["stage"] in {"waiting", "exchanging"} else login

        return until(over)

    def identity(self, identity_id: str) -> Any:  # noqa: ANN401
        every = self.ask("GET", "identities")
        return next(one for one in every if one["identity_id"] == identity_id)

    def notices(self) -> list[str]:
        return [one["kind"] for one in self.ask("GET", "connection")["notices"]]

    def add_all(self, identity_id: str) -> list[str]:
        body = {"everything": True, "identity_id": identity_id}
        ids: list[str] = self.ask("POST", "accounts", body)["account_ids"]
        return ids

    def cycle(self) -> dict[str, str]:
        """Run a cycle and return each account's error."""
        items = self.ask("POST", "engine/cycle", {})["items"]
        return {row["account_id"]: row["error"] for row in items}

    def token_of(self, identity_id: str) -> str:
        kept = SealedFile(self.engine.home.folder / "tokens.sealed", KEY)
        token = kept.get(f"token:{identity_id}")
        assert token is not None
        return token

    def trouble(self, identity_id: str, **options: object) -> None:
        body = {"access_token": self.token_of(identity_id), **options}
        answer = httpx.post(f"{self.sandbox.url}/_sandbox/tokens", json=body, trust_env=False)
        answer.raise_for_status()


def until(condition: Callable[[], Any]) -> Any:  # noqa: ANN401
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError("it did not happen in time")


def without_token(sandbox: Sandbox) -> dict[str, str]:
    given = dict(sandbox.environment())
    del given["FACEBOOK_ACCESS_TOKEN"]
    return {**given, **SEALED}


@contextlib.contextmanager
def opened(home: Path, sandbox: Sandbox, **more: str) -> Iterator[Place]:
    """Yield an engine without the environment's token."""
    words = ("--server", "--port", "0")
    extra = {**without_token(sandbox), **more}
    with processes.running(*words, home=home, extra=extra) as (process, told):
        engine = RunningEngine(process, told["url"], Home(home))
        with engine.client() as client:
            yield Place(sandbox, engine, client)
