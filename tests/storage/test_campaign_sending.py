"""Campaigns on their way out: claimed once, by whoever claims, in order; and every answer stored once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from mitto_tui.sms.campaign import Answered, CampaignState, ClaimedRequest, PauseReason
from mitto_tui.sms.reference import new_token
from mitto_tui.sms.status import EventKind, ReportStatus, Status
from mitto_tui.sms.submission import Content, OutcomeKind, WireType
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_claims import _CLAIMED, _QUEUE
from mitto_tui.storage.campaign_resolving import Resolving
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.campaigns import Campaign, Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import CampaignNotAllowed, StoreError, UnknownCampaign, UnknownMessage
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.schema import messages as messages_table

from .builders import OWNER, accepted, at, kinds, new_message, outcome, report, row_of
from .campaign_builders import CONTENT, TEXT, all_accepted, all_of, draft, number, ready, running, turn, with_outcomes


@pytest.fixture
def sending(database: Database) -> CampaignSending:
    return CampaignSending(database, "work")


def campaign_of(database: Database, campaign: int) -> Campaign:
    found = Campaigns(database).get(campaign)
    assert found is not None
    return found


def test_messages_are_claimed_in_the_lists_order_with_one_token_a_request(
    database: Database, sending: CampaignSending, history: History
) -> None:
    campaign = running(database, 7)
    result = turn(sending, campaign, [3, 3, 3, 3])
    assert (result.state, result.more, result.skipped, result.statuses) == (CampaignState.RUNNING, False, 0, [])
    assert [len(request) for request in result.claimed] == [3, 3, 1]
    assert [to for request in result.claimed for to in request.recipients] == [number(index) for index in range(7)]
    assert len({request.token for request in result.claimed}) == 3
    first = result.claimed[0]
    assert first.content == Content("MITTO SMS", TEXT, WireType.GSM, reference="Spring", validity=60)
    assert first.attempts == [1, 1, 1]
    for message_id, to in zip(first.message_ids, first.recipients, strict=True):
        row, (attempt,), (claimed,) = (
            row_of(history, message_id),
            history.attempts(message_id),
            history.timeline(message_id),
        )
        assert (row.status, row.attempts, row.to, row.updated_at) == (Status.SENDING, 1, to, at(2))
        assert (attempt.token, attempt.owner, attempt.lease_until, attempt.claimed_at) == (
            first.token,
            OWNER,
            at(62),
            at(2),
        )
        assert (claimed.event.kind, claimed.event.data) == (EventKind.CLAIMED, {"owner": OWNER})
    assert turn(sending, campaign, [3]).claimed == []


def test_messages_with_texts_of_their_own_never_share_a_request(database: Database, sending: CampaignSending) -> None:
    texts = ["Dear A", "Dear B\x00", "Dear B\x00", "Liebe \udcff", "Grüße", "Grüße"]
    campaign = running(database, 6, texts=texts)
    first, *rest = turn(sending, campaign, [1, 5, 5, 5]).claimed
    assert [request.content.text for request in (first, *rest)] == ["Dear A", "Dear B\x00", "Liebe \udcff", "Grüße"]
    assert [len(request) for request in (first, *rest)] == [1, 2, 1, 2]
    assert [request.content.type for request in rest] == [WireType.GSM, WireType.UNICODE, WireType.UNICODE]


def test_who_opted_out_since_is_skipped(database: Database, sending: CampaignSending, history: History) -> None:
    campaign = running(database, 8)
    opted_out = [number(0), number(2), number(7)]
    OptOuts(database).add_many("work", opted_out, at(1))
    OptOuts(database).add("other", number(3), at(1))
    result = turn(sending, campaign, [2, 4])
    assert [list(request.recipients) for request in result.claimed] == [
        [number(1), number(3)],
        [number(4), number(5), number(6)],
    ]
    assert (result.skipped, result.more) == (3, False)
    skipped = history.page(HistoryFilter(campaign=campaign, statuses=[Status.SKIPPED]))
    assert {row.to for row in skipped} == set(opted_out)
    assert kinds(history, skipped[0].id) == [EventKind.SKIPPED]
    assert history.timeline(skipped[0].id)[0].event.data == {"reason": "opted_out"}


def test_an_opt_out_between_two_attempts_leaves_what_is_known(
    database: Database, sending: CampaignSending, history: History
) -> None:
    campaign = running(database, 2)
    request = turn(sending, campaign, [2]).claimed[0]
    turn(sending, campaign, (), [with_outcomes(request, outcome(OutcomeKind.IN_DOUBT), outcome(OutcomeKind.SLOW_DOWN))])
    Resolving(database).send_again(campaign, 1, lambda: at(3))
    OptOuts(database).add_many("work", request.recipients, at(3))
    assert turn(sending, campaign, [2], seconds=4).skipped == 2
    first, second = (row_of(history, message_id).status for message_id in request.message_ids)
    assert (first, second) == (Status.IN_DOUBT, Status.SKIPPED)


def test_a_list_of_nothing_but_opt_outs_takes_several_turns(
    database: Database, sending: CampaignSending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitto_tui.storage.campaign_claims._SKIPPED_AT_ONCE", 200)
    campaign = running(database, 500)
    OptOuts(database).add_many("work", [number(index) for index in range(499)], at(1))
    turns = [turn(sending, campaign, [10])]
    while turns[-1].more:
        assert turns[-1].claimed == []
        turns.append(turn(sending, campaign, [10]))
    assert sum(one.skipped for one in turns) == 499
    assert len(turns) > 2
    assert [list(request.recipients) for request in turns[-1].claimed] == [[number(499)]]


def test_only_the_first_few_are_claimed_when_that_is_asked_for(database: Database, sending: CampaignSending) -> None:
    campaign = ready(database, 9)
    Messages(database, "work").add(new_message(), at(1))
    sending.begin_work(campaign, owner=OWNER, at=at(1))
    result = turn(sending, campaign, [3, 3], first=4)
    assert [len(request) for request in result.claimed] == [3, 1]
    assert result.more is False
    again = with_outcomes(result.claimed[1], outcome(OutcomeKind.SLOW_DOWN))
    assert turn(sending, campaign, (), [again], first=4).more is True
    assert sending.counts(campaign) == {Status.SENDING: 3, Status.QUEUED: 6}
    assert sending.counts(campaign, first=4) == {Status.SENDING: 3, Status.QUEUED: 1}
    assert sending.counts(campaign, first=0) == {}
    assert sending.counts(campaign, first=10**30) == sending.counts(campaign)
    assert [len(request) for request in turn(sending, campaign, [9], first=100).claimed] == [6]


def test_what_comes_back_is_told_side_by_side(database: Database, sending: CampaignSending, history: History) -> None:
    campaign = running(database, 6)
    one, two = turn(sending, campaign, [4, 2]).claimed
    answered = [
        all_accepted(two),
        with_outcomes(
            one,
            accepted("ID-0"),
            outcome(OutcomeKind.REJECTED, response_code=8),
            outcome(OutcomeKind.NEVER_LEFT),
            outcome(OutcomeKind.IN_DOUBT),
        ),
    ]
    result = turn(sending, campaign, [5], answered)
    assert result.statuses == [
        [Status.ACCEPTED, Status.ACCEPTED],
        [Status.ACCEPTED, Status.REJECTED, Status.QUEUED, Status.IN_DOUBT],
    ]
    (again,) = result.claimed
    assert (list(again.message_ids), list(again.attempts)) == ([one.message_ids[2]], [2])
    assert again.token not in (one.token, two.token)
    assert row_of(history, one.message_ids[0]).mitto_id == "ID-0"
    assert row_of(history, one.message_ids[1]).error == "It was rejected."


def test_storing_the_same_answer_again_changes_nothing(
    database: Database, sending: CampaignSending, history: History
) -> None:
    campaign = running(database, 6)
    request = turn(sending, campaign, [6]).claimed[0]
    outcomes = [outcome(kind, mitto_id="ID" if kind is OutcomeKind.ACCEPTED else None) for kind in OutcomeKind]
    answered = Answered(request, outcomes, frozenset(request.message_ids[-2:]))
    first = turn(sending, campaign, (), [answered])

    def stored() -> list[object]:
        return [(row_of(history, one), history.timeline(one)) for one in request.message_ids]

    before = stored()
    assert turn(sending, campaign, (), [answered], seconds=9).statuses == first.statuses
    assert turn(sending, campaign, (), [answered, answered], seconds=9).statuses == [*first.statuses] * 2
    assert stored() == before
    again = turn(sending, campaign, [6], [answered], seconds=10)  # and when it has been claimed anew meanwhile
    late = turn(sending, campaign, (), [answered], seconds=11)
    assert [len(one) for one in again.claimed] == [len(before) - sum(s is not Status.QUEUED for s in first.statuses[0])]
    claimed = {one for request in again.claimed for one in request.message_ids}
    assert {one for one, s in zip(request.message_ids, late.statuses[0], strict=True) if s is Status.SENDING} == claimed


def test_the_same_answer_twice_in_one_turn_counts_once(
    database: Database, sending: CampaignSending, history: History
) -> None:
    campaign = running(database, 2)
    answered = all_accepted(turn(sending, campaign, [2]).claimed[0])
    result = turn(sending, campaign, (), [answered, answered])
    assert result.statuses == [[Status.ACCEPTED] * 2] * 2
    assert kinds(history, answered.request.message_ids[0]) == [EventKind.CLAIMED, EventKind.ACCEPTED]


def test_what_is_given_up_has_failed(database: Database, sending: CampaignSending, history: History) -> None:
    campaign = running(database, 3)
    request = turn(sending, campaign, [3]).claimed[0]
    never, there = outcome(OutcomeKind.NEVER_LEFT, detail="No way."), accepted()
    given_up = frozenset({request.message_ids[0], request.message_ids[2]})
    result = turn(sending, campaign, (), [Answered(request, [never, never, there], given_up)])
    assert result.statuses == [[Status.FAILED, Status.QUEUED, Status.ACCEPTED]]
    row = row_of(history, request.message_ids[0])
    assert (row.status, row.error) == (Status.FAILED, "No way.")
    assert kinds(history, row.id) == [EventKind.CLAIMED, EventKind.NEVER_LEFT, EventKind.GAVE_UP]


def test_an_answer_after_its_lease_ran_out_still_counts(
    database: Database, sending: CampaignSending, messages: Messages, history: History
) -> None:
    campaign = running(database, 2)
    request = turn(sending, campaign, [2]).claimed[0]
    assert messages.abandoned(lambda owner: True, at(100)) == list(request.message_ids)
    result = turn(sending, campaign, (), [all_accepted(request)], seconds=101)
    assert result.statuses == [[Status.ACCEPTED] * 2]
    assert row_of(history, request.message_ids[0]).status is Status.ACCEPTED


def test_reports_that_came_before_the_answer_are_given_to_it(
    database: Database, sending: CampaignSending, reports: Reports, history: History
) -> None:
    campaign = running(database, 3)
    for some in ("other-1", "other-2"):
        reports.receive("work", report(mitto_id=some), "raw", "test", at(2))
    request = turn(sending, campaign, [3]).claimed[0]
    early = reports.receive("work", report(mitto_id="ID-1"), "raw", "test", at(3))
    foreign = reports.receive("other", report(mitto_id="ID-2"), "raw", "test", at(3))
    assert early.message_id is foreign.message_id is None
    answered = with_outcomes(request, accepted("ID-0"), accepted("id-1"), accepted("ID-2"))
    result = turn(sending, campaign, (), [answered], seconds=4)
    assert result.statuses == [[Status.ACCEPTED, Status.DELIVERED, Status.ACCEPTED]]
    assert row_of(history, request.message_ids[1]).status is Status.DELIVERED
    assert [row.id for row in history.reports(request.message_ids[1])] == [early.report_id]


def test_nothing_is_claimed_of_what_does_not_run(database: Database, sending: CampaignSending) -> None:
    campaign = ready(database, 4)
    assert turn(sending, campaign, [4]).claimed == ()
    sending.begin_work(campaign, owner=OWNER, at=at(1))
    request = turn(sending, campaign, [1]).claimed[0]
    state = sending.pause(campaign, at=at(2), reason=PauseReason.PERSON, detail="")
    assert state is CampaignState.PAUSED
    result = turn(sending, campaign, [4], [all_accepted(request)])
    assert (result.state, result.claimed, result.more) == (CampaignState.PAUSED, (), True)
    assert result.statuses == [[Status.ACCEPTED]]


def test_another_profiles_campaign_is_never_touched(database: Database) -> None:
    campaign = running(database, 2)
    other = CampaignSending(database, "other")
    calls = (
        lambda: turn(other, campaign, [1]),
        lambda: other.begin_work(campaign, owner=OWNER, at=at(1)),
        lambda: other.end_work(campaign, owner=OWNER, at=at(1)),
        lambda: other.pause(campaign, at=at(1), reason=PauseReason.PERSON, detail=""),
        lambda: other.counts(campaign),
    )
    for call in calls:
        with pytest.raises(UnknownCampaign, match="profile"):
            call()
    with pytest.raises(UnknownCampaign):
        other.counts(10**30)


def test_an_answer_on_anything_else_is_refused_and_nothing_of_the_turn_is_stored(
    database: Database, sending: CampaignSending, messages: Messages, history: History
) -> None:
    campaign, elsewhere = running(database, 2), running(database, 2)
    mine, theirs = turn(sending, campaign, [1]).claimed[0], turn(sending, elsewhere, [1]).claimed[0]
    forged = ClaimedRequest(new_token(), mine.content, mine.message_ids, mine.recipients, mine.attempts)
    unknown = ClaimedRequest(mine.token, mine.content, [10**6], mine.recipients, mine.attempts)
    for wrong in (theirs, forged, unknown):
        with pytest.raises(UnknownMessage):
            turn(sending, campaign, [1], [all_accepted(mine), all_accepted(wrong)])
    assert row_of(history, mine.message_ids[0]).status is Status.SENDING
    assert sending.counts(campaign) == {Status.SENDING: 1, Status.QUEUED: 1}


@contextmanager
def two_programs(path: Path) -> Iterator[list[CampaignSending]]:
    with Database.open(path) as one, Database.open(path) as two:
        yield [CampaignSending(one, "work"), CampaignSending(two, "work")]


def test_of_programs_that_claim_at_once_each_gets_others(path: Path, database: Database) -> None:
    rows, threads = 600, 4
    campaign = running(database, rows)
    claimed: list[ClaimedRequest] = []
    failures: list[BaseException] = []
    start = threading.Barrier(threads)

    with two_programs(path) as programs:

        def work(index: int) -> None:
            mine: list[ClaimedRequest] = []
            start.wait()
            try:
                result = turn(programs[index % 2], campaign, [7, 1, 12], owner=f"owner {index}")
                while result.claimed:
                    mine += result.claimed
                    answered = [all_accepted(request) for request in result.claimed]
                    result = turn(programs[index % 2], campaign, [7, 1, 12], answered, owner=f"owner {index}")
            except BaseException as error:
                failures.append(error)
            claimed.extend(mine)

        workers = [threading.Thread(target=work, args=(index,)) for index in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert failures == []
    times = Counter(message_id for request in claimed for message_id in request.message_ids)
    assert len(times) == rows
    assert set(times.values()) == {1}
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*), max(number) FROM attempts").one() == (rows, 1)
    assert CampaignSending(database, "work").counts(campaign) == {Status.ACCEPTED: rows}


def test_a_running_campaigns_message_is_claimed_by_its_turn_alone(
    database: Database, sending: CampaignSending, messages: Messages
) -> None:
    campaign = running(database, 1)
    with database.read() as connection:
        (message_id,) = connection.scalars(select(messages_table.c.id))
    known = {"token": new_token(), "owner": OWNER, "lease_until": at(60), "at": at(2)}
    assert messages.claim(message_id, **known) is None  # type: ignore[arg-type]  # a mapping of mixed values
    sending.pause(campaign, at=at(2), reason=PauseReason.PERSON, detail="")
    claimed = messages.claim(message_id, **known)  # type: ignore[arg-type]  # a mapping of mixed values
    assert claimed is not None
    sending.begin_work(campaign, owner=OWNER, at=at(3))
    assert turn(sending, campaign, [1]).claimed == []


def test_the_queue_is_read_from_an_index(database: Database) -> None:
    """However much of a million is done, the next ones are found at once."""
    with database.read() as connection:
        plan = list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {_QUEUE}", (1, 0, 10, 100)))
        update = f"EXPLAIN QUERY PLAN UPDATE messages SET status = 'sending' WHERE {_CLAIMED}"
        plan += list(connection.exec_driver_sql(update, (1, 0, 10)))
    shown = "\n".join(str(row[3]) for row in plan)
    by_status = "messages_of_campaign_by_status (campaign=? AND status=? AND"
    assert shown.count(by_status) == 2, shown
    assert "TEMP B-TREE" not in shown


class TestWork:
    """Who sends it, and what state that leaves it in."""

    def test_it_runs_and_is_finished(self, database: Database, sending: CampaignSending) -> None:
        campaign = ready(database, 2)
        assert sending.begin_work(campaign, owner=OWNER, at=at(1)) is CampaignState.RUNNING
        request = turn(sending, campaign, [2]).claimed[0]
        found = campaign_of(database, campaign)
        assert (found.state, found.started_at, found.finished_at) == (CampaignState.RUNNING, at(1), None)
        turn(sending, campaign, (), [with_outcomes(request, accepted(), outcome(OutcomeKind.IN_DOUBT))])
        assert sending.end_work(campaign, owner=OWNER, at=at(5)) is CampaignState.FINISHED
        found = campaign_of(database, campaign)
        assert (found.state, found.started_at, found.finished_at) == (CampaignState.FINISHED, at(1), at(5))
        with pytest.raises(CampaignNotAllowed, match="finished"):
            sending.begin_work(campaign, owner=OWNER, at=at(6))
        assert Resolving(database).send_again(campaign, 1, lambda: at(7)) == 1
        assert sending.begin_work(campaign, owner=OWNER, at=at(8)) is CampaignState.RUNNING
        found = campaign_of(database, campaign)
        assert (found.state, found.started_at, found.finished_at) == (CampaignState.RUNNING, at(1), None)
        again = turn(sending, campaign, [2], seconds=9).claimed
        assert [list(one.message_ids) for one in again] == [[request.message_ids[1]]]

    def test_a_pause_keeps_its_reason_until_it_is_resumed(self, database: Database, sending: CampaignSending) -> None:
        campaign = running(database, 2)
        ended = sending.end_work(campaign, owner=OWNER, at=at(2), pause=PauseReason.REJECTIONS, detail="Too many.")
        assert ended is CampaignState.PAUSED
        found = campaign_of(database, campaign)
        assert (found.reason, found.detail) == (PauseReason.REJECTIONS, "Too many.")
        other = {"at": at(3), "reason": PauseReason.PERSON, "detail": "Enough."}
        assert sending.pause(campaign, **other) is CampaignState.PAUSED  # type: ignore[arg-type]  # mixed values
        assert campaign_of(database, campaign).reason is PauseReason.REJECTIONS
        sending.begin_work(campaign, owner=OWNER, at=at(4))
        found = campaign_of(database, campaign)
        assert (found.reason, found.detail) == (None, "")

    def test_what_others_have_under_way_is_waited_for(self, database: Database, sending: CampaignSending) -> None:
        campaign = running(database, 2)
        sending.begin_work(campaign, owner="other", at=at(1))
        mine = turn(sending, campaign, [1]).claimed[0]
        theirs = turn(sending, campaign, [1], owner="other").claimed[0]
        turn(sending, campaign, (), [all_accepted(mine)])
        assert sending.end_work(campaign, owner=OWNER, at=at(3)) is CampaignState.RUNNING
        turn(sending, campaign, (), [all_accepted(theirs)], owner="other")
        assert sending.end_work(campaign, owner="other", at=at(4)) is CampaignState.FINISHED

    @pytest.mark.parametrize("living", [True, False])
    def test_closing_one_of_two_programs_pauses_nothing(self, database: Database, living: bool) -> None:
        campaign = running(database, 2)
        sending = CampaignSending(database, "work", lambda owner: living)
        sending.begin_work(campaign, owner="other", at=at(1))
        ended = sending.end_work(campaign, owner=OWNER, at=at(3), pause=PauseReason.CLOSED, detail="Closed.")
        assert ended is (CampaignState.RUNNING if living else CampaignState.PAUSED)
        if living:
            ended = sending.end_work(campaign, owner="other", at=at(3), pause=PauseReason.CLOSED, detail="Closed.")
            assert ended is CampaignState.PAUSED

    def test_a_pause_when_nothing_is_left_is_its_end(self, database: Database, sending: CampaignSending) -> None:
        campaign = running(database, 1)
        request = turn(sending, campaign, [1]).claimed[0]
        sending.pause(campaign, at=at(2), reason=PauseReason.PERSON, detail="")
        other = sending.end_work(campaign, owner="other", at=at(2))
        turn(sending, campaign, (), [all_accepted(request)])
        assert other is CampaignState.PAUSED
        assert sending.end_work(campaign, owner=OWNER, at=at(3)) is CampaignState.FINISHED

    def test_how_many_programs_send_at_once_is_known(self, database: Database) -> None:
        one, two = running(database, 2), running(database, 2)
        running(database, 2, profile="other")
        sending = CampaignSending(database, "work", lambda owner: owner != "dead")
        assert turn(sending, one).programs == 1
        for owner in ("dead", "living"):
            sending.begin_work(two, owner=owner, at=at(1))
        assert turn(sending, one).programs == 2
        sending.pause(two, at=at(2), reason=PauseReason.PERSON, detail="")
        assert turn(sending, one).programs == 1

    def test_any_other_pause_is_for_everybody(self, database: Database, sending: CampaignSending) -> None:
        campaign = running(database, 2)
        sending.begin_work(campaign, owner="other", at=at(1))
        ended = sending.end_work(campaign, owner=OWNER, at=at(3), pause=PauseReason.UNAUTHORISED, detail="No.")
        assert ended is CampaignState.PAUSED
        assert sending.end_work(campaign, owner="other", at=at(3)) is CampaignState.PAUSED

    def test_only_what_is_approved_is_sent(self, database: Database, sending: CampaignSending) -> None:
        campaign = draft(database, 2).id
        with pytest.raises(CampaignNotAllowed, match="draft") as caught:
            sending.begin_work(campaign, owner=OWNER, at=at(1))
        assert caught.value.state is CampaignState.DRAFT
        cancelled = ready(database, 2)
        Approvals(database).cancel(cancelled, lambda: at(1))
        with pytest.raises(StoreError, match="cancelled"):
            sending.begin_work(cancelled, owner=OWNER, at=at(1))


def test_what_comes_back_to_a_cancelled_campaign_is_cancelled(
    database: Database, sending: CampaignSending, history: History
) -> None:
    campaign = running(database, 4)
    request = turn(sending, campaign, [3]).claimed[0]
    assert Approvals(database).cancel(campaign, lambda: at(3)) == 1
    outcomes = [accepted(), outcome(OutcomeKind.SLOW_DOWN), outcome(OutcomeKind.NEVER_LEFT, detail="No way.")]
    given_up = frozenset({request.message_ids[2]})
    result = turn(sending, campaign, [2], [Answered(request, outcomes, given_up)])
    assert result.state is CampaignState.CANCELLED
    assert result.statuses == [[Status.ACCEPTED, Status.CANCELLED, Status.FAILED]]
    assert (result.claimed, result.more) == ((), False)
    assert sending.end_work(campaign, owner=OWNER, at=at(5)) is CampaignState.CANCELLED


def test_a_report_on_a_message_in_doubt_tells_its_own_status_only(
    database: Database, sending: CampaignSending, reports: Reports
) -> None:
    campaign = running(database, 3)
    request = turn(sending, campaign, [3]).claimed[0]
    turn(sending, campaign, (), [all_of(request, OutcomeKind.IN_DOUBT)])
    told = report(ReportStatus.DELIVERED, token=request.token, receiver=request.recipients[1])
    applied = reports.receive("work", told, "raw", "test", at(9))
    assert (applied.message_id, applied.status) == (request.message_ids[1], Status.DELIVERED)
    assert sending.counts(campaign) == {Status.IN_DOUBT: 2, Status.DELIVERED: 1}
    assert CONTENT.reference == "Spring"
