"""For all crowds of rules: caps hold, contradictions never meet, nothing is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decide.arbiter import arbitrate
from engine.decide.context import is_growth
from engine.decide.decide import decide
from engine.decide.proposals import propose
from engine.decide.settings import GuardSettings, MoneyLimit
from engine.domain.action import Action, ActionType
from engine.domain.decision import Decision, Outcome, Proposal
from engine.domain.journal import JournalEntry, JournalState
from engine.domain.objects import AdObject, Status
from engine.domain.rule import Mode, Rule
from tests.builders import NOW, adset, campaign
from tests.deciding import (
    ACTIVATE,
    PAUSE,
    context,
    entry,
    family,
    lower_by,
    notify,
    proposal,
    raise_by,
    rule,
    verdict,
)

CAMPAIGNS = 12
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.just(PAUSE),
    st.just(ACTIVATE),
    st.integers(1, 90).map(raise_by),
    st.integers(1, 90).map(lower_by),
    st.just(notify()),
)


@st.composite
def worlds(draw: st.DrawFn) -> list[AdObject]:
    """Return campaigns with and without budgets of their own, with their ad sets."""
    objects: list[AdObject] = []
    for number in range(1, CAMPAIGNS + 1):
        own = draw(st.booleans())
        asleep = draw(st.booleans())
        status = Status.PAUSED if asleep else Status.ACTIVE
        budget = draw(st.integers(200, 100_000))
        parent = campaign(
            str(number),
            status=status,
            effective_status=status.value,
            daily_budget=budget if own else None,
        )
        below = [
            adset(f"{number}{at}", str(number), daily_budget=None if own else budget // 2)
            for at in range(draw(st.integers(1, 3)))
        ]
        objects += [parent, *below]
    return objects


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[Rule, str]]:
    """Return rules, each with an object that it matches."""
    found: list[tuple[Rule, str]] = []
    for number in range(draw(st.integers(1, 12))):
        one = rule(
            f"r{number}",
            *draw(st.lists(ACTIONS, min_size=1, max_size=3)),
            priority=draw(st.integers(1, 5)),
            mode=draw(st.sampled_from([Mode.AUTOMATIC, Mode.AUTOMATIC, Mode.DRY_RUN])),
        )
        found.append((one, str(draw(st.integers(1, CAMPAIGNS)))))
    return found


@st.composite
def pasts(draw: st.DrawFn) -> list[JournalEntry]:
    """Return changes of the last hours in any state."""
    states = st.sampled_from(
        [JournalState.APPLIED, JournalState.UNKNOWN, JournalState.NOT_APPLIED, JournalState.INTENT]
    )
    return [
        entry(
            proposal(campaign(str(100 + number)), draw(st.integers(3000, 8000))),
            draw(states),
            at=NOW - timedelta(minutes=draw(st.integers(0, 400))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


def decided(
    world: list[AdObject],
    crowd: list[tuple[Rule, str]],
    past: list[JournalEntry],
    limits: GuardSettings,
) -> list[Decision]:
    here = context(
        *world, recent=past, settings=limits, rules={one.rule_id: one for one, _ in crowd}
    )
    candidates = [
        candidate
        for one, object_id in crowd
        for candidate in propose(one, verdict(one, object_id), here.family)
    ]
    found = decide(candidates, here)
    assert len(found) == len(candidates), "every candidate becomes one decision"
    return found


def acting(found: list[Decision]) -> list[Proposal]:
    return [
        one.proposal
        for one in found
        if one.outcome is Outcome.ACT and not one.proposal.is_notification
    ]


@settings(max_examples=30)
@given(worlds(), crowds(), pasts(), st.integers(0, 200), st.integers(0, 100))
def test_a_days_changes_stay_under_their_caps(
    world: list[AdObject],
    crowd: list[tuple[Rule, str]],
    past: list[JournalEntry],
    change: int,
    increase: int,
) -> None:
    limits = GuardSettings(
        account_change=MoneyLimit({"USD": change}), account_increase=MoneyLimit({"USD": increase})
    )
    found = acting(decided(world, crowd, past, limits))
    reserved = [one for one in past if one.state is not JournalState.NOT_APPLIED]
    moved = sum(abs(one.change) for one in reserved) + sum(abs(one.change) for one in found)
    risen = sum(max(one.change, 0) for one in reserved) + sum(max(one.change, 0) for one in found)
    if any(one.change for one in found):
        assert moved <= change * 100
    if any(one.change > 0 for one in found):
        assert risen <= increase * 100


@settings(max_examples=30)
@given(worlds(), crowds(), pasts())
def test_no_two_actions_contradict_each_other(
    world: list[AdObject], crowd: list[tuple[Rule, str]], past: list[JournalEntry]
) -> None:
    found = acting(decided(world, crowd, past, GuardSettings()))
    fields = Counter((one.object.object_id, one.field) for one in found)
    assert max(fields.values(), default=1) == 1
    objects = family(*world)
    for one in found:
        if one.action.type is not ActionType.PAUSE:
            continue
        for other in found:
            below = objects.is_below(other.object.object_id, one.object.object_id)
            same = other.object.object_id == one.object.object_id
            if (below or same) and other.rule_id != one.rule_id:
                assert not is_growth(other)


@settings(max_examples=30)
@given(worlds(), crowds(), pasts())
def test_few_campaigns_are_touched_and_each_message_has_its_change(
    world: list[AdObject], crowd: list[tuple[Rule, str]], past: list[JournalEntry]
) -> None:
    found = decided(world, crowd, past, GuardSettings())
    objects = family(*world)
    touched = {objects.campaign_id(one.object.object_id) for one in acting(found)}
    assert len(touched) <= 5
    by_id = {one.decision_id: one for one in found}
    for one in found:
        if one.outcome is Outcome.ACT and one.follows is not None:
            assert by_id[one.follows].outcome is Outcome.ACT


@settings(max_examples=30)
@given(worlds(), crowds(), pasts())
def test_a_live_run_does_not_depend_on_rules_in_dry_run(
    world: list[AdObject], crowd: list[tuple[Rule, str]], past: list[JournalEntry]
) -> None:
    live = [pair for pair in crowd if pair[0].mode is not Mode.DRY_RUN]
    mixed = acting(decided(world, crowd, past, GuardSettings()))
    alone = acting(decided(world, live, past, GuardSettings()))
    assert mixed == alone


@settings(max_examples=30)
@given(worlds(), crowds())
def test_a_dry_run_decides_as_live(world: list[AdObject], crowd: list[tuple[Rule, str]]) -> None:
    live = [(replace(one, mode=Mode.AUTOMATIC), object_id) for one, object_id in crowd]
    dry = [(replace(one, mode=Mode.DRY_RUN), object_id) for one, object_id in crowd]
    one, other = (decided(world, pairs, [], GuardSettings()) for pairs in (live, dry))
    assert [decision.reason for decision in one] == [decision.reason for decision in other]
    assert not acting(other)


@settings(max_examples=30)
@given(worlds(), crowds(), st.randoms(use_true_random=False))
def test_the_arbiter_does_not_depend_on_the_order(
    world: list[AdObject], crowd: list[tuple[Rule, str]], chance: object
) -> None:
    objects = family(*world)
    proposals = [
        candidate.proposal
        for one, object_id in crowd
        for candidate in propose(one, verdict(one, object_id), objects)
        if candidate.refused is None
    ]
    shuffled = list(proposals)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    first, second = arbitrate(proposals, objects), arbitrate(shuffled, objects)
    assert {(proposals[at].rule_id, proposals[at].position) for at in first} == {
        (shuffled[at].rule_id, shuffled[at].position) for at in second
    }
