"""Rules, accounts, settings, the stop, cycles, streaks and messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.errors import UserError
from engine.domain.rule import RuleStatus
from engine.storage.state.cycles_store import RuleRun, Streak
from engine.storage.state.notifications_store import Delivery, Message
from engine.storage.state.rules_store import RuleDraft
from engine.storage.state.state import State, open_state
from tests.builders import NOW, account

DRAFT = RuleDraft("Low CTR", RuleStatus.ACTIVE, '{"name": "Low CTR"}')
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = open_state(tmp_path / "state.db")
    yield opened
    opened.close()


def test_every_save_is_a_version_with_author_and_reason(state: State) -> None:
    first = state.rules.add(DRAFT, NOW, "Olena", "first")
    changed = replace(DRAFT, source='{"name": "Low CTR", "priority": 5}')
    second = state.rules.save(first.rule_id, changed, LATER, "Petro", "stronger")
    assert (first.version, second.version) == (1, 2)
    versions = state.rules.versions(first.rule_id)
    assert [(one.version, one.author, one.reason) for one in versions] == [
        (2, "Petro", "stronger"),
        (1, "Olena", "first"),
    ]
    assert state.rules.get(first.rule_id, 1).source == DRAFT.source
    assert (second.created_at, second.saved_at) == (NOW, LATER)


def test_a_name_is_unique_within_a_client(state: State) -> None:
    state.rules.add(DRAFT, NOW, "Olena")
    state.rules.add(replace(DRAFT, client="Bakery"), NOW, "Olena")
    with pytest.raises(UserError, match="already a rule named"):
        state.rules.add(DRAFT, NOW, "Olena")


def test_an_archived_rule_gives_its_name_back(state: State) -> None:
    first = state.rules.add(DRAFT, NOW, "Olena")
    state.rules.save(first.rule_id, replace(DRAFT, status=RuleStatus.ARCHIVED), LATER, "Olena")
    second = state.rules.add(DRAFT, LATER, "Olena")
    assert [one.rule_id for one in state.rules.active()] == [second.rule_id]
    assert state.rules.get(first.rule_id).status is RuleStatus.ARCHIVED


def test_two_people_do_not_overwrite_each_other(state: State) -> None:
    first = state.rules.add(DRAFT, NOW, "Olena")
    state.rules.save(first.rule_id, DRAFT, LATER, "Petro", expected_version=1)
    with pytest.raises(UserError, match="changed meanwhile"):
        state.rules.save(first.rule_id, DRAFT, LATER, "Olena", expected_version=1)


def test_a_broken_rule_stays_until_it_is_saved_again(state: State) -> None:
    first = state.rules.add(DRAFT, NOW, "Olena")
    state.rules.mark_broken(first.rule_id, "no metric 'glow'")
    assert [one.broken for one in state.rules.active()] == ["no metric 'glow'"]
    assert state.rules.save(first.rule_id, DRAFT, LATER, "Olena").broken is None


def test_an_unknown_rule_is_told(state: State) -> None:
    for ask in (state.rules.get, lambda rule_id: state.rules.save(rule_id, DRAFT, NOW, "x")):
        with pytest.raises(UserError, match="no rule 'nobody'"):
            ask("nobody")


def test_what_people_set_for_an_account_outlives_what_meta_says(state: State) -> None:
    state.accounts.remember([account("100"), account("200")], NOW)
    state.accounts.assign_client("100", "Florist")
    state.accounts.choose_primary_event("100", "lead")
    state.accounts.switch("200", enabled=False, automation=False)
    state.accounts.remember([account("100"), account("200")], LATER)
    known = state.accounts.get("100")
    assert (known.account.client, known.account.primary_event) == ("Florist", "lead")
    assert known.seen_at == LATER
    assert [one.account.account_id for one in state.accounts.all(enabled_only=True)] == ["100"]
    assert state.accounts.get("200").automation is False
    with pytest.raises(UserError, match="no account '300'"):
        state.accounts.switch("300", enabled=True)


def test_a_removed_account_stays_removed_until_somebody_adds_it_again(state: State) -> None:
    state.accounts.remember([account("100")], NOW)
    state.accounts.mark_removed("100", NOW)
    state.accounts.remember([account("100")], LATER)
    assert state.accounts.all(enabled_only=True) == []
    assert [one.removed_at for one in state.accounts.all()] == [NOW]
    state.accounts.mark_removed("100", None)
    assert len(state.accounts.all(enabled_only=True)) == 1


def test_settings_keep_json_values(state: State) -> None:
    state.settings.put({"a": [1, {"b": None}], "c": "text"}, NOW, "Olena")
    state.settings.put({"c": 2.5}, LATER, "Petro")
    assert state.settings.all() == {"a": [1, {"b": None}], "c": 2.5}
    state.settings.remove("a")
    assert state.settings.get("a") is None


def test_a_stop_is_durable_until_somebody_lifts_it(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    assert state.stop.current() is None
    state.stop.stop(NOW, "Olena", "prices were wrong")
    state.close()
    again = open_state(tmp_path / "state.db")
    stop = again.stop.current()
    assert stop is not None
    assert (stop.actor, stop.reason, stop.at) == ("Olena", "prices were wrong", NOW)
    again.stop.resume(LATER, "Petro")
    assert again.stop.current() is None
    assert [one.actor for one in again.stop.history()] == ["Petro", "Olena"]
    again.close()


def test_a_killed_cycle_has_no_end(state: State) -> None:
    state.cycles.begin("c1", "100", NOW)
    state.cycles.begin("c2", "100", NOW)
    state.cycles.end("c2", LATER, {"act": 3}, "Meta did not answer")
    newest, killed = state.cycles.latest("100")
    assert (newest.ended_at, newest.counts, newest.error) == (
        LATER,
        {"act": 3},
        "Meta did not answer",
    )
    assert killed.ended_at is None


def test_the_last_run_of_a_rule_replaces_the_one_before(state: State) -> None:
    run = RuleRun("r1", "100", NOW, matched=3, unknown=1, looked_at=10)
    state.cycles.record_runs([run, replace(run, account_id="200")])
    state.cycles.record_runs([replace(run, ran_at=LATER, matched=0)])
    assert state.cycles.runs("100") == [replace(run, ran_at=LATER, matched=0)]
    assert len(state.cycles.runs()) == 2


def test_streaks_that_are_not_named_are_broken(state: State) -> None:
    streak = Streak(1, NOW, NOW, 1)
    state.cycles.replace_streaks("100", {("r1", "1"): streak, ("r1", "2"): streak})
    grown = replace(streak, last=LATER, cycles=2)
    state.cycles.replace_streaks("100", {("r1", "1"): grown})
    assert state.cycles.streaks("100") == {("r1", "1"): grown}


def test_a_message_waits_until_it_is_delivered(state: State) -> None:
    state.notifications.add(Message("Paused", "100", "client", channels=("email",)), NOW)
    (waiting,) = state.notifications.pending()
    assert (waiting.message.text, waiting.message.channels) == ("Paused", ("email",))
    state.notifications.settle(waiting.number, Delivery.DELIVERED, LATER)
    assert state.notifications.pending() == []
    assert state.notifications.latest()[0].delivered_at == LATER
    assert state.notifications.latest(accounts=["200"]) == []


def test_a_time_without_a_zone_is_refused(state: State) -> None:
    with pytest.raises(Exception, match="without a zone"):
        state.stop.stop(NOW.replace(tzinfo=None), "Olena")
