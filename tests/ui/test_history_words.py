"""What each status means and what can be done: said in words, for every status there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.status import Event, EventKind, ReportStatus, Status
from mitto_tui.sms.submission import OutcomeKind, WireType
from mitto_tui.storage.rows import AttemptRow, MessageRow, ReportRow, TimelineEntry
from mitto_tui.ui.history_words import Action, explain
from mitto_tui.ui.timeline_words import tell
from mitto_tui.ui.widgets.message_table import when

NOW = datetime(2026, 3, 2, 12, 4, 11, tzinfo=UTC)
ROW = MessageRow(
    id=1,
    profile="work",
    campaign=None,
    to="491725551234",
    sender="MITTO SMS",
    text="Hello",
    status=Status.QUEUED,
    mitto_id=None,
    reference=None,
    encoding=Encoding.GSM,
    type=WireType.GSM,
    segments=1,
    attempts=0,
    test=False,
    created_at=NOW,
    updated_at=NOW,
    error=None,
    validity=None,
    pid=None,
    udh=None,
    flash=False,
    callback=None,
)
ATTEMPT = AttemptRow(
    message_id=1,
    number=1,
    token="t",
    owner="o",
    lease_until=NOW,
    claimed_at=NOW,
    finished_at=NOW + timedelta(seconds=0.24),
    outcome=OutcomeKind.ACCEPTED,
    reason="accepted",
    detail="Mitto accepted it.",
    http_status=200,
    response_code=0,
    response_text="SMS sent",
    mitto_id="abc",
    message_parts=1,
    text_length=5,
    provider_time=None,
    retry_after=None,
    test=False,
    raw='{"id":"abc"}',
)
REPORT = ReportRow(
    id=1,
    profile="work",
    source="127.0.0.1",
    received_at=NOW,
    status=ReportStatus.DELIVERED,
    status_text="DELIVERED",
    mitto_id="abc",
    reference=None,
    receiver=None,
    error_code="0",
    mccmnc="26201",
    provider_time=NOW,
    message_id=1,
    attempt=1,
    raw="status=DELIVERED",
)


def _tried(outcome: OutcomeKind, kind: EventKind, **changes: object) -> list[TimelineEntry]:
    attempt = replace(ATTEMPT, outcome=outcome, **changes)  # type: ignore[arg-type]  # a test's own fields
    data = {key: value for key, value in changes.items() if value is not None}
    return [TimelineEntry(Event(kind, NOW, 1, data=data), attempt)]


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_explained_in_sentences(status: Status) -> None:
    explained = explain(replace(ROW, status=status), [])
    assert explained.meaning.endswith(".")
    assert explained.advice == "" or explained.advice.endswith(".")
    assert explained.risk == "" or explained.risk.endswith(".")


def test_only_what_the_store_allows_is_offered() -> None:
    from mitto_tui.storage.messages import CAN_BE_SENT_AGAIN

    for status in Status:
        actions = set(explain(replace(ROW, status=status), []).actions)
        assert (Action.SEND_AGAIN in actions) == (status in CAN_BE_SENT_AGAIN)
        assert (Action.ASSUME_SENT in actions) == (status is Status.IN_DOUBT)
        assert (Action.SEND_NOW in actions) == (status is Status.QUEUED)


@pytest.mark.parametrize(
    ("status", "risky"),
    [
        (Status.IN_DOUBT, "arrive twice"),
        (Status.NO_REPORT, "arrive twice"),
        (Status.UNDELIVERED, "charged"),
        (Status.EXPIRED, "charged"),
        (Status.FAILED, ""),
        (Status.REJECTED, ""),
    ],
)
def test_the_risk_of_sending_again_is_named_where_there_is_one(status: Status, risky: str) -> None:
    risk = explain(replace(ROW, status=status), []).risk
    assert risky in risk
    assert bool(risky) == bool(risk)


def test_what_failed_is_safe_to_send_again_and_says_why_it_failed() -> None:
    explained = explain(replace(ROW, status=Status.FAILED, error="No connection came about."), [])
    assert explained.meaning == "No connection came about."
    assert "never left this machine" in explained.advice
    assert "safe" in explained.advice


@pytest.mark.parametrize(
    ("timeline", "meaning", "advice"),
    [
        ([], "has not been sent", "Send it now"),
        (_tried(OutcomeKind.UNAUTHORISED, EventKind.UNAUTHORISED, http_status=401), "HTTP 401", "allow list"),
        (_tried(OutcomeKind.UNAUTHORISED, EventKind.UNAUTHORISED, http_status=403), "HTTP 403", "allow list"),
        (_tried(OutcomeKind.SLOW_DOWN, EventKind.SLOW_DOWN, retry_after=7.0), "HTTP 429", "Wait 7 seconds"),
        (_tried(OutcomeKind.SLOW_DOWN, EventKind.SLOW_DOWN), "HTTP 429", "Wait a minute"),
        (
            _tried(OutcomeKind.NEVER_LEFT, EventKind.NEVER_LEFT, detail="No way out."),
            "No way out.",
            "Check the network",
        ),
    ],
)
def test_what_waits_says_what_to_mend(timeline: list[TimelineEntry], meaning: str, advice: str) -> None:
    explained = explain(ROW, timeline)
    assert meaning in explained.meaning
    assert advice in explained.advice


def test_every_event_has_words() -> None:
    for kind in EventKind:
        told = tell(TimelineEntry(Event(kind, NOW, 1, ReportStatus.SENT), ATTEMPT, REPORT), ROW)
        assert told.title


def test_an_answer_is_told_with_its_status_time_and_raw_form() -> None:
    event = Event(EventKind.ACCEPTED, NOW, 1, data={"http_status": 200, "response_code": 0, "reason": "accepted"})
    told = tell(TimelineEntry(event, ATTEMPT), ROW)
    assert told.title == "Accepted by Mitto"
    assert told.details == ("HTTP 200 · after 0.2 s",)
    assert told.raw == '{"id":"abc"}'


def test_an_answer_that_was_overruled_does_not_show_the_other_ones_raw_form() -> None:
    event = Event(EventKind.IN_DOUBT, NOW, 1, data={"reason": "abandoned", "detail": "The program ended."})
    told = tell(TimelineEntry(event, ATTEMPT), ROW)
    assert told.raw == ""
    assert told.details == ("The program ended.",)


def test_a_report_tells_what_is_not_in_its_title() -> None:
    entry = TimelineEntry(Event(EventKind.REPORT, NOW, 1, ReportStatus.DELIVERED), ATTEMPT, REPORT)
    assert tell(entry, ROW).details == ("network 26201",)
    odd = replace(REPORT, status=ReportStatus.UNKNOWN, status_text="PARKED", error_code="17", mccmnc=None)
    entry = TimelineEntry(Event(EventKind.REPORT, NOW, 1, ReportStatus.UNKNOWN), ATTEMPT, odd)
    assert tell(entry, ROW).details == ("“PARKED” · error 17",)
    assert tell(entry, ROW).raw == "status=DELIVERED"


def test_times_are_short_and_the_persons_own() -> None:
    now = datetime(2026, 3, 2, 12, 0).astimezone()
    assert when(now - timedelta(hours=3), now) == "09:00"
    assert when(now - timedelta(days=1), now) == " 1 Mar"
    assert when(now - timedelta(days=400), now) == "Jan’25"
