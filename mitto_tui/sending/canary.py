"""Whether the first few messages of a campaign arrived well enough to send the rest. A rule alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from mitto_tui.sending.watch import Stop
from mitto_tui.sms.campaign import Canary, PauseReason
from mitto_tui.sms.status import Status

_LOST: Final = (
    Status.UNDELIVERED,
    Status.EXPIRED,
    Status.REJECTED,
    Status.FAILED,
    Status.NO_REPORT,
    Status.CANCELLED,
)
"""What is not delivered, and is not waited for."""
_REPORTED: Final = (Status.DELIVERED, Status.UNDELIVERED, Status.EXPIRED, Status.BUFFERED, Status.SENT)


@dataclass(frozen=True, slots=True)
class Go:
    """The rest may be sent."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Too early to tell. ``left`` is how many seconds there are until it is too late."""

    sentence: str
    left: float


def judge(canary: Canary, counts: Mapping[Status, int], waited: float) -> Go | Wait | Stop:
    """What the first messages say, ``waited`` seconds after the last of them was sent.

    ``counts`` are those of the campaign's first ``canary.first`` messages, or of as many as it has. Who has opted out
    is not counted among them. Not for test messages, which never get a report (Mitto's reference, ``/sms``).
    """
    sent_to = sum(counts.values()) - counts.get(Status.SKIPPED, 0)
    if sent_to == 0 and counts.get(Status.SKIPPED, 0):
        return _stop(
            "All of the first recipients have opted out, so nothing could be tried out.",
            "Resume to send to the others without a trial.",
        )
    # A share is meant as it is written: 0.55 of 100 is 55, not the 56 that binary rounding makes of it.
    needed = math.ceil(Fraction(str(canary.share)) * sent_to)
    good = counts.get(Status.DELIVERED, 0)
    lost = sum(counts.get(status, 0) for status in _LOST)
    first = f"the first {sent_to:,}" if sent_to != 1 else "the first one"
    if good >= needed:
        return Go(f"{_of(good, first)} {_are(good)} delivered: going on.")
    percent = f"{canary.share * 100:g} %"
    if sent_to - lost < needed:
        were = "was" if lost == 1 else "were"
        return _stop(
            f"Of {first}, {lost:,} {were} not delivered, so {percent} can't be reached any more.",
            "Look at them in History, then resume or cancel.",
        )
    if waited > canary.wait:
        after = f"After {_span(canary.wait)},"
        if not any(counts.get(status, 0) for status in _REPORTED):
            return _stop(
                f"{after} not one delivery report has come for {first}.",
                "Check that reports can reach this program, then resume or cancel.",
            )
        return _stop(
            f"{after} {_of(good, first, none='none')} {_are(good)} delivered; {needed:,} were asked for.",
            "Look at the others in History, then resume or cancel.",
        )
    return Wait(
        f"{_of(good, first)} {_are(good)} delivered; the rest is sent once {needed:,} are.",
        max(canary.wait - waited, 0.0),
    )


def _stop(sentence: str, advice: str) -> Stop:
    return Stop(PauseReason.CANARY, f"{sentence} What was not sent is still queued. {advice}")


def _of(number: int, first: str, none: str = "None") -> str:
    return f"{number:,} of {first}" if number else f"{none} of {first}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _span(seconds: float) -> str:
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            number = round(seconds / size)
            return f"{number:,} {unit}" + "s" * (number != 1)
    return f"{seconds:,.3g} second" + "s" * (seconds != 1) if seconds < 10 else f"{seconds:,.0f} seconds"
