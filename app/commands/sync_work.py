"""`ai-buyer sync`: everything once, older days, or the plan of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence

from app.api_client import ApiClient
from app.printing import print_table

Answer = Mapping[str, object]
_HISTORY = "/api/v1/sync/history"
_AT_WORK = frozenset({"running", "waiting"})
_LOOK_EVERY_SECONDS = 0.5


async def ask(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    """Ask for what the arguments say."""
    if arguments.plan:
        return await client.get("/api/v1/sync/plan")
    if arguments.since is not None:
        return await _history(client, arguments)
    body = {"accounts": arguments.account} if arguments.account else {}
    return await client.post("/api/v1/engine/sync", body)


def show(answer: Answer) -> None:
    """Print an answer of any of the three kinds."""
    if "calls_per_hour" in answer:
        _show_plan(answer)
    elif "state" in answer:
        _show_history(answer)
    else:
        _show_sync(answer)


def failed(answer: Answer) -> bool:
    """Whether something could not be read."""
    if "state" in answer:
        return answer["state"] != "done"
    return "items" in answer and any(not row.get("complete") for row in _rows(answer, "items"))


async def _history(client: ApiClient, arguments: argparse.Namespace) -> Answer:
    """Begin to read older days and wait for the end; an interrupt cancels."""
    body: dict[str, object] = {"since": arguments.since.isoformat()}
    if arguments.account:
        body["accounts"] = arguments.account
    answer: Answer = await client.post(_HISTORY, body)
    shown = ""
    try:
        while answer["state"] in _AT_WORK:
            line = _progress_line(answer)
            if line != shown and not arguments.json:
                print(line, file=sys.stderr)
                shown = line
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            answer = await client.get(_HISTORY)
    except asyncio.CancelledError:
        await client.delete(_HISTORY)
        raise
    return answer


def _progress_line(answer: Answer) -> str:
    line = f"{answer['done']} of {answer['total']} pieces, {answer['rows']} new rows"
    if answer["piece"]:
        line += f"; {answer['account_name']}: {answer['piece']}"
    return f"{line}. {answer['words']}" if answer["words"] else line


def _show_plan(answer: Answer) -> None:
    lines = []
    for account in _rows(answer, "accounts"):
        every = {
            str(one["part"]): _minutes(one["every_minutes"]) for one in _rows(account, "lines")
        }
        lines.append(
            {
                "account_id": account["account_id"],
                "name": account["name"],
                "pace": account["pace"],
                **{part: every.get(part, "") for part in ("today", "yesterday", "restated")},
                "slowed": f"x{account['slowed']}",
                "left": f"{account['remaining']}%",
                "calls/h": account["calls_per_hour"],
            }
        )
    print_table(lines, empty="There are no accounts yet. Run: ai-buyer sync.")
    if lines:
        print(f"In all {answer['calls_per_hour']} calls an hour.")


def _minutes(value: object) -> str:
    minutes = float(str(value))
    return f"{minutes / 60:g} h" if minutes >= 120 else f"{minutes:g} min"


def _show_history(answer: Answer) -> None:
    ends = {
        "done": "All days are here.",
        "cancelled": "Cancelled; what was read stays.",
        "failed": f"It failed: {answer['words']} Ask again to go on from here.",
    }
    print(
        f"{answer['done']} of {answer['total']} pieces read, {answer['rows']} rows new or "
        f"changed, {answer['calls']} calls. {ends.get(str(answer['state']), '')}"
    )
    _show_faults(answer, "")


def _show_sync(answer: Answer) -> None:
    columns = ("account_id", "account_name", "objects", "added", "changed", "calls", "complete")
    rows = _rows(answer, "items")
    picked = [{column: row.get(column) for column in columns} for row in rows]
    print_table(picked, empty="There are no accounts.")
    for row in rows:
        _show_faults(row, f"{row.get('account_name')}: ")


def _show_faults(answer: Answer, prefix: str) -> None:
    faults = answer.get("faults")
    for fault in faults if isinstance(faults, list) else ():
        print(f"{prefix}{fault}")


def _rows(answer: Answer, name: str) -> Sequence[Mapping[str, object]]:
    items = answer.get(name, [])
    return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []
