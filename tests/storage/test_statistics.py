"""Sums over the history, beside counting by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mitto_tui.sms.status import ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.statistics import Period, Statistics

from .builders import T0, accepted, at, claim, new_message, outcome, report, sent

DAY = timedelta(days=1)


def test_every_message_of_the_period_counts_once_whatever_it_is_summed_by(
    database: Database, messages: Messages
) -> None:
    sent(messages, accepted("1"), text="x" * 200)
    sent(messages, accepted("2"), to="447700900123")
    sent(messages, outcome(OutcomeKind.IN_DOUBT))
    messages.add(new_message(to="447700900124"), T0 - DAY)
    sent(messages, accepted("3"), test=True)
    Messages(database, "home").add(new_message(), T0)
    statistics = Statistics(database, "work")
    everything = {Status.ACCEPTED: 2, Status.IN_DOUBT: 1, Status.QUEUED: 1}
    for period, wanted in (
        (Period(), everything),
        (Period(T0, T0 + DAY), everything | {Status.QUEUED: 0}),
        (Period(until=T0), {Status.QUEUED: 1}),
        (Period(T0 + DAY), {}),
    ):
        for sums in (statistics.by_time, statistics.by_number, statistics.by_campaign):
            total = {status: sum(tally[status] for tally in sums(period).values()) for status in Status}
            assert total == {status: wanted.get(status, 0) for status in Status}
    assert {moment: dict(tally) for moment, tally in statistics.by_time(Period()).items()} == {
        datetime(2026, 3, 1, 12, 0, tzinfo=UTC): {Status.ACCEPTED: 2, Status.IN_DOUBT: 1},
        datetime(2026, 2, 28, 12, 0, tzinfo=UTC): {Status.QUEUED: 1},
    }
    assert {block.known: tally.parts for block, tally in statistics.by_number(Period(T0)).items()} == {
        "4917255": {Status.ACCEPTED: 2, Status.IN_DOUBT: 1},
        "4477009": {Status.ACCEPTED: 1},
    }
    assert list(statistics.by_campaign(Period())) == [None]


def test_a_delivery_takes_from_the_attempt_to_the_phone(
    database: Database, messages: Messages, reports: Reports
) -> None:
    def delivered(mitto_id: str, provider: float | None, received: float) -> None:
        told = report(mitto_id=mitto_id, provider_time=None if provider is None else at(provider))
        reports.receive("work", told, "raw", "GET", at(received))

    for number, (provider, received) in enumerate([(4, 5_000), (None, 3), (0, 7), (901, 902)]):
        sent(messages, accepted(f"{number}"))
        delivered(f"{number}", provider, received)
    reports.receive("work", report(ReportStatus.SENT, mitto_id="0"), "raw", "GET", at(2))
    delivered("0", 6, 6_000)  # a second report of the same
    late = messages.add(new_message(), T0)
    messages.record(claim(messages, late, 1_000), accepted("late"), at(1_001))
    delivered("late", None, 1_010)
    # From second 1 on; the third one's clock is behind ours, so the report's own arrival counts.
    assert Statistics(database, "work").delivery_times(Period()) == [2, 3, 6, 10, 900]
