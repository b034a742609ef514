"""Rules by command: parsed first, named once, switched even when broken."""

from __future__ import annotations

import json

import pytest

from engine.commands import rules
from engine.domain.changes import Area
from engine.domain.errors import Clash, InvalidDocument, NotFound
from engine.domain.rule import Mode, RuleStatus
from engine.engine import Engine
from engine.storage.state.rules_store import RuleDraft
from tests.api_world import LOW_CTR, SMART_BUDGET, World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(world: World) -> Engine:
    """The engine alone."""
    return world.engine


async def test_a_saved_rule_keeps_its_document_and_says_what_changed(engine: Engine) -> None:
    saved = rules.add(engine, LOW_CTR, "Desk", "seed")
    assert rules.document_of(saved.stored) == LOW_CTR
    assert (saved.stored.author, saved.stored.reason) == ("Desk", "seed")
    assert saved.changes.areas == {Area.RULES}


async def test_a_rule_with_faults_is_not_kept(engine: Engine) -> None:
    with pytest.raises(InvalidDocument):
        rules.add(engine, {"name": "x"}, "Desk")
    assert engine.state.rules.all() == []


async def test_a_name_is_taken_within_a_client_only(engine: Engine) -> None:
    rules.add(engine, LOW_CTR, "Desk")
    own = {**LOW_CTR, "scope": {"clients": ["Bakery"]}}
    rules.add(engine, own, "Desk")
    with pytest.raises(Clash, match="Bakery"):
        rules.add(engine, own, "Desk")


async def test_the_mode_that_a_rule_does_not_name_comes_from_the_settings(engine: Engine) -> None:
    assert rules.read(engine, LOW_CTR).mode is Mode.DRY_RUN
    engine.state.settings.put({"rules.default_mode": "approval"}, engine.clock.now(), "Desk")
    assert rules.read(engine, LOW_CTR).mode is Mode.APPROVAL


async def test_mode_and_status_are_versions_of_the_same_document(engine: Engine) -> None:
    rule_id = rules.add(engine, SMART_BUDGET, "Desk").stored.rule_id
    rules.set_mode(engine, rule_id, Mode.AUTOMATIC, "Desk")
    paused = rules.set_status(engine, rule_id, RuleStatus.PAUSED, "Desk", "holiday").stored
    assert rules.document_of(paused) == {**SMART_BUDGET, "mode": "automatic", "status": "paused"}
    assert (paused.version, paused.reason) == (3, "holiday")


async def test_a_broken_rule_can_be_switched_off_but_not_on(engine: Engine) -> None:
    stored = rules.add(engine, LOW_CTR, "Desk").stored
    gone = {**LOW_CTR, "conditions": [{"metric": "no_more", "operator": "<", "value": 1}]}
    draft = RuleDraft(stored.name, RuleStatus.ACTIVE, json.dumps(gone))
    engine.state.rules.save(stored.rule_id, draft, engine.clock.now(), "an older version")
    engine.state.rules.mark_broken(stored.rule_id, "no_more is gone")
    paused = rules.set_status(engine, stored.rule_id, RuleStatus.PAUSED, "Desk").stored
    assert paused.status is RuleStatus.PAUSED
    assert engine.state.rules.get(stored.rule_id).broken
    with pytest.raises(InvalidDocument, match="no_more"):
        rules.set_status(engine, stored.rule_id, RuleStatus.ACTIVE, "Desk")
    assert rules.archive(engine, stored.rule_id, "Desk").stored.status is RuleStatus.ARCHIVED


async def test_what_is_not_there_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        rules.save(engine, "none", LOW_CTR, "Desk")
    with pytest.raises(NotFound):
        rules.archive(engine, "none", "Desk")
