"""A plain HTTP caller for the sandbox's tests; knows nothing of the product."""

from __future__ import annotations

import json
from typing import Any

import httpx

from sync.sandbox.server import SandboxAddress

VERSION = "v26.0"
Json = Any  # decoded answers; the tests say what they expect


class Caller:
    """Calls one sandbox and decodes its answers."""

    def __init__(self, address: SandboxAddress) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address.url, timeout=60, trust_env=False)

    def raw(self, method: str, path: str, **params: str) -> httpx.Response:
        query = {"access_token": self.address.access_token, **params}
        return self.http.request(method, f"/{VERSION}/{path}", params=query)

    def get(self, path: str, **params: str) -> Json:
        response = self.raw("GET", path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    def post_raw(self, path: str, **form: str) -> httpx.Response:
        query = {"access_token": self.address.access_token}
        return self.http.post(f"/{VERSION}/{path}", params=query, data=form)

    def post(self, path: str, **form: str) -> Json:
        response = self.post_raw(path, **form)
        assert response.status_code == 200, response.text
        return response.json()

    def delete(self, path: str, **params: str) -> Json:
        response = self.raw("DELETE", path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    def refusal(self, response: httpx.Response) -> Json:
        assert response.status_code >= 400, response.text
        return response.json()["error"]

    def batch(self, *items: dict[str, str], **form: str) -> Json:
        return self.post("", batch=json.dumps(items), **form)

    def every(self, path: str, **params: str) -> list[Json]:
        """Walk all pages by `paging.cursors.after` while `next` is there."""
        rows: list[Json] = []
        page = self.get(path, **params)
        while True:
            rows += page["data"]
            if "next" not in page.get("paging", {}):
                return rows
            page = self.get(path, **params, after=page["paging"]["cursors"]["after"])

    def control(self, method: str, name: str, body: Json = None) -> Json:
        response = self.http.request(method, f"/_sandbox/{name}", json=body)
        assert response.status_code < 300, response.text
        return response.json()

    def ledger(self) -> list[Json]:
        return list(self.control("GET", "ledger")["data"])

    def fault(self, fault: str, path: str = ".*", method: str = "*", **options: Json) -> None:
        self.control("POST", "faults", {"fault": fault, "path": path, "method": method, **options})

    def account(self, index: int = 0) -> str:
        return str(self.get("me/adaccounts")["data"][index]["id"])

    def with_campaign_budget(self) -> Json:
        rows = self.every(f"{self.account()}/campaigns", fields="id,name,status,daily_budget")
        return next(r for r in rows if "daily_budget" in r and r["status"] == "ACTIVE")

    def with_own_budget(self) -> Json:
        rows = self.every(
            f"{self.account()}/adsets",
            fields="id,name,status,effective_status,daily_budget,campaign_id",
        )
        return next(
            r for r in rows if r["daily_budget"] != "0" and r["effective_status"] == "ACTIVE"
        )
