"""Whatever happens in whatever order, the journal tells what the ledger knows.

Changes are decided, carried out, lost, killed in the middle, recovered and
taken back, while people edit the same objects, stop the engine and time passes.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.domain.errors import Refused, UserError
from engine.domain.journal import JournalState
from engine.domain.written import value_of
from engine.execution.execute import execute
from engine.execution.recover import reconcile, recover
from engine.execution.settings import ExecutionSettings
from engine.execution.undo import undo
from engine.ports import Write
from engine.storage.state.state import open_state
from tests.builders import NOW, account, campaign
from tests.deciding import context, decision, proposal
from tests.small_platform import Fault, SmallPlatform, answer_lost, refuse_with, request_lost

S = JournalState
OBJECTS = ("1", "2", "3", "4")
# Few values, so that people often set the very value that we set, or the one before.
VALUES = st.sampled_from([4500, 5000, 5500])
QUICK = ExecutionSettings(second_read=timedelta(0))


class Killed(BaseException):
    """The process ends here, in the middle of a call."""


def killed_before(platform: SmallPlatform, write: Write) -> None:
    """End before the write reaches Meta."""
    raise Killed


def killed_after(platform: SmallPlatform, write: Write) -> None:
    """End after the write took effect."""
    platform.apply(write)
    raise Killed


def no_fault(platform: SmallPlatform, write: Write) -> None:
    """Take effect as it should."""
    platform.apply(write)


FAULTS: dict[str, list[Fault]] = {
    "none": [],
    "answer lost": [answer_lost],
    "request lost": [request_lost],
    "refused": [refuse_with(Refused("no"))],
    "killed before": [killed_before],
    "killed after": [killed_after],
}


class Executor(RuleBasedStateMachine):
    """One engine, one platform, and everything that may happen to them."""

    def __init__(self) -> None:
        """Begin with a few campaigns and an empty journal."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.state = open_state(self.folder / "state.db")
        self.state.accounts.remember([account()], NOW)
        self.platform = SmallPlatform.holding(*(campaign(one) for one in OBJECTS))
        self.clock = self.platform.clock
        self.number = 0
        self.stopped_ledger: int | None = None

    @rule(
        object_id=st.sampled_from(OBJECTS),
        after=st.one_of(VALUES, st.sampled_from(["PAUSED", "ACTIVE"])),
        fault=st.sampled_from(sorted(FAULTS)),
    )
    def change(self, object_id: str, after: int | str, fault: str) -> None:
        """Decide and carry out one change."""
        one = self.platform.objects[object_id]
        wanted = proposal(one, after)
        if wanted.before == wanted.after:
            return
        self.number += 1
        bucket = f"b{self.number}"
        made = decision(
            wanted, f"d{self.number}", decided_at=self.clock.now(), cycle_id=bucket, bucket=bucket
        )
        (entry,) = self.state.journal.record([made])
        self.platform.faults = list(FAULTS[fault])
        self._run_until_killed(entry.entry_id)
        self.platform.faults = []

    @rule(
        wanted=st.dictionaries(
            st.sampled_from(OBJECTS),
            st.one_of(VALUES, st.sampled_from(["PAUSED", "ACTIVE"])),
            min_size=2,
        ),
        faults=st.lists(st.sampled_from(sorted(FAULTS)), min_size=4, max_size=4),
        size=st.sampled_from([1, 2, 50]),
    )
    def change_many(self, wanted: dict[str, int | str], faults: list[str], size: int) -> None:
        """Decide and carry out changes of several objects together."""
        made = []
        for object_id, after in wanted.items():
            change = proposal(self.platform.objects[object_id], after)
            if change.before == change.after:
                continue
            self.number += 1
            bucket = f"b{self.number}"
            name, now = f"d{self.number}", self.clock.now()
            made.append(decision(change, name, decided_at=now, cycle_id=bucket, bucket=bucket))
        self.platform.faults = [(FAULTS[name] or [no_fault])[0] for name in faults]
        entries = self.state.journal.record(made)
        together = replace(QUICK, batch=size, concurrency=1)
        self._run_until_killed(*(entry.entry_id for entry in entries), chosen=together)
        self.platform.faults = []

    def _run_until_killed(self, *entry_ids: str, chosen: ExecutionSettings = QUICK) -> None:
        try:
            asyncio.run(execute(entry_ids, self.state, self.platform, self.clock, chosen))
        except Killed:
            self.restart()

    @rule()
    def restart(self) -> None:
        """Start again, as after a crash."""
        asyncio.run(recover(self.state, self.platform, self.clock, QUICK))

    @rule(object_id=st.sampled_from(OBJECTS), value=VALUES)
    def person_edits(self, object_id: str, value: int) -> None:
        """Let a person change a budget."""
        if self.platform.objects[object_id].daily_budget != value:
            self.platform.change(object_id, "daily_budget", value)

    @rule(back=st.booleans())
    def person_crosses_an_open_change(self, back: bool) -> None:
        """Let a person set the very value that is on its way, or the one before it."""
        unknown = self.state.reader.in_states([S.UNKNOWN])
        if not unknown:
            return
        entry = unknown[-1]
        value = entry.before if back else entry.after
        one = self.platform.objects[entry.object_id]
        if value_of(one, entry.field) != value:
            self.platform.change(entry.object_id, entry.field, value)

    @rule(seconds=st.sampled_from([1, 60, 200, 1200]))
    def wait(self, seconds: int) -> None:
        """Let time pass, and settle what is open."""
        self.clock.advance(timedelta(seconds=seconds))
        asyncio.run(reconcile(self.state, self.platform, self.clock, QUICK))

    @rule(stopped=st.booleans())
    def switch(self, stopped: bool) -> None:
        """Stop the engine, or let it act again."""
        if stopped:
            self.state.stop.stop(self.clock.now(), "Olena")
            self.stopped_ledger = len(self.platform.ledger)
        else:
            self.state.stop.resume(self.clock.now(), "Olena")
            self.stopped_ledger = None

    @rule()
    def undo_the_last(self) -> None:
        """Take the last applied change back, where that is allowed."""
        applied = self.state.reader.in_states([S.APPLIED])
        if not applied:
            return
        entry_id = applied[-1].entry_id
        here = context(now=self.clock.now())
        # A refusal, because a person changed it since, is an answer like any other.
        with suppress(UserError):
            asyncio.run(undo(entry_id, "Olena", self.state, self.platform, self.clock, here, QUICK))

    @invariant()
    def the_journal_tells_what_the_ledger_knows(self) -> None:
        """Applied means written once; not applied and cancelled mean never written."""
        written = Counter(write.entry_id for write in self.platform.ledger)
        assert max(written.values(), default=1) == 1
        for entry in self.state.reader.page(limit=1000).entries:
            if entry.state in {S.APPLIED, S.UNDONE}:
                assert written[entry.entry_id] == 1, entry
            elif entry.state in {S.NOT_APPLIED, S.CANCELLED, S.VETOED, S.SKIPPED}:
                assert written[entry.entry_id] == 0, entry

    @invariant()
    def nothing_goes_out_while_the_engine_is_stopped(self) -> None:
        """The ledger stands still from the stop on."""
        if self.stopped_ledger is not None:
            assert len(self.platform.ledger) == self.stopped_ledger

    @invariant()
    def what_is_open_does_not_stay_open(self) -> None:
        """Nothing is left half sent, and the unknown does not outlive its time."""
        assert self.state.reader.in_states([S.SENT]) == []

    def teardown(self) -> None:
        """Let the time run out: everything settles, and the trail is whole."""
        self.clock.advance(timedelta(hours=1))
        asyncio.run(reconcile(self.state, self.platform, self.clock, QUICK))
        assert self.state.reader.in_states([S.INTENT, S.SENT, S.UNKNOWN]) == []
        assert self.state.reader.first_broken_seal() is None
        self.state.close()
        shutil.rmtree(self.folder)


Executor.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestExecutor = Executor.TestCase
