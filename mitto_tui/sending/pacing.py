"""How fast messages may leave, and how many requests may be under way: rules alone, nothing waits in here.

``clock`` is monotonic, in seconds, everywhere; times handed in come from the same clock.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final

CATCH_UP: Final = 0.05
"""Seconds' worth of messages that may be made up for after a stall."""
_GRAIN: Final = 0.25
"""Seconds of the rate that go in one request at most: a larger one is a burst of its own."""
_ROUNDING: Final = 1e-9

_BACK_TO: Final = 0.7
"""What is left of the rate that was too much."""
_PLATEAU: Final = 10.0
"""Seconds until the rate is back where it was too much."""
_FREE_AGAIN: Final = 10.0
"""Times the rate that was too much: whoever gets there without another word is not held back any more."""

_MEASURED_OVER: Final = 5.0
_LEAST_SPAN: Final = 0.5
_SLOT: Final = 0.25


class Pacer:
    """When messages may leave, for everything that one account sends from this program.

    The rate is kept by the generic cell rate algorithm (ITU-T I.371), exactly: in any window of W seconds at most
    ``rate * (W + CATCH_UP)`` messages leave, plus one request. ``rate`` is messages a second; None is no limit.

    Told to slow down, it falls to 0.7 of what was taken over the last seconds and comes back along a cubic curve
    (RFC 9438): quickly at first, slowly around the rate that was too much, then faster, up to its own limit. Time in
    which nobody may leave counts for neither.
    """

    def __init__(self, rate: float | None, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._set = _checked(rate)
        self._programs = 1
        self._last = -math.inf
        """When the last request with a place leaves, and how many messages it has."""
        self._last_messages = 0
        self._until = -math.inf
        self.why = ""
        """Why nobody may leave, in a sentence, while that is so."""
        self._held = 0.0
        """Seconds of all holds, those to come included."""
        self._too_much: float | None = None
        self._slowed = -math.inf
        self._slowed_awake = 0.0
        self._taken = _Taken()

    @property
    def rate(self) -> float | None:
        """Messages a second just now; None is no limit."""
        return self._rate(self._clock())

    @property
    def held(self) -> float:
        """Seconds left in which nobody may leave."""
        return max(self._until - self._clock(), 0.0)

    def set_rate(self, rate: float | None) -> None:
        """Another limit, from the next request on. Raises ValueError unless it is finite and above 0."""
        self._set = _checked(rate)

    def share(self, programs: int) -> None:
        """So many programs, this one included, send at that rate together: each keeps to its part of it."""
        self._programs = max(programs, 1)

    @property
    def _ceiling(self) -> float | None:
        return None if self._set is None else self._set / self._programs

    def largest(self, chunk: int) -> int:
        """How many messages a request may have: at most ``chunk`` and a quarter of a second's, at least one."""
        rate = self.rate
        return max(chunk if rate is None else int(min(rate * _GRAIN, chunk)), 1)

    def delay(self) -> float:
        """Seconds until the next request may leave; 0 where it may now."""
        now = self._clock()
        return max(self._next(now) - now, 0.0)

    def allowed(self, within: float, size: int, most: int) -> int:
        """How many requests of ``size`` messages could leave within so many seconds, at most ``most``."""
        now = self._clock()
        time = now + within - self._next(now) + _ROUNDING
        if time < 0 or most <= 0:
            return 0
        rate = self._rate(now)
        return most if rate is None else int(min(time * rate / size, most - 1)) + 1

    def reserve(self, messages: int) -> float:
        """Take the next place, for a request with so many messages: in how many seconds it may leave.

        A place is lost where a hold begins before its time has come: look at ``held`` then, and reserve again.
        """
        now = self._clock()
        place = self._next(now)
        if place >= self._last:
            self._last, self._last_messages = place, messages
        return max(place - now, 0.0)

    def hold(self, seconds: float, why: str = "") -> None:
        """Nobody leaves for so long, for a reason in a sentence; a hold that lasts longer already stays as it is."""
        now = self._clock()
        until = now + seconds
        if until > max(self._until, now):
            self._held += until - max(self._until, now)
            self._until = until
            self.why = why or self.why

    def took(self, messages: int) -> None:
        """So many messages were taken by the other side just now: what ``slow_down`` goes by."""
        self._taken.add(self._awake(self._clock()), messages)

    def slow_down(self, departed: float) -> bool:
        """The other side asks a request that left at ``departed`` to slow down. Whether that was news.

        It is none where the request had its place before the last slowing down. Hold as well where a wait is asked for.
        """
        if departed <= self._slowed:
            return False
        now = self._clock()
        awake = self._awake(now)
        known = [rate for rate in (self._rate(now), self._taken.rate(awake)) if rate]
        if known:
            self._too_much, self._slowed_awake = min(known), awake
        # Whoever has a place already left before this, as far as the other side's patience goes.
        self._slowed = max(now, self._last)
        return True

    def _next(self, now: float) -> float:
        rate = self._rate(now)
        after_last = -math.inf if rate is None else self._last + self._last_messages / rate
        earliest = now if rate is None else now - CATCH_UP
        return max(after_last, earliest, self._until)

    def _rate(self, now: float) -> float | None:
        if self._too_much is None:
            return self._ceiling
        since = (self._awake(now) - self._slowed_awake) / _PLATEAU
        share = 1 + (1 - _BACK_TO) * (since - 1) ** 3
        if share >= _FREE_AGAIN:
            self._too_much = None
            return self._ceiling
        rate = self._too_much * share
        return rate if self._ceiling is None else min(rate, self._ceiling)

    def _awake(self, now: float) -> float:
        """The time without holds."""
        return now - self._held + max(self._until - now, 0.0)


class Window:
    """How many requests may be under way at a time: halved when asked to slow down, then one more per full window."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        if limit < 1:
            raise ValueError("at least one request must be allowed under way")
        self._limit = limit
        self._clock = clock
        self._size = limit
        self._well = 0
        self._slowed = -math.inf

    @property
    def size(self) -> int:
        """Requests, from 1 to the limit."""
        return self._size

    def slow_down(self, departed: float) -> bool:
        """A request that left at ``departed`` was asked to slow down. Whether that was news.

        It is none where the request left before the last halving: many at the same moment count once.
        """
        if departed <= self._slowed:
            return False
        self._size = max(self._size // 2, 1)
        self._well = 0
        self._slowed = self._clock()
        return True

    def went_well(self, requests: int = 1) -> None:
        """So many requests were answered without that."""
        if self._size == self._limit:
            return
        self._well += requests
        while self._well >= self._size and self._size < self._limit:
            self._well -= self._size
            self._size += 1


class _Taken:
    """How many messages were taken over the last seconds."""

    def __init__(self) -> None:
        self._slots: deque[tuple[float, int]] = deque()

    def add(self, now: float, messages: int) -> None:
        self._forget(now)
        if self._slots and now - self._slots[-1][0] < _SLOT:
            at, sum_ = self._slots[-1]
            self._slots[-1] = at, sum_ + messages
        else:
            self._slots.append((now, messages))

    def rate(self, now: float) -> float:
        self._forget(now)
        if not self._slots:
            return 0.0
        return sum(messages for _, messages in self._slots) / max(now - self._slots[0][0], _LEAST_SPAN)

    def _forget(self, now: float) -> None:
        while self._slots and now - self._slots[0][0] > _MEASURED_OVER:
            self._slots.popleft()


def _checked(rate: float | None) -> float | None:
    if rate is not None and not (math.isfinite(rate) and rate > 0):
        raise ValueError("a rate is a number of messages a second, above 0")
    return rate
