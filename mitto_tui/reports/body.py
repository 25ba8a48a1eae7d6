"""From the octets of a request's body to text, whatever they are packed in."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import Message
from typing import Final

from mitto_tui.reports.parse import Fields
from mitto_tui.sms.unpacking import unpacked

_MOST_PARTS: Final = 200
"""Fields of a form, at most, as with a query."""


class Unpackable(Exception):
    """The body's coding is unknown or broken, or there is more in it than is read. ``status`` is the HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def without_codings(body: bytes, encoding: str, limit: int) -> bytes:
    """``body`` without its ``Content-Encoding``, at most ``limit`` octets. Raises Unpackable."""
    for coding in reversed(encoding.split(",")):
        try:
            body = unpacked(body, coding, limit)
        except ValueError:
            raise Unpackable(415) from None
        except OverflowError:
            raise Unpackable(413) from None
    return body


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
    """The fields of a ``multipart/form-data`` body; files count as what is in them. Never raises."""
    if body.count(b"\n--") > _MOST_PARTS:
        return {}
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    parts = message_from_bytes(head + body).get_payload()
    fields: dict[str, str] = {}
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, Message):
            continue
        name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            fields.setdefault(name, as_text(value, part.get_content_charset()))
    return fields
