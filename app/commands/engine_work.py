"""Commands that ask the engine: a running one, or one of their own."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from pathlib import Path

from app.api_client import ApiClient, Need, open_client
from app.commands import importing, sync_work
from app.commands.command import Answer, Command, pick, rows_of
from app.commands.connection import CONNECTION_COMMANDS
from app.logs import set_up_logs
from app.paths import find_home, prepare
from app.printing import print_json, print_table
from app.settings import read_environment
from engine.domain.errors import Fault, UserError
from engine.domain.secrets import KnownSecrets

_LARGEST_FILE = 1_000_000


def run(arguments: argparse.Namespace) -> int:
    """Run one command and return its exit code."""
    command = _COMMANDS[_name(arguments)]
    environment = read_environment()
    home = prepare(find_home())
    known = KnownSecrets((environment.access_token, environment.app_secret))
    set_up_logs(home.logs, secrets=known, verbose=arguments.verbose)

    async def work() -> Answer:
        async with open_client(home, environment, command.need, known) as client:
            return await command.ask(client, arguments)

    answer = asyncio.run(work())
    if arguments.json:
        print_json(answer)
    else:
        command.show(answer)
    return 1 if command.failed(answer) else 0


def read_rule_file(path: Path) -> dict[str, object]:
    """Return a JSON or YAML file's document; UserError says what is wrong."""
    from engine.rules.document import read_document

    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(
            f"The file {path} can't be read: {reason}.", hint="A rule is one JSON or YAML file."
        ) from error
    if len(content) > _LARGEST_FILE:
        raise UserError(
            f"The file {path} is larger than {_LARGEST_FILE:,} bytes: that is no rule.",
            hint="A rule is one JSON or YAML file.",
        )
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


async def _evaluate(client: ApiClient, _arguments: argparse.Namespace) -> Answer:
    return await client.post("/api/v1/engine/cycle")


async def _report(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    query = {"language": arguments.language}
    if arguments.client is not None:
        query["client"] = arguments.client
    content = await client.get_file("/api/v1/reports/client", **query)
    output: Path = arguments.output
    await asyncio.to_thread(_write, output, content)
    return {"path": str(output), "bytes": len(content)}


def _write(output: Path, content: bytes) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(content)
    except OSError as error:
        raise UserError(
            f"The report can't be written to {output}: {error.strerror}.",
            hint="Choose another place with --output.",
        ) from error


async def _create_token(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    body = {"role": arguments.role, "name": arguments.name}
    return await client.post("/api/v1/api-keys", body)


def _show_rules(answer: Answer) -> None:
    columns = ("rule_id", "version", "name", "status", "mode", "level", "priority", "broken")
    print_table(pick(answer, *columns), empty="There are no rules yet.")


def _show_cycles(answer: Answer) -> None:
    columns = ("account_id", "account_name", "objects", "rows", "calls", "rules")
    lines = [
        {
            **{column: row.get(column) for column in columns},
            "matches": _count(row, "answers", "true"),
            "applied": _count(row, "settled", "applied"),
            "error": row.get("error"),
        }
        for row in rows_of(answer)
    ]
    print_table(lines, empty="There are no accounts.")


def _count(row: Mapping[str, object], group: str, name: str) -> object:
    counts = row.get(group)
    return counts.get(name, 0) if isinstance(counts, Mapping) else 0


def _show_rule(answer: Answer) -> None:
    _show_words(answer)
    print(f"Added as {answer.get('rule_id')}, version {answer.get('version')}.")


def _show_check(answer: Answer) -> None:
    if answer.get("valid"):
        _show_words(answer)
        print("The rule is valid.")
        return
    faults = answer.get("faults")
    print("The rule is not valid:")
    for fault in faults if isinstance(faults, list) else ():
        one = Fault(fault["path"], fault["found"], fault["allowed"], fault["nearest"])
        print(f"  {one}")


def _show_words(answer: Answer) -> None:
    words = answer.get("words")
    if isinstance(words, Mapping):
        print(words.get("en"))


def _show_report(answer: Answer) -> None:
    print(f"Written to {answer['path']}.")


def _show_token(answer: Answer) -> None:
    print(answer["token"])
    print("Keep it now: only its hash is stored, it can't be shown again.")


def _with_errors(answer: Answer) -> bool:
    return any(row.get("error") for row in rows_of(answer))


def _invalid(answer: Answer) -> bool:
    return not answer.get("valid")


_COMMANDS = {
    "rules add": Command(_add_rule, _show_rule),
    "rules check": Command(_check_rule, _show_check, failed=_invalid),
    "rules list": Command(_list_rules, _show_rules),
    "evaluate": Command(_evaluate, _show_cycles, Need.ACT, _with_errors),
    "import": Command(importing.ask, importing.show, failed=importing.failed),
    "sync": Command(sync_work.ask, sync_work.show, Need.META, sync_work.failed),
    "report": Command(_report, _show_report),
    "token create": Command(_create_token, _show_token),
    **CONNECTION_COMMANDS,
}
