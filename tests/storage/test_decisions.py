"""What people decide about messages, and what time does to them."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest

from mitto_tui.sms.status import EventKind, ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import NotAllowed, Outdated
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports

from .builders import T0, accepted, at, claim, kinds, new_message, outcome, report, row_of, sent


def test_in_doubt_can_be_taken_as_sent(messages: Messages, history: History) -> None:
    begun = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    assert messages.assume_sent(begun.message_id, at(3)) is Status.ASSUMED_SENT
    assert row_of(history, begun.message_id).error is None
    with pytest.raises(NotAllowed, match="assumed sent, so it can't be sent again"):
        messages.send_again(begun.message_id, at(4))


def test_what_is_taken_as_sent_is_not_repeated_whatever_else_waits(messages: Messages, history: History) -> None:
    first = sent(messages, outcome(OutcomeKind.NEVER_LEFT))
    second = claim(messages, first.message_id, 3)
    messages.record(second, outcome(OutcomeKind.NEVER_LEFT), at(4))
    assert messages.record(first, outcome(OutcomeKind.IN_DOUBT), at(5)) is Status.IN_DOUBT
    assert messages.assume_sent(first.message_id, at(6)) is Status.ASSUMED_SENT


def test_in_doubt_can_be_sent_again(messages: Messages, history: History) -> None:
    first = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    assert messages.send_again(first.message_id, at(3)) is Status.QUEUED
    assert row_of(history, first.message_id).error is None
    second = claim(messages, first.message_id, 4)
    assert second.attempt == 2
    assert second.token != first.token
    assert messages.record(second, accepted("second"), at(5)) is Status.ACCEPTED
    assert messages.record(first, accepted("first"), at(6)) is Status.ACCEPTED
    assert row_of(history, first.message_id).mitto_id == "second"  # both landed: the newest one's id is shown


def test_two_doubts_are_decided_together(messages: Messages) -> None:
    first = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    messages.send_again(first.message_id, at(3))
    second = claim(messages, first.message_id, 4)
    assert messages.record(second, outcome(OutcomeKind.IN_DOUBT), at(5)) is Status.IN_DOUBT
    assert messages.send_again(first.message_id, at(6)) is Status.QUEUED
    third = claim(messages, first.message_id, 7)
    messages.record(third, outcome(OutcomeKind.NEVER_LEFT), at(8))
    assert messages.give_up(first.message_id, 3, "No way out.", at(9)) is Status.IN_DOUBT
    assert messages.assume_sent(first.message_id, at(10)) is Status.ASSUMED_SENT


def test_a_word_is_for_what_was_seen(messages: Messages) -> None:
    """Two people look at the same doubt: only the first one's "send again" counts."""
    first = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    messages.send_again(first.message_id, at(3), seen=1)
    second = claim(messages, first.message_id, 4)
    assert messages.record(second, outcome(OutcomeKind.IN_DOUBT), at(5)) is Status.IN_DOUBT
    with pytest.raises(Outdated, match="sent again in the meantime"):
        messages.send_again(first.message_id, at(6), seen=1)
    assert messages.status(first.message_id) is Status.IN_DOUBT
    assert messages.send_again(first.message_id, at(7), seen=2) is Status.QUEUED


@pytest.mark.parametrize("status", [Status.UNDELIVERED, Status.EXPIRED])
def test_what_did_not_arrive_can_be_sent_again(messages: Messages, reports: Reports, status: Status) -> None:
    begun = sent(messages, accepted())
    reports.receive("work", report(ReportStatus(status.value), token=begun.token), "raw", "test", at(3))
    assert messages.send_again(begun.message_id, at(4)) is Status.QUEUED


def test_what_was_refused_or_never_left_can_be_sent_again(messages: Messages) -> None:
    refused = sent(messages, outcome(OutcomeKind.REJECTED))
    assert messages.send_again(refused.message_id, at(4)) is Status.QUEUED
    failed = sent(messages, outcome(OutcomeKind.NEVER_LEFT))
    messages.give_up(failed.message_id, 1, "gone", at(3))
    assert messages.send_again(failed.message_id, at(4)) is Status.QUEUED
    unsent = messages.add(new_message(), T0)
    messages.give_up(unsent, 0, "no key", at(3))
    assert messages.send_again(unsent, at(4)) is Status.QUEUED


def test_decisions_are_refused_where_they_make_no_sense(messages: Messages, history: History) -> None:
    queued = messages.add(new_message(), T0)
    sending = claim(messages, messages.add(new_message(), T0)).message_id
    done = sent(messages, accepted()).message_id
    doubtful = sent(messages, outcome(OutcomeKind.IN_DOUBT)).message_id
    cancelled = messages.add(new_message(), T0)
    assert messages.cancel(cancelled, at(1)) is Status.CANCELLED
    before = {number: kinds(history, number) for number in (queued, sending, done, doubtful, cancelled)}
    allowed = {messages.cancel: {queued}, messages.assume_sent: {doubtful}, messages.send_again: {doubtful}}
    for decide, possible in allowed.items():
        for message_id in before.keys() - possible:
            with pytest.raises(NotAllowed) as caught:
                decide(message_id, at(9))
            assert caught.value.status is row_of(history, message_id).status
            assert caught.value.status.value.replace("_", " ") in caught.value.message
    assert {number: kinds(history, number) for number in before} == before


def test_cancelling_a_repeat_brings_back_what_was(messages: Messages) -> None:
    begun = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    messages.send_again(begun.message_id, at(3))
    assert messages.cancel(begun.message_id, at(4)) is Status.IN_DOUBT


def test_attempts_that_nobody_finishes_come_into_doubt(
    messages: Messages, database: Database, history: History
) -> None:
    dead = claim(messages, messages.add(new_message(), T0), owner="dead").message_id
    alive = claim(messages, messages.add(new_message(), T0), owner="alive").message_id
    expired = claim(messages, messages.add(new_message(), T0), seconds=-100, owner="alive").message_id
    elsewhere = claim(Messages(database, "other"), Messages(database, "other").add(new_message(), T0), owner="dead")
    done = sent(messages, accepted(), text="done").message_id
    queued = messages.add(new_message(), T0)
    asked: list[str] = []

    def is_alive(owner: str) -> bool:
        asked.append(owner)
        return owner == "alive"

    assert messages.abandoned(is_alive, at(10)) == [dead, expired, elsewhere.message_id]
    assert sorted(asked) == ["alive", "dead"]
    statuses = {number: row_of(history, number).status for number in (dead, alive, expired, done, queued)}
    assert statuses == {
        dead: Status.IN_DOUBT,
        alive: Status.SENDING,
        expired: Status.IN_DOUBT,
        done: Status.ACCEPTED,
        queued: Status.QUEUED,
    }
    errors = [row_of(history, number).error or "" for number in (dead, expired)]
    assert all("may or may not have been sent" in error for error in errors)
    assert ["ended" in error for error in errors] == [True, False]
    (attempt,) = history.attempts(dead)
    assert (attempt.outcome, attempt.reason, attempt.finished_at) == (OutcomeKind.IN_DOUBT, "abandoned", at(10))
    assert messages.abandoned(is_alive, at(11)) == []


def test_an_owner_that_comes_back_late_is_still_heard(messages: Messages, history: History) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    assert messages.abandoned(lambda owner: False, at(2)) == [begun.message_id]
    assert messages.record(begun, accepted("late"), at(3)) is Status.ACCEPTED
    row = row_of(history, begun.message_id)
    assert (row.mitto_id, row.error) == ("late", None)
    (attempt,) = history.attempts(begun.message_id)
    assert (attempt.outcome, attempt.reason) == (OutcomeKind.ACCEPTED, "because_accepted")


def test_an_owner_that_comes_back_cannot_requeue_what_came_into_doubt(messages: Messages) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    messages.abandoned(lambda owner: False, at(2))
    assert messages.record(begun, outcome(OutcomeKind.NEVER_LEFT), at(3)) is Status.IN_DOUBT


def test_an_outcome_recorded_in_the_meantime_wins(messages: Messages, history: History) -> None:
    """The owner answers between the question whether it lives and the decision."""
    begun = claim(messages, messages.add(new_message(), T0))

    def is_alive(owner: str) -> bool:
        messages.record(begun, accepted(), at(2))
        return False

    assert messages.abandoned(is_alive, at(3)) == []
    assert EventKind.IN_DOUBT not in kinds(history, begun.message_id)


def test_an_abandoned_attempt_that_a_report_speaks_of_is_not_in_doubt(
    messages: Messages, reports: Reports, history: History
) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    reports.receive("work", report(token=begun.token), "raw", "test", at(2))
    assert messages.abandoned(lambda owner: False, at(3)) == []
    assert row_of(history, begun.message_id).status is Status.DELIVERED


def test_a_great_many_abandoned_attempts(messages: Messages, history: History) -> None:
    many = [claim(messages, messages.add(new_message(), T0)).message_id for _ in range(201)]
    assert messages.abandoned(lambda owner: False, at(3)) == many
    assert history.by_status("work") == {Status.IN_DOUBT: 201}


def test_waiting_for_a_report_ends_a_day_after_the_validity(
    messages: Messages, reports: Reports, history: History
) -> None:
    usual = sent(messages, accepted("1"))
    short = sent(messages, accepted("2"), validity=60)
    buffered = sent(messages, accepted("3"), validity=60)
    reports.receive("work", report(ReportStatus.BUFFERED, token=buffered.token), "raw", "test", at(3))
    delivered = sent(messages, accepted("4"), validity=60)
    reports.receive("work", report(token=delivered.token), "raw", "test", at(3))
    tried = sent(messages, accepted("5", test=True), validity=60, test=True)
    doubtful = sent(messages, outcome(OutcomeKind.IN_DOUBT), validity=60)

    claimed_at = at(1)
    assert messages.overdue(claimed_at + timedelta(hours=25) - timedelta(microseconds=1)) == []
    assert messages.overdue(claimed_at + timedelta(hours=25)) == [short.message_id, buffered.message_id]
    assert messages.overdue(claimed_at + timedelta(hours=71)) == []
    assert messages.overdue(claimed_at + timedelta(hours=72), most=0) == []
    assert messages.overdue(claimed_at + timedelta(hours=72)) == [usual.message_id]
    assert {claim.message_id: row_of(history, claim.message_id).status for claim in (delivered, tried, doubtful)} == {
        delivered.message_id: Status.DELIVERED,
        tried.message_id: Status.ACCEPTED,
        doubtful.message_id: Status.IN_DOUBT,
    }
    assert row_of(history, short.message_id).status is Status.NO_REPORT
    reports.receive("work", report(token=short.token), "raw", "test", at(10**6))  # better late than never
    assert row_of(history, short.message_id).status is Status.DELIVERED
    assert messages.send_again(usual.message_id, at(10**6)) is Status.QUEUED


def test_only_so_many_at_a_time_stop_waiting(messages: Messages, history: History) -> None:
    ids = [sent(messages, accepted(str(index)), validity=60).message_id for index in range(5)]
    late = at(10**6)
    stopped = [messages.overdue(late, most=2) for _ in range(4)]
    assert [len(some) for some in stopped] == [2, 2, 1, 0]
    assert sorted(chain.from_iterable(stopped)) == ids
    assert kinds(history, ids[0])[-1] is EventKind.NO_REPORT
    assert {row_of(history, message_id).updated_at for message_id in ids} == {late}


def test_waiting_ends_for_a_message_that_was_repeated_too(
    messages: Messages, reports: Reports, history: History
) -> None:
    first = sent(messages, outcome(OutcomeKind.IN_DOUBT), validity=60)
    messages.send_again(first.message_id, at(3))
    reports.receive("work", report(ReportStatus.BUFFERED, token=first.token), "raw", "test", at(4))
    assert row_of(history, first.message_id).status is Status.BUFFERED
    assert messages.overdue(at(10**6)) == [first.message_id]
    assert row_of(history, first.message_id).status is Status.NO_REPORT
