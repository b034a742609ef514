"""Chains: one object's actions in order, different objects apart."""

from __future__ import annotations

from engine.domain.journal import JournalEntry
from engine.execution.chains import chains
from tests.builders import campaign
from tests.deciding import entry, proposal


def one(entry_id: str, object_id: str, follows: str | None = None) -> JournalEntry:
    return entry(proposal(campaign(object_id)), entry_id=entry_id, follows=follows)


def ids(found: list[list[JournalEntry]]) -> list[list[str]]:
    return [[item.entry_id for item in chain] for chain in found]


def test_actions_on_one_object_keep_their_order() -> None:
    assert ids(chains([one("a", "1"), one("b", "2"), one("c", "1")])) == [["a", "c"], ["b"]]


def test_an_action_comes_after_the_one_it_follows() -> None:
    assert ids(chains([one("a", "1"), one("b", "2", "a")])) == [["a", "b"]]


def test_two_chains_that_meet_become_one() -> None:
    met = [one("a", "1"), one("b", "2"), one("c", "2", "a"), one("d", "3")]
    assert ids(chains(met)) == [["a", "b", "c"], ["d"]]
