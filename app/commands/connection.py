"""`ai-buyer login` and `accounts`: who we are at Meta, and where we work."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
import webbrowser
from collections.abc import Mapping

from app.api_client import ApiClient
from app.commands.command import Answer, Command, pick, rows_of
from app.printing import print_table
from engine.domain.errors import UserError

_LOOK_EVERY_SECONDS = 0.3
_OVER = frozenset({"done", "denied", "failed", "timed_out", "cancelled"})


async def _log_in(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    """Log in with a browser; what happens is told on standard error."""
    begun = await client.post(
        "/api/v1/logins",
        {
            "way": "embedded" if arguments.paste else "loopback",
            "read_only": arguments.read_only,
            "identity_id": arguments.again,
        },
    )
    path = f"/api/v1/logins/{begun['id']}"
    try:
        _tell(f"Open this address in your browser:\n\n  {begun['address']}\n")
        if not arguments.no_browser:
            await asyncio.to_thread(webbrowser.open, str(begun["address"]))
        if arguments.paste:
            return await _paste_address(client, path)
        _tell("Waiting for the browser … (Ctrl+C cancels)")
        return await _follow(client, path)
    except BaseException:
        await client.delete(path)
        raise


async def _follow(client: ApiClient, path: str) -> Answer:
    while True:
        login = await client.get(path)
        if login["stage"] in _OVER:
            return login
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _paste_address(client: ApiClient, path: str) -> Answer:
    """Ask for the address that the browser ended at, until it is the right one."""
    while True:
        address = await asyncio.to_thread(_read_line, "Paste the address it ended at: ")
        try:
            return await client.post(f"{path}/answer", {"address": address})
        except UserError as error:
            if not sys.stdin.isatty():
                raise
            _tell(str(error))


async def _take_token(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    """Read a token from standard input: command lines are seen by everybody."""
    token = await asyncio.to_thread(_read_secret, "Token: ")
    return await client.post("/api/v1/identities", {"token": token})


async def _set_app(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    secret = await asyncio.to_thread(_read_secret, "Secret of the app: ")
    body = {"app_id": arguments.app_id, "app_secret": secret}
    return await client.put("/api/v1/connection/app", body)


async def _connection(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.get("/api/v1/connection")


async def _check(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    ids = [arguments.login] if arguments.login else await _all_ids(client)
    checked = [await client.post(f"/api/v1/identities/{one}/check") for one in ids]
    return {"identities": checked}


async def _forget(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    return await client.delete(f"/api/v1/identities/{arguments.login}")


async def _all_ids(client: ApiClient) -> list[str]:
    answer = await client.get("/api/v1/identities")
    return [str(row["identity_id"]) for row in rows_of(answer)]


async def _accounts(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.get("/api/v1/accounts", limit=1000)


async def _find_accounts(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    """Return what logins see, one row for each account."""
    rows: list[dict[str, object]] = []
    for one in [arguments.login] if arguments.login else await _all_ids(client):
        found = await client.get(f"/api/v1/identities/{one}/accounts")
        groups = found["groups"]
        for group in groups if isinstance(groups, list) else ():
            business = {"business_id": group["business_id"], "business": group["name"]}
            rows += [{**business, **account, "login": one} for account in group["accounts"]]
    return {"items": rows}


async def _add_accounts(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    body = {
        "account_ids": arguments.accounts,
        "business_id": arguments.business,
        "everything": arguments.all,
        "identity_id": arguments.login,
        "client": arguments.client,
    }
    return await client.post("/api/v1/accounts", body)


async def _remove_accounts(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    ids = [str(one).removeprefix("act_") for one in arguments.accounts]
    for one in ids:
        await client.delete(f"/api/v1/accounts/{one}")
    return {"account_ids": ids}


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _read_line(prompt: str) -> str:
    if sys.stdin.isatty():
        print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise UserError("Nothing was given on standard input.")
    return line.strip()


def _read_secret(prompt: str) -> str:
    """Read a secret without showing it where somebody types it."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt, sys.stderr).strip()
    return _read_line(prompt)


def _show_login(answer: Answer) -> None:
    print(" ".join(str(answer[part]) for part in ("text", "hint") if answer.get(part)))
    if answer.get("stage") == "done":
        print(
            "Choose accounts with: ai-buyer accounts find, then ai-buyer accounts add "
            f"act_… --login {answer['identity_id']} (or --all)."
        )


def _show_identity(answer: Answer) -> None:
    print(f"{answer['name']} is logged in as {answer['identity_id']}.")


def _show_app(_answer: Answer) -> None:
    print("The app is set. Log in with: ai-buyer login.")


def _show_connection(answer: Answer) -> None:
    _show_identities(answer)
    notices = answer.get("notices")
    for notice in notices if isinstance(notices, list) else ():
        print(f"{notice['severity']}: {notice['text']['en']}")


def _show_identities(answer: Answer) -> None:
    identities = answer.get("identities")
    lines = [_identity_line(one) for one in identities] if isinstance(identities, list) else []
    print_table(lines, empty="Nobody is logged in. Log in with: ai-buyer login.")


def _identity_line(one: Mapping[str, object]) -> Mapping[str, object]:
    scopes = one["scopes"]
    return {
        "login": one["identity_id"],
        "name": one["name"],
        "kind": one["kind"],
        "condition": one["trouble"] or one["condition"],
        "scopes": ", ".join(scopes) if isinstance(scopes, list) and scopes else "not asked yet",
        "expires_at": one["expires_at"] or "never",
        "reads": one["reads"],
        "writes": one["writes"],
    }


def _show_forgotten(_answer: Answer) -> None:
    print("The login and its token are forgotten.")


def _show_accounts(answer: Answer) -> None:
    columns = ("account_id", "name", "client", "currency", "timezone", "campaigns", "synced_at")
    print_table(pick(answer, *columns), empty="There are no accounts yet. Run: ai-buyer sync.")


def _show_found(answer: Answer) -> None:
    columns = ("account_id", "name", "business_id", "business", "relation", "ours", "login")
    print_table(pick(answer, *columns), empty="The logins see no account.")


def _show_added(answer: Answer) -> None:
    ids = answer["account_ids"]
    print(f"Added: {', '.join(ids) if isinstance(ids, list) else ids}.")


def _show_removed(answer: Answer) -> None:
    ids = answer["account_ids"]
    print(f"Removed: {', '.join(ids) if isinstance(ids, list) else ids}. Their history is kept.")


def _is_not_done(answer: Answer) -> bool:
    return answer.get("stage") != "done"


def _any_rests(answer: Answer) -> bool:
    identities = answer.get("identities")
    return isinstance(identities, list) and any(one["condition"] != "works" for one in identities)


CONNECTION_COMMANDS = {
    "login": Command(_log_in, _show_login, failed=_is_not_done),
    "login token": Command(_take_token, _show_identity),
    "login app": Command(_set_app, _show_app),
    "login list": Command(_connection, _show_connection),
    "login check": Command(_check, _show_identities, failed=_any_rests),
    "login remove": Command(_forget, _show_forgotten),
    "accounts": Command(_accounts, _show_accounts),
    "accounts list": Command(_accounts, _show_accounts),
    "accounts find": Command(_find_accounts, _show_found),
    "accounts add": Command(_add_accounts, _show_added),
    "accounts remove": Command(_remove_accounts, _show_removed),
}
