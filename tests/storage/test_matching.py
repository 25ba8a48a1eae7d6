"""Whose a report is, where one request went to many: the token's and the receiver's, or the id's, and nobody else's."""

from __future__ import annotations

import pytest

from mitto_tui.sms.campaign import ClaimedRequest
from mitto_tui.sms.status import ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History
from mitto_tui.storage.matching import _BY_TOKEN_AND_RECEIVER
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports

from .builders import accepted, at, outcome, report, row_of, sent
from .campaign_builders import all_of, number, running, turn, with_outcomes


@pytest.fixture
def sending(database: Database) -> CampaignSending:
    return CampaignSending(database, "work")


@pytest.fixture
def request_of(database: Database, sending: CampaignSending) -> ClaimedRequest:
    """A request to three, with no answer yet."""
    return turn(sending, running(database, 3), [3]).claimed[0]


def test_each_is_known_by_the_token_and_its_receiver(reports: Reports, request_of: ClaimedRequest) -> None:
    for message_id, to in zip(request_of.message_ids, request_of.recipients, strict=True):
        for written in (to, f"+{to}", f"00 {to}"[3:]):
            told = report(token=request_of.token, receiver=written)
            applied = reports.receive("another profile", told, "raw", "test", at(3))
            assert (applied.message_id, applied.status) == (message_id, Status.DELIVERED)


def test_a_shared_token_alone_says_nothing(
    reports: Reports, history: History, sending: CampaignSending, request_of: ClaimedRequest
) -> None:
    for receiver in (None, "", number(3), "49"):
        told = report(token=request_of.token, receiver=receiver)
        assert reports.receive("work", told, "raw", "test", at(3)).message_id is None
    result = turn(sending, request_of_campaign(history, request_of), (), [all_of(request_of, OutcomeKind.IN_DOUBT)])
    assert result.statuses == [[Status.IN_DOUBT] * 3]
    assert len(history.unmatched_reports("work")) == 4


def request_of_campaign(history: History, request: ClaimedRequest) -> int:
    campaign = row_of(history, request.message_ids[0]).campaign
    assert campaign is not None
    return campaign


def test_a_receiver_of_another_campaign_is_not_meant(
    database: Database, reports: Reports, sending: CampaignSending, request_of: ClaimedRequest
) -> None:
    elsewhere = turn(sending, running(database, 5), [5]).claimed[0]
    told = report(token=elsewhere.token, receiver=number(1))
    assert reports.receive("work", told, "raw", "test", at(3)).message_id == elsewhere.message_ids[1]
    assert reports.receive("work", report(token=request_of.token, receiver=number(4)), "", "test", at(3)).status is None


def test_a_receiver_of_another_request_of_the_campaign_is_not_meant(
    database: Database, reports: Reports, sending: CampaignSending
) -> None:
    one, two = turn(sending, running(database, 4), [2, 2]).claimed
    told = report(token=one.token, receiver=two.recipients[0])
    assert reports.receive("work", told, "raw", "test", at(3)).message_id is None


def test_without_a_receiver_its_id_tells_once_it_is_known(
    reports: Reports, history: History, sending: CampaignSending, request_of: ClaimedRequest
) -> None:
    early = reports.receive("work", report(token=request_of.token, mitto_id="ID-1"), "raw", "test", at(3))
    assert early.message_id is None
    answered = with_outcomes(request_of, accepted("ID-0"), accepted("id-1"), outcome(OutcomeKind.IN_DOUBT))
    result = turn(sending, request_of_campaign(history, request_of), (), [answered], seconds=4)
    assert result.statuses == [[Status.ACCEPTED, Status.DELIVERED, Status.IN_DOUBT]]
    late = reports.receive("work", report(token=request_of.token, mitto_id="ID-0"), "raw", "test", at(5))
    assert late.message_id == request_of.message_ids[0]


def test_an_id_that_was_given_twice_does_not_outweigh_the_token(
    reports: Reports, history: History, messages: Messages, sending: CampaignSending, request_of: ClaimedRequest
) -> None:
    """A simulator that was started anew counts its ids from the beginning."""
    before = sent(messages, accepted("ID-1"))
    early = reports.receive("work", report(token=request_of.token, mitto_id="ID-1"), "raw", "test", at(3))
    assert early.message_id is None
    after = sent(messages, accepted("ID-1"))
    for one in (before, after):
        assert row_of(history, one.message_id).status is Status.ACCEPTED
    answered = with_outcomes(request_of, accepted("ID-1"), accepted("ID-2"), accepted("ID-3"))
    result = turn(sending, request_of_campaign(history, request_of), (), [answered], seconds=4)
    assert result.statuses == [[Status.DELIVERED, Status.ACCEPTED, Status.ACCEPTED]]


def test_a_request_to_one_is_known_by_its_token_alone(
    database: Database, reports: Reports, sending: CampaignSending
) -> None:
    request = turn(sending, running(database, 1), [100]).claimed[0]
    applied = reports.receive("work", report(ReportStatus.SENT, token=request.token), "raw", "test", at(3))
    assert (applied.message_id, applied.status) == (request.message_ids[0], Status.SENT)


def test_a_report_is_found_in_a_request_of_any_size_without_walking_it(
    database: Database, sending: CampaignSending, request_of: ClaimedRequest
) -> None:
    compiled = str(_BY_TOKEN_AND_RECEIVER.compile(dialect=database._engine.dialect))
    with database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ("t", 1, "to")).all()
    shown = "\n".join(str(row[3]) for row in plan)
    assert "messages_once_a_campaign (campaign=? AND recipient=?)" in shown, shown
    assert "(message_id=?" in shown, shown
