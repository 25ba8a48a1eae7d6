"""Secrets taken out of any text before it is written down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from threading import Lock
from typing import Final
from urllib.parse import quote

MARK: Final = "[redacted]"

_lock: Final = Lock()
_known: Final[set[str]] = set()
_pattern: re.Pattern[str] | None = None


def register_secret(value: str) -> None:
    """From now on ``redact`` knows ``value``. Empty text is no secret."""
    global _pattern
    if value:
        with _lock:
            _known.add(value)
            _pattern = _compile(_known)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with every registered secret, and all of ``secrets``, replaced by ``MARK``.

    They are found as they are, and as they stand in JSON, in a Python literal, and in a URL.
    """
    more = set(filter(None, secrets))
    if more:
        with _lock:
            more |= _known
    pattern = _compile(more) if more else _pattern
    return pattern.sub(MARK, text) if pattern else text


def _compile(values: Iterable[str]) -> re.Pattern[str] | None:
    forms = {form for value in values for form in _forms(value)}
    if not forms:
        return None
    # Longest first, so that a secret which begins like a shorter one is not left with its end showing.
    return re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))


def _forms(value: str) -> set[str]:
    # An environment's octets that are no UTF-8 come as halves of surrogate pairs, which no URL can hold.
    in_url = (quote(value, errors="replace"), quote(value, safe="", errors="replace"))
    return {value, json.dumps(value)[1:-1], repr(value)[1:-1], *in_url}
