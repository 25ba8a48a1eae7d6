"""Reports that may be about a message in doubt: shown to a person, and taken only on their word."""

from __future__ import annotations

import pytest

from mitto_tui.sms.reference import new_token
from mitto_tui.sms.status import ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.errors import NotAllowed
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports

from .builders import accepted, at, outcome, report, row_of, sent


def came(reports: Reports, seconds: float, profile: str = "work", **fields: object) -> int:
    """A report that comes in; its id."""
    return reports.receive(profile, report(**fields), "as it came", "GET", at(seconds)).report_id  # type: ignore[arg-type]


def test_what_names_the_number_is_offered_and_nothing_else(
    messages: Messages, history: History, reports: Reports
) -> None:
    came(reports, 0.5, receiver="491725551234", mitto_id="before-the-attempt")
    doubt = sent(messages, outcome(OutcomeKind.IN_DOUBT)).message_id
    plain = came(reports, 3, receiver="491725551234", mitto_id="one")
    written = came(reports, 4, receiver="+49 (172) 555-1234", mitto_id="two")
    zeros = came(reports, 5, receiver="00491725551234")
    came(reports, 6, receiver="491725551235", mitto_id="other number")
    came(reports, 7, receiver="491725551234", token=new_token())
    came(reports, 8, "home", receiver="491725551234", mitto_id="other profile")
    assert [one.id for one in history.possible_reports(row_of(history, doubt))] == [zeros, written, plain]
    assert messages.status(doubt) is Status.IN_DOUBT, "it is never taken by itself"
    known = sent(messages, accepted("known"), to="491725559999").message_id
    came(reports, 9, receiver="491725559999", mitto_id="three")
    assert history.possible_reports(row_of(history, known)) == []


def test_a_report_that_a_person_takes_counts_with_its_id(
    messages: Messages, history: History, reports: Reports
) -> None:
    doubt = sent(messages, outcome(OutcomeKind.IN_DOUBT)).message_id
    first = came(reports, 3, status=ReportStatus.SENT, receiver="491725551234", mitto_id="one")
    came(reports, 4, status=ReportStatus.DELIVERED, mitto_id="ONE")  # without a number: the id leads to it
    taken = reports.take(first, doubt, at(5))
    assert (taken.message_id, taken.status, taken.changed) == (doubt, Status.DELIVERED, True)
    assert row_of(history, doubt).mitto_id == "one"
    assert [one.message_id for one in history.reports(doubt)] == [doubt, doubt]
    with pytest.raises(NotAllowed):
        reports.take(first, doubt, at(6))


def test_a_report_is_taken_once(messages: Messages, reports: Reports) -> None:
    one, other = (sent(messages, outcome(OutcomeKind.IN_DOUBT)).message_id for _ in range(2))
    found = came(reports, 3, receiver="491725551234")
    reports.take(found, one, at(4))
    with pytest.raises(NotAllowed):
        reports.take(found, other, at(5))
    assert messages.status(other) is Status.IN_DOUBT
