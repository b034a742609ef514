"""What a rule does to the objects it holds for.

Changes pass the same checks as a buyer's own; what is refused becomes an ERROR in the
rule's history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sync.sandbox.graph.ad_rules.evaluation import level_name
from sync.sandbox.graph.ad_rules.rule import NativeRule, RuleAction, RuleResult
from sync.sandbox.graph.ad_rules.specs import option
from sync.sandbox.graph.ad_rules.values import Ruled, RuleEyes
from sync.sandbox.graph.adset_writes import plan_adset
from sync.sandbox.graph.budget_rules import BUDGETS, check_edit_rate
from sync.sandbox.graph.campaign_writes import plan_campaign
from sync.sandbox.graph.changes import Change, apply_changes
from sync.sandbox.graph.errors import GraphError
from sync.sandbox.records import AdRecord, AdSetRecord, CampaignRecord

_UNCHANGED = RuleAction("NOT_CHANGED")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hand:
    """Carries out one run of a rule; `request_id` when somebody asked for it."""

    eyes: RuleEyes
    rule: NativeRule
    request_id: str | None

    def act(self, records: Sequence[Ruled]) -> tuple[RuleResult, ...]:
        """Act on each object and return what was done."""
        if self.rule.execution_type() == "REBALANCE_BUDGET":
            return tuple(self._rebalanced(records))
        return tuple(self._result(one, self._act_on(one)) for one in records)

    def _result(self, record: Ruled, action: RuleAction) -> RuleResult:
        result = RuleResult(record.id, level_name(record), (action,))
        if result.changed() and action.action != "ERROR":
            self.rule.acted[record.id].append(self.eyes.context.now())
        return result

    def _act_on(self, record: Ruled) -> RuleAction:
        if self._too_often(record):
            return _UNCHANGED
        kind = self.rule.execution_type()
        if kind == "NOTIFICATION":
            return RuleAction("FACEBOOK_NOTIFICATION_SENT")
        if kind == "PING_ENDPOINT":
            return RuleAction("ENDPOINT_PINGED")
        if kind in ("PAUSE", "UNPAUSE"):
            return self._switch(record, "PAUSED" if kind == "PAUSE" else "ACTIVE")
        if kind == "CHANGE_BID":
            return self._change(record, "bid_amount", "CHANGED_BID")
        if kind in ("CHANGE_BUDGET", "CHANGE_CAMPAIGN_BUDGET"):
            name = next((name for name in BUDGETS if getattr(record, name, None)), None)
            return _UNCHANGED if name is None else self._change(record, name, "CHANGED_BUDGET")
        return _UNCHANGED

    def _too_often(self, record: Ruled) -> bool:
        """Tell whether the object has had its share of this rule's actions."""
        times = self.rule.acted[record.id]
        most = option(self.rule.execution_spec, "execution_count_limit")
        if most is not None and len(times) >= int(str(most)):
            return True
        pause = option(self.rule.execution_spec, "action_frequency")
        if pause is None or not times:
            return False
        return self.eyes.context.now() - times[-1] < int(str(pause)) * _MINUTE

    def _switch(self, record: Ruled, status: str) -> RuleAction:
        before = record.status
        if before == status:
            return _UNCHANGED
        self._apply([Change(record, "status", status)])
        return RuleAction("UNPAUSED" if status == "ACTIVE" else "PAUSED", "status", before, status)

    def _change(self, record: Ruled, name: str, action: str) -> RuleAction:
        """Change an amount as the change_spec says."""
        before = getattr(record, name, None)
        if not before:
            return _UNCHANGED
        after = self._new_amount(record, int(before))
        if after is None or after == before:
            return _UNCHANGED
        try:
            self._apply(self._checked(record, name, after))
        except GraphError as error:
            return RuleAction("ERROR", name, str(before), error.user_message or error.message)
        return RuleAction(action, name, str(before), str(after))

    def _checked(self, record: Ruled, name: str, amount: int) -> list[Change]:
        """Return a change that has passed the checks of a buyer's own."""
        context, values = self.eyes.context, {name: amount}
        if isinstance(record, CampaignRecord):
            return plan_campaign(context, record, values)
        if isinstance(record, AdRecord):
            return [Change(record, name, amount)]
        changes = plan_adset(context, record, values)
        if name in BUDGETS:
            check_edit_rate(context, record.id, count=True)
            return changes
        return [*changes, Change(record, name, amount)]

    def _new_amount(self, record: Ruled, before: int) -> int | None:
        found = option(self.rule.execution_spec, "change_spec")
        spec = found if isinstance(found, dict) else {}
        amount = float(str(spec.get("amount", 0)))
        target = spec.get("target_field")
        if target:
            actual = self.eyes.value(record, str(target))
            if not isinstance(actual, int | float) or not actual or not amount:
                return None
            # A cost above its target calls for less, a return above its target for more.
            factor = actual / amount if "roas" in str(target) else amount / actual
            wanted = before * factor
        elif spec.get("unit") == "PERCENTAGE":
            wanted = before * (1 + amount / 100)
        else:
            wanted = before + amount
        return max(1, round(_limited(wanted, before, spec.get("limit"))))

    def _rebalanced(self, records: Sequence[Ruled]) -> list[RuleResult]:
        """Share the budgets of a campaign's ad sets among them anew."""
        found = option(self.rule.execution_spec, "rebalance_spec")
        spec = found if isinstance(found, dict) else {}
        groups: dict[str, list[AdSetRecord]] = {}
        for one in records:
            if isinstance(one, AdSetRecord) and one.daily_budget:
                key = "" if spec.get("is_cross_campaign") else one.campaign_id
                groups.setdefault(key, []).append(one)
        results: list[RuleResult] = []
        for group in groups.values():
            results += self._rebalance(group, spec)
        done = {one.object_id for one in results}
        idle = RuleAction("BUDGET_NOT_REDISTRIBUTED")
        return results + [self._result(one, idle) for one in records if one.id not in done]

    def _rebalance(self, group: Sequence[AdSetRecord], spec: dict[str, object]) -> list[RuleResult]:
        if len(group) < 2:
            return []
        total = sum(one.daily_budget or 0 for one in group)
        weights = [1.0] * len(group)
        if spec.get("type") == "PROPORTIONAL" and spec.get("target_field"):
            values = [self.eyes.value(one, str(spec["target_field"])) for one in group]
            weights = [float(v) if isinstance(v, int | float) and v > 0 else 0.0 for v in values]
            if not sum(weights):
                return []
        results: list[RuleResult] = []
        for one, weight in zip(group, weights, strict=True):
            before = one.daily_budget or 0
            after = max(1, round(total * weight / sum(weights)))
            action = RuleAction("CHANGED_BUDGET", "daily_budget", str(before), str(after))
            try:
                self._apply(self._checked(one, "daily_budget", after))
            except GraphError as error:
                text = error.user_message or error.message
                action = RuleAction("ERROR", "daily_budget", str(before), text)
            results.append(self._result(one, action if before != after else _UNCHANGED))
        return results

    def _apply(self, changes: Sequence[Change]) -> None:
        apply_changes(self.eyes.context, changes, self.request_id, self.rule.actor())


def _limited(wanted: float, before: float, limit: object) -> float:
    """Hold an amount to a limit: one number, or the least and the most."""
    if isinstance(limit, list):
        low, high = (float(str(one)) for one in limit)
        return min(max(wanted, low), high)
    if limit is None:
        return wanted
    border = float(str(limit))
    if wanted > before:
        return max(before, min(wanted, border))
    return min(before, max(wanted, border))
