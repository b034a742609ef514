"""Logs: JSON lines in a file, words on the screen, no secrets in either."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from engine.domain.errors import UserError
from engine.domain.secrets import KnownSecrets

_MAX_BYTES = 10_000_000
_KEPT_FILES = 5


def redactor(secrets: KnownSecrets) -> structlog.typing.Processor:
    """Return a processor that hides known secrets and whatever looks like one."""

    def hide(value: object) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return secrets.hide(value)
            case Mapping():
                return {hide(key): hide(one) for key, one in value.items()}
            case list() | tuple() | set() | frozenset():
                return [hide(one) for one in value]
        # Whatever else is written down is written as its words.
        return secrets.hide(str(value))

    # structlog's own type for an event dictionary is built on Any.
    def process(
        _logger: Any,  # noqa: ANN401
        _name: str,
        event: MutableMapping[str, Any],
    ) -> MutableMapping[str, Any]:
        # Names that begin with a line belong to the library and are never written.
        return {key: value if key.startswith("_") else hide(value) for key, value in event.items()}

    return process


def set_up_logs(
    folder: Path | None, *, secrets: KnownSecrets | None = None, verbose: bool = False
) -> None:
    """Send logs to `folder` as JSON lines and to the screen as words.

    With `folder` None only the screen is used. The screen shows warnings, or
    everything with `verbose`. Raises UserError when the file can't be written.
    """
    hide = redactor(secrets or KnownSecrets())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handlers = [_screen(shared, hide, verbose)]
    if folder is not None:
        handlers.append(_file(folder, shared, hide))
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "apscheduler", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _screen(
    shared: list[structlog.typing.Processor], hide: structlog.typing.Processor, verbose: bool
) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.INFO if verbose else logging.WARNING)
    renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler.setFormatter(_formatter(shared, [hide, renderer]))
    return handler


class _PrivateFile(RotatingFileHandler):
    """A log that only its owner may read, after each turn of the files too."""

    def _open(self) -> TextIOWrapper:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        return super()._open()


def _file(
    folder: Path, shared: list[structlog.typing.Processor], hide: structlog.typing.Processor
) -> logging.Handler:
    path = folder / "engine.log"
    try:
        handler = _PrivateFile(path, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The log {path} can't be written: {error.strerror}.",
            hint="Give yourself the right to write there, or set AI_BUYER_HOME to another folder.",
        ) from error
    handler.setFormatter(_formatter(shared, [hide, structlog.processors.JSONRenderer()]))
    return handler


def _formatter(
    shared: list[structlog.typing.Processor], last: list[structlog.typing.Processor]
) -> logging.Formatter:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *last])
