"""Taking in numbers that others push."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.domain.changes import Area, Changes
from engine.domain.errors import UserError
from engine.domain.objects import Account
from engine.engine import Engine
from engine.ingest.batches import batches_of
from engine.ingest.decode import decode
from engine.ingest.rows import SetAside
from engine.ports import Delivery, Stored

_LONGEST_BATCH_ID = 200


@dataclass(frozen=True, slots=True)
class Push:
    """Bytes that somebody sent, and what their request said about them."""

    body: bytes
    content_type: str
    batch_id: str = ""
    account_id: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a push: counts, and what was set aside with reasons."""

    batch_id: str
    rows: int
    stored: Stored
    set_aside: tuple[SetAside, ...]
    ignored: tuple[str, ...]
    changes: Changes


def ingest(engine: Engine, push: Push, accounts: Mapping[str, Account]) -> Taken:
    """Store a push once; `accounts` are those the caller may write.

    Blocking. Raises UserError when it can't be read, has no batch id or no row that can be taken,
    Clash when its batch id stands for other content.
    """
    pushed = decode(push.body, push.content_type)
    batch_id = push.batch_id or pushed.batch_id
    if not batch_id or len(batch_id) > _LONGEST_BATCH_ID:
        raise UserError(
            f"A push needs a batch id of 1 to {_LONGEST_BATCH_ID} characters.",
            hint="Name it by ?batch_id=… or in the document, so that a repeated push is known.",
        )
    pushed.account_id = push.account_id or pushed.account_id
    pushed.level = push.level or pushed.level
    now = engine.clock.now()
    batches, unfit = batches_of(pushed, accounts, now)
    aside = tuple(sorted([*pushed.set_aside, *unfit], key=lambda one: one.row))
    taken = sum(batch.rows.height for batch in batches)
    if not taken and aside:
        first = aside[0]
        raise UserError(
            f"No row of the push could be taken; row {first.row}: {first.reason}.",
            hint="See the documents of POST /api/v1/ingest for the fields of a row.",
        )
    delivery = Delivery(batch_id, _digest(push), now)
    batches = [replace(batch, rejected=len(aside)) for batch in batches]
    stored = engine.warehouse.store_insights(*batches, delivery=delivery)
    changes = Changes() if stored.repeated else Changes.of(Area.INSIGHTS)
    return Taken(batch_id, taken, stored, aside, pushed.ignored, changes)


def _digest(push: Push) -> str:
    """Return what tells one push from another, besides its name."""
    told = f"{push.account_id}\n{push.level}\n".encode()
    return hashlib.sha256(told + push.body).hexdigest()
