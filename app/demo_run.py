"""The demo without a window: cycles, summary, journal, report."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import orjson

from app.demo_rules import add_templates
from app.paths import Home
from app.sandbox_process import Sandbox
from app.settings import read_environment
from app.wiring import Parts, open_parts
from engine.commands.client_report import client_report
from engine.cycle.run import CycleReport
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.language import Language
from engine.reports.render import render_pdf
from engine.storage.state.journal_reader import JournalFilter

CYCLES = 3
HOURS_BETWEEN = 2
_REPORT_DAYS = 30
# The test of the demo asks for this: an effect at Meta is a change, a message is not.
_AT_META = frozenset({JournalState.APPLIED, JournalState.UNDONE})


def run_demo(home: Home, sandbox: Sandbox, out: Path) -> int:
    """Run the cycles, write what they did to `out`; return the exit code."""
    environment = read_environment({**os.environ, **sandbox.environment()})

    async def work() -> int:
        async with open_parts(home, environment) as parts:
            engine = parts.engine
            await asyncio.to_thread(add_templates, engine.state, engine.clock.now())
            reports = [await _cycle(parts, sandbox, number) for number in range(CYCLES)]
            return await asyncio.to_thread(_finish, parts, sandbox, reports, out)

    return asyncio.run(work())


async def _cycle(parts: Parts, sandbox: Sandbox, number: int) -> list[CycleReport]:
    if number:
        await asyncio.to_thread(sandbox.advance, HOURS_BETWEEN)
    print(f"Cycle {number + 1} of {CYCLES}: sync, evaluate, decide, act …", flush=True)
    reports = await parts.runner.run_all()
    for report in reports:
        if report.error:
            print(f"  {report.account.name}: {report.error}")
    return reports


def _finish(
    parts: Parts, sandbox: Sandbox, reports: Sequence[Sequence[CycleReport]], out: Path
) -> int:
    engine = parts.engine
    entries = engine.state.reader.find(JournalFilter())
    ledger = sandbox.ledger()
    mistakes = compare(entries, ledger)
    summary = _summary(parts, reports, entries, ledger, mistakes)
    _write(out / "summary.json", summary)
    _write(out / "journal.json", [_row(entry) for entry in entries])
    _write(out / "ledger.json", ledger)
    _write(out / "requests.json", sandbox.requests())
    report = client_report(engine, None, _REPORT_DAYS)
    (out / "report.pdf").write_bytes(render_pdf(report, Language.ENGLISH))
    _print(summary, out)
    for mistake in mistakes:
        print(f"Journal and ledger differ: {mistake}")
    failed = [report.error for cycle in reports for report in cycle if report.error]
    return 1 if mistakes or failed or not summary["actions_applied"] else 0


def compare(entries: Sequence[JournalEntry], ledger: Sequence[Mapping[str, object]]) -> list[str]:
    """Return in words where applied entries and the ledger differ."""
    ours = Counter(
        (entry.object_id, entry.field, str(entry.after))
        for entry in entries
        if entry.state in _AT_META and not entry.is_notification
    )
    theirs = Counter(
        (str(row["object_id"]), str(row["field"]), str(row["after"])) for row in ledger
    )
    missing = [f"{key} is in the journal only" for key in (ours - theirs).elements()]
    extra = [f"{key} is in the ledger only" for key in (theirs - ours).elements()]
    return missing + extra


def _summary(
    parts: Parts,
    reports: Sequence[Sequence[CycleReport]],
    entries: Sequence[JournalEntry],
    ledger: Sequence[object],
    mistakes: Sequence[str],
) -> dict[str, object]:
    engine = parts.engine
    every = [report for cycle in reports for report in cycle]
    verdicts: Counter[str] = Counter()
    for report in every:
        verdicts.update({answer.value: count for answer, count in report.answers.items()})
    states = Counter(entry.state.value for entry in entries)
    applied = [e for e in entries if e.state in _AT_META and not e.is_notification]
    objects = Counter(
        one.level.value
        for account in engine.accounts()
        for one in engine.warehouse.objects(account.account_id)
    )
    return {
        "accounts": len(engine.accounts()),
        "clients": len({account.client for account in engine.accounts()}),
        "currencies": sorted({account.currency for account in engine.accounts()}),
        "objects": dict(objects),
        "rows": engine.warehouse.counts(),
        "rules": len(engine.state.rules.active()),
        "cycles": len(reports),
        "simulated_hours": (len(reports) - 1) * HOURS_BETWEEN,
        "verdicts": dict(verdicts),
        "decisions": dict(Counter(entry.outcome.value for entry in entries)),
        "journal": dict(states),
        "actions_applied": len(applied),
        "actions_by_kind": dict(Counter(entry.action for entry in applied)),
        "messages": sum(e.is_notification and e.state in _AT_META for e in entries),
        "ledger_rows": len(ledger),
        "journal_equals_ledger": not mistakes,
        "api_calls": engine.platform.calls(),
    }


def _row(entry: JournalEntry) -> dict[str, object]:
    """Return an entry as a journal row: under `id`, as the HTTP API names it."""
    fields = asdict(entry)
    return {"id": fields.pop("entry_id"), **fields}


def _write(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2))


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def _print(summary: Mapping[str, object], out: Path) -> None:
    print()
    for name, value in summary.items():
        print(f"{_title(name):24} {_shown(value)}")
    print(
        f"\nWritten to {out}/: summary.json, journal.json, ledger.json, requests.json, report.pdf"
    )


def _title(name: str) -> str:
    """Return a name of the summary as people write it: `api_calls` is API calls."""
    words = name.replace("_", " ")
    return words.replace("api", "API") if words.startswith("api ") else words.capitalize()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{str(key).replace('_', ' ')} {count}" for key, count in value.items())
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
