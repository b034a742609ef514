"""Asks the engine over HTTP, without ever blocking the window.

Answers are msgpack decoded into the messages of ``engine.api.messages``;
problem documents become an ``EngineError`` ready to be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec
from PySide6.QtCore import QObject, QUrl, QUrlQuery
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest
from shiboken6 import isValid

from engine.api.messages import Problem
from ui.look import Look

Answer = TypeVar("Answer")
Query = Mapping[str, str | int | float | bool | None]

_MSGPACK = b"application/msgpack"
_ACCEPT = b"application/msgpack, application/problem+json"
_STATUS = QNetworkRequest.Attribute.HttpStatusCodeAttribute
_DEFAULT_TIMEOUT = 20.0


class ErrorKind(StrEnum):
    """Who can do something about an error; decides the panel."""

    OFFLINE = "offline"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    NO_PERMISSION = "no_permission"
    PROBLEM = "problem"
    BAD_ANSWER = "bad_answer"


@dataclass(frozen=True, slots=True)
class EngineError:
    """Why a call failed, in words for people.

    ``problem`` is the engine's own document where it sent one, with faults
    by place for forms. ``status`` is 0 without an HTTP answer.
    """

    kind: ErrorKind
    title: str
    text: str
    status: int = 0
    details: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Ask(Generic[Answer]):
    """What to ask: the path below the engine's address and the answer's type.

    ``answer`` is a message type, or ``bytes`` for a file as it is. ``body`` is
    sent as JSON. ``timeout`` is in seconds without any progress.
    """

    path: str
    answer: type[Answer]
    query: Query | None = None
    body: object | None = None
    timeout: float = _DEFAULT_TIMEOUT


class Call:
    """A running request; ``cancel`` drops its answer."""

    def __init__(self, reply: QNetworkReply) -> None:
        self._reply: QNetworkReply | None = reply
        self.cancelled = False

    @property
    def running(self) -> bool:
        """Tell whether an answer is still awaited."""
        return self._reply is not None

    def cancel(self) -> None:
        """End the request; neither callback is called."""
        self.cancelled = True
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()

    def finish(self) -> None:
        """Let go of the reply; called once when it has come."""
        self._reply = None


class EngineClient(QObject):
    """The window's way to the engine at one address with one token.

    Every method takes the ``owner`` of the callbacks: when it is destroyed,
    a late answer is dropped.
    """

    def __init__(self, look: Look, url: str, token: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._url = url.rstrip("/")
        self._token = token
        self._network = QNetworkAccessManager(self)
        # One connection for all replies: what a reply still waits for stands here, so that
        # neither it nor its callback can be collected while Qt works on it.
        self._open: dict[QNetworkReply, Callable[[], None]] = {}
        self._network.finished.connect(self._close)

    def get(
        self,
        ask: Ask[Answer],
        owner: QObject,
        done: Callable[[Answer], None],
        failed: Callable[[EngineError], None],
    ) -> Call:
        """Read something."""
        return self._send(b"GET", ask, owner, done, failed)

    def post(
        self,
        ask: Ask[Answer],
        owner: QObject,
        done: Callable[[Answer], None],
        failed: Callable[[EngineError], None],
    ) -> Call:
        """Create something or start a command."""
        return self._send(b"POST", ask, owner, done, failed)

    def put(
        self,
        ask: Ask[Answer],
        owner: QObject,
        done: Callable[[Answer], None],
        failed: Callable[[EngineError], None],
    ) -> Call:
        """Change something."""
        return self._send(b"PUT", ask, owner, done, failed)

    def delete(
        self,
        ask: Ask[Answer],
        owner: QObject,
        done: Callable[[Answer], None],
        failed: Callable[[EngineError], None],
    ) -> Call:
        """Remove something."""
        return self._send(b"DELETE", ask, owner, done, failed)

    def request(self, path: str, query: Query | None = None) -> QNetworkRequest:
        """Return a request to a path with the token and the language."""
        url = QUrl(f"{self._url}/{path.lstrip('/')}")
        if query:
            fields = QUrlQuery()
            for name, value in query.items():
                if value is not None:
                    text = str(value).lower() if isinstance(value, bool) else str(value)
                    fields.addQueryItem(name, bytes(QUrl.toPercentEncoding(text).data()).decode())
            url.setQuery(fields)
        request = QNetworkRequest(url)
        request.setRawHeader(b"Authorization", f"Bearer {self._token}".encode())
        request.setRawHeader(b"Accept-Language", self._look.texts.language.value.encode())
        return request

    def open_stream(self, path: str) -> QNetworkReply:
        """Open an answer that never ends; the caller reads and aborts it."""
        request = self.request(path)
        request.setRawHeader(b"Accept", b"text/event-stream")
        request.setRawHeader(b"Cache-Control", b"no-store")
        return self._network.get(request)

    def _send(
        self,
        verb: bytes,
        ask: Ask[Answer],
        owner: QObject,
        done: Callable[[Answer], None],
        failed: Callable[[EngineError], None],
    ) -> Call:
        """Send a request and hand its outcome to one of the callbacks."""
        request = self.request(ask.path, ask.query)
        request.setRawHeader(b"Accept", _ACCEPT)
        request.setTransferTimeout(round(ask.timeout * 1000))
        body = b""
        if ask.body is not None:
            request.setRawHeader(b"Content-Type", b"application/json")
            body = msgspec.json.encode(ask.body)
        reply = self._network.sendCustomRequest(request, verb, body)
        call = Call(reply)

        def finish() -> None:
            call.finish()
            if call.cancelled or not isValid(owner):
                return
            outcome = self._read(reply, ask)
            if isinstance(outcome, EngineError):
                failed(outcome)
            else:
                done(outcome)

        self._open[reply] = finish
        return call

    def _close(self, reply: QNetworkReply) -> None:
        """Hand over a finished reply once and let it go."""
        finish = self._open.pop(reply, None)
        if finish is not None:
            reply.deleteLater()
            finish()

    def _read(self, reply: QNetworkReply, ask: Ask[Answer]) -> Answer | EngineError:
        """Decode what came, or say why it cannot be used."""
        status = int(reply.attribute(_STATUS) or 0)
        if status == 0:
            return self._no_answer(reply, ask)
        content = bytes(reply.readAll().data())
        if status >= 400:
            return self._problem(status, content)
        if reply.error() != QNetworkReply.NetworkError.NoError:
            return self._no_answer(reply, ask)
        if ask.answer is bytes:
            return content  # type: ignore[return-value]  # Answer is bytes here
        kind = bytes(reply.rawHeader("Content-Type").data())
        try:
            return _decode(ask.answer, content, packed=kind.startswith(_MSGPACK))
        except msgspec.MsgspecError as error:
            say = self._look.say
            text = say("engine.bad_answer")
            title = say("panel.error")
            return EngineError(ErrorKind.BAD_ANSWER, title, text, status, str(error))

    def _no_answer(self, reply: QNetworkReply, ask: Ask[Answer]) -> EngineError:
        """Say that no whole answer came."""
        say = self._look.say
        errors = QNetworkReply.NetworkError
        if reply.error() in (errors.OperationCanceledError, errors.TimeoutError):
            text = say("engine.time_out", seconds=round(ask.timeout))
            return EngineError(ErrorKind.TIMEOUT, say("panel.error"), text)
        text = say("engine.offline_text")
        title = say("panel.offline")
        return EngineError(ErrorKind.OFFLINE, title, text, details=reply.errorString())

    def _problem(self, status: int, content: bytes) -> EngineError:
        """Turn a problem document into an error."""
        say = self._look.say
        if status == 401:
            text = say("engine.refused")
            return EngineError(ErrorKind.REFUSED, say("panel.error"), text, status)
        try:
            problem = msgspec.json.decode(content, type=Problem)
        except msgspec.MsgspecError as error:
            text = say("engine.bad_answer")
            details = f"HTTP {status}: {error}"
            return EngineError(ErrorKind.BAD_ANSWER, say("panel.error"), text, status, details)
        kind = ErrorKind.NO_PERMISSION if status == 403 else ErrorKind.PROBLEM
        text = " ".join(part for part in (problem.detail, problem.hint) if part)
        return EngineError(kind, problem.title, text, status, f"HTTP {status}", problem)


def _decode(answer: type[Answer], content: bytes, packed: bool) -> Answer:
    """Decode an answer; raises msgspec.MsgspecError."""
    if packed:
        return msgspec.msgpack.decode(content, type=answer)
    return msgspec.json.decode(content, type=answer)
