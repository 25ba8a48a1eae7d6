"""Delivery reports: each is kept as it came, matched to its attempt whenever that is possible, and folded."""

from __future__ import annotations

from itertools import permutations

import pytest

from mitto_tui.sms.reference import new_token
from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import EventKind, ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.rows import AppliedReport

from .builders import T0, accepted, at, claim, new_message, outcome, report, sent

ID = "d88ae721-2938-45af-b8a0-b8de4231f702"


def status_of(history: History, message_id: int) -> Status:
    row = history.get(message_id)
    assert row is not None
    return row.status


def test_a_report_is_matched_by_its_token(messages: Messages, reports: Reports, history: History) -> None:
    begun = sent(messages, accepted())
    applied = reports.receive("work", report(token=begun.token), "raw", "GET", at(3))
    assert applied == AppliedReport(applied.report_id, begun.message_id, Status.DELIVERED, changed=True)
    assert status_of(history, begun.message_id) is Status.DELIVERED


@pytest.mark.parametrize("spelling", [ID, ID.upper(), ID.replace("-", ""), f" {ID} "])
def test_a_report_is_matched_by_mittos_id_however_it_is_spelled(
    messages: Messages, reports: Reports, spelling: str
) -> None:
    begun = sent(messages, accepted(ID))
    applied = reports.receive("work", report(mitto_id=spelling), "raw", "GET", at(3))
    assert (applied.message_id, applied.status) == (begun.message_id, Status.DELIVERED)


def test_everything_in_a_report_is_kept(messages: Messages, reports: Reports, history: History) -> None:
    begun = sent(messages, accepted(ID))
    received = DeliveryReport(
        status=ReportStatus.UNDELIVERED,
        status_text="FAILED\x1b[2J",
        mitto_id=ID,
        token=begun.token,
        reference=f"Spring #{begun.token}",
        receiver="491725551234",
        error_code="27",
        mccmnc="26201",
        provider_time=at(2.5),
    )
    applied = reports.receive("work", received, '{"status": "FAILED"}', "POST json", at(3))
    (row,) = history.reports(begun.message_id)
    assert row.id == applied.report_id
    assert (row.profile, row.source, row.received_at, row.raw) == ("work", "POST json", at(3), '{"status": "FAILED"}')
    assert (row.message_id, row.attempt) == (begun.message_id, 1)
    for name in ("status", "status_text", "mitto_id", "reference", "receiver", "error_code", "mccmnc", "provider_time"):
        assert getattr(row, name) == getattr(received, name)
    entry = history.timeline(begun.message_id)[-1]
    assert entry.report == row
    assert (entry.event.report, entry.event.provider_time) == (ReportStatus.UNDELIVERED, at(2.5))
    message = history.get(begun.message_id)
    assert message is not None
    assert message.error == "The network could not deliver the message (FAILED␛[2J, error 27)."


def test_a_report_for_nobody_is_kept_until_an_attempt_learns_its_id(
    messages: Messages, reports: Reports, history: History
) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    early = reports.receive("work", report(mitto_id=ID.upper()), "raw", "GET", at(1.5))
    assert early == AppliedReport(early.report_id, None, None, changed=False)
    assert [row.id for row in history.unmatched_reports("work")] == [early.report_id]
    assert messages.record(begun, accepted(ID), at(2)) is Status.DELIVERED
    assert history.unmatched_reports("work") == []
    (row,) = history.reports(begun.message_id)
    assert (row.id, row.received_at, row.attempt) == (early.report_id, at(1.5), 1)
    kinds = [entry.event.kind for entry in history.timeline(begun.message_id)]
    assert kinds == [EventKind.QUEUED, EventKind.CLAIMED, EventKind.ACCEPTED, EventKind.REPORT]


def test_many_early_reports_are_matched_at_once(messages: Messages, reports: Reports, history: History) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    for status in (ReportStatus.BUFFERED, ReportStatus.SENT, ReportStatus.DELIVERED):
        reports.receive("work", report(status, mitto_id=ID), "raw", "GET", at(1.5))
    reports.receive("work", report(mitto_id="another"), "raw", "GET", at(1.5))
    assert messages.record(begun, accepted(ID), at(2)) is Status.DELIVERED
    assert len(history.reports(begun.message_id)) == 3
    assert len(history.unmatched_reports("work")) == 1


def test_a_report_tells_what_a_lost_answer_could_not(messages: Messages, reports: Reports, history: History) -> None:
    """In doubt; the report with our token proves it arrived and brings Mitto's id, which earlier reports waited for."""
    begun = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    final = reports.receive("work", report(mitto_id=ID), "raw", "GET", at(3))
    assert final.message_id is None
    assert status_of(history, begun.message_id) is Status.IN_DOUBT
    applied = reports.receive("work", report(ReportStatus.SENT, token=begun.token, mitto_id=ID), "raw", "GET", at(4))
    assert applied.status is Status.DELIVERED
    row = history.get(begun.message_id)
    assert row is not None
    assert (row.mitto_id, row.error) == (ID, None)
    assert history.unmatched_reports("work") == []


def test_mittos_own_answer_names_the_id_whatever_reports_on_further_parts_say(
    messages: Messages, reports: Reports, history: History
) -> None:
    begun = sent(messages, accepted(ID))
    reports.receive("work", report(token=begun.token, mitto_id="part-2"), "raw", "GET", at(3))
    row = history.get(begun.message_id)
    assert row is not None
    assert row.mitto_id == ID
    assert reports.receive("work", report(mitto_id=ID), "raw", "GET", at(4)).message_id == begun.message_id


def test_a_token_says_more_than_an_id(messages: Messages, reports: Reports) -> None:
    first, second = sent(messages, accepted("one")), sent(messages, accepted("two"))
    applied = reports.receive("work", report(token=second.token, mitto_id="one"), "raw", "GET", at(3))
    assert applied.message_id == second.message_id
    assert first.message_id != second.message_id


def test_a_token_that_nobody_knows_leaves_the_id(messages: Messages, reports: Reports) -> None:
    begun = sent(messages, accepted(ID))
    applied = reports.receive("work", report(token=new_token(), mitto_id=ID), "raw", "GET", at(3))
    assert applied.message_id == begun.message_id


def test_an_id_counts_within_its_profile_and_a_token_everywhere(
    messages: Messages, reports: Reports, database: Database, history: History
) -> None:
    begun = sent(messages, accepted(ID))
    assert reports.receive("other", report(mitto_id=ID), "raw", "GET", at(3)).message_id is None
    assert reports.receive("other", report(token=begun.token), "raw", "GET", at(3)).message_id == begun.message_id
    theirs = sent(Messages(database, "other"), accepted(ID))  # their early report is theirs
    assert status_of(history, theirs.message_id) is Status.DELIVERED


def test_an_id_given_twice_means_the_newest(messages: Messages, reports: Reports) -> None:
    sent(messages, accepted(ID))
    newest = sent(messages, accepted(ID))
    assert reports.receive("work", report(mitto_id=ID), "raw", "GET", at(3)).message_id == newest.message_id


@pytest.mark.parametrize("order", permutations(("BUFFERED", "SENT", "DELIVERED")))
def test_order_makes_no_difference(
    messages: Messages, reports: Reports, history: History, order: tuple[str, ...]
) -> None:
    begun = sent(messages, accepted(ID))
    for status in order:
        reports.receive("work", report(ReportStatus(status.lower()), mitto_id=ID), "raw", "GET", at(3))
    assert status_of(history, begun.message_id) is Status.DELIVERED


def test_repeated_reports_are_all_kept_and_change_nothing(
    messages: Messages, reports: Reports, history: History
) -> None:
    begun = sent(messages, accepted(ID))
    received = report(mitto_id=ID, provider_time=at(2.5))
    first = reports.receive("work", received, "raw", "GET", at(3))
    before = history.get(begun.message_id)
    again = [reports.receive("work", received, "raw", "GET", at(3 + number)) for number in range(1, 4)]
    assert first.changed
    assert {(applied.status, applied.changed) for applied in again} == {(Status.DELIVERED, False)}
    assert history.get(begun.message_id) == before
    assert len(history.reports(begun.message_id)) == 4
    assert [entry.report is not None for entry in history.timeline(begun.message_id)[-4:]] == [True] * 4


def test_a_final_status_stays_and_contradictions_are_flagged(
    messages: Messages, reports: Reports, history: History
) -> None:
    begun = sent(messages, accepted(ID))
    reports.receive("work", report(mitto_id=ID, provider_time=at(5)), "raw", "GET", at(5))
    late = reports.receive("work", report(ReportStatus.SENT, mitto_id=ID, provider_time=at(6)), "raw", "GET", at(6))
    assert (late.status, late.changed) == (Status.DELIVERED, False)
    row = history.get(begun.message_id)
    assert row is not None
    assert not row.conflicting
    reports.receive("work", report(ReportStatus.EXPIRED, mitto_id=ID, provider_time=at(4)), "raw", "GET", at(7))
    row = history.get(begun.message_id)
    assert row is not None
    assert (row.status, row.conflicting) == (Status.DELIVERED, True)


def test_a_late_report_on_the_first_of_two_attempts_stops_the_repeat(messages: Messages, reports: Reports) -> None:
    first = sent(messages, outcome(OutcomeKind.IN_DOUBT))
    assert messages.send_again(first.message_id, at(3)) is Status.QUEUED
    assert reports.receive("work", report(token=first.token), "raw", "GET", at(4)).status is Status.DELIVERED
    assert messages.claim(first.message_id, token=new_token(), owner="me", lease_until=at(60), at=at(5)) is None


def test_a_batch_is_kept_whole_or_not_at_all(messages: Messages, reports: Reports, history: History) -> None:
    one, two = sent(messages, accepted("one")), sent(messages, accepted("two"))
    batch = [(report(mitto_id="one"), "[0]"), (report(mitto_id="nobody"), "[1]"), (report(mitto_id="two"), "[2]")]
    applied = reports.receive_many("work", batch, "POST json", at(3))
    assert [item.message_id for item in applied] == [one.message_id, None, two.message_id]
    assert [item.changed for item in applied] == [True, False, True]
    naive = report(mitto_id="one", provider_time=at(3).replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        reports.receive_many("work", [(report(mitto_id="nobody"), "[0]"), (naive, "[1]")], "POST json", at(4))
    assert len(history.unmatched_reports("work")) == 1
    assert reports.receive_many("work", [], "POST json", at(5)) == []


def test_an_empty_id_matches_nothing(messages: Messages, reports: Reports, history: History) -> None:
    begun = sent(messages, outcome(OutcomeKind.REJECTED, mitto_id=" - "))
    for empty in ("", "-", " "):
        assert reports.receive("work", report(mitto_id=empty), "raw", "GET", at(3)).message_id is None
    row = history.get(begun.message_id)
    assert row is not None
    assert (row.status, row.mitto_id) == (Status.REJECTED, None)


@pytest.mark.parametrize("raw", ["\0", "a\0b", "\udcff\udc00", "💬" * 5000, "‮abc", "x" * 100_000, ""])
def test_any_raw_report_comes_back_exactly(reports: Reports, history: History, raw: str) -> None:
    received = report(reference=raw, status_text=raw, mitto_id=raw, receiver=raw, error_code=raw)
    reports.receive("work", received, raw, raw, at(3))
    (row,) = history.unmatched_reports("work")
    assert {row.raw, row.source, row.reference, row.status_text, row.mitto_id, row.receiver, row.error_code} == {raw}
