"""Bids, labels and creatives: the absolute value, or why nothing changes."""

from __future__ import annotations

import pytest

from engine.decide.family import Family
from engine.decide.guards.rest import learning_phase
from engine.decide.proposals import Background, Candidate, propose
from engine.domain.action import Action, ActionType, Param
from engine.domain.objects import AdObject, Level, Status
from tests.builders import adset, campaign
from tests.deciding import action, context, family, rule, verdict

CAPPED = adset("11", "1", bid_strategy="LOWEST_COST_WITH_BID_CAP", bid_amount=400)


def ad(object_id: str, creative_id: str | None, **changes: object) -> AdObject:
    """Return an ad of the ad set 11 that shows a creative."""
    given = {"level": Level.AD, "parent_id": "11", "creative_id": creative_id, **changes}
    return adset(object_id, "1", **given)


def only(
    done: Action, objects: Family, object_id: str, stakes: dict[str, int] | None = None
) -> Candidate:
    one = rule("r1", done, level=objects.objects[object_id].level)
    (found,) = propose(one, verdict(one, object_id), objects, Background(stakes=stakes or {}))
    return found


@pytest.mark.parametrize(
    ("kind", "params", "after"),
    [
        (ActionType.INCREASE_BID, {"increase_by_percent": 20.0}, 480),
        (ActionType.INCREASE_BID, {"increase_by_percent": 50.0, "max_bid": 5.0}, 500),
        (ActionType.DECREASE_BID, {"decrease_by_amount": 1.0}, 300),
        (ActionType.DECREASE_BID, {"decrease_by_percent": 50.0, "min_bid": 3.5}, 350),
        (ActionType.SET_BID, {"amount": 7.25}, 725),
    ],
)
def test_a_bid_moves_to_an_absolute_amount(
    kind: ActionType, params: dict[str, Param], after: int
) -> None:
    proposal = only(action(kind, **params), family(campaign("1"), CAPPED), "11").proposal
    assert (proposal.field, proposal.before, proposal.after) == ("bid_amount", 400, after)


def test_a_bound_never_turns_a_step_round() -> None:
    low = action(ActionType.INCREASE_BID, increase_by_percent=20.0, max_bid=3.0)
    found = only(low, family(campaign("1"), CAPPED), "11")
    assert found.changes_nothing


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (campaign("1"), "wrong_place"),
        (adset("11", "1"), "no_bid"),
        (adset("11", "1", bid_strategy="LOWEST_COST_WITHOUT_CAP", bid_amount=400), "no_bid"),
        (adset("11", "1", bid_strategy="COST_CAP"), "no_bid"),
    ],
)
def test_a_bid_that_is_not_there_is_refused_with_the_reason(target: AdObject, code: str) -> None:
    done = action(ActionType.SET_BID, amount=5.0)
    found = only(done, family(campaign("1"), target), target.object_id)
    assert found.refused is not None
    assert found.refused.code == code


def test_labels_are_told_as_all_that_remain() -> None:
    objects = family(campaign("1", labels=("scale",)))
    added = only(action(ActionType.ADD_LABEL, label="тест"), objects, "1").proposal
    assert (added.before, added.after) == ('["scale"]', '["scale", "тест"]')
    removed = only(action(ActionType.REMOVE_LABEL, labels=("scale", "no")), objects, "1").proposal
    assert removed.after == "[]"
    again = only(action(ActionType.ADD_LABEL, label="scale"), objects, "1")
    assert again.changes_nothing


def test_creatives_go_round_in_order() -> None:
    ads = [ad("111", "7"), ad("112", "9"), ad("113", "12", status=Status.PAUSED)]
    objects = family(campaign("1"), adset("11", "1"), *ads)
    rotate = action(ActionType.ROTATE_CREATIVE)
    after = {one.object_id: only(rotate, objects, one.object_id).proposal.after for one in ads}
    assert after == {"111": "9", "112": "12", "113": "7"}


def test_the_least_fatigued_creative_spent_least_lately() -> None:
    ads = [ad("111", "7"), ad("112", "9"), ad("113", "9"), ad("114", "12")]
    objects = family(campaign("1"), adset("11", "1"), *ads)
    rotate = action(ActionType.ROTATE_CREATIVE, strategy="least_fatigued")
    stakes = {"111": 1, "112": 30, "113": 30, "114": 50}
    assert only(rotate, objects, "111", stakes).proposal.after == "12"


def test_an_ad_alone_keeps_its_creative() -> None:
    objects = family(campaign("1"), adset("11", "1"), ad("111", "7"))
    assert only(action(ActionType.ROTATE_CREATIVE), objects, "111").changes_nothing
    model = action(ActionType.ROTATE_CREATIVE, strategy="best_predicted")
    refused = only(model, objects, "111").refused
    assert refused is not None
    assert refused.code == "no_model"


def test_a_bid_sends_back_to_learning_and_a_label_does_not() -> None:
    learning = adset("11", "1", bid_strategy="COST_CAP", bid_amount=400, learning_stage="LEARNING")
    objects = family(campaign("1"), learning)
    here = context(campaign("1"), learning)
    bid = only(action(ActionType.SET_BID, amount=5.0), objects, "11").proposal
    label = only(action(ActionType.ADD_LABEL, label="a"), objects, "11").proposal
    assert learning_phase(bid, here) is not None
    assert learning_phase(label, here) is None


def test_a_copy_is_told_by_a_name_that_nobody_else_has() -> None:
    objects = family(campaign("1"), campaign("2"))
    copies = [only(action(ActionType.DUPLICATE), objects, one).proposal for one in ("1", "2")]
    assert [one.before for one in copies] == [None, None]
    assert str(copies[0].after).startswith("Campaign 1 – copy #")
    assert copies[0].after != copies[1].after


@pytest.mark.parametrize("params", [{"count": 3}, {"status": "ACTIVE"}, {"budget": 10.0}])
def test_a_copy_that_would_spend_by_itself_is_refused(params: dict[str, Param]) -> None:
    refused = only(action(ActionType.DUPLICATE, **params), family(), "1").refused
    assert refused is not None
    assert refused.code == "not_carried_out"
