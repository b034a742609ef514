"""The banner about logins: the gravest notice, with its one action."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.api.connection import NoticeMessage
from ui.connect.desk import ConnectionDesk, spoken
from ui.widgets.banner import Banner, BannerKind

_KINDS = {"bad": BannerKind.BAD, "warn": BannerKind.WARN, "info": BannerKind.ACCENT}


class ConnectionLine(QObject):
    """Shows the first notice of the connection in a banner of its own."""

    def __init__(self, desk: ConnectionDesk, banner: Banner) -> None:
        super().__init__(banner)
        self._desk = desk
        self._banner = banner
        desk.changed.connect(self._show)
        banner.action.connect(self._act)
        desk.session.look.keep_worded(self, self._show)

    def _first(self) -> NoticeMessage | None:
        message = self._desk.message
        return message.notices[0] if message is not None and message.notices else None

    def _show(self) -> None:
        notice = self._first()
        if notice is None:
            self._banner.hide()
            return
        key = f"connection.action_{notice.action}" if notice.action else ""
        kind = _KINDS.get(notice.severity, BannerKind.WARN)
        self._banner.tell(kind, spoken(self._desk.session.look, notice.text), key)

    def _act(self) -> None:
        notice = self._first()
        if notice is not None:
            self._desk.act(notice)
