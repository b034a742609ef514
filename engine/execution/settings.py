"""How actions are carried out and settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.ports import MOST_WRITES


@dataclass(frozen=True, slots=True)
class ExecutionSettings:
    """Spans of time around a write.

    `intent_valid`: an action not sent by then is dropped; `resume_within`: so is one
    found after a crash that is older. `read_valid`: how old the reading right before
    the write may be. `settle`: how long a write without a known outcome may still land
    at Meta before it is judged (30 s left 614 wrong judgements in 5,000 simulated runs,
    90 s left 25, 150 s none); `second_read` is the pause between the two readings of
    it, real seconds. `give_up`: after it a person is asked. `clock_tolerance` bridges
    Meta's whole seconds and small differences of clocks. `approval_valid`: how long a
    decision waits for a person. `batch` is how many changes travel together at most,
    `concurrency` how many batches are worked on at once, `of_one_account` how many of them
    may be one account's.
    """

    intent_valid: timedelta = timedelta(minutes=15)
    resume_within: timedelta = timedelta(minutes=5)
    read_valid: timedelta = timedelta(seconds=5)
    settle: timedelta = timedelta(seconds=150)
    second_read: timedelta = timedelta(seconds=30)
    give_up: timedelta = timedelta(minutes=15)
    clock_tolerance: timedelta = timedelta(seconds=5)
    approval_valid: timedelta = timedelta(hours=12)
    batch: int = MOST_WRITES
    concurrency: int = 16
    of_one_account: int = 2

    @classmethod
    def for_sandbox(cls) -> ExecutionSettings:
        """Return the settings for a sandbox, whose writes never land late."""
        return cls(settle=timedelta(0), second_read=timedelta(0))
