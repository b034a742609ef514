"""Which actions travel together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import AdObject, Level
from engine.domain.rule import Mode
from engine.execution.batches import batches
from tests.builders import NOW, adset, campaign


def entry(name: str, one: AdObject, account_id: str = "100") -> JournalEntry:
    """Return a change of an object."""
    return JournalEntry(
        entry_id=name,
        state=JournalState.INTENT,
        mode=Mode.AUTOMATIC,
        rule_id="r1",
        rule_version=1,
        rule_name="R",
        cycle_id="c1",
        bucket="b1",
        account_id=account_id,
        object_id=one.object_id,
        object_name=one.name,
        level=one.level,
        action="set_budget",
        field="daily_budget",
        before=5000,
        after=6000,
        decided_at=NOW,
    )


def names(found: list[list[JournalEntry]]) -> list[str]:
    return [" ".join(one.entry_id for one in batch) for batch in found]


def test_changes_fill_batches_in_their_order() -> None:
    entries = [entry(f"e{n}", campaign(str(n))) for n in range(5)]
    assert names(batches(entries, {}, 2)) == ["e0 e1", "e2 e3", "e4"]


def test_a_batch_is_about_one_account() -> None:
    one, two = campaign("1"), campaign("2")
    entries = [entry("a", one), entry("b", two, "200"), entry("c", two)]
    assert names(batches(entries, {}, 50)) == ["a c", "b"]


def test_an_object_is_in_a_batch_once() -> None:
    one = campaign("1")
    assert names(batches([entry("a", one), entry("b", one)], {}, 50)) == ["a", "b"]


def test_two_ad_sets_of_one_campaign_never_travel_together() -> None:
    sets = {
        "a": adset("11", "1"),
        "b": adset("12", "1"),
        "c": adset("21", "2"),
        "d": adset("13", "1"),
    }
    entries = [entry(name, one) for name, one in sets.items()]
    campaigns = [entry("e", campaign("1"))]
    assert names(batches([*entries, *campaigns], sets, 50)) == ["a c e", "b", "d"]


def test_ad_sets_of_unknown_campaigns_travel_alone() -> None:
    entries = [entry("a", adset("11", "1")), entry("b", adset("21", "2"))]
    assert names(batches(entries, {}, 50)) == ["a", "b"]


@given(
    st.lists(st.tuples(st.sampled_from("123456789"), st.booleans(), st.sampled_from("xy"))),
    st.integers(1, 5),
)
def test_every_change_travels_once_and_no_batch_breaks_a_rule(
    drawn: list[tuple[str, bool, str]], most: int
) -> None:
    entries, objects = [], {}
    for number, (object_id, small, account_id) in enumerate(drawn):
        parent = str(int(object_id) % 3)
        one = adset(f"s{object_id}", parent) if small else campaign(object_id)
        objects[f"e{number}"] = one
        entries.append(entry(f"e{number}", one, account_id))
    found = batches(entries, objects, most)
    assert sorted(one.entry_id for batch in found for one in batch) == sorted(objects)
    for batch in found:
        assert len(batch) <= most
        assert len({one.account_id for one in batch}) == 1
        assert len({one.object_id for one in batch}) == len(batch)
        parents = [objects[one.entry_id].campaign_id for one in batch if one.level is Level.ADSET]
        assert len(set(parents)) == len(parents)
