"""Addresses on which no connection comes about."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.peer import HOST


@contextmanager
def refusing() -> Iterator[str]:
    """The URL of a port that is taken and does not listen, so that every connection to it is refused."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        yield f"http://{HOST}:{taken.getsockname()[1]}"


@contextmanager
def unanswering() -> Iterator[str]:
    """The URL of a port whose queue of connections is full: further ones neither come about nor are refused (Linux)."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(8)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex((HOST, port))
            yield f"http://{HOST}:{port}"
        finally:
            for filler in fillers:
                filler.close()
