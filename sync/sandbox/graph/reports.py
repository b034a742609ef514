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


@dataclass(frozen=True, slots=True)
class ReportFailure:
    """Why a report came to nothing, as a poll tells it from v25 on."""

    code: int
    subcode: int
    message: str
    title: str
    user_message: str


FAILED = ReportFailure(
    -2,
    2490547,
    "The asynchronous report failed.",
    "Report Failed",
    "The report could not be made. Ask for it again.",
)
TOO_LARGE = ReportFailure(
    -3,
    1504045,
    "The asynchronous report is too large.",
    "Report Too Large",
    "The report has too many rows. Ask for fewer days, fields or breakdowns.",
)
NO_REACH_LEFT = ReportFailure(
    -2,
    2490547,
    "Reach-related metric breakdowns are unavailable due to rate limit threshold.",
    "Reach Unavailable",
    "Reach by breakdowns beyond 13 months was asked for too often today.",
)
NO_OPT_IN_LEFT = ReportFailure(
    -2,
    2490547,
    "This breakdown was asked for too often within 24 hours.",
    "Breakdown Unavailable",
    "The account has to be opted in to ask for this breakdown more often.",
)


@dataclass(slots=True)
class ReportRun:
    """One asked report; `params` are those of the POST.

    `doomed` is how it will end when its polls are over, `failure` how it has;
    `scarce` marks what only so many reports of a day may ask for.
    """

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
    doomed: ReportFailure | None = None
    failure: ReportFailure | None = None
    skipped: bool = False
    scarce: str = ""
    races: int = 0

    def poll(self, now: datetime) -> None:
        """Count one look at the state; enough looks end the run."""
        if self.ended:
            return
        self.polls += 1
        if self.polls > self.polls_needed:
            self.failure = self.doomed
            self.completed = now if self.doomed is None else None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the run."""
        return self.completed is not None or self.failure is not None or self.skipped

    @property
    def state(self) -> str:
        """Current `async_status` text."""
        if self.skipped:
            return "Job Skipped"
        if self.failure is not None:
            return "Job Failed"
        if self.completed is not None:
            return "Job Completed"
        waiting = max(self.polls_needed - 2, 0)
        if self.polls <= waiting:
            return "Job Not Started"
        return "Job Started" if self.polls == waiting + 1 else "Job Running"

    @property
    def percent(self) -> int:
        """Completion in percent; 100 only together with `Job Completed`."""
        if self.completed is not None:
            return 100
        return 0 if self.ended else min(100 * self.polls // (self.polls_needed + 1), 99)

    def fields(self, tells_why: bool = True) -> dict[str, object]:
        """Return the node's fields as a poll shows them; before v25 not why."""
        found: dict[str, object] = {
            "id": self.id,
            "account_id": self.account_id,
            "time_ref": int(self.asked.timestamp()),
            "async_status": self.state,
            "async_percent_completion": self.percent,
            "is_running": not self.ended,
            "is_async_export": False,
            "date_start": self.date_start,
            "date_stop": self.date_stop,
        }
        if self.completed is not None:
            found["time_completed"] = int(self.completed.timestamp())
        if self.failure is not None and tells_why:
            found.update(
                error_code=self.failure.code,
                error_subcode=self.failure.subcode,
                error_message=self.failure.message,
                error_user_title=self.failure.title,
                error_user_msg=self.failure.user_message,
            )
        return found


@dataclass(slots=True)
class ReportStore:
    """All report runs by id."""

    runs: dict[str, ReportRun] = field(default_factory=dict)

    def add(self, run: ReportRun) -> None:
        """Remember a new run."""
        self.runs[run.id] = run

    def scarce_since(self, account_id: str, what: str, since: datetime) -> int:
        """Count an account's reports of a scarce kind since a time."""
        return sum(
            run.account_id == account_id and run.scarce == what and run.asked > since
            for run in self.runs.values()
        )
