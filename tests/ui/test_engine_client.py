"""The window's way to the engine, tried on a real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from engine.api.messages import Done, Event, Problem
from engine.domain.changes import Area
from ui.engine_client import Ask, Call, EngineClient, EngineError, ErrorKind
from ui.event_stream import EventParser, EventStream, ServerEvent
from ui.look import Look

TOKEN = "a-token"


class Replies(BaseHTTPRequestHandler):
    """Answers by path, as the engine would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a question."""
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.reply(401, b"{}", "application/problem+json")
        elif self.path.startswith("/done"):
            message = Done(("rules",), detail=self.path, id=self.headers["Accept-Language"])
            self.reply(200, msgspec.msgpack.encode(message), "application/msgpack")
        elif self.path == "/problem":
            problem = Problem("about:blank", "No such rule", 404, "Rule 7 is gone.", "Reload.")
            self.reply(404, msgspec.json.encode(problem), "application/problem+json")
        elif self.path == "/nonsense":
            self.reply(200, b"\xc1\xc1", "application/msgpack")
        elif self.path == "/file":
            self.reply(200, b"%PDF", "application/pdf")
        elif self.path == "/api/v1/events":
            event = msgspec.json.encode(Event(("rules", "journal"), "2026-11-22T08:15:00+00:00"))
            self.reply(200, b"event: changes\ndata: " + event + b"\n\n", "text/event-stream")
        else:
            self.server.slow.wait(20)  # type: ignore[attr-defined]  # set by the fixture

    def do_POST(self) -> None:
        """Send the body back."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        done = Done((), detail=str(body["name"]))
        self.reply(200, msgspec.json.encode(done), "application/json")

    def reply(self, status: int, content: bytes, kind: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    """Run the replies on loopback; return their address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Replies)
    server.slow = threading.Event()  # type: ignore[attr-defined]  # read by the slow path
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.slow.set()  # type: ignore[attr-defined]  # as above
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(look: Look, server: str) -> EngineClient:
    """Return a client of the server."""
    return EngineClient(look, server, TOKEN)


def outcome(
    qtbot: QtBot, client: EngineClient, ask: Ask[Done], post: bool = False
) -> Done | EngineError:
    """Ask and wait for whatever comes."""
    got: list[Done | EngineError] = []
    send = client.post if post else client.get
    send(ask, client, got.append, got.append)
    qtbot.waitUntil(lambda: bool(got), timeout=5000)
    return got[0]


def test_an_answer_becomes_a_message(qtbot: QtBot, client: EngineClient) -> None:
    ask = Ask("/done", Done, {"name": "кава & co", "limit": 5, "cursor": None, "all": True})
    got = outcome(qtbot, client, ask)
    assert isinstance(got, Done)
    assert got.changed == ("rules",)
    assert got.id == "en"
    assert got.detail.endswith("%20%26%20co&limit=5&all=true")


def test_a_body_is_sent_as_json(qtbot: QtBot, client: EngineClient) -> None:
    got = outcome(qtbot, client, Ask("/rules", Done, body={"name": "Пауза"}), post=True)
    assert got == Done((), detail="Пауза")


def test_a_problem_document_is_shown_with_its_hint(qtbot: QtBot, client: EngineClient) -> None:
    got = outcome(qtbot, client, Ask("/problem", Done))
    assert isinstance(got, EngineError)
    assert (got.kind, got.status) == (ErrorKind.PROBLEM, 404)
    assert (got.title, got.text) == ("No such rule", "Rule 7 is gone. Reload.")


def test_a_wrong_token_is_told(qtbot: QtBot, look: Look, server: str) -> None:
    got = outcome(qtbot, EngineClient(look, server, "other"), Ask("/done", Done))
    assert isinstance(got, EngineError)
    assert got.kind is ErrorKind.REFUSED


def test_an_unreadable_answer_is_told(qtbot: QtBot, client: EngineClient) -> None:
    got = outcome(qtbot, client, Ask("/nonsense", Done))
    assert isinstance(got, EngineError)
    assert got.kind is ErrorKind.BAD_ANSWER


def test_silence_ends_in_a_time_out(qtbot: QtBot, client: EngineClient) -> None:
    got = outcome(qtbot, client, Ask("/slow", Done, timeout=0.1))
    assert isinstance(got, EngineError)
    assert got.kind is ErrorKind.TIMEOUT


def test_a_missing_engine_is_told(qtbot: QtBot, look: Look) -> None:
    got = outcome(qtbot, EngineClient(look, "http://127.0.0.1:1", TOKEN), Ask("/done", Done))
    assert isinstance(got, EngineError)
    assert got.kind is ErrorKind.OFFLINE


def test_a_file_comes_as_it_is(qtbot: QtBot, client: EngineClient) -> None:
    got: list[object] = []
    client.get(Ask("/file", bytes), client, got.append, got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got == [b"%PDF"]


def test_a_cancelled_call_says_nothing(qtbot: QtBot, client: EngineClient) -> None:
    got: list[object] = []
    call: Call = client.get(Ask("/slow", Done), client, got.append, got.append)
    assert call.running
    call.cancel()
    assert call.cancelled
    outcome(qtbot, client, Ask("/done", Done))
    assert got == []


def test_a_closed_page_hears_nothing(qtbot: QtBot, client: EngineClient) -> None:
    got: list[object] = []
    page = QObject()
    client.get(Ask("/done", Done), page, got.append, got.append)
    gone: list[bool] = []
    page.destroyed.connect(lambda: gone.append(True))
    page.deleteLater()
    qtbot.waitUntil(lambda: bool(gone))
    outcome(qtbot, client, Ask("/done", Done))
    assert got == []


def test_the_stream_tells_areas_and_comes_back(qtbot: QtBot, client: EngineClient) -> None:
    stream = EventStream(client)
    told: list[frozenset[Area]] = []
    stream.changed.connect(told.append)
    stream.start()
    # The server ends the stream after one event, so the second is a return.
    qtbot.waitUntil(lambda: len(told) >= 3, timeout=5000)
    stream.stop()
    assert told[0] == {Area.RULES, Area.JOURNAL}
    assert told[1] == frozenset(Area)


def test_events_are_cut_from_any_pieces_of_the_stream() -> None:
    whole = b": alive\n\nevent: changes\r\ndata: {\ndata: }\n\ndata: x\n\n"
    for size in (1, 3, 7, len(whole)):
        parser = EventParser()
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        events = [event for piece in pieces for event in parser.feed(piece)]
        assert events == [ServerEvent("changes", "{\n}"), ServerEvent("message", "x")]
