"""Parameters of reads: which exist, in the query or behind a field."""

from __future__ import annotations

from collections.abc import Mapping

from sync.sandbox.graph.parameters import GENERIC, unknown_parameter

_EDGE = frozenset(
    "effective_status date_preset time_range updated_since is_completed category data_source oid "
    "extra_oids uid business_id add_children search_query include_shared_ad_accounts "
    "thumbnail_width thumbnail_height is_draft ad_draft_id include_deleted bid_amount hashes "
    "minheight minwidth selected_hashes am_call_tags from_adtable review_feedback_breakdown "
    "ad_active_time input_token client_id client_secret grant_type permission status "
    "ad_label_ids operator business order name advertiser_id time_start time_stop "
    "pass_evaluation hide_no_changes action object_id rule_id evaluation_type statuses".split()
)
_INSIGHTS = frozenset(
    "level breakdowns action_breakdowns action_attribution_windows action_report_time "
    "date_preset time_range time_ranges time_increment product_id_limit "
    "summary_action_breakdowns use_account_attribution_setting use_unified_attribution_setting "
    "export_columns export_format export_name graph_cache cpas_only is_async async".split()
)


def check_read_names(params: Mapping[str, str], node: str, edge: str) -> None:
    """Refuse an unknown parameter with code 100."""
    insights = edge == "insights"
    allowed = _INSIGHTS if insights else _EDGE
    for name in params:
        if name not in allowed and name not in GENERIC:
            raise unknown_parameter(name, "AdsInsights" if insights else node)
