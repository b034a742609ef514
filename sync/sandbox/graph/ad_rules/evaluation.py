"""Which objects a rule holds for, now."""

from __future__ import annotations

from collections.abc import Iterable

from sync.sandbox.graph.ad_rules.rule import NativeRule
from sync.sandbox.graph.ad_rules.specs import Spec, filter_value
from sync.sandbox.graph.ad_rules.values import Ruled, RuleEyes
from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.filtering import Filter
from sync.sandbox.graph.statuses import GONE, effective_status
from sync.sandbox.records import AdSetRecord, CampaignRecord

_SELECTING = ("entity_type", "time_preset", "attribution_window")
_DELIVERING = ("ACTIVE", "PENDING_REVIEW")


def eyes_of(context: GraphContext, rule: NativeRule) -> RuleEyes:
    """Return what reads an account's fields over the rule's days."""
    preset = str(filter_value(rule.filters(), "time_preset") or "LIFETIME")
    return RuleEyes(context, context.world.accounts[rule.account_id], preset)


def passing(context: GraphContext, rule: NativeRule) -> list[Ruled]:
    """Return the objects for which every condition holds."""
    eyes = eyes_of(context, rule)
    return [one for one in governed(context, rule) if holds(eyes, rule, one)]


def governed(context: GraphContext, rule: NativeRule) -> list[Ruled]:
    """Return the objects the rule is about, by type or by id."""
    world, account_id = context.world, rule.account_id
    pools: dict[str, Iterable[Ruled]] = {
        "Campaign": world.campaigns_of(account_id),
        "AdSet": world.adsets_of_account(account_id),
        "Ad": world.ads_of_account(account_id),
    }
    level = rule.level()
    records = [one for kind, pool in pools.items() if level in (None, kind) for one in pool]
    named = [one for one in rule.filters() if one["field"] == "id"]
    return [one for one in records if all(_accepts(cond, one.id) for cond in named)]


def holds(eyes: RuleEyes, rule: NativeRule, record: Ruled) -> bool:
    """Tell whether every condition of a rule holds for an object."""
    filters = [one for one in rule.filters() if one["field"] not in _SELECTING]
    if not any(str(one["field"]).endswith("effective_status") for one in filters):
        status = effective_status(eyes.context.world, record)
        if rule.execution_type() == "UNPAUSE":
            if status in GONE:
                return False
        elif status not in _DELIVERING:
            return False
    return all(_accepts(one, eyes.value(record, str(one["field"]))) for one in filters)


def set_off(eyes: RuleEyes, rule: NativeRule, record: Ruled) -> bool:
    """Tell whether what a triggered rule waits for is new since its look."""
    trigger = rule.evaluation_spec.get("trigger")
    if not isinstance(trigger, dict):
        return True
    since, kind = rule.seen or rule.created_time, trigger["type"]
    if str(kind).startswith("METADATA"):
        made = record.created_time
        moment = made if kind == "METADATA_CREATION" else record.updated_time
        # What came at the very moment of a look may have been seen by it, or not.
        new = moment >= since and (kind == "METADATA_CREATION" or moment > made)
        return new and _first_time(rule, f"{record.id}@{moment.timestamp()}")
    if "field" not in trigger or "value" not in trigger:
        return True
    condition = {**trigger, "operator": trigger.get("operator", "GREATER_THAN")}
    now = _reached(eyes, rule, record, condition)
    key = f"{record.id}/{now}" if kind == "STATS_MILESTONE" else record.id
    if not now:
        rule.held.discard(record.id)
        return False
    return _first_time(rule, key)


def _first_time(rule: NativeRule, key: str) -> bool:
    """Tell whether a rule has not met something yet, and remember it."""
    if key in rule.held:
        return False
    rule.held.add(key)
    return True


def level_name(record: Ruled) -> str:
    """Return an object's type as rules and their history write it."""
    if isinstance(record, CampaignRecord):
        return "CAMPAIGN"
    return "ADSET" if isinstance(record, AdSetRecord) else "AD"


def _reached(eyes: RuleEyes, rule: NativeRule, record: Ruled, trigger: Spec) -> int:
    """Return how often a milestone is reached, or 1 where a condition holds."""
    value = eyes.value(record, str(trigger["field"]))
    if trigger["type"] != "STATS_MILESTONE":
        return int(_accepts(trigger, value))
    step = float(str(trigger["value"]))
    return int(value // step) if isinstance(value, int | float) and step > 0 else 0


def _accepts(condition: Spec, value: object) -> bool:
    """Tell whether a condition holds; what is unknown holds for nothing."""
    if value is None:
        return False
    if isinstance(value, bool):
        value = str(value).lower()
    wanted = condition["value"]
    if isinstance(wanted, bool):
        wanted = str(wanted).lower()
    return Filter("", "", str(condition["operator"]), wanted).accepts(value)
