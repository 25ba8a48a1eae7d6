"""A message's status: a pure fold over its append-only events.

Each attempt is folded by itself from the set of what was learned about it, so the order in which answers and reports
arrive, and how often, makes no difference. The message's status is then the strongest of its attempts'. The table this
implements is in docs/architecture.md, "The promise".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Final


class Status(StrEnum):
    """The statuses a person sees; the words are part of the command line's contract."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    ASSUMED_SENT = "assumed_sent"
    BUFFERED = "buffered"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    NO_REPORT = "no_report"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


FINAL: Final = frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.EXPIRED})
"""Statuses that only a delivery report can give and nothing intermediate can take back."""


class EventKind(StrEnum):
    """Everything that can happen to a message. Events are only ever appended."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    NEVER_LEFT = "never_left"
    UNAUTHORISED = "unauthorised"
    SLOW_DOWN = "slow_down"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"
    REPORT = "report"
    GAVE_UP = "gave_up"
    NO_REPORT = "no_report"
    ASSUMED_SENT = "assumed_sent"
    SEND_AGAIN = "send_again"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    CONVERTED = "converted"
    """Mitto was told that it led where it was meant to lead: for statistics there, and no status."""


class ReportStatus(StrEnum):
    """What a delivery report says, in Mitto's spellings with FAILED folded into UNDELIVERED.

    ``UNKNOWN`` is any other word: it proves that Mitto has the message and says no more.
    """

    UNKNOWN = "unknown"
    BUFFERED = "buffered"
    SENT = "sent"
    EXPIRED = "expired"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"


_REPORT_TO_STATUS: Final[Mapping[ReportStatus, Status]] = {
    ReportStatus.UNKNOWN: Status.ACCEPTED,
    ReportStatus.BUFFERED: Status.BUFFERED,
    ReportStatus.SENT: Status.SENT,
    ReportStatus.EXPIRED: Status.EXPIRED,
    ReportStatus.UNDELIVERED: Status.UNDELIVERED,
    ReportStatus.DELIVERED: Status.DELIVERED,
}

# Breaks ties between reports of the same instant, weakest first.
_REPORT_RANK: Final = {status: rank for rank, status in enumerate(ReportStatus)}

# An attempt's own learning, weakest first: whatever the order of arrival, the strongest stands. "In doubt" outranks
# "never left", so that no late bookkeeping can put a doubtful attempt back into the queue.
_ATTEMPT_RANK: Final = {
    kind: rank
    for rank, kind in enumerate(
        (
            EventKind.CLAIMED,
            EventKind.NEVER_LEFT,
            EventKind.UNAUTHORISED,
            EventKind.SLOW_DOWN,
            EventKind.IN_DOUBT,
            EventKind.REJECTED,
            EventKind.ACCEPTED,
        )
    )
}
_ATTEMPT_STATUS: Final[Mapping[EventKind, Status]] = {
    EventKind.CLAIMED: Status.SENDING,
    EventKind.NEVER_LEFT: Status.QUEUED,
    EventKind.UNAUTHORISED: Status.QUEUED,
    EventKind.SLOW_DOWN: Status.QUEUED,
    EventKind.IN_DOUBT: Status.IN_DOUBT,
    EventKind.REJECTED: Status.REJECTED,
    EventKind.ACCEPTED: Status.ACCEPTED,
}

# A message's status over several attempts, weakest first. What proves that a person has the message or that Mitto
# works on it stands on top, so that a late report stops a planned repeat. What may have arrived stands above any
# failure, so that "resend what failed" can never repeat it.
_MESSAGE_RANK: Final = {
    status: rank
    for rank, status in enumerate(
        (
            Status.REJECTED,
            Status.EXPIRED,
            Status.UNDELIVERED,
            Status.IN_DOUBT,
            Status.ASSUMED_SENT,
            Status.NO_REPORT,
            Status.SENDING,
            Status.ACCEPTED,
            Status.BUFFERED,
            Status.SENT,
            Status.DELIVERED,
        )
    )
}

_ALIVE: Final = frozenset({Status.SENDING, Status.ACCEPTED, Status.BUFFERED, Status.SENT, Status.DELIVERED})
"""What is in one of these is on its way or there: a person's "send again" does not start another attempt."""

_AWAITING_REPORT: Final = frozenset({Status.ACCEPTED, Status.BUFFERED, Status.SENT})

_MESSAGE_ENDS: Final[Mapping[EventKind, Status]] = {
    EventKind.GAVE_UP: Status.FAILED,
    EventKind.SKIPPED: Status.SKIPPED,
    EventKind.CANCELLED: Status.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``at`` is when we learned it (aware, UTC).

    ``attempt`` is the attempt's number from 1 on, or None for what concerns the message as a whole. A decision
    (assumed sent, send again) and "no report" carry the newest attempt's number and speak of all attempts up to it.
    ``report`` and ``provider_time`` (aware) are set for reports only. ``data`` holds what is shown but never decides:
    codes, texts, ids.
    """

    kind: EventKind
    at: datetime
    attempt: int | None = None
    report: ReportStatus | None = None
    provider_time: datetime | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """What the fold knows. ``conflicting`` lists attempts whose final reports contradict each other."""

    status: Status
    attempts: int = 0
    conflicting: tuple[int, ...] = ()


class _Proof(IntEnum):
    """How strongly an attempt speaks against another one."""

    NONE = 0
    TAKEN = 1
    """Mitto has it."""
    SILENCE = 2
    """Mitto has it, and no report came in time: it may well have arrived."""
    DELIVERED = 3


@dataclass(slots=True)
class _Attempt:
    outcome: EventKind = EventKind.CLAIMED
    reports: set[tuple[ReportStatus, datetime | None]] = field(default_factory=set)
    no_report: bool = False
    decision: EventKind | None = None
    known: _Proof = _Proof.NONE
    """What spoke against another attempt when the decision was made."""

    def learn(self, event: Event) -> None:
        if event.kind is EventKind.REPORT:
            self.reports.add((event.report or ReportStatus.UNKNOWN, event.provider_time))
        elif _ATTEMPT_RANK[event.kind] > _ATTEMPT_RANK[self.outcome]:
            self.outcome = event.kind

    def decide(self, kind: EventKind) -> None:
        if self.status() in _ALIVE or self.status() is Status.QUEUED:
            return  # on its way, there, or not taken: there is nothing to decide, and no word to keep for later
        self.decision = kind
        # A report of failure proves that Mitto had it: an older report that straggles in after it is no news.
        self.known = max(self.proof(), _Proof.TAKEN if self.reports else _Proof.NONE)

    def status(self) -> Status:
        if self.reports:
            # The report that stands: final beats intermediate, then the newest provider time, then the stronger word.
            status = _REPORT_TO_STATUS[max(self.reports, key=_report_order)[0]]
        else:
            status = _ATTEMPT_STATUS[self.outcome]
        if self.no_report and status in _AWAITING_REPORT:
            return Status.NO_REPORT
        if self.decision is EventKind.ASSUMED_SENT and status is Status.IN_DOUBT:
            return Status.ASSUMED_SENT
        return status

    def proof(self) -> _Proof:
        words = {status for status, _ in self.reports}
        if ReportStatus.DELIVERED in words:
            return _Proof.DELIVERED
        if self.status() is Status.NO_REPORT:
            return _Proof.SILENCE
        if self.outcome is EventKind.ACCEPTED or any(_REPORT_TO_STATUS[word] not in FINAL for word in words):
            return _Proof.TAKEN
        return _Proof.NONE

    @property
    def may_repeat(self) -> bool:
        """A person said "send again", and nothing learned since then takes that back."""
        return self.decision is EventKind.SEND_AGAIN and self.proof() <= self.known

    @property
    def conflicting(self) -> bool:
        return len({status for status, _ in self.reports if _REPORT_TO_STATUS[status] in FINAL}) > 1


def _report_order(report: tuple[ReportStatus, datetime | None]) -> tuple[bool, bool, datetime, int]:
    status, time = report
    if time is None:
        time = datetime.min.replace(tzinfo=UTC)
    elif time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    # An unknown word says nothing beyond "Mitto has it", so it takes nothing back, however new it is.
    return (_REPORT_TO_STATUS[status] in FINAL, status is not ReportStatus.UNKNOWN, time, _REPORT_RANK[status])


def fold(events: Iterable[Event]) -> State:
    """The status that ``events`` add up to.

    Reports and answers may stand in any order and any number; only decisions (assume sent, send again, give up, skip,
    cancel) are read in the order they were made, against what was known then. "Send again" holds for attempts that are
    over, in doubt or silent; it is taken back for good where one of them turns out to be on its way. Without an attempt
    it only reopens what ended before anything left. Never raises on any combination of events.
    """
    attempts: dict[int, _Attempt] = {}
    ended: Status | None = None
    silent = -1
    for event in events:
        kind = event.kind
        if kind in _MESSAGE_ENDS:
            ended = _MESSAGE_ENDS[kind]
        elif kind is EventKind.CONVERTED:
            continue
        elif kind is EventKind.QUEUED:
            ended = None
        elif kind is EventKind.SEND_AGAIN:
            if _strongest(attempts.values(), ended) in _ALIVE:
                continue
            ended = None
            for attempt in _up_to(event.attempt or 0, attempts):
                attempt.decide(kind)
        elif kind is EventKind.ASSUMED_SENT:
            for attempt in _up_to(event.attempt, attempts):
                attempt.decide(kind)
        elif kind is EventKind.NO_REPORT:
            silent = max(silent, event.attempt or 0)
            for attempt in _up_to(silent, attempts):
                attempt.no_report = True
        else:
            # A fact without an attempt is a fact all the same: it is kept as an attempt of its own.
            number = event.attempt or 0
            attempts.setdefault(number, _Attempt(no_report=number <= silent)).learn(event)
    return State(
        _strongest(attempts.values(), ended),
        attempts=max(attempts, default=0),
        conflicting=tuple(sorted(number for number, attempt in attempts.items() if attempt.conflicting)),
    )


def _up_to(number: int | None, attempts: Mapping[int, _Attempt]) -> list[_Attempt]:
    return [attempt for each, attempt in attempts.items() if number is None or each <= number]


def _strongest(attempts: Iterable[_Attempt], ended: Status | None) -> Status:
    # An attempt that was not taken says nothing by itself: the message waits for its next turn, or was ended by
    # whoever stopped trying.
    happened = [(attempt.status(), attempt) for attempt in attempts if attempt.status() is not Status.QUEUED]
    if not happened:
        return ended or Status.QUEUED
    standing = [(status, attempt) for status, attempt in happened if not attempt.may_repeat]
    best = max((status for status, _ in happened), key=_MESSAGE_RANK.__getitem__)
    if best not in FINAL and any(attempt.proof() is _Proof.DELIVERED for _, attempt in standing):
        return Status.DELIVERED  # a report that conflicts took it back, but a message that was final never reopens
    if best in _ALIVE:
        return best
    if any(status is Status.IN_DOUBT for status, _ in standing):
        return Status.IN_DOUBT  # only a report or a person's word ends a doubt
    if not standing and ended is None:
        return Status.QUEUED
    return best
