"""Commands that ask the engine: a running one, or one of their own."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from app.api_client import ApiClient, open_client
from app.logs import set_up_logs
from app.paths import find_home, prepare
from app.printing import print_json, print_table
from app.settings import read_environment
from engine.domain.errors import UserError

Answer = Mapping[str, object]
Show = Callable[[Answer], None]


def run(arguments: argparse.Namespace) -> int:
    """Run one command and return its exit code."""
    ask, show = _WORK[_name(arguments)]
    environment = read_environment()
    home = prepare(find_home())
    secrets = (environment.access_token, environment.app_secret)
    set_up_logs(home.logs, secrets=secrets, verbose=arguments.verbose)

    async def work() -> Answer:
        async with open_client(home, environment) as client:
            return await ask(client, arguments)

    answer = asyncio.run(work())
    if arguments.json:
        print_json(answer)
    else:
        show(answer)
    return 1 if answer.get("failed") else 0


def read_rule_file(path: Path) -> dict[str, object]:
    """Return a JSON or YAML file's document; UserError says what is wrong."""
    from engine.rules.document import read_document

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"The file {path} can't be read: {reason}.") from error
    return dict(read_document(text, f"The rule in {path}"))


def _name(arguments: argparse.Namespace) -> str:
    part = getattr(arguments, "part", None)
    return f"{arguments.command} {part}" if part else str(arguments.command)


async def _add_rule(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    return await client.post("/api/v1/rules", read_rule_file(arguments.file))


async def _check_rule(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    return await client.post("/api/v1/rules/check", read_rule_file(arguments.file))


async def _list_rules(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.get("/api/v1/rules", limit=1000)


async def _accounts(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.get("/api/v1/accounts", limit=1000)


async def _evaluate(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.post("/api/v1/engine/cycle")


async def _sync(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.post("/api/v1/engine/sync")


async def _create_token(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    body = {"role": arguments.role, "name": arguments.name}
    return await client.post("/api/v1/api-keys", body)


def _rows(answer: Answer) -> Sequence[Mapping[str, object]]:
    items = answer.get("items", [])
    return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []


def _pick(answer: Answer, *columns: str) -> list[Mapping[str, object]]:
    return [{column: row.get(column) for column in columns} for row in _rows(answer)]


def _show_rules(answer: Answer) -> None:
    columns = ("rule_id", "version", "name", "status", "mode", "level", "priority", "broken")
    print_table(_pick(answer, *columns), empty="There are no rules yet.")


def _show_accounts(answer: Answer) -> None:
    columns = ("account_id", "name", "client", "currency", "timezone", "campaigns", "synced_at")
    print_table(_pick(answer, *columns), empty="There are no accounts yet. Run: ai-buyer sync.")


def _show_cycles(answer: Answer) -> None:
    print_table(_rows(answer), empty="There are no accounts.")


def _show_words(answer: Answer) -> None:
    words = answer.get("words")
    if isinstance(words, Mapping):
        print(words.get("en"))
    for key in ("name", "rule_id", "version"):
        if key in answer:
            print(f"{key.replace('_', ' ')}: {answer[key]}")


def _show_token(answer: Answer) -> None:
    print(answer["token"])
    print("Keep it now: only its hash is stored, it can't be shown again.")


_Ask = Callable[[ApiClient, argparse.Namespace], Awaitable[Answer]]
_WORK: dict[str, tuple[_Ask, Show]] = {
    "rules add": (_add_rule, _show_words),
    "rules check": (_check_rule, _show_words),
    "rules list": (_list_rules, _show_rules),
    "accounts": (_accounts, _show_accounts),
    "evaluate": (_evaluate, _show_cycles),
    "sync": (_sync, _show_cycles),
    "token create": (_create_token, _show_token),
}
