"""Settings: changed and reset, checked against the one table."""

from __future__ import annotations

from engine import settings as table
from engine.domain.changes import Area, Changes
from engine.engine import Engine

_CHANGED = Changes.of(Area.SETTINGS)


def change(engine: Engine, key: str, value: object, actor: str) -> Changes:
    """Set one setting; UserError says what is allowed, NotFound no such key."""
    checked = table.find(key).check(value)
    if engine.settings().value(key) == checked and key in engine.state.settings.all():
        return Changes()
    engine.state.settings.put({key: checked}, engine.clock.now(), actor)
    return _CHANGED


def reset(engine: Engine, key: str) -> Changes:
    """Let the default hold again. Raises NotFound for no such key."""
    table.find(key)
    engine.state.settings.remove(key)
    return _CHANGED
