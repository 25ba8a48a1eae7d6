"""How long a claim is good for: for its owner to send it, and for others to leave it alone."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from mitto_tui.sending.ports import Clock

MARGIN: Final = 60.0
"""Seconds in which a claimed request has to leave; after them and the longest that a request may take, others may call
a silent owner's claim abandoned."""


class Lease:
    """One claim's, from now on. ``timeout`` is the longest a request may take, in seconds.

    Measured by two clocks: the one on the wall, by which others judge, may be set back meanwhile, and the one that
    can't be set stands still while the machine sleeps.
    """

    __slots__ = ("_clock", "_leave_by", "_stale", "at", "until")

    def __init__(self, timeout: float, clock: Clock) -> None:
        self._clock = clock
        self.at = clock()
        """The claim's time."""
        self.until = self.at + timedelta(seconds=timeout + MARGIN)
        """When others may call it abandoned."""
        self._leave_by = self.at + timedelta(seconds=MARGIN)
        self._stale = time.monotonic() + MARGIN

    def may_leave(self) -> bool:
        """Whether what was claimed may still be sent; see ``ports.MayLeave``."""
        return self._clock() < self._leave_by and time.monotonic() < self._stale
