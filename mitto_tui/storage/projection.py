"""What a message's row says, as a pure function of its events: the fold's status, and what explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mitto_tui.sms.report import normal_id
from mitto_tui.sms.status import Event, EventKind, ReportStatus, Status, fold
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.sms.visible import one_line

ABANDONED: Final = "abandoned"
"""The reason of an attempt that nobody finished: its process died, or its lease ran out."""

_DECISIONS: Final = frozenset(
    {EventKind.ASSUMED_SENT, EventKind.SEND_AGAIN, EventKind.GAVE_UP, EventKind.SKIPPED, EventKind.CANCELLED}
)
_ANSWERS: Final = frozenset(EventKind(kind.value) for kind in OutcomeKind)
_NOT_TAKEN: Final = frozenset({EventKind.NEVER_LEFT, EventKind.UNAUTHORISED, EventKind.SLOW_DOWN})
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Projection:
    """The columns of a message that follow from its events. ``error`` is a sentence, or None where nothing is wrong."""

    status: Status
    attempts: int
    conflicting: bool
    mitto_id: str | None
    error: str | None


def project(events: Sequence[Event]) -> Projection:
    """The row's columns for all of a message's ``events``, in the order they were stored."""
    state = fold(events)
    return Projection(
        status=state.status,
        attempts=state.attempts,
        conflicting=bool(state.conflicting),
        mitto_id=_mitto_id(events),
        error=_error(state.status, events),
    )


def attempt_statuses(events: Iterable[Event]) -> Mapping[int, Status]:
    """Each attempt's own status, whatever people decided about it since. QUEUED: it never happened."""
    by_attempt: dict[int, list[Event]] = {}
    for event in events:
        if event.attempt is not None and event.kind not in _DECISIONS:
            by_attempt.setdefault(event.attempt, []).append(event)
    return {number: fold(own).status for number, own in sorted(by_attempt.items())}


def stands(new: Event, earlier: Iterable[Event]) -> bool:
    """Whether ``new``, an answer, is what its attempt's row should show after the attempt's ``earlier`` events."""
    answers = [event for event in earlier if event.kind in _ANSWERS]
    return fold([*answers, new]).status is fold([new]).status


def _mitto_id(events: Sequence[Event]) -> str | None:
    """The newest attempt's id: Mitto's answer before what a report says, since each part may be reported by its own."""
    best: tuple[int, bool] | None = None
    found: str | None = None
    for event in events:
        mitto_id = event.data.get("mitto_id")
        if isinstance(mitto_id, str) and normal_id(mitto_id) and event.attempt is not None:
            rank = (event.attempt, event.kind is not EventKind.REPORT)
            if best is None or rank > best:
                best, found = rank, mitto_id
    return found


def _error(status: Status, events: Sequence[Event]) -> str | None:
    match status:
        case Status.QUEUED:
            return _why_queued(events)
        case Status.REJECTED:
            return _detail(events, EventKind.REJECTED) or "Mitto refused the message."
        case Status.FAILED:
            return _detail(events, EventKind.GAVE_UP) or "The message never left this machine."
        case Status.IN_DOUBT:
            doubtful = {number for number, own in attempt_statuses(events).items() if own is Status.IN_DOUBT}
            return _detail(events, EventKind.IN_DOUBT, doubtful) or "Nobody knows whether Mitto took the message."
        case Status.UNDELIVERED:
            return _reported(events, ReportStatus.UNDELIVERED, "The network could not deliver the message")
        case Status.EXPIRED:
            return _reported(events, ReportStatus.EXPIRED, "The message's validity passed before it could be delivered")
        case _:
            return None


def _why_queued(events: Sequence[Event]) -> str | None:
    """What kept the newest attempt from happening, unless a person has said "send again" since."""
    for event in reversed(events):
        if event.kind is EventKind.SEND_AGAIN:
            return None
        if event.kind in _NOT_TAKEN:
            return _detail([event], event.kind)
    return None


def _detail(events: Sequence[Event], kind: EventKind, attempts: set[int] | None = None) -> str | None:
    for event in reversed(events):
        if event.kind is kind and (attempts is None or event.attempt in attempts):
            for key in ("detail", "response_text"):
                text = event.data.get(key)
                if isinstance(text, str) and text.strip():
                    return text
    return None


def _reported(events: Sequence[Event], report: ReportStatus, sentence: str) -> str:
    for event in reversed(events):
        if event.report is report:
            said = (("", event.data.get("status_text")), ("error ", event.data.get("error_code")))
            words = [label + one_line(word, _SHOWN) for label, word in said if isinstance(word, str) and word.strip()]
            return f"{sentence} ({', '.join(words)})." if words else f"{sentence}."
    return f"{sentence}."
