"""A native rule as it is kept, with its history."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sync.sandbox.graph.activities import AUTOMATED_RULES, Actor
from sync.sandbox.graph.ad_rules.catalogue import ENTITY_TYPES
from sync.sandbox.graph.ad_rules.specs import Spec, filter_value
from sync.sandbox.graph.side_objects import SideObject, Writing

KEPT_RUNS = 1000
_UNCHANGED = ("NOT_CHANGED", "BUDGET_NOT_REDISTRIBUTED")


@dataclass(frozen=True, slots=True)
class RuleAction:
    """What a rule did with one field of one object; values as texts."""

    action: str
    field: str | None = None
    old_value: str | None = None
    new_value: str | None = None

    def shown(self) -> dict[str, object]:
        """Return it as Graph writes it."""
        found = {
            "action": self.action,
            "field": self.field,
            "old_value": self.old_value,
            "new_value": self.new_value,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule did with one object."""

    object_id: str
    object_type: str
    actions: tuple[RuleAction, ...]

    def shown(self) -> dict[str, object]:
        """Return it as Graph writes it."""
        return {
            "object_id": self.object_id,
            "object_type": self.object_type,
            "actions": [one.shown() for one in self.actions],
        }

    def changed(self) -> bool:
        """Tell whether anything was done."""
        return any(one.action not in _UNCHANGED for one in self.actions)


@dataclass(frozen=True, slots=True)
class RuleRun:
    """One run of a rule, with the specs it ran by."""

    time: datetime
    is_manual: bool
    evaluation_spec: Spec
    execution_spec: Spec
    schedule_spec: Spec | None
    results: tuple[RuleResult, ...]
    exception_code: int | None = None
    exception_message: str | None = None

    def shown(self, written: Writing) -> dict[str, object]:
        """Return it as Graph writes it."""
        found = {
            "timestamp": written(self.time),
            "is_manual": self.is_manual,
            "evaluation_spec": self.evaluation_spec,
            "execution_spec": self.execution_spec,
            "schedule_spec": self.schedule_spec,
            "results": [one.shown() for one in self.results],
            "exception_code": self.exception_code,
            "exception_message": self.exception_message,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(slots=True)
class NativeRule(SideObject):
    """A rule of the account's library.

    ``version`` grows with each edit, so that runs planned before it are void; ``seen`` and
    ``held`` are what a triggered rule remembers of its last look.
    """

    kind: ClassVar[str] = "AdRule"
    name: str
    status: str
    evaluation_spec: Spec
    execution_spec: Spec
    schedule_spec: Spec | None
    created_by: dict[str, str]
    created_time: datetime
    updated_time: datetime
    recommended_rule_key: str | None = None
    ui_creation_source: str | None = None
    version: int = 0
    history: deque[RuleRun] = field(default_factory=lambda: deque(maxlen=KEPT_RUNS))
    acted: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    seen: datetime | None = None
    held: set[str] = field(default_factory=set)

    def shown(self, written: Writing) -> dict[str, object]:
        """Return its fields as Graph writes them."""
        return {
            "id": self.id,
            "account_id": self.account_id,
            "name": self.name,
            "status": self.status,
            "evaluation_spec": self.evaluation_spec,
            "execution_spec": self.execution_spec,
            "schedule_spec": self.schedule_spec,
            "created_by": self.created_by,
            "created_time": written(self.created_time),
            "updated_time": written(self.updated_time),
            "recommended_rule_key": self.recommended_rule_key,
            "ui_creation_source": self.ui_creation_source,
        }

    def filters(self) -> list[Spec]:
        """Return the filters, which must all hold."""
        found = self.evaluation_spec["filters"]
        return found if isinstance(found, list) else []

    def triggered(self) -> bool:
        """Tell whether changes set it off instead of a schedule."""
        return self.evaluation_spec["evaluation_type"] == "TRIGGER"

    def level(self) -> str | None:
        """Return the node type it looks at; None where ids decide."""
        return ENTITY_TYPES.get(str(filter_value(self.filters(), "entity_type")))

    def execution_type(self) -> str:
        """Return what it does."""
        return str(self.execution_spec["execution_type"])

    def actor(self) -> Actor:
        """Return who stands in the change history for what it does."""
        return Actor(self.created_by["id"], self.created_by["name"], *AUTOMATED_RULES)
