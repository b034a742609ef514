"""Reading objects as they are right now, around an action.

These readings belong to actions: they take the actions' connections and may use
what is kept back of Meta's limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import structlog

from engine.domain.errors import Refused, Temporary
from engine.domain.objects import AdObject, Level, ObjectRef
from sync.batch import LARGEST, Item
from sync.errors import Missing, NeedsPerson, VersionRetired
from sync.graph_client import GraphClient
from sync.graph_fields import target_fields
from sync.reading import Unreadable, read_object

_LOG = structlog.stdlib.get_logger("sync")
_BY_ID = msgspec.json.Decoder(dict[str, msgspec.Raw])


async def read_targets(client: GraphClient, targets: Sequence[ObjectRef]) -> Mapping[str, AdObject]:
    """Return the objects as they are now, by id; absent ones are left out.

    Up to 50 objects of one account and level are one request. Raises PlatformError,
    also when one of them failed otherwise than by being absent.
    """
    found: dict[str, AdObject] = {}
    for group in _groups(targets):
        found.update(await _read_group(client, group))
    return found


def _groups(targets: Sequence[ObjectRef]) -> Iterator[list[ObjectRef]]:
    """Return the targets in groups that can be asked for together."""
    alike: dict[tuple[str, Level], list[ObjectRef]] = {}
    for target in dict.fromkeys(targets):
        alike.setdefault((target.account_id, target.level), []).append(target)
    for group in alike.values():
        for start in range(0, len(group), LARGEST):
            yield group[start : start + LARGEST]


async def _read_group(client: GraphClient, targets: Sequence[ObjectRef]) -> dict[str, AdObject]:
    """Read up to 50 objects of one account and level."""
    if len(targets) == 1:
        return await _read_one(client, targets[0])
    try:
        return await _read_by_ids(client, targets)
    except (NeedsPerson, VersionRetired):
        raise
    except Refused:
        # One bad id fails them all: asked one by one, each has its own answer.
        return await _read_each(client, targets)


async def _read_one(client: GraphClient, target: ObjectRef) -> dict[str, AdObject]:
    try:
        answer = await client.get(
            target.object_id, _fields(target), account_id=target.account_id, urgent=True
        )
    except Missing:
        return {}
    return _as_object(answer.body, target)


async def _read_by_ids(client: GraphClient, targets: Sequence[ObjectRef]) -> dict[str, AdObject]:
    ids = ",".join(target.object_id for target in targets)
    answer = await client.get(
        "",
        {"ids": ids, **_fields(targets[0])},
        account_id=targets[0].account_id,
        urgent=True,
        items=len(targets),
    )
    try:
        by_id = _BY_ID.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Temporary("Meta's answer about several objects was unreadable.") from error
    found: dict[str, AdObject] = {}
    for target in targets:
        if target.object_id in by_id:
            found.update(_as_object(by_id[target.object_id], target))
    return found


async def _read_each(client: GraphClient, targets: Sequence[ObjectRef]) -> dict[str, AdObject]:
    items = [Item("GET", target.object_id, _fields(target)) for target in targets]
    found: dict[str, AdObject] = {}
    account_id = targets[0].account_id
    outcomes = await client.read_batch(items, account_id=account_id, urgent=True)
    for target, outcome in zip(targets, outcomes, strict=True):
        if isinstance(outcome, Missing):
            continue
        if isinstance(outcome, Exception):
            raise outcome
        found.update(_as_object(outcome.body, target))
    return found


def _fields(target: ObjectRef) -> dict[str, str]:
    return {"fields": ",".join(target_fields(target.level))}


def _as_object(body: bytes | msgspec.Raw, target: ObjectRef) -> dict[str, AdObject]:
    """Return the object in an answer; one that can't be read counts as absent."""
    try:
        item = read_object(body, target.level, target.account_id)
    except Unreadable as error:
        _LOG.warning("object_unreadable", object_id=target.object_id, why=str(error))
        return {}
    return {item.object_id: item}
