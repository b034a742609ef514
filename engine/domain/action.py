"""Actions: what a rule may do to an object it matches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.objects import Level


class ActionType(StrEnum):
    """Every kind of action of the rule language."""

    PAUSE = "pause"
    ACTIVATE = "activate"
    INCREASE_BUDGET = "increase_budget"
    DECREASE_BUDGET = "decrease_budget"
    SET_BUDGET = "set_budget"
    RESET_BUDGET = "reset_budget"
    SCALE_BUDGET_TO_TARGET = "scale_budget_to_target"
    REALLOCATE_BUDGET = "reallocate_budget"
    INCREASE_BID = "increase_bid"
    DECREASE_BID = "decrease_bid"
    SET_BID = "set_bid"
    ROTATE_CREATIVE = "rotate_creative"
    DUPLICATE = "duplicate"
    ADD_LABEL = "add_label"
    REMOVE_LABEL = "remove_label"
    NOTIFY_CLIENT = "notify_client"
    NOTIFY_TEAM = "notify_team"
    RENAME = "rename"

    @property
    def is_notification(self) -> bool:
        """Whether it only tells people."""
        return self in {ActionType.NOTIFY_CLIENT, ActionType.NOTIFY_TEAM}

    @property
    def is_budget(self) -> bool:
        """Whether it changes a budget."""
        return self in _BUDGET_ACTIONS

    @property
    def is_bid(self) -> bool:
        """Whether it changes a bid."""
        return self in _BID_ACTIONS


_BUDGET_ACTIONS = frozenset(
    {
        ActionType.INCREASE_BUDGET,
        ActionType.DECREASE_BUDGET,
        ActionType.SET_BUDGET,
        ActionType.RESET_BUDGET,
        ActionType.SCALE_BUDGET_TO_TARGET,
        ActionType.REALLOCATE_BUDGET,
    }
)
_BID_ACTIONS = frozenset({ActionType.INCREASE_BID, ActionType.DECREASE_BID, ActionType.SET_BID})
# What people do by hand and no rule can ask for.
ONLY_BY_HAND = frozenset({ActionType.RENAME})
# What this version carries out. The rest of the language is parsed, and a rule
# that uses it is decided as `skipped` with the reason, never half done.
CARRIED_OUT = frozenset(
    {
        ActionType.PAUSE,
        ActionType.ACTIVATE,
        ActionType.INCREASE_BUDGET,
        ActionType.DECREASE_BUDGET,
        ActionType.SET_BUDGET,
        *_BID_ACTIONS,
        ActionType.ADD_LABEL,
        ActionType.REMOVE_LABEL,
        ActionType.ROTATE_CREATIVE,
        ActionType.DUPLICATE,
        ActionType.NOTIFY_CLIENT,
        ActionType.NOTIFY_TEAM,
    }
)

Param = str | int | float | bool | None | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One action with its parameters as written; money in major units.

    `level` is set where the type named it (`pause_campaign`). `written_as` is the
    type word for word, so that a rule is given back as it came.
    """

    type: ActionType
    params: tuple[tuple[str, Param], ...] = ()
    level: Level | None = None
    written_as: str = ""

    def param(self, name: str) -> Param:
        """Return a parameter's value, none when it is not given."""
        return dict(self.params).get(name)

    def number(self, name: str) -> float | None:
        """Return a numeric parameter, none when it is not given."""
        value = self.param(name)
        return float(value) if isinstance(value, int | float) else None
