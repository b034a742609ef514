"""Bodies of requests: urlencoded forms, multipart forms and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP

import orjson

from sync.sandbox.graph.query_text import read_query


@dataclass(frozen=True, slots=True)
class Form:
    """Text values of a body, uploads by file name, file names by part."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)


def read_form(content_type: str, body: bytes) -> Form:
    """Read a body by its content type; anything unreadable is empty."""
    kind = content_type.split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _read_multipart(content_type, body)
    if kind == "application/json":
        return Form(values=_read_json(body))
    text = body.decode("utf-8", errors="replace")
    return Form(values=read_query(text))


def _read_multipart(content_type: str, body: bytes) -> Form:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    form = Form()
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        filename = part.get_filename()
        if filename is None:
            form.values[name] = content.decode("utf-8", errors="replace").rstrip("\r\n")
        else:
            form.files[filename] = content
            form.parts[name] = filename
    return form


def _read_json(body: bytes) -> dict[str, str]:
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in found.items()
    }
