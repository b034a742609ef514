"""A platform in memory: it keeps objects, a ledger and a change history.

It behaves as Meta does where execution looks: a write takes effect or not, and
the answer to it may be lost either way.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.domain.decision import Value
from engine.domain.errors import OutcomeUnknown, PlatformError
from engine.domain.objects import Account, AdObject, ObjectRef, Status, Structure
from engine.ports import Activity, InsightsBatch, InsightsQuery, Known, Write
from tests.builders import NOW, account


@dataclass
class MovingClock:
    """A clock that a test sets forward."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def advance(self, span: timedelta) -> None:
        """Set it forward."""
        self.moment += span


Fault = Callable[["SmallPlatform", Write], None]


@dataclass
class SmallPlatform:
    """Objects that can be read and written; `faults` are used up one by one by writes.

    `read_errors` are raised by the next readings, none lets one pass.
    """

    clock: MovingClock = field(default_factory=MovingClock)
    objects: dict[str, AdObject] = field(default_factory=dict)
    ledger: list[Write] = field(default_factory=list)
    history: list[Activity] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read_errors: list[PlatformError | None] = field(default_factory=list)
    before_write: Callable[[Write], None] | None = None
    reads: int = 0
    batches: list[int] = field(default_factory=list)

    @classmethod
    def holding(cls, *objects: AdObject) -> SmallPlatform:
        """Return a platform that holds these objects."""
        return cls(objects={one.object_id: one for one in objects})

    async def read(self, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
        """Return the objects as they are."""
        self.reads += 1
        error = self.read_errors.pop(0) if self.read_errors else None
        if error is not None:
            raise error
        ids = [target.object_id for target in targets]
        return {one: self.objects[one] for one in ids if one in self.objects}

    async def write_many(self, writes: Sequence[Write]) -> list[PlatformError | None]:
        """Carry writes out, each as the next fault says; `batches` keeps their number."""
        self.batches.append(len(writes))
        return [self._write(write) for write in writes]

    def _write(self, write: Write) -> PlatformError | None:
        if self.before_write is not None:
            self.before_write(write)
        try:
            if self.faults:
                self.faults.pop(0)(self, write)
            else:
                self.apply(write)
        except PlatformError as error:
            return error
        return None

    def apply(self, write: Write) -> None:
        """Let a write of ours take effect."""
        self.ledger.append(write)
        self.change(write.target.object_id, write.field, write.value, actor="AI-Buyer", by_us=True)

    def change(
        self,
        object_id: str,
        name: str,
        value: Value,
        actor: str = "Olena",
        *,
        by_us: bool = False,
    ) -> None:
        """Change a field and write it into the change history."""
        one = self.objects[object_id]
        before: Value
        if name == "status":
            before = one.status.value
            self.objects[object_id] = replace(one, status=Status(str(value)))
        else:
            assert isinstance(value, int)
            before = one.daily_budget
            self.objects[object_id] = replace(one, daily_budget=value)
        event = "update_campaign_run_status" if name == "status" else "update_campaign_budget"
        row = Activity(object_id, self.clock.now(), event, name, before, value, actor, by_us)
        self.history.append(row)

    async def activities(self, account: Account, since: datetime) -> Sequence[Activity]:
        """Return the change history."""
        return [row for row in self.history if row.at >= since]

    async def accounts(self) -> Sequence[Account]:
        """Return its one account."""
        return [account()]

    async def structure(self, account: Account, known: Known | None = None) -> Structure:
        """Return all objects."""
        return Structure(account.account_id, self.clock.now(), tuple(self.objects.values()))

    def insights(self, query: InsightsQuery) -> AsyncGenerator[InsightsBatch, None]:
        """Nothing here reads numbers."""
        raise NotImplementedError

    def calls(self) -> int:
        """Return how many readings and writes took place."""
        return self.reads + len(self.ledger)

    async def close(self) -> None:
        """Nothing is open."""


def answer_lost(platform: SmallPlatform, write: Write) -> None:
    """Take effect, but lose the answer."""
    platform.apply(write)
    raise OutcomeUnknown("the connection broke after the request")


def request_lost(platform: SmallPlatform, write: Write) -> None:
    """Lose the request itself."""
    raise OutcomeUnknown("the connection broke before the answer")


def refuse_with(error: PlatformError) -> Fault:
    """Return a fault that raises `error` and changes nothing."""

    def fault(platform: SmallPlatform, write: Write) -> None:
        raise error

    return fault


def values(writes: Iterable[Write]) -> list[tuple[str, str, Value]]:
    """Return object, field and value of writes."""
    return [(write.target.object_id, write.field, write.value) for write in writes]
