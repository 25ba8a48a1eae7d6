"""A server on raw sockets that behaves exactly as badly as it is told to.

    with RawServer(answer(b"{}"), close_after_reading) as server:
        ...  # server.url, server.requests, server.connections

It runs in threads of its own, so the client may be a coroutine, a thread or another process. Each turn, that is each
new connection and each further request on an open one, takes the next behaviour; the last one stays.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.servers.behaviours import (
    answer,
    close,
    close_after_reading,
    close_at_first_octet,
    close_before_reading,
    flood,
    garbage,
    half,
    hang_after_headers,
    hang_after_reading,
    hang_before_reading,
    hang_in_headers,
    hang_mid_body,
    head,
    reset,
    reset_after_reading,
    reset_at_first_octet,
    reset_before_reading,
    sends,
    speaks_first,
    trickle,
)
from tests.servers.peer import HOST, LONGEST, Behaviour, Gone, Peer, Request
from tests.servers.ports import refusing, unanswering

__all__ = [
    "HOST",
    "LONGEST",
    "Behaviour",
    "Gone",
    "Peer",
    "RawServer",
    "Request",
    "answer",
    "close",
    "close_after_reading",
    "close_at_first_octet",
    "close_before_reading",
    "flood",
    "garbage",
    "half",
    "hang_after_headers",
    "hang_after_reading",
    "hang_before_reading",
    "hang_in_headers",
    "hang_mid_body",
    "head",
    "refusing",
    "reset",
    "reset_after_reading",
    "reset_at_first_octet",
    "reset_before_reading",
    "sends",
    "speaks_first",
    "trickle",
    "unanswering",
]


class RawServer:
    """Listens on a free port of 127.0.0.1 while its ``with`` block lasts.

    ``requests`` are those read whole, ``connections`` counts what was accepted, ``sent`` the octets written. With
    ``tls`` every connection starts with a handshake. ``buffer`` bounds what the system takes in ahead of us.
    """

    def __init__(
        self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None, buffer: int | None = None, path: str = ""
    ) -> None:
        self._behaviours = behaviours or (hang_before_reading,)
        self._tls = tls
        self._path = path
        self._turns = 0
        self._lock = threading.Lock()
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []
        self.requests: list[Request] = []
        self.arrived = threading.Condition()
        self.connections = 0
        self.sent = 0
        self.stopping = threading.Event()
        self._listener = socket.socket()
        if buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._listener.bind((HOST, 0))
        self._listener.listen(128)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{HOST}:{self.port}{self._path}"

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in list(self._peers):
            peer.close()
        for thread in list(self._threads):
            thread.join(LONGEST)

    async def until(self, *, requests: int = 0, connections: int = 0) -> None:
        """Return once so many requests have been read, and so many connections accepted."""

        def wait() -> bool:
            with self.arrived:
                return self.arrived.wait_for(
                    lambda: len(self.requests) >= requests and self.connections >= connections, LONGEST
                )

        assert await asyncio.to_thread(wait), f"only {len(self.requests)} requests on {self.connections} connections"

    def wait_until_alone(self) -> None:
        """Wait until nobody is connected any more."""
        for thread in self._threads[1:]:
            thread.join(LONGEST)
            assert not thread.is_alive(), "somebody is still connected"

    def _run(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self.arrived:
                self.connections += 1
                self.arrived.notify_all()
            self._run(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(LONGEST)
        if self._tls is not None:
            try:
                sock = self._tls.wrap_socket(sock, server_side=True)
            except OSError:
                sock.close()
                return
        peer = Peer(sock, self)
        self._peers.append(peer)
        try:
            self._next()(peer)
            while peer.open and peer.speaks():
                self._next()(peer)
        except (Gone, OSError):
            pass
        finally:
            peer.close()

    def _next(self) -> Behaviour:
        with self._lock:
            turn, self._turns = self._turns, self._turns + 1
        return self._behaviours[min(turn, len(self._behaviours) - 1)]
