"""Undoing HTTP's compression within a limit: a small body can be a very large one."""

from __future__ import annotations

import zlib
from typing import Final

_WINDOWS: Final = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""zlib's words for each coding. Many send deflate without the header that RFC 9110 (8.4.1.2) asks for."""


def unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """``body`` without one content ``coding``, of which at most ``limit`` octets are made.

    Raises ValueError for a coding that is unknown, or a body that is broken or incomplete; OverflowError for a longer
    one.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return body
    for window in _WINDOWS.get(coding, ()):
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(plain) > limit:
            raise OverflowError
        if stream.eof:
            return plain
    raise ValueError(f"a body that is no {coding}")
