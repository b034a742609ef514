"""Bytes to and from Meta: one exchange, with a deadline and a size limit.

Says exactly one thing that httpx does not: whether a failed request may have
reached the server (`Interrupted`) or surely has not (`NotSent`).
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from engine.domain.errors import UserError

_JSON_TYPES = ("application/json", "text/javascript")


class NotSent(Exception):
    """The request never left this machine."""


class NotTrusted(NotSent):
    """The other side could not prove who it is; nothing was sent."""


class Interrupted(Exception):
    """The request may have arrived; its answer did not."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as received; `body` is empty unless it claims to be JSON."""

    status: int
    headers: Mapping[str, str]
    is_json: bool
    body: bytes

    @property
    def is_redirect(self) -> bool:
        """Whether the answer sends us somewhere else."""
        return 300 <= self.status < 400


@dataclass(frozen=True, slots=True)
class TransportSettings:
    """Where to call and the limits of one exchange.

    `connections` is how many sockets may be open; `body_limit` is in bytes after
    decompression; times are in seconds.
    """

    base_url: str
    connections: int = 4
    connect_timeout: float = 5.0
    keepalive: float = 4.0
    body_limit: int = 64 * 1024 * 1024


def check_address(base_url: str) -> bool:
    """Return whether the address is loopback.

    Raises UserError for anything but https, except on loopback: the token
    would travel in the clear.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if parts.scheme == "https" or (parts.scheme == "http" and loopback):
        return loopback
    raise UserError(
        f"The Graph address {base_url!r} can't be used.",
        hint="Give an https address; plain http is accepted on this machine only.",
    )


class Transport:
    """A pool of connections to one address."""

    def __init__(self, settings: TransportSettings) -> None:
        """Open nothing yet. Raises UserError for an unusable address."""
        loopback = check_address(settings.base_url)
        # httpx writes whole URLs and headers at INFO and DEBUG.
        for name in ("httpx", "httpcore"):
            logger = logging.getLogger(name)
            logger.setLevel(max(logger.level, logging.WARNING))
        self._limit = settings.body_limit
        self._client = httpx.AsyncClient(
            base_url=settings.base_url.rstrip("/"),
            verify=_trust(settings.base_url),
            follow_redirects=False,
            trust_env=not loopback,
            # The one packing that `_Gzip` can open within bounds.
            headers={"Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(None, connect=settings.connect_timeout),
            limits=httpx.Limits(
                max_connections=settings.connections,
                max_keepalive_connections=settings.connections,
                # Shorter than servers keep theirs, so that we rarely meet a dead one.
                keepalive_expiry=settings.keepalive,
            ),
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        deadline: float,
    ) -> RawAnswer:
        """Make one exchange within `deadline` seconds.

        Raises NotSent when the server surely got nothing, Interrupted otherwise.
        """
        request = self._client.build_request(
            method, path, params=params, data=form, headers=dict(headers)
        )
        try:
            async with asyncio.timeout(deadline):
                return await self._exchange(request)
        except TimeoutError as error:
            raise Interrupted(f"no whole answer within {deadline:g} seconds") from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if _is_about_trust(error):
                raise NotTrusted("its certificate was not accepted") from error
            raise NotSent("no connection") from error
        except (httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.RequestError as error:
            raise Interrupted(type(error).__name__) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _exchange(self, request: httpx.Request) -> RawAnswer:
        """Send the request and read the body, if it is JSON and not too large."""
        response = await self._client.send(request, stream=True)
        try:
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            is_json = kind in _JSON_TYPES
            body = await self._body(response) if is_json else b""
        finally:
            await response.aclose()
        return RawAnswer(response.status_code, response.headers, is_json, body)

    async def _body(self, response: httpx.Response) -> bytes:
        """Read a body piece by piece. Raises Interrupted above the limit."""
        unpack = _unpacker(response.headers.get("content-encoding", ""))
        pieces: list[bytes] = []
        size = 0
        async for packed in response.aiter_raw():
            # One byte more than is allowed is enough to know.
            piece = unpack.take(packed, self._limit - size + 1)
            size += len(piece)
            if size > self._limit:
                raise Interrupted(f"the answer is larger than {self._limit} bytes")
            pieces.append(piece)
        unpack.finish()
        return b"".join(pieces)


class _Plain:
    """A body that is not packed."""

    def take(self, packed: bytes, most: int) -> bytes:
        """Return the piece as it is."""
        return packed

    def finish(self) -> None:
        """Nothing can be missing that the protocol does not tell."""


class _Gzip:
    """A packed body, unpacked no further than asked for."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def take(self, packed: bytes, most: int) -> bytes:
        """Unpack at most `most` bytes of a piece. Raises Interrupted."""
        try:
            return self._stream.decompress(packed, most)
        except zlib.error as error:
            raise Interrupted("the answer can't be unpacked") from error

    def finish(self) -> None:
        """Raise Interrupted when the body ended too early."""
        if not self._stream.eof:
            raise Interrupted("the packed answer was cut off")


def _unpacker(encoding: str) -> _Plain | _Gzip:
    """Return what opens a body. Raises Interrupted for a packing not asked for."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return _Plain()
    if name in {"gzip", "x-gzip"}:
        return _Gzip()
    raise Interrupted("the answer is packed in a way that was not asked for")


def _trust(base_url: str) -> ssl.SSLContext:
    """Return whom to trust: the usual authorities, nobody where TLS is not used.

    Loading the authorities takes a tenth of a second, which plain http need not pay.
    """
    if base_url.startswith("https:"):
        return httpx.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _is_about_trust(error: BaseException) -> bool:
    """Whether a failed connection failed over a certificate."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
