"""Lists: cursors only, every oddity of paging met or reported."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import msgspec
import pytest

from engine.domain.errors import RateLimited, Temporary
from sync.errors import CursorExpired, TooMuchData
from sync.paging import Listing, PageStream
from tests.sync.clients import talking
from tests.sync.scripted_server import Request, Step, error, page, reply

LISTING = Listing("act_1/ads", {"fields": "id"}, "1", 100)
TOO_MUCH = error(1, status=500, message="Please reduce the amount of data")


def listed(
    *steps: Step, listing: Listing = LISTING
) -> tuple[list[object], PageStream, list[Request]]:
    """Read a list to its end: rows, the stream, and the requests made."""

    async def run() -> tuple[list[object], PageStream, list[Request]]:
        async with talking(*steps) as talk:
            stream = PageStream(talk.client, listing)
            rows: list[object] = []
            async with aclosing(stream.pages()) as pages:
                async for part in pages:
                    rows += msgspec.json.decode(part.rows)
            return rows, stream, talk.server.requests

    return asyncio.run(run())


def test_pages_are_followed_by_cursor_and_never_by_address() -> None:
    rows, stream, requests = listed(
        page([1, 2], after="A", more=True), page([3], after="B", more=True), page([4], after="C")
    )
    assert rows == [1, 2, 3, 4]
    assert stream.complete
    assert [request.query.get("after", "") for request in requests] == ["", "A", "B"]
    assert {request.path for request in requests} == {"/v26.0/act_1/ads"}
    assert not any("access_token" in request.target for request in requests)


def test_a_cursor_without_next_is_the_end() -> None:
    rows, stream, requests = listed(page([1], after="A"))
    assert (rows, stream.complete, len(requests)) == ([1], True, 1)


def test_an_empty_page_before_the_end_is_asked_again_then_believed() -> None:
    rows, stream, _ = listed(
        page([1], after="A", more=True),
        page([], after="B", more=True),
        page([], after="B", more=True),
        page([2], after="C"),
    )
    assert (rows, stream.complete) == ([1, 2], True)


def test_a_page_that_was_empty_by_mistake_is_not_lost() -> None:
    rows, _, _ = listed(
        page([], after="A", more=True), page([1], after="A", more=True), page([2], after="B")
    )
    assert rows == [1, 2]


@pytest.mark.parametrize("after", ["A", "B"])
def test_a_loop_ends_and_is_reported(after: str) -> None:
    rows, stream, _ = listed(
        page([1], after="A", more=True),
        page([2], after="B", more=True),
        page([3], after=after, more=True),
    )
    assert rows == [1, 2, 3]
    assert not stream.complete
    assert "leads back" in stream.faults[0]


def test_next_without_any_cursor_is_reported() -> None:
    lost = reply({"data": [1], "paging": {"next": "http://127.0.0.1:1/x"}})
    rows, stream, _ = listed(lost)
    assert (rows, stream.complete) == ([1], False)


def test_the_cursor_is_taken_out_of_next_when_it_stands_only_there() -> None:
    only = reply({"data": [1], "paging": {"next": "http://127.0.0.1:1/x?after=A&access_token=T"}})
    rows, stream, requests = listed(only, page([2]))
    assert (rows, stream.complete) == ([1, 2], True)
    assert requests[1].query["after"] == "A"


def test_a_page_too_large_is_asked_for_in_smaller_parts() -> None:
    rows, _, requests = listed(
        page([1], after="A", more=True),
        TOO_MUCH,
        TOO_MUCH,
        page([2], after="B", more=True),
        page([3]),
    )
    assert rows == [1, 2, 3]
    assert [request.query["limit"] for request in requests] == ["100", "100", "50", "25", "25"]


def test_a_page_that_stays_too_large_is_given_up() -> None:
    with pytest.raises(TooMuchData):
        listed(TOO_MUCH)


def test_a_divisible_question_is_given_back_at_once() -> None:
    divisible = Listing("act_1/ads", {}, "1", 100, divisible=True)
    with pytest.raises(TooMuchData):
        listed(TOO_MUCH, page([1]), listing=divisible)


def test_a_page_lost_on_the_way_leaves_the_list_incomplete() -> None:
    rows, stream, _ = listed(page([1], after="A", more=True), error(2))
    assert rows == [1]
    assert not stream.complete
    assert "Page 2" in stream.faults[0]


def test_a_first_page_that_never_comes_is_an_error() -> None:
    with pytest.raises(Temporary):
        listed(error(2))


@pytest.mark.parametrize(
    ("step", "expected"), [(error(80004), RateLimited), (error(2642), CursorExpired)]
)
def test_what_waiting_does_not_mend_is_raised_on_any_page(
    step: Step, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        listed(page([1], after="A", more=True), step)


def test_an_answer_without_its_list_is_asked_again() -> None:
    rows, stream, requests = listed(reply({}), reply({"data": {}}), page([1]))
    assert (rows, stream.complete, len(requests)) == ([1], True, 3)
