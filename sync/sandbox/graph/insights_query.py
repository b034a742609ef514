"""The parameters of an insights query, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sync.sandbox.graph.actions import ActionShape
from sync.sandbox.graph.breakdowns import HOURLY, HOURLY_OF_AUDIENCE, OPT_IN, check_mix
from sync.sandbox.graph.errors import GraphError, bad_value, unknown_field
from sync.sandbox.graph.field_grammar import parse_fields
from sync.sandbox.graph.filtering import Filter, parse_filtering, parse_list
from sync.sandbox.graph.meta_names import enum_values, fields_of
from sync.sandbox.graph.periods import Spread, months_back, parse_spread

LEVELS = ("account", "campaign", "adset", "ad")
_ENDED_WINDOWS = ("7d_view", "28d_view")
REACH_MONTHS = 13
UNIQUE_FIELDS = ("reach", "frequency", "cpp")
"""Fields that count people; so do all whose names hold `unique`."""
_DEFAULT_FIELDS = ("account_id", "impressions", "spend", "date_start", "date_stop")
_OBJECT_PREFIXES = ("", "account", "campaign", "adset", "ad")
_BOOLEANS = (
    "default_summary graph_cache use_account_attribution_setting use_unified_attribution_setting"
).split()


@dataclass(frozen=True, slots=True)
class Sort:
    """One key that rows are sorted by; `falling` puts large values first."""

    name: str
    falling: bool


@dataclass(frozen=True, slots=True)
class InsightsQuery:
    """One asked insights answer, apart from its paging.

    `breakdowns` split rows by shares, `hour_key` by hours; `opt_in` names a
    breakdown that is empty to accounts without an opt-in. `old_reach` tells
    that people are asked for by breakdowns, longer ago than they are kept.
    """

    level: str
    fields: tuple[str, ...]
    spread: Spread
    breakdowns: tuple[str, ...]
    hour_key: str | None
    opt_in: bool
    old_reach: bool
    shape: ActionShape
    filters: tuple[Filter, ...]
    sort: tuple[Sort, ...]
    summary: tuple[str, ...] | None
    product_limit: int | None

    @property
    def asked_breakdowns(self) -> tuple[str, ...]:
        """All breakdowns, the hourly one too."""
        return self.breakdowns if self.hour_key is None else (self.hour_key,)


def parse_query(
    params: Mapping[str, str], default_level: str, today: date, refuse_ended: bool = False
) -> InsightsQuery:
    """Read all parameters; raises code 100 (or 3018) for what is wrong."""
    level = params.get("level") or default_level
    if level not in LEVELS:
        raise bad_value(f"Param level must be one of {{{', '.join(LEVELS)}}}")
    if LEVELS.index(level) < LEVELS.index(default_level):
        raise GraphError(
            message="An unknown error occurred", code=1, subcode=99, status=500, transient=False
        )
    asked = tuple(dict.fromkeys(_check_enum(params, "breakdowns", "Breakdowns")))
    check_mix(asked)
    hourly = asked[0] if asked and asked[0] in (HOURLY, HOURLY_OF_AUDIENCE) else None
    fields, spread = _parse_metric_fields(params), parse_spread(params, today)
    _check_loose(params)
    old = asked and min(p.since for p in spread.periods) < months_back(today, REACH_MONTHS)
    filters = _parse_filters(params)
    return InsightsQuery(
        level=level,
        fields=fields,
        spread=spread,
        breakdowns=() if hourly else asked,
        hour_key=hourly,
        opt_in=any(name in OPT_IN for name in asked),
        old_reach=bool(old) and any(counts_people(name) for name in fields),
        shape=ActionShape(
            _parse_windows(params, refuse_ended),
            tuple(_check_enum(params, "action_breakdowns", "ActionBreakdowns")),
            _action_types(filters),
        ),
        filters=tuple(f for f in filters if f.field != "action_type"),
        sort=_parse_sort(params),
        summary=_parse_summary(params),
        product_limit=_parse_number(params, "product_id_limit"),
    )


def counts_people(name: str) -> bool:
    """Tell whether a field counts people, who are not kept for long."""
    return name in UNIQUE_FIELDS or "unique" in name


def _check_loose(params: Mapping[str, str]) -> None:
    """Check the forms of parameters that change nothing here."""
    _check_enum(params, "summary_action_breakdowns", "SummaryActionBreakdowns")
    allowed = enum_values("AdsInsights", "ActionReportTime")
    given = params.get("action_report_time")
    if given and given.strip('"') not in allowed:
        raise bad_value(f"Param action_report_time must be one of {{{', '.join(sorted(allowed))}}}")
    for name in _BOOLEANS:
        if params.get(name, "true").lower() not in ("true", "false", "1", "0"):
            raise bad_value(f"Param {name} must be a boolean, got '{params[name]}'")


def _parse_number(params: Mapping[str, str], name: str) -> int | None:
    text = params.get(name)
    if text is None:
        return None
    if not text.isdigit():
        raise bad_value(f"Param {name} must be an integer, got '{text}'")
    return int(text)


def _action_types(filters: Sequence[Filter]) -> frozenset[str] | None:
    """Return the action types that conditions leave; None leaves all."""
    kept: frozenset[str] | None = None
    for condition in filters:
        if condition.field == "action_type":
            value = condition.value
            named = frozenset(map(str, value if isinstance(value, list) else [value]))
            kept = named if kept is None else kept & named
    return kept


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


def _check_enum(params: Mapping[str, str], name: str, enum: str) -> list[str]:
    asked = parse_list(params.get(name), name)
    allowed = enum_values("AdsInsights", enum)
    for value in asked:
        if value not in allowed:
            place = asked.index(value)
            raise bad_value(
                f"{name}[{place}] must be one of the following values: {', '.join(sorted(allowed))}"
            )
    return asked


def _parse_windows(params: Mapping[str, str], refuse_ended: bool) -> tuple[str, ...]:
    asked = _check_enum(params, "action_attribution_windows", "ActionAttributionWindows")
    ended = [name for name in asked if name.startswith(_ENDED_WINDOWS)]
    if ended and refuse_ended:
        raise bad_value(f"action_attribution_windows: {ended[0]} is no longer supported")
    return tuple(name for name in asked if name not in ended and name != "default")


def _parse_filters(params: Mapping[str, str]) -> tuple[Filter, ...]:
    filters = parse_filtering(params)
    for condition in filters:
        if condition.prefix not in _OBJECT_PREFIXES:
            raise bad_value(
                f"Filtering field '{condition.prefix}.{condition.field}' is not supported"
            )
    return filters


def _parse_sort(params: Mapping[str, str]) -> tuple[Sort, ...]:
    found: list[Sort] = []
    for asked in parse_list(params.get("sort"), "sort"):
        name, _, direction = asked.rpartition("_")
        if direction not in ("ascending", "descending"):
            raise bad_value("Param sort must end with _ascending or _descending")
        if name.partition(":")[0] not in fields_of("AdsInsights"):
            raise unknown_field(name, "AdsInsights")
        found.append(Sort(name, direction == "descending"))
    return tuple(found)


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
