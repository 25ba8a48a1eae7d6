"""What is asked of a provider, and what became of it, free of any wire format.

These are the words the sending engine, the gateway and the store share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WireType(StrEnum):
    """The four values of Mitto's ``type`` field, spelled as Mitto spells them (MITTO reference, ``/sms``)."""

    GSM = "GSM"
    UNICODE = "Unicode"
    BINARY = "Binary"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything about a request but its recipients. ``None`` (and ``False``) mean: leave the field out.

    ``text`` is the text itself, or hex digits for Binary. ``udh`` is hex digits, its length octet included.
    ``validity`` is in minutes. ``reference`` is what goes over the wire, token included.
    """

    sender: str
    text: str
    type: WireType
    reference: str | None = None
    validity: int | None = None
    pid: int | None = None
    udh: str | None = None
    flash: bool = False
    callback: str | None = None
    test: bool = False


class OutcomeKind(StrEnum):
    """How an attempt ended, as far as the network lets us know. See docs/architecture.md, "The promise"."""

    ACCEPTED = "accepted"
    """Mitto took it: 2xx, responseCode 0 and an id."""
    REJECTED = "rejected"
    """Mitto refused it in clear words. Not repeated."""
    UNAUTHORISED = "unauthorised"
    """401 or 403: the key, or this machine's address. Nothing was taken."""
    SLOW_DOWN = "slow_down"
    """429: not taken, may be tried again later."""
    NEVER_LEFT = "never_left"
    """No connection ever stood, so no byte of the request left this machine. Safe to try again."""
    IN_DOUBT = "in_doubt"
    """Bytes may have been read and acted on. Never repeated without a person's word."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient in one attempt.

    ``reason`` is a stable word for programs (``connect_refused``, ``read_timeout``, ``code_8``, ``no_id`` …);
    ``detail`` is the same for people. ``response_text`` and ``raw`` come from the provider: hostile until shown
    literally. ``raw`` is the answer's body, cut to 64 KiB, and only kept where it helps. ``retry_after`` is seconds.
    """

    kind: OutcomeKind
    reason: str
    detail: str
    http_status: int | None = None
    response_code: int | None = None
    response_text: str | None = None
    mitto_id: str | None = None
    message_parts: int | None = None
    text_length: int | None = None
    provider_time: datetime | None = None
    retry_after: float | None = None
    test: bool = False
    raw: str | None = None
