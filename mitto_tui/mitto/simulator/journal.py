"""What was asked of the simulator, kept for whoever wants to look. Bounded, and without keys."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_SECRET: Final = frozenset({"x-mitto-api-key", "authorization", "proxy-authorization", "cookie"})
HIDDEN: Final = "(hidden)"

MAX_REQUESTS: Final = 1_000
MAX_BODIES: Final = 16 * 1024 * 1024
"""Octets of all bodies together; the newest request is kept whatever it weighs."""


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request. ``headers`` have lower-case names, and HIDDEN in place of a secret. ``query`` is without its ``?``.

    ``body`` is empty where it was not read.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body's JSON. Raises ValueError where it is none."""
        return json.loads(self.body)


class Journal:
    """The newest requests, oldest first."""

    def __init__(self) -> None:
        self._requests: deque[RecordedRequest] = deque()
        self._octets = 0

    def add(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
        shown = {
            name.lower(): HIDDEN if name.lower() in _SECRET and value else value for name, value in headers.items()
        }
        self._requests.append(RecordedRequest(method, path, query, shown, body))
        self._octets += len(body)
        while len(self._requests) > MAX_REQUESTS or (self._octets > MAX_BODIES and len(self._requests) > 1):
            self._octets -= len(self._requests.popleft().body)

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(tuple(self._requests))

    def __getitem__(self, index: int) -> RecordedRequest:
        return self._requests[index]
