"""The documentation: a page of our own that needs no network."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, Response

from engine.api.context import ApiNow, CallerNow, Right, needs
from engine.api.details import DocsLink
from engine.api.encoding import answer
from engine.api.guard import DOCS_PATH

router = APIRouter(tags=["Documentation"])
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h2{margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "td{border-top:1px solid #ddd;padding:.4rem;vertical-align:top}"
    "code{font-family:ui-monospace,monospace}.m{font-weight:600;width:5rem}"
)


@router.post("/api/v1/docs-link", response_model=DocsLink, dependencies=[needs(Right.READ)])
async def docs_link(request: Request, api: ApiNow, caller: CallerNow) -> Response:
    """Return an address of the documentation that a browser can open once."""
    return answer(request, DocsLink(f"{DOCS_PATH}?once={api.tickets.issue(caller)}"))


@router.get(DOCS_PATH, dependencies=[needs(Right.READ)], include_in_schema=False)
async def docs(request: Request) -> Response:
    """All operations on one page that loads nothing from elsewhere."""
    app: FastAPI = request.app
    return HTMLResponse(_page(app.openapi()), headers=_HEADERS)


def _page(document: dict[str, object]) -> str:
    by_tag: dict[str, list[str]] = {}
    paths = document["paths"]
    assert isinstance(paths, dict)
    for path, operations in paths.items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["Other"])[0]
            by_tag.setdefault(tag, []).append(_row(method, path, operation))
    parts = [
        f"<h2>{escape(tag)}</h2><table>{''.join(rows)}</table>" for tag, rows in by_tag.items()
    ]
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>AI-Buyer API</title>"
        f"<style>{_STYLE}</style><h1>AI-Buyer API</h1><p>Send the key as <code>Authorization: "
        "Bearer …</code> or <code>X-API-Key</code>. The whole description for programs is at "
        f"<code>/api/v1/openapi.json</code>.</p>{''.join(parts)}</html>"
    )


def _row(method: str, path: str, operation: dict[str, object]) -> str:
    description = str(operation.get("description") or operation.get("summary") or "")
    parameters = operation.get("parameters") or []
    assert isinstance(parameters, list)
    names = ", ".join(f"<code>{escape(str(one['name']))}</code>" for one in parameters)
    extra = f"<br>Parameters: {names}" if names else ""
    return (
        f"<tr><td class=m>{escape(method.upper())}</td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(description)}{extra}</td></tr>"
    )
