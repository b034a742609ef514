"""Every operation of the API, taken from its own description."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

WRITING = ("POST", "PUT", "PATCH", "DELETE")
_VALUES = {
    "{rule_id}": "none",
    "{object_id}": "none",
    "{entry_id}": "none",
    "{edit_id}": "none",
    "{account_id}": "none",
    "{key_id}": "none",
    "{identity_id}": "none",
    "{login_id}": "none",
    "{key}": "none",
}


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """A method of a path; `template` has the path's parameters in braces."""

    method: str
    template: str

    @property
    def path(self) -> str:
        """The path with ids of things that do not exist."""
        path = self.template
        for name, value in _VALUES.items():
            path = path.replace(name, value)
        assert "{" not in path
        return path


async def operations(client: httpx.AsyncClient) -> list[Operation]:
    """Return every operation that the API describes, and the pages it does not."""
    described = (await client.get("/api/v1/openapi.json")).json()["paths"]
    found = [
        Operation(method.upper(), path) for path, methods in described.items() for method in methods
    ]
    return sorted([*found, Operation("GET", "/docs"), Operation("GET", "/api/v1/openapi.json")])
