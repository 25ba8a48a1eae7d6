"""Histories of messages: short words for events, and a model that writes only histories that can happen.

The model has an engine that sends whatever is queued, a network that loses answers, a provider that reports in any
order and often, a bookkeeper that gives up waiting, and a person who decides. It knows the truth about each attempt,
which the fold must never contradict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from hypothesis import strategies as st

from mitto_tui.sms.status import Event, EventKind, ReportStatus, State, Status, fold

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

DECISIONS = frozenset(
    {
        EventKind.QUEUED,
        EventKind.GAVE_UP,
        EventKind.SKIPPED,
        EventKind.CANCELLED,
        EventKind.ASSUMED_SENT,
        EventKind.SEND_AGAIN,
    }
)
"""What is read in the order it was made; all else may stand in any order."""


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def event(kind: EventKind, attempt: int | None = None) -> Event:
    return Event(kind, NOW, attempt)


def queued() -> Event:
    return event(EventKind.QUEUED)


def claimed(attempt: int = 1) -> Event:
    return event(EventKind.CLAIMED, attempt)


def never_left(attempt: int = 1) -> Event:
    return event(EventKind.NEVER_LEFT, attempt)


def unauthorised(attempt: int = 1) -> Event:
    return event(EventKind.UNAUTHORISED, attempt)


def slow_down(attempt: int = 1) -> Event:
    return event(EventKind.SLOW_DOWN, attempt)


def accepted(attempt: int = 1) -> Event:
    return event(EventKind.ACCEPTED, attempt)


def rejected(attempt: int = 1) -> Event:
    return event(EventKind.REJECTED, attempt)


def in_doubt(attempt: int = 1) -> Event:
    return event(EventKind.IN_DOUBT, attempt)


def no_report(attempt: int = 1) -> Event:
    return event(EventKind.NO_REPORT, attempt)


def assume_sent(attempt: int = 1) -> Event:
    return event(EventKind.ASSUMED_SENT, attempt)


def send_again(attempt: int | None = 1) -> Event:
    return event(EventKind.SEND_AGAIN, attempt)


def gave_up(attempt: int | None = None) -> Event:
    return event(EventKind.GAVE_UP, attempt)


def skipped() -> Event:
    return event(EventKind.SKIPPED)


def cancelled() -> Event:
    return event(EventKind.CANCELLED)


def report(status: ReportStatus, attempt: int = 1, minutes: float | None = None) -> Event:
    return Event(EventKind.REPORT, NOW, attempt, status, None if minutes is None else at(minutes))


def buffered(attempt: int = 1, minutes: float | None = None) -> Event:
    return report(ReportStatus.BUFFERED, attempt, minutes)


def sent(attempt: int = 1, minutes: float | None = None) -> Event:
    return report(ReportStatus.SENT, attempt, minutes)


def delivered(attempt: int = 1, minutes: float | None = None) -> Event:
    return report(ReportStatus.DELIVERED, attempt, minutes)


def undelivered(attempt: int = 1, minutes: float | None = None) -> Event:
    return report(ReportStatus.UNDELIVERED, attempt, minutes)


def expired(attempt: int = 1, minutes: float | None = None) -> Event:
    return report(ReportStatus.EXPIRED, attempt, minutes)


def unknown(attempt: int = 1, minutes: float | None = None) -> Event:
    return report(ReportStatus.UNKNOWN, attempt, minutes)


def status_of(*events: Event) -> Status:
    return fold(events).status


def name(value: object) -> str:
    """Events in a test's name."""
    if isinstance(value, list):
        return "+".join(map(name, value)) or "nothing"
    if isinstance(value, Event):
        return str(value.report or value.kind)
    return str(value)


class Fate(Enum):
    """What truly became of a request: how it ends for us, and whether the provider took the message."""

    NEVER_LEFT = (EventKind.NEVER_LEFT, False)
    UNAUTHORISED = (EventKind.UNAUTHORISED, False)
    SLOW_DOWN = (EventKind.SLOW_DOWN, False)
    REJECTED = (EventKind.REJECTED, False)
    ACCEPTED = (EventKind.ACCEPTED, True)
    ANSWER_LOST = (EventKind.IN_DOUBT, True)
    REQUEST_LOST = (EventKind.IN_DOUBT, False)

    @property
    def answer(self) -> EventKind:
        return self.value[0]

    @property
    def taken(self) -> bool:
        return self.value[1]


NOT_TAKEN_FOR_SURE = frozenset({EventKind.NEVER_LEFT, EventKind.UNAUTHORISED, EventKind.SLOW_DOWN})


@dataclass
class History:
    """A history as it grew. ``states`` has the state after each of ``events``; ``fates`` the truth of each attempt."""

    events: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    lapsed: set[int] = field(default_factory=set)
    finals: dict[int, ReportStatus] = field(default_factory=dict)

    def append(self, new: Event) -> None:
        self.events.append(new)
        self.states.append(fold(self.events))

    @property
    def status(self) -> Status:
        return self.states[-1].status

    @property
    def newest(self) -> int:
        return len(self.fates)

    def taken(self) -> list[int]:
        return [attempt for attempt, fate in self.fates.items() if fate.taken]

    def possible(self, *, lying_provider: bool) -> dict[str, Callable[[st.DrawFn], None]]:
        """What can happen next, by name."""
        able: dict[str, Callable[[st.DrawFn], None]] = {}
        unanswered = [attempt for attempt in self.fates if attempt not in self.answered]
        if self.status is Status.QUEUED:
            able["claim"] = self._claim
            able["cancel"] = lambda draw: self.append(cancelled())
            able["skip"] = lambda draw: self.append(skipped())
            if self.newest and self.fates[self.newest] is Fate.NEVER_LEFT:
                able["give up"] = lambda draw: self.append(gave_up(self.newest))
        if unanswered:
            able["answer"] = lambda draw: self._answer(draw(st.sampled_from(unanswered)))
        if silent := [attempt for attempt in unanswered if attempt not in self.lapsed]:
            able["lapse"] = lambda draw: self._lapse(draw(st.sampled_from(silent)))
        if self.taken():
            able["report"] = lambda draw: self._report(draw, lying_provider)
        if self.status in (Status.ACCEPTED, Status.BUFFERED, Status.SENT):
            able["no report"] = lambda draw: self.append(no_report(self.newest))
        if self.status is Status.IN_DOUBT:
            able["assume sent"] = lambda draw: self.append(assume_sent(self.newest))
        if self.status not in (Status.QUEUED, Status.SENDING):
            # Also where it makes no sense: a person may press the key while a report is on its way to the screen.
            able["send again"] = lambda draw: self.append(send_again(self.newest or None))
        return able

    def _claim(self, draw: st.DrawFn) -> None:
        self.fates[self.newest + 1] = draw(st.sampled_from(Fate))
        self.append(claimed(self.newest))

    def _answer(self, attempt: int) -> None:
        self.answered.add(attempt)
        self.append(event(self.fates[attempt].answer, attempt))

    def _lapse(self, attempt: int) -> None:
        self.lapsed.add(attempt)
        self.append(in_doubt(attempt))

    def _report(self, draw: st.DrawFn, lying_provider: bool) -> None:
        attempt = draw(st.sampled_from(self.taken()))
        status = draw(st.sampled_from(ReportStatus))
        final = status in (ReportStatus.DELIVERED, ReportStatus.UNDELIVERED, ReportStatus.EXPIRED)
        if final and not lying_provider:
            status = self.finals.setdefault(attempt, status)
        self.append(report(status, attempt, draw(st.none() | st.integers(0, 5))))


@st.composite
def histories(draw: st.DrawFn, *, lying_provider: bool = False, steps: int = 24) -> History:
    """Histories that can happen. A lying provider reports more than one final state of the same attempt."""
    history = History()
    history.append(queued())
    for _ in range(draw(st.integers(1, steps))):
        able = history.possible(lying_provider=lying_provider)
        if not able:
            break
        able[draw(st.sampled_from(sorted(able)))](draw)
    return history


def soup(attempts: int = 3) -> st.SearchStrategy[list[Event]]:
    """Any events in any order, whether they can happen or not."""
    numbers = st.none() | st.integers(0, attempts)
    times = st.none() | st.datetimes() | st.datetimes(timezones=st.timezones() | st.just(UTC))
    reports = st.none() | st.sampled_from(ReportStatus)
    return st.lists(st.builds(Event, st.sampled_from(EventKind), st.just(NOW), numbers, reports, times), max_size=25)


def shuffled(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """``events`` with all that is no decision moved about between the decisions around it, and some of it repeated."""
    result: list[Event] = []
    stretch: list[Event] = []
    for each in [*events, None]:
        if each is not None and each.kind not in DECISIONS:
            stretch.append(each)
            continue
        if stretch:
            repeated = draw(st.lists(st.sampled_from(stretch), max_size=3))
            result += draw(st.permutations(stretch + repeated))
            stretch = []
        if each is not None:
            result.append(each)
    return result
