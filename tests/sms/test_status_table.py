"""The table of "The promise" (docs/architecture.md), row by row, and what follows from it."""

from __future__ import annotations

import pytest

from mitto_tui.sms.status import FINAL, Event, EventKind, ReportStatus, State, Status, fold
from tests.sms.histories import (
    NOW,
    accepted,
    assume_sent,
    buffered,
    cancelled,
    claimed,
    delivered,
    expired,
    gave_up,
    in_doubt,
    name,
    never_left,
    no_report,
    queued,
    rejected,
    send_again,
    sent,
    skipped,
    slow_down,
    status_of,
    unauthorised,
    undelivered,
    unknown,
)

DOUBT = [queued(), claimed(), in_doubt()]
SENT = [queued(), claimed(), accepted(), sent(minutes=1)]

TABLE: dict[str, tuple[list[Event], Status]] = {
    "stored": ([queued()], Status.QUEUED),
    "claim committed": ([queued(), claimed()], Status.SENDING),
    "nothing left": ([queued(), claimed(), never_left()], Status.QUEUED),
    "nothing left, tried again": ([queued(), claimed(), never_left(), claimed(2)], Status.SENDING),
    "nothing left, bounded": (
        [queued(), claimed(), never_left(), claimed(2), never_left(2), gave_up(2)],
        Status.FAILED,
    ),
    "accepted": ([queued(), claimed(), accepted()], Status.ACCEPTED),
    "refused in clear words": ([queued(), claimed(), rejected()], Status.REJECTED),
    "401 or 403": ([queued(), claimed(), unauthorised()], Status.QUEUED),
    "429": ([queued(), claimed(), slow_down()], Status.QUEUED),
    "429, then taken": ([queued(), claimed(), slow_down(), claimed(2), accepted(2)], Status.ACCEPTED),
    "the network leaves doubt": (DOUBT, Status.IN_DOUBT),
    "report before the answer": ([queued(), claimed(), unknown()], Status.ACCEPTED),
    "report in doubt": ([*DOUBT, unknown()], Status.ACCEPTED),
    "buffered": ([*DOUBT, buffered()], Status.BUFFERED),
    "sent": ([*DOUBT, sent()], Status.SENT),
    "delivered": ([*DOUBT, delivered()], Status.DELIVERED),
    "undelivered": ([*DOUBT, undelivered()], Status.UNDELIVERED),
    "expired": ([*DOUBT, expired()], Status.EXPIRED),
    "person: assume sent": ([*DOUBT, assume_sent()], Status.ASSUMED_SENT),
    "assumed sent, then a report": ([*DOUBT, assume_sent(), sent()], Status.SENT),
    "person: send again": ([*DOUBT, send_again()], Status.QUEUED),
    "sent again": ([*DOUBT, send_again(), claimed(2)], Status.SENDING),
    "sent again, in doubt again": ([*DOUBT, send_again(), claimed(2), in_doubt(2)], Status.IN_DOUBT),
    "accepted, no final report": ([queued(), claimed(), accepted(), no_report()], Status.NO_REPORT),
    "buffered, no final report": ([queued(), claimed(), accepted(), buffered(), no_report()], Status.NO_REPORT),
    "sent, no final report": ([*SENT, no_report()], Status.NO_REPORT),
    "opted out since": ([queued(), skipped()], Status.SKIPPED),
    "opted out between attempts": ([queued(), claimed(), never_left(), skipped()], Status.SKIPPED),
    "cancelled": ([queued(), cancelled()], Status.CANCELLED),
    "refused, but reported": ([queued(), claimed(), rejected(), delivered()], Status.DELIVERED),
    "no events at all": ([], Status.QUEUED),
}


@pytest.mark.parametrize("name", TABLE)
def test_row_of_the_table(name: str) -> None:
    events, expected = TABLE[name]
    assert fold(events).status is expected


@pytest.mark.parametrize("answer", [accepted(), rejected(), in_doubt(), never_left(), None], ids=name)
@pytest.mark.parametrize("report", list(ReportStatus))
def test_a_report_means_at_least_accepted_whatever_the_answer_was(answer: Event | None, report: ReportStatus) -> None:
    reported = Event(EventKind.REPORT, NOW, 1, report)
    expected = Status.ACCEPTED if report is ReportStatus.UNKNOWN else Status(report)
    for order in ([answer, reported], [reported, answer]):
        assert status_of(queued(), claimed(), *(each for each in order if each)) is expected


@pytest.mark.parametrize("late", [never_left(), unauthorised(), slow_down(), claimed(), in_doubt(), queued()], ids=name)
def test_no_late_bookkeeping_takes_a_doubt_back_into_the_queue(late: Event) -> None:
    assert status_of(*DOUBT, late) is Status.IN_DOUBT


@pytest.mark.parametrize("late", [accepted(), rejected()], ids=name)
def test_an_answer_that_comes_after_all_ends_the_doubt(late: Event) -> None:
    assert status_of(*DOUBT, late) is Status(late.kind)


class TestSendAgain:
    """A person's word is kept to the letter, and no further."""

    @pytest.mark.parametrize("alive", [unknown(), buffered(), sent(), delivered(), accepted()], ids=name)
    def test_a_late_report_stops_the_repeat_where_the_message_is_alive(self, alive: Event) -> None:
        assert status_of(*DOUBT, send_again(), alive) is status_of(alive)
        assert status_of(*DOUBT, send_again(), claimed(2), never_left(2), alive) is status_of(alive)

    @pytest.mark.parametrize("failed", [undelivered(), expired(), rejected()], ids=name)
    def test_a_late_report_of_failure_does_not_stop_it(self, failed: Event) -> None:
        assert status_of(*DOUBT, send_again(), failed) is Status.QUEUED

    @pytest.mark.parametrize("end", [expired(minutes=9), undelivered(minutes=9), no_report()], ids=name)
    def test_once_stopped_it_stays_stopped(self, end: Event) -> None:
        ended = status_of(*SENT, end)
        assert status_of(*DOUBT, send_again(), sent(minutes=1), end) is ended
        assert status_of(*DOUBT, send_again(), end, sent(minutes=1)) is ended
        assert status_of(*DOUBT, send_again(), claimed(2), never_left(2), sent(minutes=1), end) is ended

    def test_a_report_that_straggles_in_after_a_failure_does_not_stop_the_repeat_of_it(self) -> None:
        assert status_of(*SENT, undelivered(minutes=9), send_again(), buffered(minutes=0)) is Status.QUEUED
        assert status_of(*DOUBT, undelivered(minutes=9), send_again(), sent(minutes=1)) is Status.QUEUED

    def test_a_conflicting_delivery_stops_it(self) -> None:
        state = fold([*DOUBT, undelivered(minutes=9), send_again(), delivered(minutes=1)])
        assert state == State(Status.UNDELIVERED, attempts=1, conflicting=(1,))
        assert status_of(*DOUBT, delivered(minutes=1), undelivered(minutes=9), send_again()) is Status.QUEUED

    @pytest.mark.parametrize("ending", [undelivered(), expired(), rejected(), no_report()], ids=name)
    def test_what_has_ended_badly_can_be_sent_again(self, ending: Event) -> None:
        begun = [queued(), claimed()] if ending.kind is EventKind.REJECTED else SENT
        assert status_of(*begun, ending, send_again()) is Status.QUEUED
        assert status_of(*begun, ending, send_again(), claimed(2), unauthorised(2)) is Status.QUEUED
        assert status_of(*begun, ending, send_again(), claimed(2)) is Status.SENDING

    @pytest.mark.parametrize("end", [gave_up(), skipped(), cancelled()], ids=name)
    @pytest.mark.parametrize("word", [send_again(None), send_again(1)], ids=["message", "attempt"])
    def test_what_ended_before_anything_left_can_be_reopened(self, end: Event, word: Event) -> None:
        assert status_of(queued(), claimed(), never_left(), end, word) is Status.QUEUED
        assert status_of(queued(), end, send_again(None)) is Status.QUEUED

    def test_without_an_attempt_it_does_not_settle_a_doubt(self) -> None:
        assert status_of(*DOUBT, send_again(None)) is Status.IN_DOUBT

    @pytest.mark.parametrize("before", [[], [accepted()], [sent()], [delivered()]], ids=name)
    def test_while_the_message_is_alive_it_does_nothing_now_or_later(self, before: list[Event]) -> None:
        events = [queued(), claimed(), *before]
        assert status_of(*events, send_again()) is status_of(*events)
        later = [in_doubt(), no_report(), expired(minutes=1)]
        assert status_of(*events, send_again(), *later) is status_of(*events, *later)

    def test_given_before_a_doubt_it_does_not_settle_it(self) -> None:
        assert status_of(queued(), claimed(), send_again(), in_doubt()) is Status.IN_DOUBT
        assert status_of(queued(), claimed(), never_left(), send_again(), in_doubt()) is Status.IN_DOUBT

    def test_it_counts_for_the_doubts_before_it_and_not_for_the_next(self) -> None:
        twice = [*DOUBT, send_again(1), claimed(2), in_doubt(2)]
        assert status_of(*twice, send_again(1)) is Status.IN_DOUBT
        assert status_of(*twice, send_again(2)) is Status.QUEUED
        assert status_of(*twice, send_again(2), claimed(3), never_left(3)) is Status.QUEUED

    @pytest.mark.parametrize("end", [cancelled(), skipped(), gave_up(2)], ids=name)
    def test_a_repeat_that_is_called_off_leaves_what_was_before(self, end: Event) -> None:
        assert status_of(*DOUBT, send_again(), end) is Status.IN_DOUBT
        assert status_of(*DOUBT, send_again(), claimed(2), never_left(2), end) is Status.IN_DOUBT
        assert status_of(*SENT, no_report(), send_again(), end) is Status.NO_REPORT
        assert status_of(*SENT, undelivered(), send_again(), end) is Status.UNDELIVERED
        assert status_of(*DOUBT, send_again(), end, send_again()) is Status.QUEUED


class TestAssumeSent:
    def test_it_stops_a_repeat_that_has_not_begun(self) -> None:
        assert status_of(*DOUBT, send_again(), assume_sent()) is Status.ASSUMED_SENT
        waiting = [*DOUBT, send_again(), claimed(2), never_left(2)]
        assert status_of(*waiting, assume_sent(2)) is Status.ASSUMED_SENT
        assert status_of(*waiting, assume_sent(1)) is Status.ASSUMED_SENT

    def test_it_settles_all_doubts_up_to_its_attempt(self) -> None:
        twice = [*DOUBT, send_again(1), claimed(2), in_doubt(2)]
        assert status_of(*twice, assume_sent(2)) is Status.ASSUMED_SENT
        assert status_of(*DOUBT, send_again(1), claimed(2), rejected(2), assume_sent(2)) is Status.ASSUMED_SENT
        assert status_of(*twice, Event(EventKind.ASSUMED_SENT, NOW)) is Status.ASSUMED_SENT

    def test_it_does_not_settle_a_doubt_that_comes_after_it(self) -> None:
        assert status_of(*DOUBT, send_again(1), claimed(2), assume_sent(1), in_doubt(2)) is Status.IN_DOUBT
        assert status_of(queued(), claimed(), assume_sent(1), in_doubt()) is Status.IN_DOUBT

    def test_it_can_be_taken_back(self) -> None:
        assert status_of(*DOUBT, assume_sent(), send_again()) is Status.QUEUED

    @pytest.mark.parametrize("known", [rejected(), never_left(), delivered()], ids=name)
    def test_it_hides_nothing_that_is_known(self, known: Event) -> None:
        assert status_of(queued(), claimed(), known, assume_sent()) is status_of(queued(), claimed(), known)


class TestSeveralAttempts:
    """The strongest attempt speaks for the message; a failure never stands before what may have arrived."""

    @pytest.mark.parametrize("second", [rejected(2), undelivered(2), expired(2)], ids=name)
    def test_a_doubt_stands_before_a_failure(self, second: Event) -> None:
        assert status_of(*DOUBT, send_again(), claimed(2), second) is Status.IN_DOUBT

    def test_a_silent_attempt_stands_before_a_failure(self) -> None:
        events = [*SENT, undelivered(), send_again(), claimed(2), accepted(2), no_report(2)]
        assert status_of(*events) is Status.NO_REPORT
        assert status_of(*DOUBT, send_again(), claimed(2), accepted(2), no_report(2)) is Status.NO_REPORT

    def test_what_mitto_took_stands_before_what_a_person_assumed(self) -> None:
        twice = [*DOUBT, send_again(1), claimed(2), in_doubt(2), assume_sent(2)]
        assert status_of(*twice, sent(2), no_report(2)) is Status.NO_REPORT

    def test_a_new_doubt_stands_before_an_old_silence(self) -> None:
        assert status_of(*SENT, no_report(), send_again(), claimed(2), in_doubt(2)) is Status.IN_DOUBT

    def test_a_report_for_either_attempt_ends_the_doubt(self) -> None:
        twice = [*DOUBT, send_again(1), claimed(2), in_doubt(2)]
        assert status_of(*twice, delivered(1)) is Status.DELIVERED
        assert status_of(*twice, sent(2)) is Status.SENT
        assert status_of(*twice, undelivered(1)) is Status.IN_DOUBT

    def test_no_report_reaches_an_earlier_attempt_that_landed(self) -> None:
        assert status_of(*DOUBT, send_again(1), claimed(2), never_left(2), sent(1), no_report(2)) is Status.NO_REPORT

    def test_a_delivery_taken_back_while_another_attempt_runs_is_flagged_and_stays_final(self) -> None:
        state = fold(
            [*DOUBT, send_again(), claimed(2), accepted(2), delivered(1, minutes=1), undelivered(1, minutes=2)]
        )
        assert state == State(Status.DELIVERED, attempts=2, conflicting=(1,))


class TestNoReport:
    def test_it_gives_way_to_a_late_final_report(self) -> None:
        for final in (delivered(), undelivered(), expired()):
            assert status_of(*SENT, no_report(), final) is Status(str(final.report))
            assert status_of(*SENT, final, no_report()) is Status(str(final.report))

    def test_it_does_not_give_way_to_a_late_intermediate_report(self) -> None:
        for intermediate in (buffered(minutes=9), sent(minutes=9), unknown(minutes=9)):
            assert status_of(*SENT, no_report(), intermediate) is Status.NO_REPORT

    @pytest.mark.parametrize(
        "events", [DOUBT, [queued(), claimed()], [queued(), claimed(), rejected()], [queued()]], ids=name
    )
    def test_it_says_nothing_about_what_nobody_waits_for(self, events: list[Event]) -> None:
        assert status_of(*events, no_report()) is status_of(*events)
        assert status_of(*DOUBT, assume_sent(), no_report()) is Status.ASSUMED_SENT


class TestReports:
    def test_final_beats_intermediate_however_new(self) -> None:
        assert status_of(*SENT, delivered(minutes=1), buffered(minutes=99)) is Status.DELIVERED

    def test_the_newest_provider_time_wins_and_the_conflict_is_flagged(self) -> None:
        state = fold([*SENT, expired(minutes=5), delivered(minutes=4)])
        assert state == State(Status.EXPIRED, attempts=1, conflicting=(1,))
        assert fold([*SENT, expired(minutes=5), delivered(minutes=6)]).status is Status.DELIVERED

    def test_a_report_without_a_time_is_older_than_any_with_one(self) -> None:
        assert status_of(*SENT, expired(), delivered(minutes=-9999)) is Status.DELIVERED
        assert status_of(*SENT, delivered(), expired(minutes=-9999)) is Status.EXPIRED

    def test_at_the_same_moment_the_stronger_word_wins(self) -> None:
        assert status_of(*SENT, undelivered(minutes=3), delivered(minutes=3), expired(minutes=3)) is Status.DELIVERED

    def test_an_unknown_word_takes_nothing_back(self) -> None:
        assert status_of(*SENT, unknown(minutes=99)) is Status.SENT
        assert status_of(*SENT, delivered(), unknown(minutes=99)) is Status.DELIVERED
        assert status_of(queued(), claimed(), Event(EventKind.REPORT, NOW, 1)) is Status.ACCEPTED

    def test_a_report_about_the_message_as_a_whole_counts(self) -> None:
        assert status_of(*DOUBT, Event(EventKind.REPORT, NOW, None, ReportStatus.DELIVERED)) is Status.DELIVERED

    def test_agreeing_final_reports_are_no_conflict(self) -> None:
        assert fold([*SENT, delivered(minutes=1), delivered(minutes=2), delivered()]).conflicting == ()


@pytest.mark.parametrize("end", [gave_up(), cancelled(), skipped()], ids=name)
@pytest.mark.parametrize(
    "left", [[], [in_doubt()], [accepted()], [delivered()], [undelivered()], [rejected()]], ids=name
)
def test_what_may_have_left_is_never_called_failed_cancelled_or_skipped(end: Event, left: list[Event]) -> None:
    for order in ([*left, end], [end, *left]):
        assert status_of(queued(), claimed(), *order) is status_of(queued(), claimed(), *left)


def test_only_reports_are_final() -> None:
    assert {status.value for status in FINAL} == {"delivered", "undelivered", "expired"}


def test_the_words_are_the_contracts() -> None:
    words = (
        "queued, sending, accepted, rejected, failed, in_doubt, assumed_sent, buffered, sent, delivered, undelivered, "
        "expired, no_report, skipped, cancelled"
    )
    assert ", ".join(Status) == words
