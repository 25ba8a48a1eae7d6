"""A profile: an account with its host, its usual sender and its limits. Its key is kept elsewhere (``secrets``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from mitto_tui.sms.urls import DEFAULT_BASE_URL

DEFAULT: Final = "default"
"""The profile that is used where none is chosen. It always exists."""
SANDBOX: Final = "sandbox"
"""The built-in profile whose gateway is the simulator. It always exists, and needs no key."""
SANDBOX_BASE_URL: Final = "http://127.0.0.1:0"
"""Stands in until the simulator runs and its port is known; nothing can be reached there."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class WireFormat(StrEnum):
    """What answers are asked for in."""

    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard to push: ``rate`` is messages a second (None: no limit), ``chunk`` recipients in one bulk request.

    ``max_rejected`` is the share of refused messages, above 0 to 1, above which a campaign pauses.
    """

    max_in_flight: int = 16
    rate: float | None = None
    chunk: int = 100
    max_rejected: float = 0.5


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where delivery reports arrive, and how they are written.

    ``port`` 0 is any free one; ``public_url`` is how Mitto reaches us, if it can. ``fields`` are the outer names in the
    reports' template, as it was agreed with Mitto, by ``sms.report.FIELDS``.
    """

    host: str = "127.0.0.1"
    port: int = 8025
    public_url: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prices:
    """What one segment costs, by country (ISO 3166 alpha-2), in ``currency`` (ISO 4217), as the person's own table."""

    currency: str | None = None
    per_segment: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lists:
    """How recipient lists are checked, where nobody says otherwise.

    ``refuse`` are the lines that are invalid (see ``sms.lines``). With ``all_numbers`` every number of a cell is a
    recipient, else the first mobile one.
    """

    refuse: frozenset[str] = frozenset()
    all_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """An account's settings, checked. Times are seconds. None means: not set.

    ``base_url`` has no trailing slash. ``tracking`` puts our token into each message's reference. ``max_segments`` is
    where to warn about a long message. ``retention_days`` is how long messages are kept that have ended.
    """

    name: str
    base_url: str = DEFAULT_BASE_URL
    sender: str | None = None
    country: str | None = None
    timeout: float = 30.0
    connect_timeout: float = 10.0
    format: WireFormat = WireFormat.JSON
    tracking: bool = True
    callback: str | None = None
    max_segments: int | None = None
    retention_days: int | None = None
    limits: Limits = Limits()
    receiver: Receiver = Receiver()
    prices: Prices = Prices()
    lists: Lists = Lists()

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the built-in sandbox, which reaches nobody."""
        return self.name == SANDBOX


def built_in(name: str) -> Profile:
    """The profile of that name as it is before the configuration says anything."""
    if name == SANDBOX:
        return Profile(SANDBOX, SANDBOX_BASE_URL, sender="MITTO SMS", country="DE", receiver=Receiver(port=0))
    return Profile(name)


def is_profile_name(name: str) -> bool:
    """Whether ``name`` has the form of a profile's name: up to 32 of a to z, 0 to 9, ``-`` and ``_``."""
    return _NAME.fullmatch(name) is not None
