"""Four budget changes an hour per ad set, counted before Meta has to refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.objects import Level, ObjectRef
from engine.ports import Activity, Write
from sync.budget_edits import BudgetEdits

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def change(field: str = "daily_budget", level: Level = Level.ADSET) -> Write:
    return Write(ObjectRef("11", "77", level), field, 1500, "e1")


def edit(minutes_ago: float, *, by_us: bool = False, field: str = "daily_budget") -> Activity:
    at = NOW - minutes_ago * MINUTE
    return Activity("11", at, "update_ad_set_budget", field, 1, 2, "Olena", by_us)


def sent(times: int) -> BudgetEdits:
    """Return the count after so many changes, ten minutes apart, the last one now."""
    edits = BudgetEdits()
    for number in range(times):
        edits.sent(change(), NOW - 10 * (times - 1 - number) * MINUTE)
    return edits


def test_the_fifth_change_within_an_hour_waits_for_the_first_to_pass() -> None:
    assert sent(3).check(change(), NOW) is None
    refused = sent(4).check(change(), NOW)
    assert refused is not None
    assert refused.until == NOW + 30 * MINUTE
    assert refused.object_id == "11"
    assert "Nothing was sent" in refused.text
    assert sent(4).check(change(), NOW + 30 * MINUTE) is None


@pytest.mark.parametrize(
    "other", [change("status"), change(level=Level.CAMPAIGN), change("bid_amount")]
)
def test_only_budgets_of_ad_sets_are_counted(other: Write) -> None:
    assert sent(9).check(other, NOW) is None


def test_changes_by_others_count_as_meta_counts_them() -> None:
    edits = sent(2)
    edits.note([edit(40), edit(20), edit(70), edit(5, field="status")], NOW)
    refused = edits.check(change(), NOW)
    assert refused is not None
    assert refused.until == NOW + 20 * MINUTE


def test_our_own_rows_of_the_history_are_not_counted_twice() -> None:
    edits = sent(2)
    edits.note([edit(10, by_us=True), edit(0.5, by_us=True)], NOW)
    edits.note([edit(10, by_us=True)], NOW)
    assert edits.check(change(), NOW) is None


def test_what_an_earlier_run_of_ours_changed_is_counted() -> None:
    edits = BudgetEdits()
    edits.note([edit(minutes, by_us=True) for minutes in (10, 20, 30, 40)], NOW)
    assert edits.check(change(), NOW) is not None
    edits.note([], NOW + 60 * MINUTE)
    assert edits.check(change(), NOW + 60 * MINUTE) is None


def test_what_meta_refused_rests_until_the_time_it_named() -> None:
    edits = BudgetEdits()
    edits.rest(change(level=Level.CAMPAIGN), NOW + 60 * MINUTE)
    refused = edits.check(change(level=Level.CAMPAIGN), NOW + 59 * MINUTE)
    assert refused is not None
    assert edits.check(change("status", Level.CAMPAIGN), NOW) is None
    assert edits.check(change(level=Level.CAMPAIGN), NOW + 60 * MINUTE) is None
