"""The faults that the way to Meta must survive, one row each.

Numbers are those of the fault matrix in the project's reliability research: what
is done to an exchange, and what a person is told where the engine cannot mend it
within the cycle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults import spoils
from tests.faults.proxy import Meets, Spoil
from tests.faults.spoils import (
    HTML,
    afterwards,
    any_read,
    any_write,
    edited,
    error,
    first_row,
    instead,
    reads,
    replaced,
    with_value,
    without,
)
from tests.faults.trial import Trial

PAGE = b"<!DOCTYPE html><html><title>Sorry, something went wrong.</title></html>"
LONG = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """A fault: its number, its name, how it is armed, what people are told.

    `told` is a regular expression that the sentence must meet; without it the fault
    must be mended within the cycle and nothing need be said. `core` cases run in
    every run of the suite, the others with the whole matrix.
    """

    number: int
    name: str
    arm: Callable[[Trial], None]
    told: str = ""
    core: bool = False
    cycles: int = 2

    @property
    def id(self) -> str:
        """The case's name in a report of tests."""
        return f"{self.number:02}-{re.sub(r'[^a-z0-9]+', '-', self.name.lower()).strip('-')}"


def spoiling(meets: Meets, spoil: Spoil, nth: int = 1, times: int = 1) -> Callable[[Trial], None]:
    """Return how a spoil is armed at the proxy."""

    def arm(trial: Trial) -> None:
        trial.proxy.arm(meets, spoil, nth=nth, times=times)

    return arm


def at_sandbox(**fault: object) -> Callable[[Trial], None]:
    """Return how one of the sandbox's own scripted faults is armed."""

    def arm(trial: Trial) -> None:
        trial.script(fault)

    return arm


def _zero_spend_days(body: Any) -> Any:  # noqa: ANN401  # any JSON
    return {**body, "data": []}


def _ids_as_numbers(body: Any) -> Any:  # noqa: ANN401  # any JSON
    ids = ("id", "campaign_id", "adset_id", "account_id")
    for row in body.get("data", []):
        row.update({name: int(row[name]) for name in ids if str(row.get(name, "")).isdigit()})
    return body


def _edge_reads(edge: str) -> Meets:
    return reads(f"/{edge}")


def _limits() -> list[Case]:
    """Refusals for having asked too much, and what leads to them."""
    usage = json.dumps({"call_count": 96, "total_time": 40, "total_cputime": 40})
    return [
        Case(1, "the app's limit", spoiling(any_read, instead(403, error(4, 1504022)), 3), "wait"),
        Case(
            2,
            "the account's limit",
            spoiling(_edge_reads("insights"), instead(400, error(17, 2446079))),
            "wait",
        ),
        Case(
            3,
            "the use case's limit with minutes",
            at_sandbox(
                method="GET", path="/insights", nth=2, fault="rate_limit", code=80000, minutes=7
            ),
            "wait",
            core=True,
        ),
        Case(
            4,
            "the score limit",
            spoiling(_edge_reads("campaigns"), instead(400, error(613, 1487742))),
            "wait",
        ),
        Case(
            5,
            "four budget changes an hour",
            spoiling(any_write, instead(400, error(613, 1487632))),
        ),
        Case(6, "a bare 429", spoiling(_edge_reads("ads"), instead(429, b"busy", HTML)), "wait"),
        Case(
            7,
            "usage near its end",
            spoiling(any_read, spoils.headers(x_app_usage=usage), 2, LONG),
        ),
        Case(
            8,
            "usage that can't be read",
            spoiling(
                any_read,
                spoils.headers(x_app_usage="{oh", x_business_use_case_usage="[1", date=None),
                3,
                4,
            ),
        ),
    ]


def _tokens_and_rights() -> list[Case]:
    """What a person has to put right at Meta."""
    table = [
        (9, "blocked for abuse", 368, None, "facebook.com"),
        (10, "the token expired", 190, 463, "log in"),
        (10, "the token is invalid", 190, 467, "log in"),
        (11, "the app was removed", 190, 458, "log in"),
        (11, "the user must pass a check", 190, 459, "facebook.com"),
        (11, "the password changed", 190, 460, "log in"),
        (15, "a wrong proof of the app secret", 100, None, ""),
        (57, "the version is retired", 2635, None, "update"),
    ]
    cases = [
        Case(
            number,
            name,
            spoiling(_edge_reads("campaigns"), instead(400, error(code, subcode)), 1, LONG),
            told or "Meta said",
            core=subcode == 463,
        )
        for number, name, code, subcode, told in table
    ]
    return [
        *cases,
        Case(
            12,
            "revoked between two pages",
            spoiling(_edge_reads("insights"), instead(400, error(190, 460)), 3, LONG),
            "log in",
            core=True,
        ),
        Case(
            13,
            "the right to write is gone",
            spoiling(any_write, instead(403, error(200)), 1, 2),
        ),
        Case(
            14,
            "an edge that can't be seen",
            spoiling(_edge_reads("adsets"), instead(400, error(100, 33))),
            "visible",
        ),
    ]


def _weather() -> list[Case]:
    """What networks and busy servers do to readings."""
    return [
        Case(16, "code 1 once", spoiling(any_read, instead(500, error(1, 99, 500)), 3)),
        Case(
            17,
            "code 2 for as long as the cycle lasts",
            spoiling(_edge_reads("insights"), instead(400, error(2)), 1, LONG),
            "again|passes",
        ),
        Case(18, "a page of 502", spoiling(any_read, instead(502, PAGE, HTML), 4), core=True),
        Case(18, "a page of 503", spoiling(_edge_reads("ads"), instead(503, PAGE, HTML))),
        Case(18, "504 without a word", spoiling(_edge_reads("activities"), instead(504))),
        Case(19, "200 with a page", spoiling(_edge_reads("insights"), instead(200, PAGE, HTML))),
        Case(20, "200 with an error", spoiling(any_read, instead(200, error(2)), 2)),
        Case(21, "200 and nothing", spoiling(_edge_reads("campaigns"), instead(200))),
        Case(21, "200 and braces", spoiling(_edge_reads("insights"), instead(200, b"{}"))),
        Case(
            23,
            "too much data asked for",
            spoiling(
                _edge_reads("ads"),
                instead(500, error(1, None, 500, "Please reduce the amount of data")),
            ),
        ),
        Case(24, "connections reset at once", spoiling(any_read, spoils.lost_on_the_way, 1, 2)),
        Case(
            25,
            "a captive portal",
            spoiling(any_read, instead(302, b"", ("location", "http://portal.invalid/")), 1, LONG),
            "redirect",
            core=True,
        ),
        Case(30, "an answer cut short", spoiling(_edge_reads("adsets"), spoils.answer_breaks_off)),
        Case(
            30,
            "JSON cut short",
            at_sandbox(method="GET", path="/insights", nth=2, fault="truncated_json"),
        ),
        Case(34, "a gzip bomb", spoiling(_edge_reads("insights"), spoils.bomb(200_000_000))),
        Case(36, "a stale connection", spoiling(any_read, spoils.lost_on_the_way, 5)),
        Case(
            37,
            "a date that can't be read",
            spoiling(any_read, spoils.headers(date="yesterday"), 2, 3),
        ),
    ]


def _slow_weather() -> list[Case]:
    """Answers that do not come in time; these take a minute each."""
    return [
        Case(27, "a reading never answered", spoiling(_edge_reads("ads"), spoils.silence)),
        Case(33, "a byte a second", spoiling(_edge_reads("campaigns"), spoils.byte_by_byte)),
        Case(27, "a write never answered", spoiling(any_write, spoils.silence)),
        Case(28, "a write done and never answered", spoiling(any_write, spoils.silence_after)),
    ]


def _contents() -> list[Case]:
    """Answers that are not what Meta promises."""
    insights = _edge_reads("insights")
    odd_spends = ("12,34", "", "NaN", "-3", "1e400", None, ["5"])
    spends = [
        Case(
            39,
            f"spend {json.dumps(odd)}",
            spoiling(insights, first_row(with_value("spend", odd)), 2, 2),
            core=odd == "12,34",
        )
        for odd in odd_spends
    ]
    return [
        *spends,
        Case(40, "rows without spend", spoiling(insights, first_row(without("spend")), 2, 2)),
        Case(
            41,
            "an unknown status",
            spoiling(_edge_reads("campaigns"), first_row(with_value("status", "DREAMING")), 1, 2),
        ),
        Case(42, "ids as numbers", spoiling(any_read, edited(_ids_as_numbers), 1, 8)),
        Case(
            43,
            "a name with a NUL",
            spoiling(_edge_reads("ads"), first_row(with_value("name", "a\u0000b"))),
        ),
        Case(
            43,
            "half a character",
            spoiling(_edge_reads("ads"), replaced(b'"name":"', b'"name":"\\ud83d')),
        ),
        Case(
            43, "bytes that are no text", spoiling(insights, replaced(b'"data"', b'"d\xff\xfeta"'))
        ),
        Case(
            43,
            "braces without an end",
            spoiling(_edge_reads("campaigns"), instead(200, b'{"data":' * 100_000)),
        ),
        Case(
            44,
            "rows twice",
            at_sandbox(method="GET", path="/insights", nth=1, times=3, fault="duplicate_rows"),
            core=True,
        ),
        Case(
            45,
            "a page that leads back",
            at_sandbox(method="GET", path="/campaigns", nth=1, fault="paging_loop"),
        ),
        Case(
            45,
            "an empty page before the rest",
            at_sandbox(method="GET", path="/ads", nth=1, fault="empty_page_with_next"),
        ),
        Case(
            46,
            "a cursor that died",
            spoiling(_edge_reads("adsets"), instead(400, error(2642))),
        ),
        Case(
            47,
            "an object that a page forgot",
            spoiling(
                _edge_reads("campaigns"), edited(lambda body: {**body, "data": body["data"][1:]})
            ),
        ),
        Case(
            49,
            "days without their rows",
            spoiling(insights, edited(_zero_spend_days), 2),
            core=True,
        ),
        Case(
            42,
            "numbers as texts and texts as numbers",
            at_sandbox(method="GET", path="/act_", nth=2, times=4, fault="wrong_types"),
        ),
        Case(
            40,
            "fields that are missing",
            at_sandbox(method="GET", path="/insights", nth=2, fault="missing_fields"),
        ),
    ]


def _writes() -> list[Case]:
    """What may happen to a change on its way; the budget's and the status' alike."""
    done = b'{"success":true}'
    kinds: list[tuple[int, str, Spoil, bool]] = [
        (16, "code 1", instead(500, error(1, None, 500)), False),
        (16, "done, then code 1", afterwards(500, error(1, None, 500)), False),
        (17, "code 2", instead(400, error(2)), False),
        (18, "a page of 502", instead(502, PAGE, HTML), False),
        (18, "done, then a page of 502", afterwards(502, PAGE, HTML), True),
        (19, "done, then 200 with a page", afterwards(200, PAGE, HTML), False),
        (21, "done, then nothing", afterwards(200), False),
        (22, "success false", instead(200, b'{"success":false}'), False),
        (24, "lost on the way", spoils.lost_on_the_way, False),
        (28, "its answer lost", spoils.answer_lost, True),
        (30, "its answer cut short", spoils.answer_breaks_off, False),
        (32, "delivered twice", spoils.delivered_twice, True),
        (35, "a redirect", instead(307, b"", ("location", "http://portal.invalid/")), False),
        (43, "done, then bytes that are no text", afterwards(200, done[:-1] + b"\xff}"), False),
        (56, "refused as too low", instead(400, error(100, 1885272)), False),
    ]
    return [
        Case(
            number, f"write {nth}: {name}", spoiling(any_write, spoil, nth), core=core and nth == 1
        )
        for number, name, spoil, core in kinds
        for nth in (1, 4)
    ]


def whole_matrix() -> list[Case]:
    """Return every case, in the order of the groups."""
    return [
        *_limits(),
        *_tokens_and_rights(),
        *_weather(),
        *_contents(),
        *_writes(),
        *_slow_weather(),
    ]
