"""Log of every request as received, with tokens and secrets blotted out."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

SECRETS = (
    "access_token",
    "appsecret_proof",
    "client_secret",
    "fb_exchange_token",
    "input_token",
    "code",
    "code_verifier",
)
BLOT = "<hidden>"
KEPT = 200_000
_INLINE = re.compile(r"(access_token|appsecret_proof)=[^&\"\\]+")


def blotted(values: Mapping[str, str]) -> dict[str, str]:
    """Return a copy with secrets replaced, also inside nested texts."""
    return {
        name: BLOT if name in SECRETS else _INLINE.sub(rf"\1={BLOT}", value)
        for name, value in values.items()
    }


@dataclass(slots=True)
class LoggedRequest:
    """One received request; `status` is None while its answer is unknown."""

    seq: int
    time: datetime
    request_id: str
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    status: int | None = None
    fault: str | None = None
    batch_item: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the entry as served by the controls."""
        return {
            "seq": self.seq,
            "time": self.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "request_id": self.request_id,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "form": self.form,
            "status": self.status,
            "fault": self.fault,
            "batch_item": self.batch_item,
        }


class RequestLog:
    """The newest requests, numbered from 1; old ones fall out after 200,000."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._count = 0

    def add(
        self,
        time: datetime,
        method: str,
        path: str,
        query: Mapping[str, str],
        form: Mapping[str, str],
        batch_item: int | None = None,
    ) -> LoggedRequest:
        """Record a request before it is answered and return its entry."""
        self._count += 1
        entry = LoggedRequest(
            seq=self._count,
            time=time,
            request_id=f"r{self._count}",
            method=method,
            path=path,
            query=blotted(query),
            form=blotted(form),
            batch_item=batch_item,
        )
        self._entries.append(entry)
        return entry

    def after(self, seq: int) -> list[LoggedRequest]:
        """Return kept entries with a higher number than `seq`."""
        return [entry for entry in self._entries if entry.seq > seq]

    def __len__(self) -> int:
        return self._count
