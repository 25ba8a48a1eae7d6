"""The words for what happened to a message, the same in every list of events."""

from __future__ import annotations

from typing import Final

from mitto_tui.sms.status import EventKind
from mitto_tui.sms.submission import OutcomeKind

ANSWERS: Final = frozenset(EventKind(kind.value) for kind in OutcomeKind)
"""What an attempt's answer belongs to; decisions and silence only name the attempt."""

_WORDS: Final = {
    EventKind.QUEUED: "Stored",
    EventKind.CLAIMED: "Attempt {attempt}",
    EventKind.NEVER_LEFT: "Never left this machine",
    EventKind.UNAUTHORISED: "Not let in",
    EventKind.SLOW_DOWN: "Asked to slow down",
    EventKind.ACCEPTED: "Accepted by Mitto",
    EventKind.REJECTED: "Refused by Mitto",
    EventKind.IN_DOUBT: "In doubt",
    EventKind.GAVE_UP: "Gave up trying",
    EventKind.NO_REPORT: "Stopped waiting for a report",
    EventKind.ASSUMED_SENT: "Somebody took it as sent",
    EventKind.SEND_AGAIN: "Somebody asked to send it again",
    EventKind.SKIPPED: "Skipped: the number has opted out",
    EventKind.CANCELLED: "Cancelled",
    EventKind.CONVERTED: "Marked as converted at Mitto",
}


def event_words(kind: EventKind, attempt: int | None) -> str:
    """What ``kind`` says in a line, for any but a report, whose words are the report's. ``attempt`` counts from 1."""
    return _WORDS[kind].format(attempt=attempt)
