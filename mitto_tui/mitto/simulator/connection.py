"""Answers that need the connection itself: none at all, or half of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web

_CLOSED: Final = "The connection is gone."


def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection off without an answer. What is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500, reason=_CLOSED)


def half(request: web.Request, body: bytes, content_type: str, status: int) -> web.StreamResponse:
    """Announce all of ``body``, send the first half of it, and close. What is returned goes nowhere."""
    transport = request.transport
    if transport is not None:
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"Content-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        transport.write(head.encode("ascii") + body[: len(body) // 2])
        transport.close()
    return web.Response(status=500, reason=_CLOSED)
