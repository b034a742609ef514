"""Asynchronous insights reports: their states and where results wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

STATES = (
    "Job Not Started",
    "Job Started",
    "Job Running",
    "Job Completed",
    "Job Failed",
    "Job Skipped",
)


@dataclass(slots=True)
class ReportRun:
    """One asked report; `params` are those of the POST."""

    id: str
    account_id: str
    node_id: str
    params: Mapping[str, str]
    asked: datetime
    date_start: str
    date_stop: str
    polls_needed: int
    polls: int = 0
    completed: datetime | None = None
    failed: bool = False
    races: int = 0

    def poll(self, now: datetime) -> None:
        """Count one look at the state; enough looks complete the run."""
        if self.failed or self.completed is not None:
            return
        self.polls += 1
        if self.polls > self.polls_needed:
            self.completed = now

    @property
    def state(self) -> str:
        """Current `async_status` text."""
        if self.failed:
            return "Job Failed"
        if self.completed is not None:
            return "Job Completed"
        return ("Job Not Started", "Job Started", "Job Running")[min(self.polls, 2)]

    @property
    def percent(self) -> int:
        """Completion in percent; 100 only together with `Job Completed`."""
        if self.completed is not None:
            return 100
        return min(100 * self.polls // (self.polls_needed + 1), 99) if not self.failed else 0

    def fields(self) -> dict[str, object]:
        """Return the node's fields as a poll shows them."""
        found: dict[str, object] = {
            "id": self.id,
            "account_id": self.account_id,
            "time_ref": int(self.asked.timestamp()),
            "async_status": self.state,
            "async_percent_completion": self.percent,
            "is_running": self.completed is None and not self.failed,
            "date_start": self.date_start,
            "date_stop": self.date_stop,
        }
        if self.completed is not None:
            found["time_completed"] = int(self.completed.timestamp())
        if self.failed:
            found.update(
                error_code=-2,
                error_subcode=2490547,
                error_message="The asynchronous report failed.",
                error_user_title="Report Failed",
                error_user_msg="The report could not be made. Ask for it again.",
            )
        return found


@dataclass(slots=True)
class ReportStore:
    """All report runs by id."""

    runs: dict[str, ReportRun] = field(default_factory=dict)

    def add(self, run: ReportRun) -> None:
        """Remember a new run."""
        self.runs[run.id] = run
