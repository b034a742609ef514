"""Rules: whom they look at, what they ask, what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from engine.domain.action import Action
from engine.domain.conditions import Condition, Duration
from engine.domain.objects import Level


class Mode(StrEnum):
    """How far a rule may go on its own."""

    DRY_RUN = "dry_run"
    APPROVAL = "approval"
    AUTOMATIC = "automatic"


class RuleStatus(StrEnum):
    """Whether a rule is looked at."""

    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects a rule looks at; empty fields mean no restriction.

    `include` and `exclude` are object ids or metadata conditions.
    """

    clients: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    include: tuple[str | Condition, ...] = ()
    exclude: tuple[str | Condition, ...] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule is looked at.

    Without a schedule that is after every sync that changed the object.
    `at` are local times `HH:MM`, `days` are 0 (Monday) to 6, `between` are local times.
    `timezone` is `account` or an IANA name.
    """

    every: timedelta | None = None
    at: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    between: tuple[str, str] | None = None
    timezone: str = "account"


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a rule may act."""

    cooldown: timedelta = timedelta(hours=6)
    max_per_day: int = 3
    max_objects_per_run: int | None = None
    max_total: int | None = None


@dataclass(frozen=True, slots=True)
class HoldOut:
    """A share (0-1) of matches left alone at random; major units a day."""

    share: float = 0.0
    max_spend_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class MlEnhancement:
    """How a model's confidence gates the action."""

    use_prediction: bool = False
    confidence_threshold: float = 0.8
    prediction_horizon: str = "7d"
    fallback_to_rule: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, parsed.

    `source` is the document as it was given, as JSON text. `listed` says that the
    conditions were a plain list, which shapes the paths of a trace.
    """

    rule_id: str
    version: int
    name: str
    level: Level
    condition: Condition
    actions: tuple[Action, ...]
    status: RuleStatus = RuleStatus.ACTIVE
    mode: Mode = Mode.DRY_RUN
    scope: Scope = Scope()
    held_for: Duration | None = None
    schedule: Schedule | None = None
    limits: Limits = Limits()
    priority: int = 100
    hold_out: HoldOut = HoldOut()
    ml: MlEnhancement = MlEnhancement()
    source: str = field(default="", compare=False)
    listed: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A stored rule that no longer parses; it stays listed with its reason."""

    rule_id: str
    version: int
    name: str
    source: str
    reason: str
