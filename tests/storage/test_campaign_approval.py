"""Approving makes one message of every row that is ok, however often it is killed; ending leaves nothing queued."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from mitto_tui.sms.campaign import CampaignLimits, CampaignState, Canary, PauseReason
from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.message import Options, check_message
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.status import EventKind, Status
from mitto_tui.sms.submission import OutcomeKind, WireType
from mitto_tui.storage import columns
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_resolving import Resolving
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.campaigns import Campaign, Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import CampaignNotAllowed, Outdated, StoreError, UnknownCampaign
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.rows import MessageRow
from mitto_tui.storage.schema import messages as messages_table

from .builders import OWNER, T0, accepted, at, kinds, new_message, outcome, report, row_of
from .campaign_builders import CONTENT, LIMITS, TEXT, all_of, draft, number, ready, running, turn, with_outcomes


class Killed(BaseException):
    """The program ends here."""


@pytest.fixture
def approvals(database: Database) -> Approvals:
    return Approvals(database)


@pytest.fixture(autouse=True)
def _small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.storage.campaign_approval._AT_ONCE", 10)
    monkeypatch.setattr("mitto_tui.storage.campaign_ending._AT_ONCE", 10)
    monkeypatch.setattr("mitto_tui.storage.campaign_ending._SPECIAL_AT_ONCE", 3)
    monkeypatch.setattr("mitto_tui.storage.campaign_resolving._AT_ONCE", 20)
    monkeypatch.setattr("mitto_tui.storage.campaign_resolving._SPECIAL", 4)


def rows(database: Database, campaign: int) -> list[MessageRow]:
    """Its messages, in the order they are sent."""
    return History(database).page(HistoryFilter(campaign=campaign), limit=10**6)[::-1]


def of(database: Database, campaign: int) -> Campaign:
    found = Campaigns(database).get(campaign)
    assert found is not None
    return found


def expected(campaigns: Campaigns, campaign: int) -> list[tuple[str, str]]:
    """Who is to get what."""
    ok = campaigns.rows(campaign, statuses=[RowStatus.OK])
    found = campaigns.get(campaign)
    assert found is not None
    return [(row.row.to, found.text if found.text is not None else row.row.text) for row in ok]


@pytest.mark.parametrize("personal", [False, True])
def test_every_row_that_is_ok_becomes_a_message(database: Database, approvals: Approvals, personal: bool) -> None:
    texts = [f"Dear {'Müller' if index % 3 else 'Jo'} {index}\udcff"[: 30 - index % 2] for index in range(35)]
    campaign = draft(database, 35, texts=texts if personal else None, left_out=12).id
    told: list[tuple[int, int]] = []
    limits = CampaignLimits(chunk=7, rate=2.5, canary=Canary(3))
    content = replace(CONTENT, pid=3, udh="050003010201", flash=True, callback="https://example.com/", test=True)
    approvals.approve(campaign, content, limits, lambda: at(5), lambda *how: told.append(how))
    made = rows(database, campaign)
    assert [(row.to, row.text) for row in made] == expected(Campaigns(database), campaign)
    assert told[0] == (0, 35)
    assert told[-1] == (35, 35)
    assert told == sorted(told)
    found = of(database, campaign)
    assert (found.state, found.limits, found.approved_at) == (CampaignState.READY, limits, at(5))
    for row in made:
        ascii_only = row.text.isascii()
        assert row.type is (WireType.GSM if ascii_only else WireType.UNICODE)
        assert (row.encoding, row.segments) == ((Encoding.GSM, 1) if ascii_only else (Encoding.UNICODE, 2))
        assert (row.profile, row.sender, row.reference, row.validity) == ("work", "MITTO SMS", "Spring", 60)
        assert (row.pid, row.udh, row.flash, row.callback, row.test) == (
            3,
            "050003010201",
            True,
            "https://example.com/",
            True,
        )
        assert (row.status, row.attempts, row.error, row.created_at) == (Status.QUEUED, 0, None, at(5))


def test_a_campaigns_message_is_stored_as_a_single_one_is(database: Database, approvals: Approvals) -> None:
    texts = ["DEAR Łódź", "Dear Jo"]
    campaign = draft(database, 2, texts=texts).id
    approvals.approve(campaign, CONTENT, LIMITS, lambda: T0)
    with database.read() as connection:
        made = connection.execute(select(messages_table).order_by(messages_table.c.id)).all()
    for row, text in zip(made, texts, strict=True):
        alone = replace(
            check_message("MITTO SMS", row.recipient, text, Options(reference="Spring", validity=60)),
            segments=row.segments,
        )
        wanted = columns.of_message("work", alone, T0)
        assert {name: value for name, value in row._asdict().items() if name in wanted} == wanted


def test_where_mitto_decides_the_type_it_is_auto(database: Database, approvals: Approvals) -> None:
    campaign = draft(database, 2, texts=["Dear Jo", "Grüße"]).id
    approvals.approve(campaign, replace(CONTENT, type=WireType.AUTO), LIMITS, lambda: T0)
    assert [(row.type, row.encoding) for row in rows(database, campaign)] == [(WireType.AUTO, None)] * 2


@pytest.mark.parametrize("personal", [False, True])
def test_its_messages_are_found_by_what_they_say(database: Database, history: History, personal: bool) -> None:
    texts = ["Dear Müller", "Dear Jo"] if personal else None
    ready(database, 2, texts=texts, text="Dear MÜLLER")
    found = history.page(HistoryFilter(search="müller"))
    assert len(found) == (1 if personal else 2)
    assert len(history.page(HistoryFilter(search="SPRING"))) == 2
    assert len(history.page(HistoryFilter(search="mitto sms"))) == 2


@pytest.mark.parametrize("seed", range(2))
def test_an_approval_that_is_killed_again_and_again_is_gone_on_with(database: Database, path: Path, seed: int) -> None:
    chance = random.Random(seed)
    campaign = draft(database, 95, texts=[f"Dear {index}" for index in range(95)], left_out=40).id
    other = Messages(database, "work")

    def progress(done: int, total: int) -> None:
        assert total == 95
        other.add(new_message(), T0)  # others write meanwhile
        assert turn(CampaignSending(database, "work"), campaign, [5]).claimed == ()
        if chance.random() < 0.3 and done < total:
            raise Killed

    killed = 0
    while of(database, campaign).state is not CampaignState.READY:
        with Database.open(path) as program:
            try:
                Approvals(program).approve(campaign, CONTENT, LIMITS, lambda: T0, progress)
            except Killed:
                killed += 1
                Approvals(database).settle(lambda owner: False, at(1))
    assert killed
    made = [(row.to, row.text) for row in rows(database, campaign)]
    assert made == expected(Campaigns(database), campaign)


def test_programs_that_approve_at_once_make_each_message_once(database: Database, path: Path) -> None:
    campaign = draft(database, 300).id
    failures: list[BaseException] = []
    start = threading.Barrier(3)

    def work() -> None:
        try:
            with Database.open(path) as program:
                start.wait()
                Approvals(program).approve(campaign, CONTENT, LIMITS, lambda: T0)
        except BaseException as error:
            if not (isinstance(error, CampaignNotAllowed) and error.state is CampaignState.READY):  # all done before
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [row.to for row in rows(database, campaign)] == [number(index) for index in range(300)]


def test_only_a_draft_can_be_approved(database: Database, approvals: Approvals) -> None:
    campaign = running(database, 2)
    with pytest.raises(CampaignNotAllowed, match="running") as caught:
        approvals.approve(campaign, CONTENT, LIMITS, lambda: T0)
    assert caught.value.state is CampaignState.RUNNING
    nobody = draft(database, 0).id
    with pytest.raises(StoreError, match="nobody"):
        approvals.approve(nobody, CONTENT, LIMITS, lambda: T0)
    assert of(database, nobody).state is CampaignState.DRAFT
    with pytest.raises(UnknownCampaign):
        approvals.approve(10**30, CONTENT, LIMITS, lambda: T0)
    assert not Campaigns(database).delete(campaign)
    assert len(rows(database, campaign)) == 2


def test_a_campaign_may_be_cancelled_while_it_is_approved(database: Database, approvals: Approvals) -> None:
    campaign = draft(database, 50).id

    def progress(done: int, total: int) -> None:
        if done >= 20:
            assert Approvals(database).cancel(campaign, lambda: at(1)) == done

    with pytest.raises(CampaignNotAllowed, match="cancelled"):
        approvals.approve(campaign, CONTENT, LIMITS, lambda: T0, progress)
    assert [row.status for row in rows(database, campaign)] == [Status.CANCELLED] * 20
    assert of(database, campaign).state is CampaignState.CANCELLED


class TestCancelling:
    def test_what_is_queued_is_cancelled_and_the_rest_goes_its_way(
        self, database: Database, approvals: Approvals, history: History
    ) -> None:
        campaign = running(database, 45)
        sending = CampaignSending(database, "work")
        request = turn(sending, campaign, [4]).claimed[0]
        slow = outcome(OutcomeKind.SLOW_DOWN)
        turn(sending, campaign, (), [with_outcomes(request, accepted(), slow, slow, slow)])
        told: list[tuple[int, int]] = []
        assert approvals.cancel(campaign, lambda: at(3), lambda *how: told.append(how)) == 44
        assert told[0] == (0, 44)
        assert told[-1] == (44, 44)
        assert sending.counts(campaign) == {Status.ACCEPTED: 1, Status.CANCELLED: 44}
        found = of(database, campaign)
        assert (found.state, found.finished_at, found.reason) == (CampaignState.CANCELLED, at(3), None)
        tried = row_of(history, request.message_ids[1])
        assert (tried.error, tried.updated_at) == (None, at(3))
        assert kinds(history, tried.id) == [EventKind.CLAIMED, EventKind.SLOW_DOWN, EventKind.CANCELLED]
        assert approvals.cancel(campaign, lambda: at(9)) == 0
        assert of(database, campaign).finished_at == at(3)

    def test_a_planned_repeat_is_what_it_was_before(self, database: Database, approvals: Approvals) -> None:
        campaign = running(database, 12)
        sending = CampaignSending(database, "work")
        request = turn(sending, campaign, [8]).claimed[0]
        turn(sending, campaign, (), [all_of(request, OutcomeKind.IN_DOUBT)])
        assert Resolving(database).send_again(campaign, 8, lambda: at(3)) == 8
        assert approvals.cancel(campaign, lambda: at(4)) == 12
        assert sending.counts(campaign) == {Status.IN_DOUBT: 8, Status.CANCELLED: 4}
        with pytest.raises(CampaignNotAllowed, match="cancelled"):
            Resolving(database).send_again(campaign, 8, lambda: at(5))

    def test_a_killed_one_is_gone_on_with(self, database: Database, approvals: Approvals) -> None:
        campaign, sending = running(database, 45), CampaignSending(database, "work")

        def progress(done: int, total: int) -> None:
            if done:
                raise Killed

        with pytest.raises(Killed):
            approvals.cancel(campaign, lambda: at(3), progress)
        assert turn(sending, campaign, [5]).claimed == ()
        assert sending.counts(campaign)[Status.QUEUED] == 35
        with pytest.raises(Killed):
            approvals.cancel(campaign, lambda: at(4), progress)
        assert sending.counts(campaign)[Status.QUEUED] == 25
        assert approvals.settle(lambda owner: True, at(5)) == [campaign]
        assert sending.counts(campaign) == {Status.CANCELLED: 45}
        assert of(database, campaign).finished_at == at(5)
        assert approvals.settle(lambda owner: True, at(6)) == []

    def test_a_long_one_is_gone_on_with_in_steps(self, database: Database, approvals: Approvals) -> None:
        campaign, sending = running(database, 45), CampaignSending(database, "work")

        def progress(done: int, total: int) -> None:
            raise Killed

        with pytest.raises(Killed):
            approvals.cancel(campaign, lambda: at(3), progress)
        left = []
        for second in range(4, 8):
            approvals.settle(lambda owner: True, at(second), most=15)
            left.append(sending.counts(campaign).get(Status.QUEUED, 0))
        assert left == [25, 5, 0, 0]
        assert of(database, campaign).finished_at == at(6)

    def test_what_a_person_sends_again_by_itself_later_is_left_alone(
        self, database: Database, approvals: Approvals, messages: Messages
    ) -> None:
        campaign, sending = running(database, 3), CampaignSending(database, "work")
        request = turn(sending, campaign, [1]).claimed[0]
        turn(sending, campaign, (), [all_of(request, OutcomeKind.IN_DOUBT)])
        approvals.cancel(campaign, lambda: at(3))
        assert messages.send_again(request.message_ids[0], at(4)) is Status.QUEUED
        assert approvals.settle(lambda owner: False, at(5)) == []
        assert approvals.cancel(campaign, lambda: at(5)) == 0
        assert messages.status(request.message_ids[0]) is Status.QUEUED

    def test_there_must_be_something_to_cancel(self, database: Database, approvals: Approvals) -> None:
        with pytest.raises(CampaignNotAllowed, match="draft"):
            approvals.cancel(draft(database, 2).id, lambda: T0)
        campaign, sending = running(database, 2), CampaignSending(database, "work")
        request = turn(sending, campaign, [2]).claimed[0]
        turn(sending, campaign, (), [all_of(request, OutcomeKind.IN_DOUBT)])
        sending.end_work(campaign, owner=OWNER, at=at(3))
        with pytest.raises(CampaignNotAllowed, match="finished"):
            approvals.cancel(campaign, lambda: T0)
        Resolving(database).send_again(campaign, 2, lambda: at(3))
        assert approvals.cancel(campaign, lambda: at(4)) == 2
        assert of(database, campaign).finished_at == at(4)


class TestSettling:
    def test_what_nobody_alive_sends_is_paused(self, database: Database, approvals: Approvals) -> None:
        dead, alive, waiting = running(database, 2), ready(database, 2), ready(database, 2)
        sending = CampaignSending(database, "work")
        for owner in ("living", "dead"):
            sending.begin_work(alive, owner=owner, at=at(1))
        asked: list[str] = []

        def is_alive(owner: str) -> bool:
            asked.append(owner)
            return owner == "living"

        assert approvals.settle(is_alive, at(5)) == [dead]
        assert sorted(asked) == sorted({OWNER, "living", "dead"})
        found = of(database, dead)
        assert (found.state, found.reason, found.updated_at) == (CampaignState.PAUSED, PauseReason.CLOSED, at(5))
        assert found.detail.startswith("mitto-tui ended")
        assert of(database, alive).state is CampaignState.RUNNING
        assert of(database, waiting).state is CampaignState.READY
        assert approvals.settle(is_alive, at(6)) == []
        assert "dead" not in asked[3:]

    def test_what_was_all_sent_is_finished(self, database: Database, approvals: Approvals, messages: Messages) -> None:
        campaign, sending = running(database, 2), CampaignSending(database, "work")
        turn(sending, campaign, [2])
        messages.abandoned(lambda owner: False, at(3))
        assert approvals.settle(lambda owner: False, at(5)) == [campaign]
        assert of(database, campaign).state is CampaignState.FINISHED
        assert sending.counts(campaign) == {Status.IN_DOUBT: 2}

    def test_one_that_somebody_has_left_is_settled_too(self, database: Database, approvals: Approvals) -> None:
        campaign, sending = running(database, 2), CampaignSending(database, "work")
        assert sending.end_work(campaign, owner=OWNER, at=at(2)) is CampaignState.RUNNING
        assert approvals.settle(lambda owner: True, at(5)) == [campaign]
        assert of(database, campaign).state is CampaignState.PAUSED


def test_the_same_content_is_known_once_it_was_approved(database: Database, approvals: Approvals) -> None:
    one, two, three = (draft(database, 3).id for _ in range(3))
    draft(database, 4)
    elsewhere = draft(database, 3, profile="other").id
    assert approvals.same_content(one) == []
    for campaign in (two, three, elsewhere):
        approvals.approve(campaign, CONTENT, LIMITS, lambda: T0)
    assert [campaign.id for campaign in approvals.same_content(one)] == [three, two]
    assert [campaign.id for campaign in approvals.same_content(two)] == [three]
    with pytest.raises(UnknownCampaign):
        approvals.same_content(10**30)


class TestResolving:
    """A person's word on all that are in doubt."""

    @pytest.fixture
    def campaign(self, database: Database) -> int:
        """50 in doubt, of which one has a history of its own, and 10 queued."""
        campaign, sending = running(database, 60), CampaignSending(database, "work")
        request = turn(sending, campaign, [50]).claimed[0]
        turn(sending, campaign, (), [all_of(request, OutcomeKind.IN_DOUBT)])
        Messages(database, "work").send_again(request.message_ids[7], at(3))
        again = turn(sending, campaign, [1], seconds=4).claimed[0]
        turn(sending, campaign, (), [all_of(again, OutcomeKind.IN_DOUBT)], seconds=5)
        assert sending.counts(campaign) == {Status.IN_DOUBT: 50, Status.QUEUED: 10}
        return campaign

    @pytest.fixture
    def sending(self, database: Database) -> CampaignSending:
        return CampaignSending(database, "work")

    def test_they_are_taken_as_sent(self, database: Database, campaign: int, sending: CampaignSending) -> None:
        told: list[tuple[int, int]] = []
        resolving = Resolving(database)
        assert resolving.assume_sent(campaign, lambda: at(6), lambda *how: told.append(how)) == 50
        assert sending.counts(campaign) == {Status.ASSUMED_SENT: 50, Status.QUEUED: 10}
        assert told[-1] == (50, 50)
        assert len(told) > 2
        first = rows(database, campaign)[0]
        assert (first.error, first.updated_at) == (None, at(6))
        assert resolving.assume_sent(campaign, lambda: at(7)) == 0

    def test_they_are_sent_again(self, database: Database, campaign: int, sending: CampaignSending) -> None:
        assert Resolving(database).send_again(campaign, 50, lambda: at(6)) == 50
        claimed = turn(sending, campaign, [60], seconds=7).claimed[0]
        assert sorted(claimed.attempts) == [1] * 10 + [2] * 49 + [3]
        assert claimed.content.text == TEXT
        result = turn(sending, campaign, (), [all_of(claimed, OutcomeKind.IN_DOUBT)], seconds=8)
        assert set(result.statuses[0]) == {Status.IN_DOUBT}

    def test_a_word_is_for_what_was_seen(self, database: Database, campaign: int, sending: CampaignSending) -> None:
        with pytest.raises(Outdated, match="50 messages"):
            Resolving(database).send_again(campaign, 49, lambda: at(6))
        assert sending.counts(campaign) == {Status.IN_DOUBT: 50, Status.QUEUED: 10}

    def test_what_changes_meanwhile_is_left_alone(
        self, database: Database, campaign: int, sending: CampaignSending
    ) -> None:
        last = rows(database, campaign)[49].id

        def progress(done: int, total: int) -> None:
            if done < total and done <= 20:
                Messages(database, "work").assume_sent(last, at(7))

        told = Resolving(database).send_again(campaign, 50, lambda: at(6), progress)
        assert told == 49
        assert sending.counts(campaign) == {Status.ASSUMED_SENT: 1, Status.QUEUED: 59}

    def test_nothing_is_queued_of_a_campaign_that_is_cancelled_meanwhile(
        self, database: Database, campaign: int, sending: CampaignSending, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("mitto_tui.storage.campaign_resolving._AT_ONCE", 20)

        def progress(done: int, total: int) -> None:
            if done < 30:
                Approvals(database).cancel(campaign, lambda: at(7))

        Resolving(database).send_again(campaign, 50, lambda: at(6), progress)
        counts = sending.counts(campaign)
        assert Status.QUEUED not in counts
        assert sum(counts.values()) == 60

    def test_there_must_be_such_a_campaign(self, database: Database) -> None:
        with pytest.raises(UnknownCampaign):
            Resolving(database).assume_sent(99, lambda: T0)


def test_a_report_before_the_word_counts(database: Database) -> None:
    campaign, sending = running(database, 2), CampaignSending(database, "work")
    request = turn(sending, campaign, [2]).claimed[0]
    turn(sending, campaign, (), [all_of(request, OutcomeKind.IN_DOUBT)])
    told = report(token=request.token, receiver=request.recipients[0])
    Reports(database).receive("work", told, "raw", "test", at(3))
    assert Resolving(database).send_again(campaign, 1, lambda: at(4)) == 1
    assert sending.counts(campaign) == {Status.DELIVERED: 1, Status.QUEUED: 1}
