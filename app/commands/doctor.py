"""`ai-buyer doctor`: looks at folders, databases, token and connection."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app import engine_file
from app.api_client import ApiClient, Need, open_client
from app.logs import set_up_logs
from app.paths import Home, find_home, prepare
from app.printing import print_json, print_table
from app.settings import Environment, read_environment
from engine.domain.errors import PlatformError, StorageError, UserError
from engine.domain.secrets import KnownSecrets


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and a sentence."""

    what: str
    ok: bool
    words: str


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; the exit code is 1 when something is not well."""
    # Its own output says everything; a log in a home that is not well would hinder.
    set_up_logs(None, verbose=arguments.verbose)
    findings = look()
    rows = [{"check": f.what, "ok": "yes" if f.ok else "NO", "words": f.words} for f in findings]
    if arguments.json:
        print_json(rows)
    else:
        print_table(rows, empty="")
    return 0 if all(finding.ok for finding in findings) else 1


def look() -> list[Finding]:
    """Return what is well and what is not, foundations first."""
    findings = [_try("environment", lambda: _told(read_environment()))]
    home = find_home()
    findings.append(_try("home folder", lambda: f"{prepare(home).folder} can be written."))
    if not findings[-1].ok:
        return findings
    running = engine_file.find_running(home)
    if running is not None:
        findings.append(Finding("engine", True, f"Running at {running.url} (pid {running.pid})."))
        findings.append(_try("numbers", lambda: asyncio.run(_ask_engine(home))))
    else:
        findings.append(Finding("engine", True, "Not running."))
        findings.append(_try("state database", lambda: _open_state(home)))
        findings.append(_try("warehouse", lambda: _open_warehouse(home)))
    findings.append(_try("tokens", lambda: _where_tokens_are(home)))
    if all(finding.ok for finding in findings[:1]):
        findings.append(_try("connection to Meta", lambda: asyncio.run(_ask_meta(home))))
    return findings


def _try(what: str, work: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, work())
    except (UserError, StorageError, PlatformError) as error:
        return Finding(what, False, str(error))


def _told(environment: Environment) -> str:
    token = "a token is set" if environment.access_token else "no token is set"
    return f"Graph address {environment.graph_url}, {token}."


def _client(home: Home) -> AbstractAsyncContextManager[ApiClient]:
    environment = read_environment()
    known = KnownSecrets((environment.access_token, environment.app_secret))
    return open_client(home, environment, Need.OWN_FILES, known)


async def _ask_engine(home: Home) -> str:
    """Ask the running engine, which holds the warehouse, what it could not read."""
    async with _client(home) as client:
        found = await client.get("/api/v1/sync/aside", limit=0)
    steps = found["thinned"]
    told = [
        _thinned_words(str(step["kept"]), str(step["until"])[:10], int(step["taken"]))
        for step in (steps if isinstance(steps, list) else ())
    ]
    return " ".join([_aside_words(int(str(found["total"]))), *told])


def _aside_words(rows: int) -> str:
    return f"{rows} rows of the last 30 days could not be read."


def _thinned_words(kept: str, until: str, taken: int) -> str:
    return f"Of versions before {until} {kept} is kept ({taken} taken away)."


def _open_state(home: Home) -> str:
    from engine.storage.state.state import open_state

    state = open_state(home.state)
    try:
        broken = state.reader.first_broken_seal()
        if broken is not None:
            raise StorageError(f"The journal was changed from outside, first at event {broken}.")
        return f"{home.state.name} is whole, the journal's seals fit."
    finally:
        state.close()


def _open_warehouse(home: Home) -> str:
    from engine.storage.warehouse_duckdb import DuckDBWarehouse

    warehouse = DuckDBWarehouse(home.warehouse)
    try:
        rows = sum(warehouse.counts().values())
        readings = warehouse.readings
        since = datetime.now(UTC) - timedelta(days=30)
        aside = sum(count.rows for count in readings.aside_counts(since))
        words = [f"{home.warehouse.name} opens and holds {rows} rows."]
        words.append(_aside_words(aside))
        words += [
            _thinned_words(step.kept, f"{step.until:%Y-%m-%d}", step.taken)
            for step in readings.thinned()
        ]
        return " ".join(words)
    finally:
        warehouse.close()


def _where_tokens_are(home: Home) -> str:
    from app.token_store import open_token_store

    store = open_token_store(home.folder)
    if not store.place:
        return "There is no keyring and no key for a file: only FACEBOOK_ACCESS_TOKEN can be used."
    return f"Tokens are kept in: {store.place.replace('_', ' ')}."


async def _ask_meta(home: Home) -> str:
    """Ask in the name of every login; each that does not work is named."""
    async with _client(home) as client:
        identities = (await client.get("/api/v1/identities"))["items"]
        if not isinstance(identities, list) or not identities:
            raise UserError(
                "Nobody is logged in.", hint="Log in with: ai-buyer login. Or look around: --demo."
            )
        checked, seen = [], set()
        for one in identities:
            path = f"/api/v1/identities/{one['identity_id']}"
            checked.append(await client.post(f"{path}/check"))
            if checked[-1]["condition"] == "works":
                seen |= _seen(await client.get(f"{path}/accounts"))
    said = [one["said"] for one in checked if one["condition"] != "works"]
    if said:
        raise UserError(" ".join(str(one["en"]) for one in said if isinstance(one, dict)))
    names = ", ".join(str(one["name"]) for one in checked)
    return f"Meta answers {names}, who sees {len(seen)} accounts."


def _seen(answer: Mapping[str, object]) -> set[str]:
    """Return the ids of the accounts that a login sees."""
    groups = answer["groups"]
    return {
        str(account["account_id"])
        for group in (groups if isinstance(groups, list) else ())
        for account in group["accounts"]
    }
