"""A limit on requests per second, by the generic cell rate algorithm: exact over any window, one number of state."""

from __future__ import annotations

import math
import time

from mitto_tui.mitto.simulator.scenario import RateLimit


class RateLimiter:
    """Counts requests against a ``RateLimit``."""

    def __init__(self, limit: RateLimit) -> None:
        self._interval = 1 / limit.per_second
        burst = math.ceil(limit.per_second) if limit.burst is None else limit.burst
        self._tolerance = self._interval * (burst - 1)
        self._expected = 0.0

    def wait(self) -> float:
        """0 for a request that may pass, and counts it; else the seconds until one would, and counts nothing."""
        now = time.monotonic()
        expected = max(self._expected, now)
        early = expected - self._tolerance - now
        if early > 0:
            return early
        self._expected = expected + self._interval
        return 0.0
