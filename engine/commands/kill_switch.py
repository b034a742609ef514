"""The kill switch: anybody who works here may pull it."""

from __future__ import annotations

from engine.domain.changes import Area, Changes
from engine.engine import Engine

_CHANGED = Changes.of(Area.ENGINE)


def stop(engine: Engine, actor: str, reason: str = "") -> Changes:
    """Stop all actions from now on; on disk when this returns."""
    engine.state.stop.stop(engine.clock.now(), actor, reason)
    engine.telemetry.stopped.set(1)
    return _CHANGED


def resume(engine: Engine, actor: str, reason: str = "") -> Changes:
    """Let actions go out again; nothing happens where nobody stopped them."""
    if engine.state.stop.current() is None:
        return Changes()
    engine.state.stop.resume(engine.clock.now(), actor, reason)
    engine.telemetry.stopped.set(0)
    return _CHANGED
