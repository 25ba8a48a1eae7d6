"""From the octets of a request's body to text, whatever they are packed in."""

from __future__ import annotations

import json
import zlib
from email import message_from_bytes, policy
from typing import Final

from mitto_tui.reports.parse import Fields

_WINDOWS: Final = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""zlib's words for each coding. Many send deflate without the header that RFC 9110 (8.4.1.2) asks for."""


class Unpackable(Exception):
    """The body's coding is unknown or broken, or there is more in it than is read. ``status`` is the HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """``body`` without its ``Content-Encoding``, at most ``limit`` octets. Raises Unpackable."""
    for coding in reversed([word.strip().lower() for word in encoding.split(",")]):
        if coding in ("", "identity"):
            continue
        if coding not in _WINDOWS:
            raise Unpackable(415)
        body = _inflated(body, _WINDOWS[coding], limit)
    return body


def _inflated(body: bytes, windows: tuple[int, ...], limit: int) -> bytes:
    for window in windows:
        stream = zlib.decompressobj(window)
        try:
            found = stream.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(found) > limit:
            raise Unpackable(413)
        if stream.eof:
            return found
    raise Unpackable(415)


def as_text(body: bytes, charset: str | None) -> str:
    """``body`` in the ``charset`` that its sender names, else in UTF-8, 16 or 32, whichever it looks like."""
    for name in (charset, json.detect_encoding(body)):
        try:
            if name:
                return body.decode(name, "replace").removeprefix("\ufeff")
        except (LookupError, ValueError):  # unknown, or a coding of something else than text
            continue
    return body.decode("utf-8", "replace")


def form_of(body: bytes, content_type: str) -> Fields:
    """The fields of a ``multipart/form-data`` body; files count as what is in them."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = message_from_bytes(head + body, policy=policy.HTTP)
    fields: dict[str, str] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            charset = part.get_content_charset()
            fields.setdefault(name, as_text(value, charset))
    return fields
