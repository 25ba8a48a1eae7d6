"""One POST over one of aiohttp's connections, without aiohttp's session around it.

The session's work for each request (cookies, redirects, authentication, repetition, a task for the body) costs more
than all the rest, and nothing of it is wanted here. What is left has no way to send anything twice: one connection,
one write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import aiohttp
from aiohttp.client_exceptions import ClientConnectionResetError

from mitto_tui.mitto.failures import FAILURES, translated
from mitto_tui.mitto.flight import Flight, Phase, Withheld

if TYPE_CHECKING:
    from aiohttp.connector import Connection
    from aiohttp.http import RawResponseMessage
    from aiohttp.streams import StreamReader
    from yarl import URL

_NOT_IN_A_HEAD: Final = re.compile(r"[^\x20-\x7e]")
_SWITCHING: Final = 101


class Prepared:
    """What is the same about many requests to one address, worked out once. Its repr shows no headers.

    ``headers`` are all of them but Host and Content-Length; ``connect`` are the seconds within which a connection must
    stand. Raises ValueError for what would break out of a header.
    """

    __slots__ = ("_head", "limits", "request", "url")

    def __init__(self, url: URL, headers: Mapping[str, str], connect: float | None = None) -> None:
        lines = [f"POST {url.raw_path_qs} HTTP/1.1", f"Host: {url.host_port_subcomponent}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if any(map(_NOT_IN_A_HEAD.search, lines)):
            raise ValueError("a header or the address has a character in it that can't be sent")
        self._head = "\r\n".join([*lines, "Content-Length: "]).encode("ascii")
        self.url = url
        # The limit is exact: aiohttp would round what is longer than ceil_threshold up to whole seconds.
        self.limits = aiohttp.ClientTimeout(connect=connect, ceil_threshold=float("inf"))
        self.request: aiohttp.ClientRequest | None = None
        """What aiohttp's connector asks for; made by the transport at the first request."""

    def __repr__(self) -> str:
        return f"Prepared({self.url!s})"

    def with_body(self, body: bytes) -> bytes:
        """The whole request."""
        return b"%b%d\r\n\r\n%b" % (self._head, len(body), body)


class Incoming:
    """An answer whose headers are in. Close it whatever happens.

    Closing it early drops the connection; once the body has come in whole, it is given back to the pool.
    """

    __slots__ = ("_connection", "_content", "_flight", "_release", "headers", "status")

    def __init__(
        self,
        connection: Connection,
        message: RawResponseMessage,
        content: StreamReader,
        flight: Flight,
        release: Callable[[], None],
    ) -> None:
        self.status: int = message.code
        self.headers: Mapping[str, str] = message.headers
        self._connection = connection
        self._content = content
        self._flight = flight
        self._release: Callable[[], None] | None = release

    async def piece(self) -> bytes:
        """The next octets of the body as they came, or none at its end. Raises httpx.TransportError."""
        try:
            return await self._content.readany()
        except FAILURES as failure:
            raise translated(failure, self._flight) from None

    def close(self) -> None:
        release, self._release = self._release, None
        if release is None:
            return
        transport = self._connection.transport
        # An answer that came before all of the request had gone out leaves the rest of it in the way of the next one.
        if self._content.is_eof() and (transport is None or not transport.get_write_buffer_size()):
            self._connection.release()
        else:
            self._connection.close()
        release()


async def post(
    connector: aiohttp.BaseConnector, prepared: Prepared, body: bytes, flight: Flight, release: Callable[[], None]
) -> Incoming:
    """Send ``body`` once; its answer, which calls ``release`` when it is closed. Raises FAILURES, as they come.

    Raises Withheld, with nothing written, where the flight says that it may not leave any more.
    """
    assert prepared.request is not None
    connection = await connector.connect(prepared.request, [], prepared.limits)
    try:
        protocol, transport = connection.protocol, connection.transport
        if protocol is None or transport is None or transport.is_closing():
            raise ClientConnectionResetError("the connection is gone")
        if not flight.may_leave():
            flight.phase = Phase.WITHHELD
            raise Withheld
        protocol.set_response_params(read_until_eof=True, auto_decompress=False)
        transport.write(prepared.with_body(body))
        while True:
            message, content = await protocol.read()
            if message.code >= 200 or message.code == _SWITCHING:
                break
    except BaseException:
        connection.close()
        raise
    flight.status = message.code
    return Incoming(connection, message, content, flight, release)
