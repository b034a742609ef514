"""The objects of one account and who stands below whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.domain.objects import Account, AdObject, Level, Status

_GONE = frozenset({Status.ARCHIVED, Status.DELETED})


@dataclass(frozen=True)
class Family:
    """An account's objects by id, and the ids right below each.

    `complete` is false when a page of the last reading was missing.
    """

    account: Account
    objects: Mapping[str, AdObject]
    children: Mapping[str, tuple[str, ...]]
    complete: bool = True

    @classmethod
    def of(cls, account: Account, objects: Iterable[AdObject], *, complete: bool = True) -> Family:
        """Return the family of an account's objects."""
        by_id = {one.object_id: one for one in objects}
        below: dict[str, list[str]] = {}
        for one in by_id.values():
            if one.parent_id is not None:
                below.setdefault(one.parent_id, []).append(one.object_id)
        return cls(account, by_id, {key: tuple(ids) for key, ids in below.items()}, complete)

    def ancestor(self, one: AdObject, level: Level) -> AdObject | None:
        """Return the object or the one above it at `level`, none if unknown."""
        current: AdObject | None = one
        while current is not None and current.level is not level:
            current = self.objects.get(current.parent_id or "")
        return current

    def campaign_id(self, object_id: str) -> str:
        """Return the campaign of an object; its own id when it is not known."""
        one = self.objects.get(object_id)
        if one is None or one.level is Level.CAMPAIGN:
            return object_id
        return one.campaign_id or object_id

    def is_below(self, object_id: str, above_id: str) -> bool:
        """Return whether the second object stands anywhere above the first."""
        one = self.objects.get(object_id)
        while one is not None and one.parent_id is not None:
            if one.parent_id == above_id:
                return True
            one = self.objects.get(one.parent_id)
        return False

    def living_children(self, object_id: str) -> list[AdObject]:
        """Return the objects right below that are neither archived nor deleted."""
        found = (self.objects[child] for child in self.children.get(object_id, ()))
        return [child for child in found if child.status not in _GONE]

    def active_campaigns(self) -> int:
        """Return how many campaigns are switched on."""
        return self._active_campaigns

    def daily_exposure(self) -> int:
        """Return what may be spent in a day: budgets that deliver, minor units."""
        return self._daily_exposure

    # Guards ask for these once per proposal; counted each time, deciding on thousands
    # of matches in a large account would take minutes.
    @cached_property
    def _active_campaigns(self) -> int:
        return sum(
            one.level is Level.CAMPAIGN and one.status is Status.ACTIVE
            for one in self.objects.values()
        )

    @cached_property
    def _daily_exposure(self) -> int:
        return sum(
            one.daily_budget or 0
            for one in self.objects.values()
            if one.is_delivering and one.level is not Level.AD
        )

    def carrier_of_budget(self, one: AdObject) -> AdObject | None:
        """Return the object that carries the budget of exactly this one.

        A campaign of ad-set budgets with a single ad set has its budget there; a single
        ad set of a campaign budget has it on the campaign. With more of them the budget
        is not this object's alone.
        """
        if one.budget_field is not None:
            return one
        if one.level is Level.CAMPAIGN:
            adsets = self.living_children(one.object_id)
            return adsets[0] if len(adsets) == 1 and adsets[0].budget_field else None
        if one.level is Level.ADSET:
            campaign = self.objects.get(one.parent_id or "")
            if campaign is None or campaign.budget_field is None:
                return None
            return campaign if len(self.living_children(campaign.object_id)) == 1 else None
        return None
