"""A loopback server that answers from memory what the sandbox answered once.

    python -m tests.bench.replay_server URL

The first time a question is put it is passed on to the sandbox at URL; from then on
its answer is ready-made, packed with gzip as Meta's are. So a benchmark that runs each
client once beforehand measures the clients, not the sandbox. `GET /_replay/log` tells
what was asked since the last time, tokens left out. Prints its address as one JSON line.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

_SECRETS = {"access_token", "appsecret_proof"}
_KEPT_HEADERS = ("content-type", "date", "x-app-usage", "x-business-use-case-usage")
Answer = tuple[bytes, bytes]


class Replay:
    """Answers known questions from memory and asks the sandbox the others."""

    def __init__(self, upstream: str) -> None:
        self._client = httpx.AsyncClient(base_url=upstream, timeout=600, trust_env=False)
        self._known: dict[str, Answer] = {}
        self._log: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while line := await reader.readline():
                method, target, _ = line.decode().split(" ", 2)
                headers = {}
                while field := (await reader.readline()).strip():
                    name, _, value = field.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                head, content = await self._answer(method, target, headers, body)
                writer.write(head)
                writer.write(content)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        parts = urlsplit(target)
        if parts.path == "/_replay/log":
            log, self._log = self._log, []
            return _framed(200, {"content-type": "application/json"}, json.dumps(log).encode())
        pairs = [pair for pair in parse_qsl(parts.query) if pair[0] not in _SECRETS]
        question = f"{parts.path}?{urlencode(pairs)}"
        self._log.append(question)
        known = self._known.get(question) if method == "GET" else None
        if known is None:
            passed = {k: v for k, v in headers.items() if k in {"authorization", "content-type"}}
            got = await self._client.request(method, target, headers=passed, content=body)
            kept = {k: v for k, v in got.headers.items() if k in _KEPT_HEADERS}
            kept["content-encoding"] = "gzip"
            known = _framed(got.status_code, kept, gzip.compress(got.content, 6))
            self._known[question] = known
        return known


def _framed(status: int, headers: dict[str, str], body: bytes) -> Answer:
    lines = [f"HTTP/1.1 {status} OK", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode(), body


async def main(upstream: str) -> None:
    """Serve until the process is ended."""
    replay = Replay(upstream)
    server = await asyncio.start_server(replay.serve, "127.0.0.1", 0, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}"}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
