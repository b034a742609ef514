"""The trace of one rule: what was measured and what came of it.

It is calculated by the same expressions as the answers, so the two can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.domain.conditions import Measurement, Metadata, Rank, Whose
from engine.domain.metrics import (
    NOT_ADDITIVE,
    OFF_META_SUMS,
    Custom,
    Metric,
    Modelled,
    operands,
)
from engine.domain.rule import Rule
from engine.domain.verdict import Answer, Reading
from engine.rules.columns import CHANGES, Leaf, attributes, base_sums
from engine.rules.compile import Plan, base_columns, guards_of, numbers_of
from engine.rules.measure import sum_of
from engine.rules.paths import leaf_paths
from engine.rules.properties import COLUMNS
from engine.rules.words import condition_in_words, reason_in_words

SCOPE = "scope"
Cell = float | str | bool | None
Details = tuple[tuple[str, float | str | None], ...]
_SUMMED = frozenset({Whose.PARENT, Whose.ACCOUNT})


@dataclass(frozen=True, slots=True)
class Trace:
    """One rule's measurements on all objects; columns are named by place."""

    rule: Rule
    leaves: tuple[tuple[str, Leaf], ...]
    seen: pl.DataFrame

    def readings(self, row: int, language: str) -> tuple[Reading, ...]:
        """Return what was seen on the object in this row of the frame."""
        cells = self.seen.row(row, named=True)
        found = [
            self._reading(place, path, leaf, cells, language)
            for place, (path, leaf) in enumerate(self.leaves)
        ]
        if not cells[SCOPE]:
            found.insert(0, self._outside(language))
        return tuple(found)

    def _outside(self, language: str) -> Reading:
        reason = reason_in_words("out_of_scope", (), language)
        return Reading(SCOPE, reason, SCOPE, None, None, None, Answer.FALSE, reason, "out_of_scope")

    def _reading(
        self, place: int, path: str, leaf: Leaf, cells: Mapping[str, Cell], language: str
    ) -> Reading:
        answer = cells[f"answer{place}"]
        code: str = ""
        details: Details = ()
        if answer is None:
            code, details = _why_unknown(place, leaf, cells)
        metric, window = _subject(leaf)
        threshold = cells[f"threshold{place}"] if f"threshold{place}" in cells else _constant(leaf)
        return Reading(
            path=path,
            words=condition_in_words(leaf, language),
            metric=metric,
            window=window,
            value=cells[f"value{place}"],
            threshold=threshold,
            answer=Answer.of(None if answer is None else bool(answer)),
            reason=reason_in_words(code, details, language) if code else "",
            code=code,
            details=details,
        )


def trace_rule(
    rule: Rule, frame: pl.DataFrame, as_of: datetime, saved: datetime | None = None
) -> Trace:
    """Return the trace of `rule` on all objects of `frame`.

    `saved` is when a rule with a fixed scope was saved.
    """
    plan = Plan()
    scope = plan.scoped(rule.scope, saved)
    found = tuple(leaf_paths(rule))
    outputs = [pl.col(scope).alias(SCOPE)]
    for place, (_, leaf) in enumerate(found):
        outputs.append(plan.answer(leaf, scope).alias(f"answer{place}"))
        outputs.extend(_seen_by(plan, place, leaf))
    seen = (
        frame.lazy()
        .select(*base_columns(plan, numbers_of([rule]), frame.schema, as_of), *_properties(found))
        .with_columns(plan.values)
        .with_columns(plan.scopes)
        .with_columns(plan.shared)
        .select(outputs)
        .collect(optimizations=pl.QueryOptFlags.none())
    )
    return Trace(rule, found, seen)


def _properties(found: tuple[tuple[str, Leaf], ...]) -> list[pl.Expr]:
    names = sorted({leaf.name for _, leaf in found if isinstance(leaf, Metadata)})
    return [_shown(name).alias(f"shown:{name}") for name in names]


def _shown(name: str) -> pl.Expr:
    source = pl.col(COLUMNS[name])
    return source.list.join(", ") if name == "label" else source


def _seen_by(plan: Plan, place: int, leaf: Leaf) -> list[pl.Expr]:
    """Return the columns that explain the answer of one condition."""
    if isinstance(leaf, Metadata):
        return [pl.col(f"shown:{leaf.name}").alias(f"value{place}")]
    if isinstance(leaf, Rank):
        return [
            plan.measured(leaf.by).alias(f"value{place}"),
            *_sums(f"value{place}", leaf.by, before=False),
        ]
    change = leaf.operator in CHANGES
    found = [
        plan.measured(leaf.measurement, change=change).alias(f"value{place}"),
        *_sums(f"value{place}", leaf.measurement, before=change),
    ]
    if isinstance(leaf.value, Measurement):
        found.append(plan.measured(leaf.value).alias(f"threshold{place}"))
        found.extend(_sums(f"threshold{place}", leaf.value, before=False))
    for number, (guard, _) in enumerate(guards_of(leaf)):
        found.append(plan.measured(guard).alias(f"guard{place}.{number}"))
    return found


def _sums(prefix: str, measurement: Measurement, *, before: bool) -> list[pl.Expr]:
    names = base_sums(measurement.metric)
    found = [sum_of(measurement, name).alias(f"{prefix}:{name}") for name in names]
    if before:
        found += [
            sum_of(measurement, name, before=True).alias(f"{prefix}:{name}:before")
            for name in names
        ]
    found += [pl.col(name).alias(f"{prefix}:{name}") for name in attributes(measurement.metric)]
    return found


def _subject(leaf: Leaf) -> tuple[str, str | None]:
    if isinstance(leaf, Metadata):
        return leaf.name, None
    measurement = leaf.by if isinstance(leaf, Rank) else leaf.measurement
    return measurement.metric.name, measurement.window.name if measurement.window else None


def _constant(leaf: Leaf) -> float | str | tuple[float | str, ...] | None:
    if isinstance(leaf, Rank):
        return leaf.percent if leaf.count is None else float(leaf.count)
    return None if isinstance(leaf.value, Measurement) else leaf.value


def _why_unknown(place: int, leaf: Leaf, cells: Mapping[str, Cell]) -> tuple[str, Details]:
    """Return the reason of an unknown answer as a code and its numbers."""
    if isinstance(leaf, Metadata):
        return "no_data", (("missing", leaf.name),)
    if isinstance(leaf, Rank):
        if cells[f"value{place}"] is not None:
            return "not_ranked", ()
        return _missing(f"value{place}", leaf.by, cells)
    for number, (guard, least) in enumerate(guards_of(leaf)):
        seen = cells[f"guard{place}.{number}"]
        if seen is None:
            return "no_data", (("missing", guard.metric.name),)
        if isinstance(seen, float) and seen < least:
            details = (("sum", guard.metric.name), ("seen", seen), ("needed", least))
            return "sample_too_small", details
    if cells[f"value{place}"] is None:
        if leaf.operator in CHANGES:
            return _missing_change(f"value{place}", leaf.measurement, cells)
        return _missing(f"value{place}", leaf.measurement, cells)
    if isinstance(leaf.value, Measurement):
        return _missing(f"threshold{place}", leaf.value, cells)
    return "no_data", (("missing", leaf.measurement.metric.name),)


def _missing(
    prefix: str, measurement: Measurement, cells: Mapping[str, Cell]
) -> tuple[str, Details]:
    metric = measurement.metric
    subject: Details = (("metric", metric.name),)
    if measurement.attribution is not None and any(
        cells[f"{prefix}:{name}"] is None and name.partition(":")[0] in OFF_META_SUMS
        for name in base_sums(metric)
    ):
        return "attribution", (("attribution", measurement.attribution),)
    if _is_modelled(metric):
        return "no_model", subject
    if measurement.of in _SUMMED and NOT_ADDITIVE & set(base_sums(metric)):
        return "not_additive", subject
    if measurement.of in {Whose.SIBLINGS_MEAN, Whose.SIBLINGS_MEDIAN}:
        return "no_siblings", subject
    for name in (*base_sums(metric), *attributes(metric)):
        if cells[f"{prefix}:{name}"] is None:
            return "no_data", (("missing", name),)
    return "zero_denominator", subject


def _missing_change(
    prefix: str, measurement: Measurement, cells: Mapping[str, Cell]
) -> tuple[str, Details]:
    code, details = _missing(prefix, measurement, cells)
    if code != "zero_denominator":
        return code, details
    for name in base_sums(measurement.metric):
        if cells[f"{prefix}:{name}:before"] is None:
            return "no_data_before", (("missing", name),)
    return "no_change", details


def _is_modelled(metric: Metric) -> bool:
    if isinstance(metric.formula, Custom):
        return any(_is_modelled(part) for part in operands(metric.formula.expression))
    return isinstance(metric.formula, Modelled)
