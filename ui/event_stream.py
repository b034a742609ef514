"""Listens to what changed in the engine, and comes back after a break."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from engine.api.messages import Event
from engine.domain.changes import Area
from ui.engine_client import EngineClient

EVENTS_PATH = "/api/v1/events"
FIRST_WAIT_MS, LONGEST_WAIT_MS = 500, 30_000
# The engine sends a comment every 15 s; three missed ones mean a dead line.
SILENCE_MS = 50_000
_STATUS = QNetworkRequest.Attribute.HttpStatusCodeAttribute


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event of a text/event-stream."""

    name: str
    data: str


class EventParser:
    """Cuts a stream of bytes into events.

    Grammar: https://html.spec.whatwg.org/multipage/server-sent-events.html,
    without the fields ``id`` and ``retry``, which the engine does not send.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[str] = []

    def feed(self, content: bytes) -> list[ServerEvent]:
        """Take in more bytes; return the events they complete."""
        lines = (self._rest + content).replace(b"\r\n", b"\n").split(b"\n")
        self._rest = lines.pop()
        events = []
        for line in lines:
            if line:
                self._take(line.decode("utf-8", "replace"))
            else:
                if self._data:
                    events.append(ServerEvent(self._name or "message", "\n".join(self._data)))
                self._name, self._data = "", []
        return events

    def _take(self, line: str) -> None:
        """Take in one line of an event; comments are skipped."""
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)


class EventStream(QObject):
    """Tells which areas changed, as a frozenset of ``Area``.

    After a break every area counts as changed, because events may have been
    missed. ``online`` tells when the line is lost or found again.
    """

    changed = Signal(frozenset)
    online = Signal(bool)

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._reply: QNetworkReply | None = None
        self._parser = EventParser()
        self._was_online = False
        self._lost_once = False
        self._wait_ms = FIRST_WAIT_MS
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._connect)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(SILENCE_MS)
        self._silence.timeout.connect(self._drop)

    @property
    def is_online(self) -> bool:
        """Tell whether the line stands now."""
        return self._was_online

    def start(self) -> None:
        """Begin to listen; does nothing when listening already."""
        if self._reply is None and not self._again.isActive():
            self._connect()

    def stop(self) -> None:
        """End for good, or until the next ``start``."""
        self._again.stop()
        self._silence.stop()
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            reply.deleteLater()

    def _connect(self) -> None:
        """Open the line."""
        self._parser = EventParser()
        reply = self._client.open_stream(EVENTS_PATH)
        self._reply = reply
        reply.readyRead.connect(self._read)
        reply.finished.connect(self._ended)
        self._silence.start()

    def _read(self) -> None:
        """Take in what has come."""
        reply = self._reply
        if reply is None or int(reply.attribute(_STATUS) or 0) != 200:
            return
        self._silence.start()
        self._found()
        for event in self._parser.feed(bytes(reply.readAll().data())):
            if event.name == "changes":
                self._tell(event.data)

    def _tell(self, data: str) -> None:
        """Tell the areas of one event; an unreadable one counts as all."""
        try:
            names = set(msgspec.json.decode(data.encode(), type=Event).areas)
            areas = frozenset(area for area in Area if area.value in names)
        except msgspec.MsgspecError:
            areas = frozenset(Area)
        if areas:
            self.changed.emit(areas)

    def _found(self) -> None:
        """Note that the line stands."""
        self._wait_ms = FIRST_WAIT_MS
        if not self._was_online:
            self._was_online = True
            self.online.emit(True)
            if self._lost_once:
                self.changed.emit(frozenset(Area))

    def _drop(self) -> None:
        """Give up a line that has fallen silent."""
        if self._reply is not None:
            self._reply.abort()

    def _ended(self) -> None:
        """Note that the line is lost and try again after a while."""
        reply, self._reply = self._reply, None
        if reply is None:
            return
        reply.deleteLater()
        self._silence.stop()
        self._lost_once = True
        if self._was_online:
            self._was_online = False
            self.online.emit(False)
        self._again.start(self._wait_ms)
        self._wait_ms = min(self._wait_ms * 2, LONGEST_WAIT_MS)
