"""From a match to proposals: at the right place, or refused with a clear reason."""

from __future__ import annotations

from dataclasses import replace

from engine.decide.family import Family
from engine.decide.proposals import Background, Candidate, propose
from engine.domain.action import Action, ActionType
from engine.domain.objects import Level, Status
from engine.domain.verdict import Answer, Reading
from tests.builders import adset, campaign
from tests.deciding import ACTIVATE, PAUSE, family, notify, raise_by, rule, verdict


def only(action: Action, objects: Family, object_id: str = "1", **changes: object) -> Candidate:
    one = rule("r1", action, **changes)
    found = propose(one, verdict(one, object_id), objects)
    assert len(found) == 1
    return found[0]


def test_a_pause_aims_at_the_status_of_the_object() -> None:
    found = only(PAUSE, family())
    assert found.refused is None
    assert (found.proposal.field, found.proposal.before, found.proposal.after) == (
        "status",
        "ACTIVE",
        "PAUSED",
    )


def test_what_is_paused_already_is_no_change() -> None:
    found = only(PAUSE, family(campaign(status=Status.PAUSED)))
    assert found.changes_nothing


def test_a_campaign_budget_is_raised_on_the_campaign() -> None:
    found = only(raise_by(20), family())
    proposal = found.proposal
    assert (proposal.object.object_id, proposal.field) == ("1", "daily_budget")
    assert (proposal.before, proposal.after) == (5000, 6000)


def test_a_single_ad_set_carries_the_budget_of_its_campaign() -> None:
    objects = family(campaign(daily_budget=None), adset("11", "1", daily_budget=3000))
    proposal = only(raise_by(20), objects).proposal
    assert (proposal.object.object_id, proposal.after) == ("11", 3600)


def test_a_campaign_with_budgets_on_several_ad_sets_is_refused_with_a_hint() -> None:
    objects = family(
        campaign(daily_budget=None),
        adset("11", "1", daily_budget=3000),
        adset("12", "1", daily_budget=3000),
    )
    refused = only(raise_by(20), objects).refused
    assert refused is not None
    assert refused.code == "wrong_place"
    assert "level: adset" in refused.words


def test_an_ad_set_under_a_shared_campaign_budget_is_refused_with_a_hint() -> None:
    objects = family(campaign(), adset("11", "1"), adset("12", "1"))
    refused = only(raise_by(20), objects, "11", level=Level.ADSET).refused
    assert refused is not None
    assert refused.code == "wrong_place"
    assert "level: campaign" in refused.words


def test_an_action_may_name_a_level_above_but_not_below() -> None:
    objects = family(campaign(), adset("11", "1"))
    above = only(replace(PAUSE, level=Level.CAMPAIGN), objects, "11", level=Level.ADSET)
    below = only(replace(PAUSE, level=Level.AD), objects)
    assert above.proposal.object.object_id == "1"
    assert below.refused is not None
    assert below.refused.code == "wrong_level"


def test_an_object_with_a_status_nobody_knows_is_never_acted_on() -> None:
    odd = campaign(status=Status.OTHER, raw_status="UNDER_A_SPELL")
    refused = only(ACTIVATE, family(odd)).refused
    assert refused is not None
    assert "UNDER_A_SPELL" in refused.words


def test_what_is_not_carried_out_yet_is_skipped_with_its_name() -> None:
    move = Action(ActionType.REALLOCATE_BUDGET, written_as="reallocate_budget")
    hold = Action(ActionType.PAUSE, (("for_duration", "12h"),))
    for action in (move, hold):
        refused = only(action, family()).refused
        assert refused is not None
        assert refused.code == "not_carried_out"


def test_a_message_is_filled_in_with_what_was_measured() -> None:
    spend = Reading("c/1", "Spend", "spend", "7d", 1234.5, 1000.0, Answer.TRUE)
    ctr = Reading("c/0", "CTR", "ctr", "24h", 0.42, 1.0, Answer.TRUE)
    one = rule("r1", notify("{name}: CTR {ctr}, spend {spend@7d}; {unknown} {0} {name.__class__}"))
    found = propose(one, verdict(one, "1", ctr, spend), family())[0]
    expected = "Campaign 1: CTR 0.42%, spend 1 234.50 USD; {unknown} {0} {name.__class__}"
    assert found.proposal.message == expected


def test_a_name_in_braces_is_not_filled_in_again() -> None:
    one = rule("r1", notify("{name}"))
    found = propose(one, verdict(one), family(campaign(name="{ctr}\x07\u202e")))[0]
    assert found.proposal.message == "{ctr}"


def test_actions_keep_their_order_and_know_the_money_at_risk() -> None:
    one = rule("r1", PAUSE, notify("Paused {name}"))
    known = Background(stakes={"1": 70_000})
    first, second = propose(one, verdict(one), family(), known)
    assert (first.proposal.position, second.proposal.position) == (0, 1)
    assert first.proposal.stake == 70_000
    assert second.proposal.is_notification
