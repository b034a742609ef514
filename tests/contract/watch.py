"""Judges everything that a sandbox was asked, from its own log of requests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from tests.contract.judge import Asked, ClassOf, judge

_CLASSES = {
    "campaign": "Campaign",
    "adset": "AdSet",
    "ad": "Ad",
    "creative": "AdCreative",
    "adcreative": "AdCreative",
    "adlabel": "AdLabel",
    "label": "AdLabel",
    "adrule": "AdRule",
    "rule": "AdRule",
    "adaccount": "AdAccount",
    "account": "AdAccount",
    "business": "Business",
    "adreportrun": "AdReportRun",
    "report": "AdReportRun",
    "adasyncrequestset": "AdAsyncRequestSet",
    "user": "User",
    "systemuser": "SystemUser",
}
# How the sandbox begins its ids.
_BY_PREFIX = {"122": "Campaign", "123": "AdSet", "124": "Ad", "125": "AdCreative"}
_NUMBER = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class Opinion:
    """How many requests were judged, and each fault found with its count."""

    judged: int
    faults: Counter[str]


def judge_sandbox(url: str, token: str) -> Opinion:
    """Judge every request in a sandbox's log."""
    told = httpx.get(f"{url}/_sandbox/requests", timeout=120, trust_env=False)
    rows = told.raise_for_status().json()["data"]
    return judge_rows(rows, classes_at(url, token))


def assert_meta_knows_all(url: str, token: str) -> None:
    """Fail when a sandbox was asked for what Meta would not understand."""
    opinion = judge_sandbox(url, token)
    assert opinion.judged > 0, "nothing was asked"
    assert not opinion.faults, f"Meta would not understand: {dict(opinion.faults)}"


def class_by_prefix(object_id: str) -> str | None:
    """Return the class of a sandbox's id where the sandbox is gone."""
    return _BY_PREFIX.get(object_id[:3])


def judge_rows(rows: Iterable[Mapping[str, object]], class_of: ClassOf) -> Opinion:
    """Judge rows of a log; an item of a batch was judged with its batch."""
    faults: Counter[str] = Counter()
    judged = 0
    for row in rows:
        if row.get("batch_item") is not None:
            continue
        judged += 1
        query, form = row["query"], row["form"]
        assert isinstance(query, dict)
        assert isinstance(form, dict)
        asked = Asked(str(row["method"]), str(row["path"]), {**query, **form})
        where = _NUMBER.sub("ID", f"{asked.method} {asked.path}")
        faults.update(f"{where}: {_NUMBER.sub('ID', fault)}" for fault in judge(asked, class_of))
    return Opinion(judged, faults)


def classes_at(url: str, token: str) -> ClassOf:
    """Return what tells an id's class by asking the sandbox for its metadata."""

    @cache
    def class_of(object_id: str) -> str | None:
        answer = httpx.get(
            f"{url}/v26.0/{object_id}",
            params={"metadata": "1", "fields": "id"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )
        if answer.is_error:
            # Nothing is there any more, or a test asked for what never was.
            return class_by_prefix(object_id)
        kind = str(answer.json().get("metadata", {}).get("type", ""))
        return _CLASSES.get(kind.replace("_", "").lower())

    return class_of
