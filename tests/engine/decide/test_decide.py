"""Deciding: every candidate becomes one decision, with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.decide.context import GuardContext
from engine.decide.decide import decide, decide_for_person
from engine.decide.proposals import propose
from engine.decide.settings import GuardSettings, MoneyLimit
from engine.domain.decision import Decision, Outcome, Proposal
from engine.domain.objects import Status
from engine.domain.rule import HoldOut, Limits, MlEnhancement, Mode, Rule
from engine.ports import Confidence
from tests.builders import campaign
from tests.deciding import (
    ACTIVATE,
    PAUSE,
    context,
    entry,
    notify,
    proposal,
    raise_by,
    rule,
    verdict,
)


def decisions(rules: list[Rule], here: GuardContext, *matched: str) -> list[Decision]:
    """Decide for rules that all match the named objects."""
    known = replace(here, rules={one.rule_id: one for one in rules})
    candidates = [
        candidate
        for one in rules
        for object_id in matched or ("1",)
        for candidate in propose(one, verdict(one, object_id), known.family)
    ]
    return decide(candidates, known)


def told(found: list[Decision]) -> list[tuple[str, str]]:
    return [(str(one.outcome), one.reason.code) for one in found]


def test_the_mode_of_the_rule_says_how_far_it_goes() -> None:
    for mode, outcome in (
        (Mode.AUTOMATIC, Outcome.ACT),
        (Mode.APPROVAL, Outcome.AWAIT_APPROVAL),
        (Mode.DRY_RUN, Outcome.DRY_RUN),
    ):
        found = decisions([rule("r1", PAUSE, mode=mode)], context())
        assert told(found) == [(outcome, "passed")]


def test_a_message_follows_the_change_it_announces() -> None:
    change, message = decisions([rule("r1", PAUSE, notify())], context())
    assert message.outcome is Outcome.ACT
    assert message.follows == change.decision_id


def test_a_message_is_not_sent_when_nothing_was_done() -> None:
    one = rule("r1", PAUSE, notify())
    paused = context(campaign(status=Status.PAUSED))
    assert told(decisions([one], paused)) == [
        ("skipped", "no_change"),
        ("skipped", "follows_nothing"),
    ]
    stopped = context(stopped_by="Olena")
    assert told(decisions([one], stopped)) == [
        ("vetoed", "stopped"),
        ("skipped", "follows_nothing"),
    ]


def test_a_change_goes_on_after_one_that_was_not_needed() -> None:
    one = rule("r1", ACTIVATE, raise_by(20), notify())
    awake = decisions([one], context())
    assert told(awake) == [("skipped", "no_change"), ("act", "passed"), ("act", "passed")]
    asleep = context(campaign(status=Status.PAUSED, effective_status="PAUSED"))
    activate, raised, message = decisions([one], asleep)
    assert (raised.follows, message.follows) == (activate.decision_id, raised.decision_id)


def test_a_loser_is_kept_with_its_reason() -> None:
    found = decisions([rule("grow", raise_by(20)), rule("stop", PAUSE)], context())
    by_rule = {one.proposal.rule_id: one for one in found}
    assert by_rule["stop"].outcome is Outcome.ACT
    assert by_rule["grow"].outcome is Outcome.VETOED
    assert by_rule["grow"].reason.guard == "arbiter"
    assert "Rule stop" in by_rule["grow"].reason.words


def test_the_strongest_get_what_is_scarce() -> None:
    """Only one rise of 10.00 fits the day: the rule of higher priority gets it."""
    tight = GuardSettings(account_increase=MoneyLimit({"USD": 15}))
    here = context(campaign("1"), campaign("2"), settings=tight)
    rules = [rule("weak", raise_by(20), priority=200), rule("strong", raise_by(20), priority=1)]
    known = replace(here, rules={one.rule_id: one for one in rules})
    candidates = [
        *propose(rules[0], verdict(rules[0], "1"), known.family),
        *propose(rules[1], verdict(rules[1], "2"), known.family),
    ]
    found = decide(candidates, known)
    assert [one.proposal.rule_id for one in found] == ["strong", "weak"]
    assert told(found) == [("act", "passed"), ("vetoed", "account_increase")]


def test_a_rule_acts_on_a_limited_number_of_objects_a_run() -> None:
    one = rule("r1", PAUSE, notify(), limits=Limits(max_objects_per_run=2))
    several = [campaign(str(number)) for number in range(1, 5)]
    found = decisions([one], context(*several), "1", "2", "3", "4")
    acted = [d for d in found if d.outcome is Outcome.ACT]
    assert len(acted) == 4, "two changes and their messages"


def test_the_same_cycle_makes_the_same_decisions() -> None:
    rules = [rule("r1", PAUSE, notify()), rule("r2", raise_by(20))]
    assert decisions(rules, context()) == decisions(rules, context())


def test_a_dry_run_decides_as_a_live_run_would() -> None:
    live = [rule("r1", PAUSE, notify()), rule("r2", raise_by(20))]
    dry = [replace(one, mode=Mode.DRY_RUN) for one in live]
    objects = [campaign(str(number)) for number in range(1, 5)]
    ids = [one.object_id for one in objects]
    lively = [one.reason for one in decisions(live, context(*objects), *ids)]
    dryly = [one.reason for one in decisions(dry, context(*objects), *ids)]
    assert lively == dryly


def test_held_out_matches_are_drawn_once_a_day() -> None:
    half = rule("r1", PAUSE, notify(), hold_out=HoldOut(share=0.5))
    several = [campaign(str(number)) for number in range(1, 101)]
    wide = GuardSettings(blast_minimum=1000)
    here = context(*several, settings=wide)
    ids = [one.object_id for one in several]
    found = decisions([half], here, *ids)
    held = {d.proposal.object.object_id for d in found if d.outcome is Outcome.HELD_OUT}
    assert 30 < len(held) < 70
    acted = {d.proposal.object.object_id for d in found if d.outcome is Outcome.ACT}
    assert held | acted == set(ids)
    assert not held & acted
    again = decisions([half], replace(here, cycle_id="c2"), *ids)
    assert held == {d.proposal.object.object_id for d in again if d.outcome is Outcome.HELD_OUT}


def test_hold_outs_are_capped_in_money() -> None:
    """All would be held out, but 50.00 a day pays for one object of 50.00 only."""
    every = rule("r1", PAUSE, hold_out=HoldOut(share=1.0, max_spend_per_day=50))
    found = decisions([every], context(campaign("1"), campaign("2")), "1", "2")
    assert sorted(str(one.outcome) for one in found) == ["act", "held_out"]


@dataclass
class Oracle:
    """A model that always answers the same."""

    probability: float | None

    def confidence(self, proposal: Proposal, horizon: str) -> Confidence | None:
        if self.probability is None:
            return None
        return Confidence(self.probability, "oracle", f"Over {horizon}.")


def asked(ml: MlEnhancement, oracle: Oracle | None) -> Decision:
    one = rule("r1", PAUSE, ml=ml)
    here = context(rules={"r1": one})
    return decide(propose(one, verdict(one), here.family), here, forecaster=oracle)[0]


def test_a_model_must_be_confident_enough() -> None:
    ml = MlEnhancement(use_prediction=True, confidence_threshold=0.8)
    assert asked(ml, Oracle(0.85)).outcome is Outcome.ACT
    assert "0.85" in asked(ml, Oracle(0.85)).reason.words
    assert asked(ml, Oracle(0.75)).reason.code == "not_confident"


def test_without_a_usable_model_the_rule_says_what_happens() -> None:
    ml = MlEnhancement(use_prediction=True)
    assert asked(ml, None).reason.code == "no_model"
    assert asked(ml, Oracle(None)).outcome is Outcome.SKIPPED
    alone = asked(replace(ml, fallback_to_rule=True), None)
    assert alone.outcome is Outcome.ACT
    assert "decided alone" in alone.reason.words


def test_a_proposal_that_a_model_stops_does_not_beat_others() -> None:
    gated = rule("gated", PAUSE, ml=MlEnhancement(use_prediction=True))
    found = decisions([gated, rule("grow", raise_by(20))], context())
    outcomes = {one.proposal.rule_id: one.outcome for one in found}
    assert outcomes == {"gated": Outcome.SKIPPED, "grow": Outcome.ACT}


def test_a_person_is_held_to_money_but_not_to_cooldowns() -> None:
    raised = proposal(after=6000)
    rested = context(recent=[entry(raised)])
    assert decide_for_person(raised, rested, "Olena").outcome is Outcome.ACT
    stopped = decide_for_person(raised, context(stopped_by="Petro"), "Olena")
    assert stopped.outcome is Outcome.VETOED
    assert stopped.actor == "Olena"
