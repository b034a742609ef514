"""Requests carried out later: sessions of a batch, and request sets.

Looking moves them on, as looking at a report does, so that a clock that stands still is
no obstacle; whatever nobody looks at is carried out a simulated minute later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

import orjson

from sync.sandbox.graph.calls import GraphCall
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.side_objects import SideObject, Writing

PATIENCE = timedelta(minutes=1)
WAITING, DOING, DONE, FAILED, CANCELED = (
    "INITIAL",
    "IN_PROGRESS",
    "SUCCESS",
    "ERROR",
    "USER_CANCELED",
)
_SESSION_STATES = {
    WAITING: "NOT_STARTED",
    DOING: "RUNNING",
    DONE: "COMPLETED",
    FAILED: "FAILED",
    CANCELED: "CANCELED",
}
Perform = Callable[[GraphCall, int], tuple[int, bytes]]
"""Carries out one call, numbered within its set; returns status and body."""


@dataclass(slots=True)
class Task:
    """One call of somebody's, and what came of it."""

    call: GraphCall
    number: int
    perform: Perform
    status: str = WAITING
    body: bytes = b""
    began: datetime | None = None
    finished: datetime | None = None

    def carry_out(self, now: datetime) -> None:
        """Do it, unless it is done or canceled already."""
        if self.status not in (WAITING, DOING):
            return
        self.began = self.began or now
        code, self.body = self.perform(self.call, self.number)
        self.status, self.finished = DONE if code == 200 else FAILED, now

    def answer(self) -> dict[str, object]:
        """Return the decoded answer; empty until there is one."""
        try:
            found = orjson.loads(self.body or b"{}")
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    def error(self) -> dict[str, object]:
        """Return the error of a failed call, or nothing."""
        found = self.answer().get("error")
        return found if isinstance(found, dict) else {}


@dataclass(slots=True)
class Progress:
    """Tasks in order, and how many looks see them unfinished."""

    tasks: list[Task]
    looks_needed: int
    looks: int = 0

    def look(self, now: datetime) -> None:
        """Do as many tasks as this look's share of all of them."""
        self.looks += 1
        count = len(self.tasks)
        share = (
            count
            if self.looks > self.looks_needed
            else count * self.looks // (self.looks_needed + 1)
        )
        for task in self.tasks[:share]:
            task.carry_out(now)
        waiting = next((task for task in self.tasks if task.status == WAITING), None)
        if waiting is not None:
            waiting.status, waiting.began = DOING, now

    def finish(self, now: datetime) -> None:
        """Do all that is left."""
        for task in self.tasks:
            task.carry_out(now)

    def cancel(self, now: datetime) -> None:
        """Give up what has not begun."""
        for task in self.tasks:
            if task.status == WAITING:
                task.status, task.finished = CANCELED, now

    def count(self, *statuses: str) -> int:
        """Count tasks in some statuses."""
        return sum(task.status in statuses for task in self.tasks)


@dataclass(slots=True)
class AsyncSession(SideObject):
    """One call of an asynchronous batch."""

    kind: ClassVar[str] = "AsyncSession"
    name: str
    progress: Progress

    def looked_at(self, now: datetime) -> None:
        """Move on by one look."""
        self.progress.look(now)

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them; results once it has ended."""
        task = self.progress.tasks[0]
        found: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "status": _SESSION_STATES[task.status],
            "method": task.call.method,
            "relative_url": "/".join(task.call.segments),
            "platform_version": task.call.version,
            "start_time": written(task.began),
            "complete_time": written(task.finished),
        }
        if task.status in (DONE, FAILED):
            found["result"] = task.body.decode()
        if task.status == FAILED:
            found["error_code"] = task.error().get("code")
            found["exception"] = task.error().get("message")
        return found


@dataclass(slots=True)
class RequestSet(SideObject):
    """A set of requests of an ad account."""

    kind: ClassVar[str] = "AdAsyncRequestSet"
    name: str
    progress: Progress
    created_time: datetime
    updated_time: datetime
    notification_uri: str | None = None
    notification_mode: str = "OFF"
    ad_specs: list[object] = field(default_factory=list)

    def looked_at(self, now: datetime) -> None:
        """Move on by one look."""
        if self.progress.count(WAITING, DOING):
            self.progress.look(now)
            self.updated_time = now

    def completed(self) -> bool:
        """Tell whether nothing is left to do."""
        return not self.progress.count(WAITING, DOING)

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them."""
        count = self.progress.count
        told = self.notification_mode == "ON_COMPLETE" and self.completed()
        return {
            "id": self.id,
            "owner_id": self.account_id,
            "name": self.name,
            "is_completed": self.completed(),
            "total_count": len(self.progress.tasks),
            "initial_count": count(WAITING),
            "in_progress_count": count(DOING),
            "success_count": count(DONE),
            "error_count": count(FAILED),
            "canceled_count": count(CANCELED),
            "notification_uri": self.notification_uri,
            "notification_mode": self.notification_mode,
            "notification_status": "NOT_SENT" if not told else "SENT",
            "ad_specs": self.ad_specs or None,
            "created_time": written(self.created_time),
            "updated_time": written(self.updated_time),
        }


@dataclass(slots=True)
class AdRequest(SideObject):
    """One request of a set; `given` is what described it."""

    kind: ClassVar[str] = "AdAsyncRequest"
    of_set: RequestSet
    task: Task
    given: dict[str, object]
    type: str
    scope_object_id: str
    created_time: datetime

    def looked_at(self, now: datetime) -> None:
        """Move its set on by one look."""
        self.of_set.looked_at(now)

    def cancel(self, now: datetime) -> None:
        """Give it up, unless it has begun."""
        if self.task.status == WAITING:
            self.task.status, self.task.finished = CANCELED, now

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them; the result once it has ended."""
        error = self.task.error()
        result = {f"error_{name}": error[name] for name in ("code", "message") if name in error}
        result |= {name: error[name] for name in error if name.startswith("error_")}
        ended = self.task.status in (DONE, FAILED)
        return {
            "id": self.id,
            "scope_object_id": self.scope_object_id,
            "status": self.task.status,
            "type": self.type,
            "input": self.given,
            "result": (result or self.task.answer()) if ended else None,
            "async_request_set": {"id": self.of_set.id, "name": self.of_set.name},
            "created_time": written(self.created_time),
            "updated_time": written(self.task.finished or self.created_time),
        }


def plan_to_finish(context: GraphContext, progress: Progress) -> None:
    """Have what nobody looks at done after a while."""
    due = (context.now() + PATIENCE).timestamp()
    context.world.agenda.add(due, partial(_finish, context, progress))


def _finish(context: GraphContext, progress: Progress) -> None:
    progress.finish(context.now())
