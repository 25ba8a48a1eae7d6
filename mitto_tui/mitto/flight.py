"""What is known for certain about one request on its way: above all, whether a connection ever stood for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EXTENSION: Final = "mitto_tui.flight"
"""The name under which a request's Flight travels in ``httpx.Request.extensions``."""


class Phase(StrEnum):
    """How far a request has come. Only ever moves forward."""

    WAITING = "waiting"
    """For one of the client's connections to be free."""
    CONNECTING = "connecting"
    """Name resolution, TCP, the proxy's CONNECT, TLS."""
    STOOD = "stood"
    """A connection was handed to this request: from here on its bytes may have been read."""
    WITHHELD = "withheld"
    """A connection stood, but the request may not leave any more: not a byte of it was written."""


class Withheld(Exception):
    """Whoever asked for the request took it back before its first byte was written."""


def _always() -> bool:
    return True


_IN_TIME: Final = {
    Phase.WAITING: "pool_timeout",
    Phase.CONNECTING: "connect_timeout",
    Phase.STOOD: "read_timeout",
    Phase.WITHHELD: "too_late",
}


@dataclass(slots=True)
class Flight:
    """One request, watched by the transport. Make a new one for every request, and look at it whenever you like.

    Who cancels a call can pass one in and ask afterwards: while ``stood`` is false, not one byte of the request has
    left; once it is true, the request is in doubt unless an answer says otherwise.
    """

    phase: Phase = Phase.WAITING
    reason: str | None = None
    """Why the transport gave up, as one of the words in ``outcomes``; None while it has not."""
    status: int | None = None
    """The HTTP status, once the answer's headers are in."""
    made_new: bool = False
    """Whether the connection was opened for this request, not taken from the pool."""
    may_leave: Callable[[], bool] = _always
    """Asked right before the first byte is written: whether it may still go."""

    @property
    def stood(self) -> bool:
        return self.phase is Phase.STOOD

    @property
    def timeout_reason(self) -> str:
        """The word for a deadline that strikes now."""
        return _IN_TIME[self.phase]
