"""`ai-buyer import`: exports of Ads Manager into the engine's warehouse."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.api_client import ApiClient
from engine.domain.errors import UserError
from engine.domain.objects import Level
from sync.exports.reading import Export, Left, needs_names, read_export

# A push holds at most so many rows: well below the largest body the engine takes.
ROWS_AT_ONCE = 20_000
_SHOWN = 20
_COUNTS = ("rows", "added", "changed", "unchanged")


async def ask(client: ApiClient, arguments: argparse.Namespace) -> dict[str, object]:
    """Import every file named; UserError stops at the first that is no export."""
    accounts = (await client.get("/api/v1/accounts")).get("items")
    known = {str(one["account_id"]): one for one in accounts} if isinstance(accounts, list) else {}
    wanted = (arguments.account or "").removeprefix("act_")
    if wanted and wanted not in known:
        raise UserError(f"There is no account {wanted}.", hint="List them with: ai-buyer accounts.")
    items = [await _one_file(client, path, wanted, known) for path in arguments.files]
    return {"items": items}


async def _one_file(
    client: ApiClient, path: Path, wanted: str, known: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    names = {}
    if needs_names(path):
        account_id = _only_account(wanted, known, path)
        names = await _names(client, account_id)
    export = read_export(path, names)
    default = wanted or (next(iter(known)) if len(known) == 1 else "")
    _check_accounts(export, default, known, path)
    return await _push(client, path, export, default)


def _only_account(wanted: str, known: Mapping[str, object], path: Path) -> str:
    if wanted or len(known) == 1:
        return wanted or next(iter(known))
    raise UserError(
        f"{path} does not say which account its names belong to.",
        hint="Name it: ai-buyer import --account ID FILE.",
    )


async def _names(client: ApiClient, account_id: str) -> dict[tuple[Level, str], list[str]]:
    """Return the ids of the account's objects by level and name."""
    found: dict[tuple[Level, str], list[str]] = defaultdict(list)
    for level in Level:
        cursor: str | None = None
        while True:
            query = {"level": level.value, "scope": f"account:{account_id}", "limit": 1000}
            query |= {"cursor": cursor} if cursor else {}
            page = await client.get("/api/v1/campaigns", **query)
            items = page.get("items")
            for row in items if isinstance(items, list) else ():
                found[level, str(row["name"])].append(str(row["id"]))
            cursor = str(page["cursor"]) if page.get("cursor") else None
            if cursor is None:
                break
    return found


def _check_accounts(
    export: Export, default: str, known: Mapping[str, Mapping[str, object]], path: Path
) -> None:
    """Refuse a file whose account is not clear or whose money is of another kind."""
    ids = {str(row.get("account_id") or default) for row in export.rows}
    if "" in ids:
        raise UserError(
            f"{path} does not say which account its rows belong to.",
            hint="Name it: ai-buyer import --account ID FILE.",
        )
    for account_id in sorted(ids & known.keys()):
        currency = known[account_id]["currency"]
        if export.currency and export.currency != currency:
            raise UserError(
                f"{path} is in {export.currency}, the account {account_id} in {currency}.",
                hint="Name the right account with --account.",
            )


async def _push(
    client: ApiClient, path: Path, export: Export, account_id: str
) -> dict[str, object]:
    """Push the rows in parts; a file imported before is known by its bytes."""
    counts: Counter[str] = Counter()
    left = list(export.left)
    repeated = bool(export.rows)
    for start in range(0, len(export.rows), ROWS_AT_ONCE):
        part = export.rows[start : start + ROWS_AT_ONCE]
        told = await client.post(
            "/api/v1/ingest",
            {"batch_id": f"import-{export.digest}-{start}", "account_id": account_id, "rows": part},
        )
        counts.update({name: int(str(told[name])) for name in _COUNTS})
        repeated = repeated and bool(told["repeated"])
        aside = told.get("set_aside")
        for one in aside if isinstance(aside, list) else ():
            line = export.lines[start + int(one["row"]) - 1]
            left.append(Left(line, str(one["reason"])))
        counts["not_shown"] += int(str(told["rejected"])) - len(
            aside if isinstance(aside, list) else ()
        )
        _tell_progress(path, start + len(part), len(export.rows))
    days = export.days
    return {
        "file": str(path),
        "level": export.level.value,
        "since": days[0].isoformat() if days else None,
        "until": days[1].isoformat() if days else None,
        **{name: counts[name] for name in _COUNTS},
        "repeated": repeated,
        "rejected": len(left) + counts["not_shown"],
        "set_aside": [{"line": one.line, "reason": one.reason} for one in left],
        "ignored_columns": list(export.ignored),
    }


def _tell_progress(path: Path, done: int, total: int) -> None:
    if total > ROWS_AT_ONCE and sys.stderr.isatty():
        print(f"{path}: {done:,} of {total:,} rows", file=sys.stderr)


def show(answer: Mapping[str, object]) -> None:
    """Print what became of each file, in words."""
    for item in _items(answer):
        again = " It was imported before; nothing was done." if item["repeated"] else ""
        print(
            f"{item['file']}: {item['rows']} rows by {item['level']}, "
            f"{item['since']} to {item['until']}: {item['added']} new, {item['changed']} changed, "
            f"{item['unchanged']} as they were.{again}"
        )
        aside = item["set_aside"]
        assert isinstance(aside, list)
        for one in aside[:_SHOWN]:
            print(f"  line {one['line']}: {one['reason']}")
        rest = int(str(item["rejected"])) - min(len(aside), _SHOWN)
        if rest > 0:
            print(f"  and {rest} more lines")


def failed(answer: Mapping[str, object]) -> bool:
    """Whether some file brought no row at all."""
    return any(not item["rows"] for item in _items(answer))


def _items(answer: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    items = answer["items"]
    assert isinstance(items, list)
    return items
