"""Fields that rules may ask about: metadata of objects, and metrics."""

from __future__ import annotations

from sync.sandbox.graph.ad_rules.formulas import FormulaError, is_formula, names_in
from sync.sandbox.graph.errors import bad_value

ENTITY_TYPES = {"CAMPAIGN": "Campaign", "ADSET": "AdSet", "AD": "Ad"}
PREFIXES = {"campaign": "Campaign", "adset": "AdSet", "ad": "Ad"}
METADATA = frozenset(
    "id name adlabel_ids objective start_time stop_time end_time buying_type billing_event "
    "optimization_goal is_autobid daily_budget lifetime_budget spend_cap bid_amount "
    "created_time updated_time".split()
)
SCHEDULE_ONLY = frozenset(
    "effective_status placement.page_types budget_reset_period hours_since_creation "
    "estimated_budget_spending_percentage audience_reached_percentage active_time "
    "current_time".split()
)
PLAIN_METRICS = frozenset(
    "spent impressions clicks unique_impressions reach frequency cpm cpc ctr cpp cpa results "
    "cost_per website_purchase_roas purchase_roas mobile_app_purchase_roas today_spent "
    "yesterday_spent lifetime_spent daily_ratio_spent lifetime_ratio_spent".split()
)
ACTIONS = {
    "link_click": "link_click",
    "link_clicks": "link_click",
    "landing_page_view": "landing_page_view",
    "post_engagement": "post_engagement",
    "page_engagement": "page_engagement",
    "video_view": "video_view",
    "leadgen": "lead",
    "lead": "lead",
    "leads": "lead",
    "mobile_app_install": "mobile_app_install",
    "app_install": "mobile_app_install",
    "purchase": "purchase",
    "purchases": "purchase",
    "add_to_cart": "add_to_cart",
    "initiate_checkout": "initiate_checkout",
    "complete_registration": "complete_registration",
    "offsite_conversion": "offsite_conversion.fb_pixel_purchase",
}
_PIXEL = "offsite_conversion.fb_pixel_"
_SELECTING = frozenset(("entity_type", "time_preset", "attribution_window"))


def action_of(name: str) -> str | None:
    """Return the action type behind a metric's name; None for no action."""
    if name in ACTIONS:
        return ACTIONS[name]
    if name.endswith("_fb"):
        return _PIXEL + name.removesuffix("_fb")
    return name if name.startswith(_PIXEL) else None


def is_metric(name: str) -> bool:
    """Tell whether a name is a metric (or a cost per action)."""
    if name in PLAIN_METRICS or action_of(name) is not None:
        return True
    return name.startswith("cost_per_") and action_of(name.removeprefix("cost_per_")) is not None


def needs_days(field: str) -> bool:
    """Tell whether a filter's field is a metric that a time preset belongs to."""
    names = names_in(field) if is_formula(field) else [field]
    own_days = ("today_spent", "yesterday_spent", "lifetime_spent", "daily_ratio_spent",
                "lifetime_ratio_spent")  # fmt: skip
    return any(is_metric(name) and name not in own_days for name in names)


def check_field(field: str, triggered: bool) -> None:
    """Refuse a field that rules do not know, or not in this kind of rule."""
    if field in _SELECTING:
        return
    try:
        names = names_in(field) if is_formula(field) else [field]
    except FormulaError as error:
        raise bad_value(f"Param evaluation_spec[filters]: {error}") from None
    for name in names:
        bare = bare_name(name)[1]
        if bare in SCHEDULE_ONLY and triggered:
            raise bad_value(f"Filter field '{name}' belongs to rules on a schedule")
        if not (is_metric(name) or bare in METADATA or bare in SCHEDULE_ONLY):
            raise bad_value(f"Filter field '{name}' is invalid")


def bare_name(field: str) -> tuple[str, str]:
    """Split `adset.daily_budget` into level and name; no prefix is no level."""
    prefix, _, rest = field.partition(".")
    return (PREFIXES[prefix], rest) if prefix in PREFIXES and rest else ("", field)
