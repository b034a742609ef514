"""Reading one account as the settings in force say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from engine.cycle.evaluation import levels_of
from engine.decide.from_settings import guard_settings
from engine.domain.objects import Account
from engine.domain.rule import Rule
from engine.engine import Engine
from engine.pull import PullReport, pull
from engine.pull_objects import ReadingSpans
from engine.settings import Settings


async def pull_account(engine: Engine, account: Account, rules: Iterable[Rule]) -> PullReport:
    """Read what `rules` need of an account.

    Raises PlatformError and StorageError.
    """
    return await pull(
        engine.platform,
        engine.warehouse,
        account,
        engine.clock.now(),
        levels=levels_of(rules),
        spans=reading_spans(engine.settings()),
    )


def reading_spans(settings: Settings) -> ReadingSpans:
    """Return how often all objects are read and how far back the history."""
    return ReadingSpans(
        whole_every=timedelta(hours=settings.number("sync.whole_structure_hours")),
        history=guard_settings(settings).person_edit_rest,
    )
