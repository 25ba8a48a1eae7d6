"""One connection, seen from the server's side."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.raw import RawServer

HOST = "127.0.0.1"
LONGEST = 30.0
"""Seconds after which everything here gives up by itself."""

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Gone(Exception):
    """The other side closed the connection."""


class Peer:
    """One connection, from the server's side."""

    def __init__(self, sock: socket.socket, server: RawServer) -> None:
        self._sock = sock
        self._server = server
        self._buffer = b""
        self.open = True

    def speaks(self) -> bool:
        """Wait until the other side sends something (True) or hangs up (False)."""
        if not self._buffer:
            self._buffer = self._sock.recv(_CHUNK)
        return bool(self._buffer)

    def read(self) -> Request:
        """Take in one whole request and put it on the server's list. Raises Gone."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            self._more()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        request = Request(method, path, headers, body)
        with self._server.arrived:
            self._server.requests.append(request)
            self._server.arrived.notify_all()
        return request

    def _more(self) -> None:
        data = self._sock.recv(_CHUNK)
        if not data:
            raise Gone
        self._buffer += data

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)
        self._server.sent += len(data)

    def wait(self, seconds: float = LONGEST) -> None:
        """Do nothing for so long, or until the server is stopped."""
        self._server.stopping.wait(seconds)
        if self._server.stopping.is_set():
            raise Gone

    def secure(self, tls: ssl.SSLContext) -> None:
        """Go on in TLS, as after a proxy's CONNECT."""
        self._sock = tls.wrap_socket(self._sock, server_side=True)

    def close(self) -> None:
        """Hang up politely (FIN)."""
        self.open = False
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def reset(self) -> None:
        """Hang up rudely (RST)."""
        self.open = False
        with suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()


Behaviour = Callable[[Peer], None]
"""What a server does in one turn: on a new connection, or when more comes in on an open one."""
