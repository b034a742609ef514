"""Settings, keys and notifications as messages."""

from __future__ import annotations

from engine.api.details import KeyMessage, NotificationMessage
from engine.api.messages import SettingMessage, Words
from engine.engine import Engine
from engine.setting_table import TABLE
from engine.storage.state.api_keys_store import ApiKey
from engine.storage.state.notifications_store import Notification


def settings(engine: Engine) -> list[SettingMessage]:
    """Return every setting of the table with the value in force; blocking."""
    now = engine.settings()
    return [
        SettingMessage(
            key=one.key,
            group=Words(*one.group),
            title=Words(*one.title),
            help=Words(*one.help),
            kind=one.kind,
            value=now.value(one.key),
            default=one.default,
            minimum=one.minimum,
            maximum=one.maximum,
            choices=one.choices,
            unit=one.unit,
        )
        for one in TABLE
    ]


def key(kept: ApiKey, token: str | None = None) -> KeyMessage:
    """Return a key as a message; `token` only when it was just made."""
    used, revoked = kept.last_used_at, kept.revoked_at
    return KeyMessage(
        id=kept.key_id,
        name=kept.name,
        role=kept.role,
        client=kept.client,
        created_at=kept.created_at.isoformat(),
        last_used_at=used.isoformat() if used is not None else None,
        revoked_at=revoked.isoformat() if revoked is not None else None,
        token=token,
    )


def notification(kept: Notification) -> NotificationMessage:
    """Return a kept message to people as a message of the API."""
    return NotificationMessage(
        number=kept.number,
        text=kept.message.text,
        account_id=kept.message.account_id,
        audience=kept.message.audience,
        severity=kept.message.severity,
        created_at=kept.created_at.isoformat(),
        delivery=kept.delivery.value,
        error=kept.error,
    )
