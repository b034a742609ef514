"""Parameters of writes: which exist, their types, and their reading.

Names and types follow Meta's SDK 26. A parameter the sandbox keeps nowhere
is still checked for its form, as Meta would.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import orjson

from sync.sandbox.graph.errors import GraphError, bad_value
from sync.sandbox.graph.filtering import parse_list
from sync.sandbox.graph.meta_names import enum_values
from sync.sandbox.graph.times import parse_graph_time

GENERIC = frozenset(
    "access_token appsecret_proof appsecret_time fields limit after before summary "
    "default_summary filtering sort ids id method locale pretty debug date_format "
    "suppress_http_code include_headers batch asyncbatch format metadata return_ssl_resources "
    "callback __paging_token since until offset".split()
)
# Type letters: u unsigned, i integer, f float, s text, b boolean, t time, o object, l list;
# a word with a capital is an enumeration of the node, in brackets a list of its values.
_CAMPAIGN = """
adlabels:l bid_strategy:BidStrategy budget_schedule_specs:l daily_budget:u
execution_options:[ExecutionOptions] frequency_control_specs:l is_adset_budget_sharing_enabled:b
is_budget_schedule_enabled:b is_direct_send_campaign:b is_message_campaign:b
is_meta_moment_maker_enabled:b is_pca_unified:b is_reels_trending_ads_enabled:b
is_skadnetwork_attribution:b iterative_split_test_configs:l lifetime_budget:u name:s
objective:Objective pacing_type:l promoted_object:o smart_promotion_type:SmartPromotionType
special_ad_categories:[SpecialAdCategories] special_ad_category_country:[SpecialAdCategoryCountry]
spend_cap:u start_time:t status:Status stop_time:t
"""
_ADSET = """
ad_set_goal:o adlabels:l adset_schedule:l attribution_spec:l automatic_manual_state:s
bid_adjustments:o bid_amount:i bid_constraints:o bid_strategy:BidStrategy
billing_event:BillingEvent budget_schedule_specs:l campaign_attribution:o campaign_spec:o
creative_sequence:l creative_sequence_repetition_pattern:s daily_budget:u daily_imps:u
daily_min_spend_target:u daily_spend_cap:u destination_type:DestinationType dsa_beneficiary:s
dsa_payor:s end_time:t execution_options:[ExecutionOptions] existing_customer_budget_percentage:u
frequency_control_specs:l full_funnel_exploration_mode:s is_ba_skip_delayed_eligible:b
is_budget_schedule_enabled:b is_dc_follow_optimized:b is_incremental_attribution_enabled:b
is_sac_cfca_terms_certified:b is_sequenced_conversion_creation:b lifetime_budget:u lifetime_imps:u
lifetime_min_spend_target:u lifetime_spend_cap:u live_video_ad_campaign_config:o
max_budget_spend_percentage:u meta_moment_maker_spec:o min_budget_spend_percentage:u
multi_event_conversion_attribution_window_seconds:u multi_optimization_goal_weight:s name:s
optimization_goal:OptimizationGoal optimization_sub_event:s pacing_type:l placement_soft_opt_out:o
promoted_object:o rb_prediction_id:s regional_regulated_categories:l
regional_regulation_identities:o relative_value:f rf_prediction_id:s start_time:t status:Status
targeting:o time_based_ad_rotation_id_blocks:l time_based_ad_rotation_intervals:l time_start:t
time_stop:t trending_topics_spec:o tune_for_category:s value_rule_set_id:s value_rules_applied:b
"""
_AD = """
ad_schedule_end_time:t ad_schedule_start_time:t adlabels:l adset_spec:o audience_id:s bid_amount:i
conversion_domain:s creative:o creative_asset_groups_spec:o creative_audience_pairing_persona:o
creative_automation_spec:o display_sequence:u draft_adgroup_id:s engagement_audience:b
execution_options:[ExecutionOptions] include_demolink_hashes:b name:s priority:u status:Status
tracking_specs:l
"""
_CREATIVE_NEW = """
actor_id:u ad_disclaimer_spec:o adlabels:l applink_treatment:s asset_feed_spec:o
authorization_category:s body:s branded_content:o branded_content_sponsor_page_id:s
bundle_folder_id:s call_to_action:o categorization_criteria:s category_media_source:s
contextual_multi_ads:o creative_sourcing_spec:o degrees_of_freedom_spec:o destination_set_id:s
destination_spec:o dynamic_ad_voice:s enable_launch_instant_app:b execution_options:l
existing_post_title:s facebook_branded_content:o format_transformation_spec:l
generative_asset_spec:o image_crops:o image_file:s image_hash:s image_url:s
instagram_branded_content:o instagram_permalink_url:s instagram_user_id:s
interactive_components_spec:o is_dco_internal:b link_og_id:s link_url:s
marketing_message_structured_spec:o media_optimization_spec:o media_sourcing_spec:o name:s
object_id:u object_story_id:s object_story_spec:o object_type:s object_url:s
omnichannel_link_spec:o page_welcome_message:s place_page_set_id:s platform_customizations:o
playable_asset_id:s portrait_customizations:o product_set_id:s product_suggestion_settings:o
recommender_settings:o regional_regulation_disclaimer_spec:o source_facebook_post_id:s
source_instagram_media_id:s template_url:s template_url_spec:s thumbnail_url:s title:s url_tags:s
use_page_actor_override:b wamo_whatsapp_identity_spec:o
"""
_TABLES: dict[str, tuple[str, str]] = {
    "POST Campaign": (
        "Campaign",
        _CAMPAIGN + "adset_bid_amounts:o adset_budgets:l budget_rebalance_flag:b "
        "migrate_to_advantage_plus:b special_ad_category:s",
    ),
    "POST AdSet": ("AdSet", _ADSET + "account_id:s"),
    "POST Ad": ("Ad", _AD),
    "POST AdCreative": ("AdCreative", "account_id:s adlabels:l name:s status:Status"),
    "POST AdAccount": (
        "AdAccount",
        """
        agency_client_declaration:o attribution_spec:l business_info:o currency:Currency
        custom_audience_info:o default_dsa_beneficiary:s default_dsa_payor:s end_advertiser:s
        existing_customers:l is_ba_skip_delayed_eligible:b is_notifications_enabled:b
        media_agency:s name:s partner:s spend_cap:f spend_cap_action:s timezone_id:u
        tos_accepted:o
        """,
    ),
    "POST campaigns": (
        "Campaign",
        _CAMPAIGN + "buying_type:s source_campaign_id:s topline_id:s",
    ),
    "POST adsets": (
        "AdSet",
        _ADSET + "attribution_count_type:s budget_source:s budget_split_set_id:s campaign_id:s "
        "is_dynamic_creative:b line_number:u source_adset_id:s topline_id:s",
    ),
    "POST ads": ("Ad", _AD + "adset_id:s dataset_split_specs:l source_ad_id:s"),
    "POST adcreatives": ("AdCreative", _CREATIVE_NEW),
    "POST Campaign copies": (
        "Campaign",
        """
        deep_copy:b end_time:t migrate_to_advantage_plus:b parameter_overrides:o
        rename_options:o start_time:t status_option:StatusOption
        """,
    ),
    "POST AdSet copies": (
        "AdSet",
        """
        campaign_id:s create_dco_adset:b deep_copy:b end_time:t rename_options:o start_time:t
        status_option:StatusOption
        """,
    ),
    "POST Ad copies": (
        "Ad",
        "adset_id:s creative_parameters:o rename_options:o status_option:StatusOption",
    ),
    "POST adlabels": ("AdLabel", "adlabels:l name:s execution_options:l"),
    "POST adimages": ("AdImage", "bytes:s filename:s name:s copy_from:o"),
    "DELETE campaigns": (
        "AdAccount",
        "before_date:t delete_offset:u delete_strategy:s object_count:i",
    ),
}
_TRUE, _FALSE = ("true", "1"), ("false", "0")


@cache
def parameter_types(operation: str) -> dict[str, str]:
    """Return name → type letter of an operation such as `POST Campaign`."""
    return dict(item.split(":") for item in _TABLES[operation][1].split())


def read_parameters(operation: str, given: Mapping[str, str], zone: str) -> dict[str, object]:
    """Read a write's parameters as typed values; generic ones are left out.

    Times become aware UTC datetimes, `0` as a time becomes None. Raises code
    100 for an unknown parameter, a wrong type or a value outside its list.
    """
    types = parameter_types(operation)
    node = _TABLES[operation][0]
    values: dict[str, object] = {}
    for name, text in given.items():
        if name in types:
            values[name] = _read(node, name, types[name], text, zone)
        elif name not in GENERIC:
            raise unknown_parameter(name, node)
    return values


def unknown_parameter(name: str, node: str) -> GraphError:
    """Code 100 for a parameter that the operation does not take."""
    return bad_value(f"The parameter {name} is not supported on node type {node}")


def _read(node: str, name: str, kind: str, text: str, zone: str) -> object:
    if kind in "ui":
        return _integer(name, text, unsigned=kind == "u")
    if kind == "f":
        try:
            return float(text)
        except ValueError:
            raise bad_value(f"Param {name} must be a number, got '{text}'") from None
    if kind == "b":
        if text.lower() not in (*_TRUE, *_FALSE):
            raise bad_value(f"Param {name} must be a boolean, got '{text}'")
        return text.lower() in _TRUE
    if kind == "t":
        return None if text in ("0", "") else parse_graph_time(text, zone, name)
    if kind in "ol":
        return _json(name, text, list if kind == "l" else dict)
    return text if kind == "s" else _from_enum(node, name, kind, text)


def _integer(name: str, text: str, unsigned: bool) -> int:
    body = text.removeprefix("-") if not unsigned else text
    if not body.isdigit() or not body.isascii():
        raise bad_value(f"Param {name} must be an integer, got '{text}'")
    return int(text)


def _json(name: str, text: str, wanted: type) -> object:
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = parse_list(text, name) if wanted is list and text[:1] not in "[{" else None
    if not isinstance(value, wanted):
        shape = "an array" if wanted is list else "a JSON object"
        raise bad_value(f"Param {name} must be {shape}")
    return value


def _from_enum(node: str, name: str, kind: str, text: str) -> object:
    listed = kind.startswith("[")
    allowed = enum_values(node, kind.strip("[]"))
    found = parse_list(text, name) if listed else [text]
    if found in (["NONE"], ["none"]) and name == "special_ad_categories":
        return []
    for value in found:
        if value not in allowed and not (name == "execution_options" and _is_option(value)):
            choices = ", ".join(sorted(allowed))
            raise bad_value(f"Param {name} must be one of {{{choices}}} - got '{value}'")
    return found if listed else text


def _is_option(value: str) -> bool:
    return value in ("validate_only", "include_recommendations", "synchronous_ad_review")
