"""How fast a run goes, and what it came to so far."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final

from mitto_tui.sms.status import Status

_OVER: Final = 5.0
"""Seconds over which a rate is measured."""
_SLOT: Final = 0.25


class Meter:
    """Counts what was stored, by status, and how many messages that was a second. ``clock`` is monotonic, seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self._slots: deque[tuple[float, int]] = deque()
        self.counts: Counter[Status] = Counter()
        self.requests = 0

    def stored(self, statuses: Sequence[Status]) -> None:
        """These are the statuses that one request's messages came to."""
        self.counts.update(statuses)
        now = self._clock()
        if self._slots and now - self._slots[-1][0] < _SLOT:
            begun, sum_ = self._slots[-1]
            self._slots[-1] = (begun, sum_ + len(statuses))
        else:
            self._slots.append((now, len(statuses)))
        self._forget(now)

    def skipped(self, messages: int) -> None:
        """So many messages were skipped: that says nothing about how fast it goes."""
        if messages:
            self.counts[Status.SKIPPED] += messages

    @property
    def seconds(self) -> float:
        """Since it began."""
        return self._clock() - self._begun

    @property
    def rate(self) -> float:
        """Messages a second over the last seconds."""
        now = self._clock()
        self._forget(now)
        if not self._slots:
            return 0.0
        over = min(_OVER, max(now - self._begun, _SLOT))
        return sum(count for _, count in self._slots) / over

    def _forget(self, now: float) -> None:
        while self._slots and now - self._slots[0][0] > _OVER:
            self._slots.popleft()
