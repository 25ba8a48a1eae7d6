"""httpx's API on top of aiohttp, with an exception map of our own.

httpx's pool costs several times as much per request, and the ready-made bridges between the two turn "the server
closed after it had read the request" into a connect error, which invites a second sending. Here the connector itself
says whether a connection stood (see ``flight``), and the exceptions follow from that:

- before: ``httpx.PoolTimeout``, ``ConnectTimeout``, ``ConnectError``, ``ProxyError``: not a byte of the request left;
- after: ``httpx.ReadTimeout``, ``WriteTimeout``, ``ReadError``, ``RemoteProtocolError``: it may have been acted on.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from types import TracebackType
from typing import Final

import aiohttp
import httpx
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import TOO_LARGE_BYTES_BODY, BytesIOPayload, BytesPayload, Payload
from yarl import URL

from mitto_tui.mitto import direct
from mitto_tui.mitto.connector import CURRENT, WitnessConnector
from mitto_tui.mitto.direct import Incoming, Prepared
from mitto_tui.mitto.environment import proxy_for, tls_context
from mitto_tui.mitto.failures import FAILURES, translated
from mitto_tui.mitto.flight import EXTENSION, Flight
from mitto_tui.mitto.resolver import DaemonResolver

_KEEP_ALIVE: Final = 15.0
"""Seconds an idle connection is kept: shorter than the usual server's patience, so that we are the first to hang up."""

_OWN_HEADERS: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends each request once, over a pool of at most ``max_connections``.

    As httpx's transport it reads the ``timeout`` extension (connect, read, write, pool; seconds) and records into the
    Flight found in ``request.extensions[flight.EXTENSION]``. ``post`` does the same for a small fraction of what httpx
    takes for each request. Redirects come back as they are, bodies come undecoded and as a stream,
    cookies do not come at all: who calls with a key is known without. The session, and for https the TLS context, are
    made at the first request.
    """

    def __init__(
        self,
        *,
        max_connections: int = 64,
        trust_env: bool = True,
        tls: Callable[[], ssl.SSLContext] = tls_context,
    ) -> None:
        self._slots = asyncio.Semaphore(max_connections)
        self._trust_env = trust_env
        self._make_tls = tls
        self._tls: ssl.SSLContext | None = None
        self._proxies: dict[str, URL | None] = {}
        self._session: aiohttp.ClientSession | None = None

    async def post(self, prepared: Prepared, body: bytes, flight: Flight) -> Incoming:
        """Send ``body`` and wait for the answer's headers, with no limit in time but the connection's.

        Raises httpx.TransportError, with its reason in ``flight``. Cancel it whenever you like: ``flight`` knows what
        that means. Close what comes back, or its connection stays in use.
        """
        await self._slots.acquire()
        incoming: Incoming | None = None
        witness = CURRENT.set(flight)
        try:
            if prepared.request is None:
                proxy, tls = self._proxy(prepared.url), self._tls_for(prepared.url)
                prepared.request = aiohttp.ClientRequest("POST", prepared.url, proxy=proxy, ssl=tls)
            incoming = await direct.post(self._connector(), prepared, body, flight, self._slots.release)
        except FAILURES as failure:
            secure, proxied = prepared.url.scheme == "https", bool(prepared.request and prepared.request.proxy)
            raise translated(failure, flight, secure=secure, proxied=proxied) from None
        finally:
            CURRENT.reset(witness)
            if incoming is None:
                self._slots.release()
        return incoming

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        flight: Flight = request.extensions.get(EXTENSION) or Flight()
        limits: dict[str, float | None] = request.extensions.get("timeout", {})
        body = await request.aread()
        try:
            async with asyncio.timeout(limits.get("pool")):
                await self._slots.acquire()
        except TimeoutError:
            flight.reason = flight.timeout_reason
            raise httpx.PoolTimeout("every connection is in use", request=request) from None
        try:
            answer = await self._send(request, body, limits, flight)
        except BaseException:
            self._slots.release()
            raise
        flight.status = answer.status
        return httpx.Response(
            answer.status,
            headers=[header for header in answer.raw_headers if header[0].lower() != b"set-cookie"],
            stream=_AnswerBody(answer, request, flight, self._slots.release),
            # No reason phrase: httpx logs it, and it is the server's to choose.
            extensions={"http_version": b"HTTP/%d.%d" % (answer.version or (1, 1))},
        )

    async def _send(
        self, request: httpx.Request, body: bytes, limits: dict[str, float | None], flight: Flight
    ) -> aiohttp.ClientResponse:
        url = URL(str(request.url), encoded=True)
        proxy: URL | None = None
        witness = CURRENT.set(flight)
        try:
            proxy = self._proxy(url)
            return await self._opened().request(
                request.method,
                url,
                headers=request.headers.multi_items(),
                data=_payload(body, limits.get("write")),
                allow_redirects=False,
                proxy=proxy,
                ssl=self._tls_for(url),
                # The limits are exact: aiohttp would round what is longer than ceil_threshold up to whole seconds.
                timeout=aiohttp.ClientTimeout(
                    connect=limits.get("connect"), sock_read=limits.get("read"), ceil_threshold=float("inf")
                ),
            )
        except FAILURES as failure:
            secure = url.scheme == "https"
            raise translated(failure, flight, secure=secure, proxied=proxy is not None, request=request) from None
        finally:
            CURRENT.reset(witness)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=WitnessConnector(limit=0, keepalive_timeout=_KEEP_ALIVE, resolver=DaemonResolver()),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_OWN_HEADERS,
                auto_decompress=False,
                trust_env=False,  # it would also read .netrc; the proxy is found by proxy_for
            )
        return self._session

    def _connector(self) -> aiohttp.BaseConnector:
        connector = self._opened().connector
        if connector is None or connector.closed:
            raise aiohttp.ClientConnectionError("the pool has been closed")
        return connector

    def _proxy(self, url: URL) -> URL | None:
        host = url.host or ""
        if host not in self._proxies:
            self._proxies[host] = proxy_for(url) if self._trust_env else None
        return self._proxies[host]

    def _tls_for(self, url: URL) -> ssl.SSLContext | bool:
        if url.scheme != "https":
            return True
        if self._tls is None:
            try:
                self._tls = self._make_tls()
            except OSError as failure:
                raise ssl.SSLError("no certificate authorities") from failure
        return self._tls

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()


class _Bounded(Payload):
    """A body that must be taken off our hands within ``limit`` seconds."""

    limit: float | None = None

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        async with asyncio.timeout(self.limit):
            await super().write_with_length(writer, content_length)
            await writer.drain()


class _InOnePiece(_Bounded, BytesPayload):
    pass


class _InPieces(_Bounded, BytesIOPayload):
    pass


def _payload(body: bytes, limit: float | None) -> Payload | None:
    if not body:
        return None
    payload = _InOnePiece(body) if len(body) <= TOO_LARGE_BYTES_BODY else _InPieces(BytesIO(body))
    payload.limit = limit
    return payload


class _AnswerBody(httpx.AsyncByteStream):
    """The answer's body as it comes in. Closing it early drops the connection, reading to its end gives it back."""

    def __init__(
        self, answer: aiohttp.ClientResponse, request: httpx.Request, flight: Flight, release: Callable[[], None]
    ) -> None:
        self._answer = answer
        self._request = request
        self._flight = flight
        self._release: Callable[[], None] | None = release

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._answer.content.readany()
        except FAILURES as failure:
            raise translated(failure, self._flight, request=self._request) from None
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            self._answer.close()
            release()
