"""The fields of ad accounts, as they stand on the wire."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sync.sandbox.graph.context import GraphContext
from sync.sandbox.graph.local_times import local_time
from sync.sandbox.graph.plain_readers import Reader, plain_readers
from sync.sandbox.records import AccountRecord

# Meta's own numbers of time zones; an account in another zone has none here.
_TIMEZONE_IDS = {
    "America/Los_Angeles": 1, "America/Denver": 2, "Pacific/Honolulu": 3,
    "America/Anchorage": 4, "America/Phoenix": 5, "America/Chicago": 6, "America/New_York": 7,
    "Asia/Dubai": 8, "Europe/Vienna": 12, "Australia/Perth": 13, "Australia/Sydney": 15,
    "Europe/Brussels": 18, "Europe/Sofia": 19, "America/Sao_Paulo": 25,
    "America/Vancouver": 28, "America/Toronto": 35, "Europe/Zurich": 39, "Europe/Prague": 46,
    "Europe/Berlin": 47, "Europe/Copenhagen": 48, "Europe/Tallinn": 52, "Europe/Madrid": 55,
    "Europe/Helsinki": 56, "Europe/Paris": 57, "Europe/London": 58, "Europe/Athens": 60,
    "Europe/Zagreb": 64, "Europe/Budapest": 65, "Europe/Dublin": 69, "Asia/Jerusalem": 70,
    "Asia/Kolkata": 71, "Europe/Rome": 74, "Asia/Tokyo": 77, "Asia/Seoul": 79,
    "Europe/Vilnius": 83, "Europe/Luxembourg": 84, "Europe/Riga": 85,
    "America/Mexico_City": 94, "Europe/Amsterdam": 98, "Europe/Oslo": 99,
    "Pacific/Auckland": 100, "Europe/Warsaw": 106, "Europe/Lisbon": 109,
    "Europe/Bucharest": 113, "Europe/Belgrade": 114, "Europe/Kyiv": 137, "Europe/Kiev": 137,
}  # fmt: skip
_ATTRIBUTION = [
    {"event_type": "CLICK_THROUGH", "window_days": 7},
    {"event_type": "VIEW_THROUGH", "window_days": 1},
]
_SAME_FOR_ALL: dict[str, object] = {
    "business_city": "",
    "can_create_brand_lift_study": False,
    "fb_entity": 85,
    "has_migrated_permissions": True,
    "is_direct_deals_enabled": False,
    "is_in_3ds_authorization_enabled_market": False,
    "is_notifications_enabled": True,
    "is_tax_id_required": False,
    "offsite_pixels_tos_accepted": True,
    "tax_id_status": 0,
    "tax_id_type": "0",
}


def _always(value: object) -> Reader:
    return lambda _context, _account: value


def _funding(context: GraphContext, account: AccountRecord, value: object) -> object:
    """Return how the account pays, to those who may change it."""
    return value if "ads_management" in context.at_hand.scopes else None


def _zone_offset(context: GraphContext, account: AccountRecord) -> float:
    offset = context.now().astimezone(ZoneInfo(account.timezone_name)).utcoffset()
    return 0.0 if offset is None else offset.total_seconds() / 3600


ACCOUNT: dict[str, Reader] = {
    **plain_readers(
        "name", "account_status", "disable_reason", "currency", "timezone_name", "min_daily_budget"
    ),
    "id": lambda _c, a: f"act_{a.id}",
    "account_id": lambda _c, a: a.id,
    "age": lambda c, a: round((c.now() - a.created_time).total_seconds() / 86400, 6),
    "timezone_id": lambda _c, a: _TIMEZONE_IDS.get(a.timezone_name),
    "timezone_offset_hours_utc": _zone_offset,
    "min_campaign_group_spend_cap": lambda _c, a: str(100 * a.min_daily_budget),
    "amount_spent": lambda c, a: str(c.world.amount_spent(a.id) - a.spent_before),
    "balance": lambda c, a: str(c.world.amount_spent_today(a.id)),
    "spend_cap": lambda _c, a: str(a.spend_cap or 0),
    "business": lambda _c, a: {"id": a.business_id, "name": a.client},
    "business_name": lambda _c, a: a.client,
    "owner": lambda _c, a: a.business_id,
    "end_advertiser": lambda _c, a: a.extras.get("end_advertiser", a.business_id),
    "end_advertiser_name": lambda _c, a: a.client,
    "created_time": lambda c, a: local_time(c, a.id, a.created_time),
    "funding_source": lambda c, a: _funding(c, a, a.business_id),
    "funding_source_details": lambda c, a: _funding(
        c, a, {"id": a.business_id, "display_string": "Available balance", "type": 1}
    ),
    "capabilities": lambda _c, _a: ["CAN_CREATE_CALL_ADS", "BULK_ACCOUNT"],
    "user_tasks": lambda _c, _a: ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE", "AA_ANALYZE"],
    "is_prepay_account": lambda _c, _a: False,
    "is_personal": lambda _c, _a: 0,
    "tos_accepted": lambda _c, _a: {"web_custom_audience_tos": 1},
    "is_attribution_spec_system_default": lambda _c, _a: True,
    "attribution_spec": lambda _c, a: a.extras.get("attribution_spec", _ATTRIBUTION),
    "default_dsa_payor": lambda _c, a: a.extras.get("default_dsa_payor"),
    "default_dsa_beneficiary": lambda _c, a: a.extras.get("default_dsa_beneficiary"),
    **{name: _always(value) for name, value in _SAME_FOR_ALL.items()},
}
