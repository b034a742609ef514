"""Reading one account as the settings in force say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from engine.cycle.evaluation import levels_of
from engine.decide.from_settings import guard_settings
from engine.domain.objects import Account
from engine.domain.rule import Rule
from engine.engine import Engine
from engine.pull import PullReport, Wish, pull
from engine.pull_objects import ReadingSpans
from engine.setting import listed
from engine.settings import Settings
from engine.sync_plan import ALL_PARTS, Part


async def pull_account(
    engine: Engine, account: Account, rules: Sequence[Rule], parts: Collection[Part] = ALL_PARTS
) -> PullReport:
    """Read parts of an account, in them what `rules` need.

    Raises PlatformError and StorageError.
    """
    return await pull(
        engine.platform,
        engine.warehouse,
        account,
        engine.clock.now(),
        wish_of(engine.settings(), rules, parts),
        spans=reading_spans(engine.settings()),
    )


def wish_of(settings: Settings, rules: Sequence[Rule], parts: Collection[Part] = ALL_PARTS) -> Wish:
    """Return what to read of an account whose numbers these rules look at."""
    windows = listed(settings.text("sync.attribution_windows"))
    return Wish(parts, levels_of(rules), tuple(dict.fromkeys(windows)))


def reading_spans(settings: Settings) -> ReadingSpans:
    """Return how often all objects are read and how far back the history."""
    return ReadingSpans(
        whole_every=timedelta(hours=settings.number("sync.whole_structure_hours")),
        history=guard_settings(settings).person_edit_rest,
    )
