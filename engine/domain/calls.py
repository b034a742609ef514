"""One call to Meta, as told to logs and counters; never its token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What became of one exchange with Meta.

    `endpoint` is the kind of thing asked (`insights`, `node`, `batch`), `lane`
    `sync` or `action`, `items` how many calls Meta counts. `outcome` is `ok` or a
    word for the error; `status` 0 where no answer came. `seconds` is the exchange,
    `waited` the turn and the pace before it. `attempt` counts from 1, `size` is in
    bytes after unpacking, `used_percent` the fullest limit that covers the call.
    """

    method: str
    endpoint: str
    lane: str
    account_id: str
    items: int
    attempt: int
    status: int = 0
    outcome: str = "ok"
    code: int | None = None
    subcode: int | None = None
    seconds: float = 0.0
    waited: float = 0.0
    size: int = 0
    used_percent: float = 0.0
