"""The ways a server can behave. What takes arguments makes a behaviour, the rest are behaviours themselves."""

from __future__ import annotations

from tests.servers.peer import Behaviour, Peer

_PIECE = b"x" * 65_536


def answer(
    body: bytes = b"",
    status: int = 200,
    *,
    content_type: str = "application/json",
    headers: tuple[str, ...] = (),
    reason: str = "Reason",
    then: Behaviour | None = None,
) -> Behaviour:
    """Read a request, answer it, keep the connection open; ``then`` is done to the peer right afterwards."""

    def behave(peer: Peer) -> None:
        peer.read()
        peer.send(head(len(body), status, content_type, headers, reason) + body)
        if then is not None:
            then(peer)

    return behave


def head(
    length: int,
    status: int = 200,
    content_type: str = "application/json",
    headers: tuple[str, ...] = (),
    reason: str = "Reason",
) -> bytes:
    """A response's status line and headers, announcing ``length`` octets of body."""
    lines = (f"HTTP/1.1 {status} {reason}", f"Content-Type: {content_type}", f"Content-Length: {length}", *headers)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


def close(peer: Peer) -> None:
    peer.close()


def reset(peer: Peer) -> None:
    peer.reset()


def close_before_reading(peer: Peer) -> None:
    peer.close()


def reset_before_reading(peer: Peer) -> None:
    peer.reset()


def close_at_first_octet(peer: Peer) -> None:
    """Hang up once something has arrived, without taking in the request."""
    peer.speaks()
    peer.close()


def reset_at_first_octet(peer: Peer) -> None:
    peer.speaks()
    peer.reset()


def speaks_first(data: bytes) -> Behaviour:
    """Send ``data`` without waiting for anything, then hang up when the other side has said something."""

    def behave(peer: Peer) -> None:
        peer.send(data)
        peer.speaks()
        peer.close()

    return behave


def hang_before_reading(peer: Peer) -> None:
    peer.wait()


def close_after_reading(peer: Peer) -> None:
    peer.read()
    peer.close()


def reset_after_reading(peer: Peer) -> None:
    peer.read()
    peer.reset()


def hang_after_reading(peer: Peer) -> None:
    peer.read()
    peer.wait()


def hang_after_headers(peer: Peer) -> None:
    peer.read()
    peer.send(head(100))
    peer.wait()


def hang_in_headers(peer: Peer) -> None:
    peer.read()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.wait()


def sends(data: bytes, then: Behaviour = close) -> Behaviour:
    """Read a request, send exactly ``data``, then do ``then``."""

    def behave(peer: Peer) -> None:
        peer.read()
        peer.send(data)
        then(peer)

    return behave


def half(body: bytes, then: Behaviour = close, status: int = 200) -> Behaviour:
    """Announce the whole of ``body``, send half of it, then do ``then``."""
    return sends(head(len(body), status) + body[: len(body) // 2], then)


def hang_mid_body(peer: Peer) -> None:
    half(b'{"responseCode":0,"id":"half"}', hang_before_reading)(peer)


def garbage(peer: Peer) -> None:
    sends(b"\x16\x03\x01 this is no HTTP at all\r\n\r\n\x00\xff" * 4)(peer)


def flood(announced: int | None = None, piece: bytes = _PIECE) -> Behaviour:
    """A body without an end, or of ``announced`` octets: see ``server.sent`` for how much of it went out."""

    def behave(peer: Peer) -> None:
        peer.read()
        length = "" if announced is None else f"Content-Length: {announced}\r\n"
        peer.send(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n".encode())
        left = announced
        while left is None or left > 0:
            peer.send(piece if left is None else piece[:left])
            left = None if left is None else left - len(piece)

    return behave


def trickle(data: bytes, every: float, first: bytes = b"") -> Behaviour:
    """Send ``first`` at once, then ``data`` octet by octet, one ``every`` so many seconds."""

    def behave(peer: Peer) -> None:
        peer.read()
        peer.send(first)
        for octet in data:
            peer.send(bytes((octet,)))
            peer.wait(every)

    return behave
