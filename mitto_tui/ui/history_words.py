"""What a message's status means for the person who looks at it, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.status import EventKind, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.ui.status_words import words

if TYPE_CHECKING:
    from mitto_tui.storage.rows import AttemptRow, MessageRow, TimelineEntry


class Action(StrEnum):
    """What a person can decide about a message."""

    SEND_NOW = "send_now"
    """It waits in the queue: try it now."""
    SEND_AGAIN = "send_again"
    """Queue it anew, and try it."""
    ASSUME_SENT = "assume_sent"
    """It is in doubt: take it as sent."""
    TAKE_REPORT = "take_report"
    """It is in doubt, and a report names its number: take the report as this message's."""
    CONVERTED = "converted"
    """Mitto has it: tell Mitto that it led where it was meant to lead."""


@dataclass(frozen=True, slots=True)
class Explained:
    """``meaning`` and ``advice`` are sentences; ``risk`` says what sending again could do, empty where it is safe."""

    meaning: str
    advice: str = ""
    actions: tuple[Action, ...] = ()
    risk: str = ""


_TWICE: Final = "It may have arrived already, and would then arrive twice."
_ONCE_MORE: Final = "Mitto took the first one, so a second one is charged as well."
_AGAIN: Final = (Action.SEND_AGAIN,)


def explain(row: MessageRow, timeline: Sequence[TimelineEntry]) -> Explained:
    """What ``row``'s status means, and what is left to do."""
    shown = words(row.status)
    match row.status:
        case Status.QUEUED:
            return _queued(_last_attempt(timeline))
        case Status.ACCEPTED if row.test:
            return Explained("Mitto checked this test and found it right. Nothing was delivered or charged.")
        case Status.IN_DOUBT:
            return Explained(
                row.error or shown.meaning,
                "A delivery report would settle it by itself. If you know more, decide: take it as sent, or send it "
                "again.",
                (Action.ASSUME_SENT, Action.SEND_AGAIN),
                _TWICE,
            )
        case Status.REJECTED:
            return Explained(
                row.error or shown.meaning,
                "Nothing was sent or charged. Sent again as it is, it would be refused again.",
                _AGAIN,
            )
        case Status.FAILED:
            return Explained(
                row.error or shown.meaning, "It never left this machine: it is safe to send it again.", _AGAIN
            )
        case Status.UNDELIVERED | Status.EXPIRED:
            return Explained(row.error or shown.meaning, shown.advice, _AGAIN, _ONCE_MORE)
        case Status.NO_REPORT:
            advice = "It may well have arrived. Ask the person before you send it again."
            return Explained(shown.meaning, advice, _AGAIN, f"{_TWICE} {_ONCE_MORE}")
        case Status.ASSUMED_SENT:
            return Explained(shown.meaning, "If a delivery report comes after all, it counts.")
        case _:
            return Explained(shown.meaning, shown.advice)


def _queued(attempt: AttemptRow | None) -> Explained:
    actions = (Action.SEND_NOW,)
    match attempt.outcome if attempt else None:
        case OutcomeKind.UNAUTHORISED:
            return Explained(
                f"Mitto did not let it in (HTTP {attempt.http_status}), so it was not sent." if attempt else "",
                "The key may be wrong, or this machine's IP address is not on Mitto's allow list. Check the key in "
                "Settings, or ask Mitto to add the address; then send it now.",
                actions,
            )
        case OutcomeKind.SLOW_DOWN:
            wait = attempt.retry_after if attempt else None
            after = f"{wait:.0f} seconds" if wait else "a minute"
            return Explained(
                "Mitto asked to slow down (HTTP 429) and did not take it, so it was not sent.",
                f"Wait {after}, then send it now.",
                actions,
            )
        case OutcomeKind.NEVER_LEFT:
            detail = attempt.detail if attempt else None
            return Explained(detail or "It could not reach Mitto.", "Check the network, then send it now.", actions)
        case _:
            return Explained("It is stored here and has not been sent.", "Send it now when you are ready.", actions)


def _last_attempt(timeline: Sequence[TimelineEntry]) -> AttemptRow | None:
    for entry in reversed(timeline):
        if entry.event.kind is EventKind.SEND_AGAIN:
            return None
        if entry.attempt is not None:
            return entry.attempt
    return None
