"""aiohttp's connector, made to bear witness: it writes into the request's Flight when a connection stands for it."""

from __future__ import annotations

import select
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

import aiohttp

from mitto_tui.mitto.flight import Flight, Phase

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

CURRENT: Final[ContextVar[Flight]] = ContextVar("mitto_tui.flight")
"""The flight of the request that runs in this context. aiohttp asks its connector in the caller's own task."""


class SecondConnection(aiohttp.ClientError):
    """aiohttp asked for another connection although one had stood for this request: it was about to repeat it."""


class WitnessConnector(aiohttp.TCPConnector):
    """A pool without a limit of its own (the transport counts), whose every hand-over is recorded.

    ``connect`` is the one door through which aiohttp gets a connection, and it writes nothing before. So a failure
    inside it means that the request never left, and whatever comes after it is in doubt.
    """

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> Connection:
        flight = CURRENT.get()
        if flight.stood:
            raise SecondConnection
        flight.phase = Phase.CONNECTING
        while True:
            connection = await super().connect(req, traces, timeout)
            if flight.made_new or not _is_stale(connection):
                break
            connection.close()
        flight.phase = Phase.STOOD
        return connection

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> ResponseHandler:
        protocol = await super()._create_connection(req, traces, timeout)
        CURRENT.get().made_new = True
        return protocol


def _is_stale(connection: Connection) -> bool:
    """Whether a pooled connection has something to read before anything was asked.

    That is the server's farewell, which the event loop has not come round to yet, or an answer to nobody's question,
    which must never be taken for ours.
    """
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or protocol.should_close:
        return True
    sock = transport.get_extra_info("socket")
    if sock is None or sock.fileno() < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock.fileno()], [], [], 0)[0])
