"""Whatever becomes of a campaign's messages, in whatever order: many at a time comes to the same as one by one."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from mitto_tui.sms.campaign import Answered, CampaignState, ClaimedRequest, PauseReason
from mitto_tui.sms.status import Event, EventKind, ReportStatus, Status, fold
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.storage import decode
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_resolving import Resolving
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.projection import project
from mitto_tui.storage.recording import record
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.schema import events

from .builders import OWNER, at, report
from .campaign_builders import number, ready, running, turn

ANY_TEXT = st.text(st.characters(codec=None), max_size=8)
WORDS = st.sampled_from(["", " ", "No answer.", "ungültig", "\udcff", '"\\\x00']) | ANY_TEXT
NUMBERS = st.none() | st.integers(-(2**70), 2**70) | st.integers(0, 600)
ANY_OUTCOME = st.builds(
    Outcome,
    kind=st.sampled_from(OutcomeKind),
    reason=WORDS,
    detail=WORDS,
    http_status=NUMBERS,
    response_code=NUMBERS,
    response_text=st.none() | WORDS,
    mitto_id=st.none() | WORDS | st.uuids().map(str) | st.just("-- "),
    message_parts=NUMBERS,
    text_length=NUMBERS,
    provider_time=st.none() | st.integers(0, 10**6).map(at),
    retry_after=st.none() | st.floats(0, 1e6) | st.just(float("inf")),
    test=st.booleans(),
    raw=st.none() | WORDS,
)
PLAIN_IDS = ("id", "message_id", "recipient", "token")


def stored(database: Database, message_id: int) -> dict[str, list[dict[str, object]]]:
    """Everything that the tables say of a message, but for what names it."""
    found = {}
    with database.read() as connection:
        for table, key in (("messages", "id"), ("attempts", "message_id"), ("events", "message_id")):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE {key} = {message_id} ORDER BY id")
            found[table] = [
                {name: value for name, value in row._asdict().items() if name not in PLAIN_IDS} for row in rows
            ]
    return found


def test_many_at_once_are_stored_exactly_as_each_would_be_alone() -> None:
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "mitto.db") as database:
        campaign, sending = running(database, 400), CampaignSending(database, "work")
        clock = iter(range(2, 10**6))

        @settings(max_examples=60, deadline=None)
        @given(st.lists(ANY_OUTCOME, min_size=1, max_size=3))
        def check(outcomes: list[Outcome]) -> None:
            for outcome in outcomes:
                now = next(clock)
                many, alone = turn(sending, campaign, [1, 1], seconds=now).claimed
                (status,) = turn(sending, campaign, (), [Answered(many, [outcome])], seconds=now).statuses[0]
                with database.write() as connection:
                    (message_id,), (attempt,) = alone.message_ids, alone.attempts
                    assert record(connection, message_id, attempt, alone.token, outcome, at(now)) is status
                assert stored(database, many.message_ids[0]) == stored(database, message_id)
                if status is not Status.QUEUED:
                    break

        check()


IDS = st.sampled_from(["ID-1", "id-1", "ID-2", "ID-3"])
PICK = st.integers(0, 10**6)
OUTCOMES = st.builds(
    lambda kind, mitto_id, detail: Outcome(
        kind, "why", detail, mitto_id=mitto_id if kind is OutcomeKind.ACCEPTED else None
    ),
    st.sampled_from(OutcomeKind),
    IDS,
    st.sampled_from(["This.", "That."]),
)
ROWS = 6


class Life(RuleBasedStateMachine):
    """A campaign of a few messages, ids that collide, two programs; every operation at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.database = Database.open(Path(self.folder) / "mitto.db")
        self.history, self.messages = History(self.database), Messages(self.database, "work")
        self.sending = CampaignSending(self.database, "work")
        self.campaign = running(self.database, ROWS)
        self.claimed: list[ClaimedRequest] = []
        self.clock = 10

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    def now(self) -> datetime:
        self.clock += 1
        return at(self.clock)

    def counts(self) -> dict[Status, int]:
        return self.sending.counts(self.campaign)

    @rule(sizes=st.lists(st.integers(1, 3), max_size=3), first=st.none() | st.integers(0, ROWS), pick=PICK)
    def claim(self, sizes: list[int], first: int | None, pick: int) -> None:
        queued = self.counts().get(Status.QUEUED, 0)
        self.clock += 1
        owner = f"owner {pick % 2}"
        result = turn(self.sending, self.campaign, sizes, seconds=self.clock, first=first, owner=owner)
        if result.state is not CampaignState.RUNNING:
            assert not result.claimed
        elif first is None:
            assert sum(map(len, result.claimed)) + result.skipped >= min(sum(sizes), queued)
        self.claimed += result.claimed

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), given_up=st.booleans(), twice=st.booleans())
    def answer(self, data: st.DataObject, given_up: bool, twice: bool) -> None:
        request = data.draw(st.sampled_from(self.claimed))
        count = len(request)
        outcomes = data.draw(st.lists(OUTCOMES, min_size=count, max_size=count))
        ids = frozenset(request.message_ids if given_up else ())
        answered = Answered(request, outcomes, ids)
        self.clock += 1
        before = {one: self.status(one) for one in request.message_ids}
        result = turn(self.sending, self.campaign, (), [answered], seconds=self.clock)
        for one, status in zip(request.message_ids, result.statuses[0], strict=True):
            assert status is self.status(one)
            if before[one] is Status.IN_DOUBT:
                assert status is not Status.QUEUED
        if twice:
            rows = [self.history.timeline(one) for one in request.message_ids]
            assert turn(self.sending, self.campaign, (), [answered], seconds=10**6).statuses == result.statuses
            assert [self.history.timeline(one) for one in request.message_ids] == rows

    @rule(
        status=st.sampled_from(ReportStatus),
        mitto_id=st.none() | IDS,
        pick=st.none() | PICK,
        to=st.none() | st.integers(0, ROWS),
    )
    def receive(self, status: ReportStatus, mitto_id: str | None, pick: int | None, to: int | None) -> None:
        request = self.claimed[pick % len(self.claimed)] if self.claimed and pick is not None else None
        receiver = None if to is None else number(to)
        token = request.token if request else None
        told = report(status, mitto_id=mitto_id, token=token, receiver=receiver)
        applied = Reports(self.database).receive("work", told, "raw", "test", self.now())
        if request is not None and len(request) == 1:
            assert applied.message_id == request.message_ids[0]
        elif request is not None and receiver is not None and receiver in request.recipients:
            assert applied.message_id == request.message_ids[list(request.recipients).index(receiver)]
        elif request is not None:
            assert applied.message_id is None or applied.message_id in request.message_ids

    @rule(what=st.sampled_from(["pause", "begin", "end", "settle", "abandon", "overdue"]), alive=st.booleans())
    def administer(self, what: str, alive: bool) -> None:
        state = turn(self.sending, self.campaign).state
        now = self.now()
        match what:
            case "pause":
                self.sending.pause(self.campaign, at=now, reason=PauseReason.PERSON, detail="")
            case "begin" if state is CampaignState.PAUSED:
                self.sending.begin_work(self.campaign, owner=OWNER, at=now)
            case "end":
                self.sending.end_work(self.campaign, owner=OWNER, at=now, pause=PauseReason.FAULT, detail="No.")
            case "settle":
                Approvals(self.database).settle(lambda owner: alive, now)
            case "abandon":
                self.messages.abandoned(lambda owner: alive, at(-1))
            case "overdue":
                self.messages.overdue(at(10**8))

    @rule(what=st.sampled_from(["assume_sent", "send_again", "cancel"]), rare=st.integers(0, 3))
    def decide(self, what: str, rare: int) -> None:
        state = turn(self.sending, self.campaign).state
        doubtful = self.counts().get(Status.IN_DOUBT, 0)
        if what == "cancel" and not rare and state in (CampaignState.RUNNING, CampaignState.PAUSED):
            Approvals(self.database).cancel(self.campaign, self.now)
            assert Status.QUEUED not in self.counts()
        elif what == "assume_sent":
            assert Resolving(self.database).assume_sent(self.campaign, self.now) == doubtful
            assert Status.IN_DOUBT not in self.counts()
        elif what == "send_again" and state is not CampaignState.CANCELLED:
            assert Resolving(self.database).send_again(self.campaign, doubtful, self.now) == doubtful
            assert Status.IN_DOUBT not in self.counts()

    @rule(to=st.integers(0, ROWS - 1), out=st.booleans())
    def opt_out(self, to: int, out: bool) -> None:
        change = OptOuts(self.database)
        if out:
            change.add("work", number(to), self.now())
        else:
            change.remove("work", number(to))

    def status(self, message_id: int) -> Status:
        row = self.history.get(message_id)
        assert row is not None
        return row.status

    @invariant()
    def every_row_is_what_its_events_add_up_to(self) -> None:
        happened: dict[int, list[Event]] = {}
        with self.database.read() as connection:
            for row in connection.execute(select(events).order_by(events.c.id)):
                happened.setdefault(row.message_id, []).append(decode.event(row))
        rows = self.history.page(HistoryFilter(campaign=self.campaign), limit=100)
        assert len(rows) == ROWS
        counts: dict[Status, int] = {}
        for message in rows:
            own = happened.get(message.id, [])
            expected = project(own)
            assert (message.status, message.attempts) == (expected.status, expected.attempts)
            assert (message.conflicting, message.mitto_id) == (expected.conflicting, expected.mitto_id)
            assert message.error == expected.error
            assert message.attempts == sum(event.kind is EventKind.CLAIMED for event in own)
            counts[message.status] = counts.get(message.status, 0) + 1
            for index, event in enumerate(own):
                assert event.kind is not EventKind.CLAIMED or fold(own[:index]).status is Status.QUEUED
        assert self.counts() == counts


Life.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLife = Life.TestCase


def test_a_campaigns_messages_need_no_event_to_be_queued(database: Database, history: History) -> None:
    campaign = ready(database, 2)
    for row in history.page(HistoryFilter(campaign=campaign)):
        assert row.status is Status.QUEUED
        assert history.timeline(row.id) == []
