"""The parameters of an insights query, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sync.sandbox.graph.errors import GraphError, bad_value, unknown_field
from sync.sandbox.graph.field_grammar import parse_fields
from sync.sandbox.graph.filtering import Filter, parse_filtering, parse_list
from sync.sandbox.graph.meta_names import enum_values, fields_of
from sync.sandbox.graph.periods import Spread, parse_spread

LEVELS = ("account", "campaign", "adset", "ad")
HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
# Asked without an opt-in these answer with no rows and no error, as at Meta since August 2026.
_OPT_IN = (
    "impression_device",
    "hourly_stats_aggregated_by_audience_time_zone",
    "frequency_value",
)
_ENDED_WINDOWS = ("7d_view", "28d_view")
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev")
_DEFAULT_FIELDS = ("account_id", "impressions", "spend", "date_start", "date_stop")
_OBJECT_PREFIXES = ("", "account", "campaign", "adset", "ad")


@dataclass(frozen=True, slots=True)
class InsightsQuery:
    """One asked insights answer, apart from its paging.

    `windows` are attribution windows still served; `opt_in` marks a
    breakdown that answers with no data.
    """

    level: str
    fields: tuple[str, ...]
    spread: Spread
    hourly: bool
    opt_in: bool
    windows: tuple[str, ...]
    filters: tuple[Filter, ...]
    sort: tuple[str, bool] | None
    summary: tuple[str, ...] | None


def parse_query(params: Mapping[str, str], default_level: str, today: date) -> InsightsQuery:
    """Read all parameters; raises code 100 (or 3018) for what is wrong."""
    level = params.get("level") or default_level
    if level not in LEVELS:
        raise bad_value(f"Param level must be one of {{{', '.join(LEVELS)}}}")
    if LEVELS.index(level) < LEVELS.index(default_level):
        raise GraphError(
            message="An unknown error occurred", code=1, subcode=99, status=500, transient=False
        )
    hourly, opt_in = _parse_breakdowns(params)
    _check_enum(params, "action_breakdowns", "ActionBreakdowns")
    return InsightsQuery(
        level=level,
        fields=_parse_metric_fields(params),
        spread=parse_spread(params, today),
        hourly=hourly,
        opt_in=opt_in,
        windows=_parse_windows(params),
        filters=_parse_filters(params),
        sort=_parse_sort(params),
        summary=_parse_summary(params),
    )


def _parse_metric_fields(params: Mapping[str, str]) -> tuple[str, ...]:
    asked = tuple(request.name for request in parse_fields(params.get("fields")))
    known = fields_of("AdsInsights")
    breakdowns = enum_values("AdsInsights", "Breakdowns")
    for name in asked:
        if name in breakdowns and name not in known:
            raise bad_value(f"{name} is a breakdown and must be asked in breakdowns, not in fields")
        if name not in known:
            raise unknown_field(name, "AdsInsights")
    return tuple(dict.fromkeys(asked)) or _DEFAULT_FIELDS


def _parse_breakdowns(params: Mapping[str, str]) -> tuple[bool, bool]:
    asked = parse_list(params.get("breakdowns"), "breakdowns")
    _check_enum(params, "breakdowns", "Breakdowns")
    if not asked:
        return False, False
    if HOURLY in asked:
        if len(asked) > 1:
            raise _bad_mix(asked)
        return True, False
    if any(name in _OPT_IN for name in asked):
        return False, True
    # Every other breakdown splits rows by things the sandbox's market does not know.
    raise GraphError(message="(#2) Invalid breakdowns - no data available", code=2, subcode=1504041)


def _bad_mix(asked: list[str]) -> GraphError:
    names = ", ".join(asked)
    return bad_value(f"Current combination of data breakdown columns ({names}) is invalid")


def _check_enum(params: Mapping[str, str], name: str, enum: str) -> list[str]:
    asked = parse_list(params.get(name), name)
    allowed = enum_values("AdsInsights", enum)
    for value in asked:
        if value not in allowed:
            raise bad_value(f"{name}[0] must be one of the following values: {value} is not")
    return asked


def _parse_windows(params: Mapping[str, str]) -> tuple[str, ...]:
    asked = _check_enum(params, "action_attribution_windows", "ActionAttributionWindows")
    return tuple(name for name in asked if name in WINDOWS and name not in _ENDED_WINDOWS)


def _parse_filters(params: Mapping[str, str]) -> tuple[Filter, ...]:
    filters = parse_filtering(params)
    for condition in filters:
        if condition.prefix not in _OBJECT_PREFIXES:
            raise bad_value(
                f"Filtering field '{condition.prefix}.{condition.field}' is not supported"
            )
    return filters


def _parse_sort(params: Mapping[str, str]) -> tuple[str, bool] | None:
    asked = parse_list(params.get("sort"), "sort")
    if not asked:
        return None
    name, _, direction = asked[0].rpartition("_")
    if direction not in ("ascending", "descending"):
        raise bad_value("Param sort must end with _ascending or _descending")
    if name not in fields_of("AdsInsights"):
        raise unknown_field(name, "AdsInsights")
    return name, direction == "descending"


def _parse_summary(params: Mapping[str, str]) -> tuple[str, ...] | None:
    asked = parse_list(params.get("summary"), "summary")
    known = fields_of("AdsInsights")
    if [name.lower() for name in asked] in (["true"], ["1"]):
        return ()
    for name in asked:
        if name not in known:
            raise bad_value(
                f"Cannot include {name} in summary param because they weren't there while "
                "creating the report run"
            )
    if asked:
        return tuple(asked)
    return () if params.get("default_summary", "").lower() in ("true", "1") else None
