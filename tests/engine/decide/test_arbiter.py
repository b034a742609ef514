"""The arbiter: of contradicting proposals at most one is left."""

from __future__ import annotations

from engine.decide.arbiter import arbitrate
from engine.domain.decision import Proposal
from engine.domain.rule import Mode
from tests.builders import adset, campaign
from tests.deciding import family, proposal


def dropped(*proposals: Proposal) -> dict[str, str]:
    """Return the codes of dropped proposals by rule."""
    objects = family(campaign(), adset("11", "1", daily_budget=3000), campaign("2"))
    return {
        proposals[at].rule_id: reason.code for at, reason in arbitrate(proposals, objects).items()
    }


def by(rule_id: str, after: int | str, **changes: object) -> Proposal:
    return proposal(changes.pop("target", None), after, rule_id=rule_id, **changes)  # type: ignore[arg-type]  # an object


def test_stop_loss_beats_growth_whatever_the_priority() -> None:
    assert dropped(by("grow", 6000, priority=1), by("stop", "PAUSED", priority=900)) == {
        "grow": "paused"
    }


def test_the_lower_priority_number_wins() -> None:
    assert dropped(by("a", 6000, priority=50), by("b", 7000, priority=40)) == {"a": "contradiction"}


def test_of_equal_priority_the_one_with_more_money_at_risk_wins() -> None:
    assert dropped(by("a", 6000, stake=10), by("b", 7000, stake=20)) == {"a": "contradiction"}


def test_who_is_left_does_not_depend_on_the_order_of_rules() -> None:
    one, two = by("a", 6000), by("b", 7000)
    assert dropped(one, two) == dropped(two, one) == {"b": "contradiction"}


def test_two_rules_that_want_the_same_act_once() -> None:
    assert dropped(by("a", "PAUSED"), by("b", "PAUSED")) == {"b": "same"}


def test_a_paused_campaign_takes_growth_below_it_along() -> None:
    below = adset("11", "1", daily_budget=3000)
    assert dropped(by("grow", 3600, target=below), by("stop", "PAUSED")) == {
        "grow": "parent_paused"
    }


def test_pausing_an_ad_set_of_a_growing_campaign_is_no_contradiction() -> None:
    below = adset("11", "1", daily_budget=3000)
    assert dropped(by("grow", 6000), by("stop", "PAUSED", target=below)) == {}


def test_different_objects_do_not_meet() -> None:
    assert dropped(by("a", "PAUSED"), by("b", 6000, target=campaign("2"))) == {}


def test_one_rule_may_do_two_things_to_one_object() -> None:
    assert dropped(by("a", "ACTIVE"), by("a", 4000, position=1)) == {}


def test_a_dry_run_takes_nothing_from_a_live_rule() -> None:
    dry = by("dry", "PAUSED", mode=Mode.DRY_RUN)
    assert dropped(dry, by("live", 6000)) == {}


def test_a_dry_run_loses_to_a_live_rule_as_it_would_live() -> None:
    dry = by("dry", 6000, mode=Mode.DRY_RUN)
    assert dropped(dry, by("live", "PAUSED")) == {"dry": "paused"}
