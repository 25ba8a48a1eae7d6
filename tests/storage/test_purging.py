"""What is old goes, with all that is known of it; what has not ended stays."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from mitto_tui.sms.status import ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.campaigns import Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History, HistoryFilter
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.purging import Purge, Purging
from mitto_tui.storage.reports import Reports

from .builders import OWNER, T0, accepted, at, claim, new_message, outcome, report, sent
from .campaign_builders import all_accepted, draft, ready, running, turn

LATER = T0 + timedelta(days=30)
TABLES = ("messages", "attempts", "events", "raw_reports", "campaigns", "campaign_rows", "campaign_kinds")


def left(database: Database) -> dict[str, int]:
    """How many rows are in each table that has any."""
    with database.read() as connection:
        counts = {table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in TABLES}
    return {table: count for table, count in counts.items() if count}


def delivered(messages: Messages, reports: Reports, **how: str) -> int:
    begun = sent(messages, accepted(f"id-{how.get('to', '')}", raw="secret-raw"), **how)
    reports.receive("work", report(token=begun.token, receiver=begun.recipient), "secret-report", "test", at(3))
    return begun.message_id


@pytest.fixture
def purging(database: Database) -> Purging:
    return Purging(database, "work")


def finished(database: Database, count: int) -> int:
    """A campaign of which everybody has got it."""
    campaign, sending = running(database, count), CampaignSending(database, "work")
    request = turn(sending, campaign, [count]).claimed[0]
    turn(sending, campaign, (), [all_accepted(request)])
    sending.end_work(campaign, owner=OWNER, at=at(5))
    for message_id, number in zip(request.message_ids, request.recipients, strict=True):
        found = report(mitto_id=f"id-{request.token}-{message_id}", receiver=number)
        Reports(database).receive("work", found, "raw", "test", at(6))
    return campaign


def test_what_has_ended_goes_with_all_that_is_known_of_it(
    database: Database, messages: Messages, reports: Reports, history: History, purging: Purging
) -> None:
    for _ in range(3):
        delivered(messages, reports)
    expected = Purge(messages=3)
    assert purging.preview(LATER) == expected
    assert left(database)["events"] == 12
    told: list[int] = []
    assert purging.purge(LATER, told.append) == expected
    assert told == [3]
    assert left(database) == {}
    assert purging.preview(LATER) == Purge()
    assert purging.purge(LATER).is_nothing


def test_what_is_newer_stays(messages: Messages, reports: Reports, history: History, purging: Purging) -> None:
    delivered(messages, reports)
    later = messages.add(new_message(), at(10))
    messages.cancel(later, at(11))
    assert purging.purge(at(5)) == Purge(messages=1)
    assert [row.id for row in history.page(HistoryFilter())] == [later]
    assert purging.preview(at(10)).is_nothing


def test_what_has_not_ended_stays(database: Database, messages: Messages, history: History, purging: Purging) -> None:
    queued = messages.add(new_message(), T0)
    doubtful = sent(messages, outcome(OutcomeKind.IN_DOUBT)).message_id
    waiting = sent(messages, accepted("1")).message_id
    tried = sent(messages, accepted("2", test=True), test=True).message_id
    kept = {Status.QUEUED: 1, Status.IN_DOUBT: 1, Status.ACCEPTED: 1}
    assert purging.preview(LATER) == Purge(messages=1, kept=kept)
    purging.purge(LATER)
    assert sorted(row.id for row in history.page(HistoryFilter())) == [queued, doubtful, waiting]
    assert history.get(tried) is None
    messages.assume_sent(doubtful, at(9))
    messages.overdue(LATER)
    assert purging.purge(LATER).messages == 1  # nothing more is waited for, of the other only since now
    assert purging.purge(LATER + timedelta(seconds=1)).messages == 1


def test_a_message_whose_answer_is_still_to_be_stored_stays(
    messages: Messages, reports: Reports, purging: Purging
) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    reports.receive("work", report(token=begun.token, receiver=begun.recipient), "raw", "test", at(2))
    assert messages.status(begun.message_id) is Status.DELIVERED
    assert purging.preview(LATER) == Purge(kept={Status.DELIVERED: 1})
    assert purging.purge(LATER).is_nothing
    messages.record(begun, accepted("1"), at(3))
    assert purging.purge(LATER).messages == 1


def test_what_a_campaign_has_done_stays_until_the_campaign_is_over(database: Database, purging: Purging) -> None:
    campaign, sending = running(database, 3), CampaignSending(database, "work")
    request = turn(sending, campaign, [2]).claimed[0]
    turn(sending, campaign, (), [all_accepted(request)])
    for message_id, number in zip(request.message_ids, request.recipients, strict=True):
        told = report(mitto_id=f"id-{request.token}-{message_id}", receiver=number)
        Reports(database).receive("work", told, "raw", "test", at(6))
    assert purging.preview(LATER) == Purge(kept={Status.DELIVERED: 2, Status.QUEUED: 1})
    assert purging.purge(LATER).is_nothing


def test_nobody_elses_messages_and_no_opt_outs_go(database: Database, reports: Reports, purging: Purging) -> None:
    other = Messages(database, "private")
    theirs = sent(other, outcome(OutcomeKind.REJECTED)).message_id
    OptOuts(database).add("work", "491725551234", T0, "typed")
    reports.receive("private", report(mitto_id="9" * 32), "raw", "test", T0)
    assert purging.purge(LATER).is_nothing
    assert other.status(theirs) is Status.REJECTED
    assert "491725551234" in OptOuts(database).numbers("work")
    assert left(database)["raw_reports"] == 1


def test_reports_that_belong_to_nothing_go_by_their_own_age(reports: Reports, purging: Purging) -> None:
    for seconds in (1, 2, 30):
        reports.receive("work", report(mitto_id=f"{seconds:032d}"), "raw", "test", at(seconds))
    assert purging.preview(at(10)) == Purge(reports=2)
    assert purging.purge(at(10)) == Purge(reports=2)
    assert purging.purge(at(10)).is_nothing


def test_a_campaign_goes_when_all_of_it_has(database: Database, messages: Messages, purging: Purging) -> None:
    campaign = finished(database, 5)
    active, kept = ready(database, 3, text="Not yet"), draft(database, 2, text="A draft").id
    found = purging.preview(LATER)
    assert found == Purge(messages=5, lists=2, kept={Status.QUEUED: 3})
    assert purging.purge(LATER) == Purge(messages=5, lists=2)
    assert [one.id for one in Campaigns(database).list("work", 10)] == [active]
    assert {campaign, kept}.isdisjoint({active})
    assert left(database) == {"messages": 3, "campaigns": 1, "campaign_rows": 3, "campaign_kinds": 1}


def test_a_campaign_with_a_doubt_stays(database: Database, messages: Messages, purging: Purging) -> None:
    campaign, sending = running(database, 4), CampaignSending(database, "work")
    request = turn(sending, campaign, [2]).claimed[0]
    messages.abandoned(lambda owner: False, at(3))
    rest = turn(sending, campaign, [2]).claimed[0]
    turn(sending, campaign, (), [all_accepted(rest)])
    sending.end_work(campaign, owner=OWNER, at=at(5))
    assert purging.purge(LATER).is_nothing
    for message_id in request.message_ids:
        messages.assume_sent(message_id, at(6))
    messages.overdue(LATER)
    assert purging.purge(LATER + timedelta(seconds=1)) == Purge(messages=4, lists=1)


def test_stopped_anywhere_each_message_is_whole_or_gone(
    database: Database, messages: Messages, reports: Reports, purging: Purging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitto_tui.storage.purging._AT_ONCE", 2)
    for _ in range(7):
        delivered(messages, reports)

    def stop(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        purging.purge(LATER, stop)
    assert left(database) == {"messages": 3, "attempts": 3, "events": 12, "raw_reports": 3}
    assert purging.purge(LATER, most=2) == Purge(messages=2)
    assert purging.purge(LATER) == Purge(messages=1)


def test_a_late_report_on_what_is_gone_is_kept_as_one_that_nobody_knows(
    messages: Messages, reports: Reports, history: History, purging: Purging
) -> None:
    begun = sent(messages, outcome(OutcomeKind.REJECTED))
    purging.purge(LATER)
    reports.receive("work", report(ReportStatus.DELIVERED, token=begun.token), "raw", "test", LATER)
    assert len(history.unmatched_reports("work")) == 1


def test_nothing_of_it_is_in_the_files_afterwards(path: Path) -> None:
    numbers = [f"4917255{index:05d}" for index in range(600)]
    with Database.open(path) as database:
        messages, reports = Messages(database, "work"), Reports(database)
        for index, number in enumerate(numbers):
            message_id = delivered(messages, reports, to=number, text=f"secret-text {index} " + "x" * (index % 400))
            if index % 7 == 0:
                reports.receive("work", report(mitto_id=f"id-{number}"), f"secret-again {number}", "test", at(index))
            assert messages.status(message_id) is Status.DELIVERED
        finished(database, 300)
        keep = messages.add(new_message("keep-me", to="4930123456"), LATER)
        messages.cancel(keep, LATER)
        assert Purging(database, "work").purge(LATER).messages == 900
        database.empty_log()
        found = b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))
    assert b"keep-me" in found
    assert re.findall(rb"secret-\w+|4917255\d{5}|49172500\d+|order is ready|id-\w+", found) == []
