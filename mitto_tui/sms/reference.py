"""Reference tokens: one unguessable token an attempt, carried in Mitto's free-text ``reference``.

A report that brings the token back tells which attempt it speaks of, and that whoever sent it has seen our request.
A person's own reference is kept in front of it: ``Spring campaign #k3v…``.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

# 20 characters of an alphabet of 32 without look-alikes: five bits each, a hundred together.
_ALPHABET: Final = "23456789abcdefghijkmnpqrstuvwxyz"
TOKEN_LENGTH: Final = 20
# Each of an octet's 256 values to one of the 32 characters, eight to each, so that all are equally likely.
_CHARACTERS: Final = _ALPHABET.encode() * (256 // len(_ALPHABET))
_TOKEN = re.compile(rf"#([{_ALPHABET}]{{{TOKEN_LENGTH}}})\s*\Z")


def new_token() -> str:
    """A fresh token of ``TOKEN_LENGTH`` characters from the operating system's random source."""
    return secrets.token_bytes(TOKEN_LENGTH).translate(_CHARACTERS).decode("ascii")


def with_token(reference: str | None, token: str) -> str:
    """What goes over the wire for a person's own ``reference`` (or none)."""
    return f"{reference} #{token}" if reference else f"#{token}"


def token_of(reference: str | None) -> str | None:
    """The token at the end of a reference that came back in a report, or None."""
    found = _TOKEN.search(reference) if reference else None
    return found[1] if found else None
