"""Whatever happens to messages, in whatever order: the row is what the events add up to, and nothing is sent twice."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from mitto_tui.sms.message import Claim
from mitto_tui.sms.reference import new_token
from mitto_tui.sms.status import Event, EventKind, ReportStatus, Status, fold
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.storage import decode
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import NotAllowed
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import CAN_BE_SENT_AGAIN, Messages
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.projection import project
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.schema import events

from .builders import at, new_message, outcome, report

IDS = st.sampled_from(["ID-1", "id-1", "ID-2", "ID-3"])
NUMBERS = st.sampled_from(["4911", "4922"])
TIMES = st.none() | st.integers(0, 5).map(at)
PICK = st.integers(0, 10**6)
OUTCOMES = st.builds(
    lambda kind, mitto_id: outcome(kind, mitto_id=mitto_id if kind is OutcomeKind.ACCEPTED else None),
    st.sampled_from(OutcomeKind),
    IDS,
)


class Life(RuleBasedStateMachine):
    """Two profiles, a few numbers, a few ids that collide; every operation at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.database = Database.open(Path(self.folder) / "mitto.db")
        self.history = History(self.database)
        self.reports = Reports(self.database)
        self.messages = Messages(self.database, "work")
        self.opt_outs = OptOuts(self.database)
        self.added: list[int] = []
        self.claims: list[Claim] = []
        self.clock = 0

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    def now(self) -> datetime:
        self.clock += 1
        return at(self.clock)

    @initialize()
    def begin(self) -> None:
        self.add("4911")

    @rule(to=NUMBERS)
    def add(self, to: str) -> None:
        self.added.append(self.messages.add(new_message(to=to), self.now()))

    @rule(pick=PICK)
    def claim(self, pick: int) -> None:
        message_id = self.added[pick % len(self.added)]
        before = self.status(message_id)
        now = self.now()
        claimed = self.messages.claim(message_id, token=new_token(), owner=f"owner {pick % 2}", lease_until=now, at=now)
        if claimed:
            assert before is Status.QUEUED
            self.claims.append(claimed)

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, result=OUTCOMES, twice=st.booleans())
    def record(self, pick: int, result: Outcome, twice: bool) -> None:
        claimed = self.claims[pick % len(self.claims)]
        before = self.status(claimed.message_id)
        after = self.messages.record(claimed, result, self.now())
        assert after is self.status(claimed.message_id)
        if before is Status.IN_DOUBT:
            assert after is not Status.QUEUED
        if twice:
            rows = self.history.timeline(claimed.message_id)
            assert self.messages.record(claimed, result, self.now()) is after
            assert self.history.timeline(claimed.message_id) == rows

    @rule(
        status=st.sampled_from(ReportStatus),
        mitto_id=st.none() | IDS,
        pick=st.none() | PICK,
        time=TIMES,
        profile=st.sampled_from(["work", "work", "other"]),
    )
    def receive(
        self, status: ReportStatus, mitto_id: str | None, pick: int | None, time: datetime | None, profile: str
    ) -> None:
        token = self.claims[pick % len(self.claims)].token if self.claims and pick is not None else None
        received = report(status, mitto_id=mitto_id, token=token, provider_time=time)
        known = len(self.history.unmatched_reports(profile, 10**6))
        applied = self.reports.receive(profile, received, "raw", "test", self.now())
        if applied.message_id is None:
            assert len(self.history.unmatched_reports(profile, 10**6)) == known + 1
        else:
            assert applied.status is self.status(applied.message_id)
            if len(self.history.attempts(applied.message_id)) == 1:
                assert applied.status is not Status.SENDING  # whoever reports on it has it
            assert applied.report_id in {row.id for row in self.history.reports(applied.message_id)}

    @rule(pick=PICK, which=st.sampled_from(["assume_sent", "send_again", "cancel"]))
    def decide(self, pick: int, which: str) -> None:
        message_id = self.added[pick % len(self.added)]
        before = self.status(message_id)
        allowed = {
            "assume_sent": {Status.IN_DOUBT},
            "send_again": CAN_BE_SENT_AGAIN,
            "cancel": {Status.QUEUED},
        }[which]
        if before not in allowed:
            with pytest.raises(NotAllowed) as caught:
                getattr(self.messages, which)(message_id, self.now())
            assert caught.value.status is before
        else:
            after = getattr(self.messages, which)(message_id, self.now())
            assert (after is Status.QUEUED) == (which == "send_again")

    @rule(pick=PICK)
    def give_up(self, pick: int) -> None:
        message_id = self.added[pick % len(self.added)]
        self.messages.give_up(message_id, len(self.history.attempts(message_id)), "No way.", self.now())

    @rule(dead=st.sampled_from(["owner 0", "owner 1"]))
    def abandon(self, dead: str) -> None:
        for message_id in self.messages.abandoned(lambda owner: owner != dead, at(-1)):
            assert self.status(message_id) is Status.IN_DOUBT

    @rule()
    def wait_long(self) -> None:
        for message_id in self.messages.overdue(datetime(2100, 1, 1, tzinfo=UTC)):
            assert self.status(message_id) is not Status.ACCEPTED

    @rule(to=NUMBERS, out=st.booleans())
    def opt_out(self, to: str, out: bool) -> None:
        if out:
            self.opt_outs.add("work", to, self.now())
        else:
            self.opt_outs.remove("work", to)

    def status(self, message_id: int) -> Status:
        row = self.history.get(message_id)
        assert row is not None
        return row.status

    def stored(self) -> dict[int, list[Event]]:
        """Every message's events."""
        found: dict[int, list[Event]] = {}
        with self.database.read() as connection:
            for row in connection.execute(select(events).order_by(events.c.id)):
                found.setdefault(row.message_id, []).append(decode.event(row))
        return found

    @invariant()
    def every_row_is_what_its_events_add_up_to(self) -> None:
        stored = self.stored()
        counts: dict[Status, int] = {}
        for row in self.history.page(HistoryFilter(), limit=1000):
            own = stored[row.id]
            state, expected = fold(own), project(own)
            assert row.status is state.status
            assert row.conflicting is bool(state.conflicting)
            assert row.attempts == state.attempts == sum(event.kind is EventKind.CLAIMED for event in own)
            assert (row.mitto_id, row.error) == (expected.mitto_id, expected.error)
            assert row.updated_at == self.last_news(own).at
            counts[row.status] = counts.get(row.status, 0) + 1
        assert self.history.by_status(None) == counts
        assert sum(counts.values()) == len(self.added)

    def last_news(self, own: list[Event]) -> Event:
        """The newest event that is no repetition of a report that was there already."""
        timeless = [replace(event, at=at(0)) for event in own]
        news = [
            event
            for index, event in enumerate(own)
            if event.kind is not EventKind.REPORT or timeless[index] not in timeless[:index]
        ]
        return news[-1]

    @invariant()
    def a_doubt_is_repeated_by_a_persons_word_only(self) -> None:
        """Between an attempt that may have been read and the next claim stands somebody's "send again"."""
        for own in self.stored().values():
            for index, event in enumerate(own):
                if event.kind is EventKind.CLAIMED:
                    assert fold(own[:index]).status is Status.QUEUED
                    self.no_doubt_before(own[:index])

    def no_doubt_before(self, earlier: list[Event]) -> None:
        doubt: EventKind | None = None
        for event in earlier:
            if event.kind in (EventKind.IN_DOUBT, EventKind.SEND_AGAIN):
                doubt = event.kind
            elif event.kind is EventKind.ACCEPTED and doubt is EventKind.IN_DOUBT:
                doubt = None
        assert doubt is not EventKind.IN_DOUBT or self.settled_by_refusal(earlier)

    def settled_by_refusal(self, earlier: list[Event]) -> bool:
        """A later, clearer answer or report on the doubtful attempt, and then a word about that."""
        last = max(index for index, event in enumerate(earlier) if event.kind is EventKind.IN_DOUBT)
        attempt = earlier[last].attempt
        stronger = {EventKind.REJECTED, EventKind.ACCEPTED, EventKind.REPORT}
        return any(event.attempt == attempt and event.kind in stronger for event in earlier)


Life.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLife = Life.TestCase


def test_the_sentence_says_why() -> None:
    """What a person reads beside a status that is not what they wished for."""
    moment = at(0)

    def sentence(*events: Event) -> str | None:
        return project([Event(EventKind.QUEUED, moment), Event(EventKind.CLAIMED, moment, 1), *events]).error

    def of(kind: EventKind, detail: str = "", **data: object) -> Event:
        return Event(kind, moment, 1, data={"detail": detail, **data})

    undelivered = Event(EventKind.REPORT, moment, 1, ReportStatus.UNDELIVERED)
    assert sentence() is None
    assert sentence(of(EventKind.ACCEPTED, "fine")) is None
    assert sentence(of(EventKind.REJECTED, "Mitto refused the number.")) == "Mitto refused the number."
    assert sentence(of(EventKind.REJECTED, " ", response_text="invalid receiver")) == "invalid receiver"
    assert sentence(of(EventKind.REJECTED)) == "Mitto refused the message."
    assert sentence(of(EventKind.IN_DOUBT)) == "Nobody knows whether Mitto took the message."
    assert sentence(of(EventKind.IN_DOUBT, "No answer."), of(EventKind.NEVER_LEFT, "x")) == "No answer."
    assert sentence(undelivered) == "The network could not deliver the message."
    told = replace(undelivered, data={"status_text": "FAILED", "error_code": "27"})
    assert sentence(told) == "The network could not deliver the message (FAILED, error 27)."
    hostile = replace(undelivered, data={"status_text": "\x1b[2J\n" * 100, "error_code": 27})
    error = sentence(hostile)
    assert error is not None
    assert error.isprintable()
    assert len(error) < 200
    expired = Event(EventKind.REPORT, moment, 1, ReportStatus.EXPIRED, data={"error_code": "34"})
    assert sentence(expired) == "The message's validity passed before it could be delivered (error 34)."
    assert sentence(undelivered, Event(EventKind.REPORT, moment, 1, ReportStatus.DELIVERED, at(1))) is None
    gave_up = Event(EventKind.GAVE_UP, moment, 1, data={"detail": "Mitto can't be reached."})
    assert sentence(of(EventKind.NEVER_LEFT, "refused"), gave_up) == "Mitto can't be reached."
