"""A clock that goes on only when told to, and a server that takes so many messages a second, in virtual time."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

from mitto_tui.sending.pacing import Pacer, Window
from mitto_tui.sending.watch import Watch
from mitto_tui.sms.submission import Outcome, OutcomeKind


@dataclass
class VirtualClock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Bucket:
    """A token bucket: ``rate`` messages a second, ``depth`` of them at once."""

    rate: float
    depth: float
    retry_after: bool = False
    _tokens: float = field(init=False)
    _at: float = field(init=False, default=1000.0)

    def __post_init__(self) -> None:
        self._tokens = self.depth

    def ask(self, messages: int, now: float) -> Outcome:
        self._tokens = min(self._tokens + (now - self._at) * self.rate, self.depth)
        self._at = now
        if self._tokens >= messages:
            self._tokens -= messages
            return Outcome(OutcomeKind.ACCEPTED, "accepted", "Mitto accepted it.")
        # RFC 9110 §10.2.3: whole seconds.
        wait = float(math.ceil((messages - self._tokens) / self.rate)) if self.retry_after else None
        return Outcome(OutcomeKind.SLOW_DOWN, "http_429", "Mitto asked to slow down.", retry_after=wait)


@dataclass
class Tally:
    taken: int = 0
    requests: int = 0
    refused: int = 0


def drive(
    bucket: Bucket, *, rate: float | None, chunk: int, in_flight: int, round_trip: float, until: float, since: float
) -> Tally:
    """Send as hard as the rules let for ``until`` seconds; what came back after the first ``since``."""
    clock = VirtualClock()
    begun = clock.now
    pacer, window, watch = Pacer(rate, clock), Window(in_flight, clock), Watch(1.0, clock)
    coming: list[tuple[float, int, int, float, Outcome | None]] = []
    tally, number, under_way = Tally(), 0, 0
    while clock.now < begun + until:
        free = (1 if watch.probing else window.size) - under_way
        size = pacer.largest(chunk)
        for _ in range(pacer.allowed(0.02, size, free)):
            number += 1
            under_way += 1
            heapq.heappush(coming, (clock.now + pacer.reserve(size), number, size, 0.0, None))
        turn = clock.now + max(pacer.delay(), 1e-6) if under_way < window.size else math.inf
        if not coming or coming[0][0] > turn:
            clock.now = turn
            continue
        clock.now, key, messages, departed, outcome = heapq.heappop(coming)
        if outcome is None:
            if pacer.held:
                heapq.heappush(coming, (clock.now + pacer.reserve(messages), key, messages, 0.0, None))
            else:
                answer = bucket.ask(messages, clock.now)
                heapq.heappush(coming, (clock.now + round_trip, key, messages, clock.now, answer))
            continue
        under_way -= 1
        watch.seen([outcome] * messages, departed)
        if outcome.kind is OutcomeKind.SLOW_DOWN:
            window.slow_down(departed)
            pacer.slow_down(departed)
            pacer.hold(watch.hold_for)
        else:
            window.went_well()
            pacer.took(messages)
        if clock.now - begun >= since:
            tally.requests += 1
            tally.refused += outcome.kind is OutcomeKind.SLOW_DOWN
            tally.taken += messages if outcome.kind is OutcomeKind.ACCEPTED else 0
    return tally
