"""When a campaign holds back, and when it stops, judged by how its requests end. Rules alone, nothing waits in here.

Requests that left before the campaign began to hold back say nothing new, however many they are: hence every answer
comes with the time its request left at, by the same monotonic clock.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.campaign import PauseReason
from mitto_tui.sms.submission import Outcome, OutcomeKind

ROUNDS: Final = 4
"""Rounds without any connection after which a campaign stops."""
UNCLEAR: Final = 10
"""Rounds without any clear answer after which it stops: each of them may leave somebody in doubt."""
JUDGED: Final = 100
"""Messages that the share of refused ones is taken of."""
JUDGED_LEAST: Final = 40
TRIES: Final = 5
"""Attempts at one message that never leaves, though others do."""
_BACKOFF: Final = 0.5
_BACKOFF_MOST: Final = 30.0
_SLOW_BACKOFF: Final = 1.0
_SLOW_BACKOFF_MOST: Final = 60.0

_OWN_FAULT: Final = "unexpected"
"""The reason for never having left that says nothing about the network."""
_OWN_REASONS: Final = frozenset({"closed", "pool_timeout"})
"""Reasons for never having left that are not the network's either, but don't go away by waiting."""
_QUEUED: Final = "What was not sent is still queued."
_JUDGED_KINDS: Final = frozenset({OutcomeKind.ACCEPTED, OutcomeKind.REJECTED})
_CLEAR: Final = _JUDGED_KINDS | {OutcomeKind.UNAUTHORISED, OutcomeKind.SLOW_DOWN}


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a campaign stops: a word for programs, and full sentences for people, with what to do next."""

    reason: PauseReason
    sentence: str


class Watch:
    """Watches one run of a campaign, which stops above a share (0 to 1) ``max_rejected`` of refused messages."""

    def __init__(self, max_rejected: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._connection = _Rounds()
        self._clarity = _Rounds()
        self._refusals = _Refusals(max_rejected)
        self._retry_at = -math.inf
        self._slow_until = -math.inf
        self._slowed = -math.inf
        self._slowed_times = 0
        self._stop: Stop | None = None

    def seen(self, outcomes: Sequence[Outcome], departed: float) -> None:
        """How a request that left at ``departed`` ended: an outcome for each of its messages, in their order."""
        now = self._clock()
        by_kind = {outcome.kind: outcome for outcome in outcomes}
        never_left = by_kind.get(OutcomeKind.NEVER_LEFT)
        doubtful = by_kind.get(OutcomeKind.IN_DOUBT)
        clear = not _CLEAR.isdisjoint(by_kind)
        if unauthorised := by_kind.get(OutcomeKind.UNAUTHORISED):
            self._end(PauseReason.UNAUTHORISED, unauthorised, "Check the key with mitto-tui key test, then resume.")
        if slow := by_kind.get(OutcomeKind.SLOW_DOWN):
            self._slow_down(slow.retry_after, departed, now)
        elif not _JUDGED_KINDS.isdisjoint(by_kind) and departed > self._slowed:
            self._slowed_times = 0
        if clear or doubtful:
            self._connection.over()
            self._retry_at = -math.inf
        elif never_left and self._connection.counts(departed, now):
            self._no_connection(never_left, now)
        if clear:
            self._clarity.over()
        elif doubtful and self._clarity.counts(departed, now) and self._clarity.number >= UNCLEAR:
            self._end(
                PauseReason.UNREACHABLE,
                doubtful,
                "Check the network and the profile's address, then resume: that leaves alone what is in doubt.",
                before=f"Requests ended without a clear answer {UNCLEAR} times in a row.",
            )
        if self._stop is None:
            self._stop = self._refusals.judge(outcomes)

    def verdict(self) -> Stop | None:
        """Why the campaign has to stop, or None. The first reason stays."""
        return self._stop

    @property
    def hold_for(self) -> float:
        """Seconds for which nothing may leave, from now."""
        return max(self._retry_at, self._slow_until, now := self._clock()) - now

    @property
    def probing(self) -> bool:
        """Whether requests have to go one at a time, until one of them tells more."""
        return self._connection.number > 0 or self._clarity.number > 0

    def _slow_down(self, retry_after: float | None, departed: float, now: float) -> None:
        wait = retry_after or 0.0
        if departed > self._slowed:
            # Whoever waited as long as was asked for, and is asked again, waits longer each time.
            steps = self._slowed_times if retry_after is None else self._slowed_times - 1
            if steps >= 0:
                wait = max(wait, min(_SLOW_BACKOFF * 2.0 ** min(steps, 16), _SLOW_BACKOFF_MOST))
            self._slowed_times += 1
            self._slowed = now
        self._slow_until = max(self._slow_until, now + wait)

    def _no_connection(self, never_left: Outcome, now: float) -> None:
        rounds = self._connection.number
        self._retry_at = now + min(_BACKOFF * 2.0 ** min(rounds - 1, 16), _BACKOFF_MOST)
        if rounds >= ROUNDS and never_left.reason in _OWN_REASONS:
            self._end(PauseReason.FAULT, never_left, "Resume to try again.")
        elif rounds >= ROUNDS and never_left.reason != _OWN_FAULT:
            self._end(
                PauseReason.UNREACHABLE,
                never_left,
                "Check this machine's network, then resume.",
                before=f"Mitto could not be reached {ROUNDS} times in a row.",
            )

    def _end(self, reason: PauseReason, outcome: Outcome, advice: str, *, before: str = "") -> None:
        if self._stop is None:
            self._stop = Stop(reason, " ".join(filter(None, (before, outcome.detail.strip(), _QUEUED, advice))))


class _Rounds:
    """Counts failures that follow each other; those of requests that were under way at one of them belong to it."""

    def __init__(self) -> None:
        self.number = 0
        self._began = -math.inf

    def counts(self, departed: float, now: float) -> bool:
        """Whether this failure begins another round."""
        if self.number and departed <= self._began:
            return False
        self.number += 1
        self._began = now
        return True

    def over(self) -> None:
        self.number = 0


class _Refusals:
    """The share of refused messages among those that were judged last, however many went in a request."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._last: deque[Outcome | None] = deque()
        self._refused = 0

    def judge(self, outcomes: Sequence[Outcome]) -> Stop | None:
        for outcome in outcomes:
            if outcome.kind not in _JUDGED_KINDS:
                continue
            refused = outcome.kind is OutcomeKind.REJECTED
            self._last.append(outcome if refused else None)
            self._refused += refused
            if len(self._last) > JUDGED:
                self._refused -= self._last.popleft() is not None
            if refused and len(self._last) >= JUDGED_LEAST and self._refused > self._most * len(self._last):
                return self._stop()
        return None

    def _stop(self) -> Stop:
        refused = [outcome for outcome in self._last if outcome is not None]
        reason, count = Counter(outcome.reason for outcome in refused).most_common(1)[0]
        detail = next(outcome.detail for outcome in reversed(refused) if outcome.reason == reason)
        number = len(refused)
        if number == 1:
            why = " was refused:"
        elif count == number:
            why = " were refused, all of them for one reason:"
        else:
            why = f" were refused, {'most of them' if count * 2 > number else 'most often'} for this reason:"
        return Stop(
            PauseReason.REJECTIONS,
            f"{number} of the last {len(self._last)} messages{why} {detail.strip()} {_QUEUED} "
            "Look at the refused ones in History, then resume or cancel.",
        )


class Tries:
    """How often each message has never left while others did. Only messages that failed are remembered."""

    def __init__(self) -> None:
        self._passed = 0
        self._failed: dict[int, tuple[int, int]] = {}
        """How often, and how many requests had passed when that was counted last, by message."""

    def seen(self, message_ids: Sequence[int], outcomes: Sequence[Outcome]) -> frozenset[int]:
        """How a request ended, side by side. The messages for which there is to be no further attempt.

        A failure counts where other messages have passed since the last one that did: with no network at all, nothing
        is the message's own. A fault of this program's own always counts.
        """
        if any(outcome.kind is not OutcomeKind.NEVER_LEFT for outcome in outcomes):
            self._passed += 1
        elif not outcomes:
            return frozenset()
        given_up = []
        for message_id, outcome in zip(message_ids, outcomes, strict=True):
            if outcome.kind is not OutcomeKind.NEVER_LEFT:
                self._failed.pop(message_id, None)
                continue
            count, passed = self._failed.get(message_id, (0, -1))
            if passed < self._passed or outcome.reason == _OWN_FAULT:
                count += 1
            if count >= TRIES:
                self._failed.pop(message_id, None)
                given_up.append(message_id)
            else:
                self._failed[message_id] = count, self._passed
        return frozenset(given_up)

    def __len__(self) -> int:
        return len(self._failed)


def gave_up(given_up: Collection[int], outcome: Outcome) -> Stop:
    """Why a campaign stops when messages are given up; ``outcome`` is that of one of them."""
    number = len(given_up)
    who, they = ("One message", "It is") if number == 1 else (f"{number:,} messages", "They are")
    return Stop(
        PauseReason.FAULT if outcome.reason == _OWN_FAULT else PauseReason.UNREACHABLE,
        f"{who} never left in {TRIES} attempts. {outcome.detail.strip()} {they} marked as failed; "
        f"sending again is safe. {_QUEUED} Resume to go on with the others.",
    )
