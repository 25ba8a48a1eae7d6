"""A message's life in the store: added, claimed, answered, decided on, and what time does to it."""

from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mitto_tui.sms.message import Claim, NewMessage
from mitto_tui.sms.reference import new_token
from mitto_tui.sms.status import EventKind, Status
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind, WireType
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError, UnknownMessage
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.rows import MessageRow

from .builders import OWNER, T0, accepted, at, claim, kinds, new_message, outcome, row_of, sent

if TYPE_CHECKING:
    from mitto_tui.sending.ports import Store


def test_it_is_the_store_that_the_engine_asks_for(messages: Messages) -> None:
    store: Store = messages
    assert store.add(new_message(), T0) > 0


def test_an_added_message_is_queued_with_everything_it_asked_for(messages: Messages, history: History) -> None:
    message = new_message(
        "Grüße",
        sender="4915112345678",
        reference="Spring",
        validity=60,
        pid=64,
        udh="050003010201",
        flash=True,
        callback="https://example.org/dlr?x=1",
        test=True,
    )
    message_id = messages.add(message, at(0))
    row = row_of(history, message_id)
    assert row == MessageRow(
        id=message_id,
        profile="work",
        campaign=None,
        to="491725551234",
        sender="4915112345678",
        text="Grüße",
        status=Status.QUEUED,
        mitto_id=None,
        reference="Spring",
        encoding=message.encoding,
        type=WireType.GSM,
        segments=1,
        attempts=0,
        test=True,
        created_at=T0,
        updated_at=T0,
        error=None,
        validity=60,
        pid=64,
        udh="050003010201",
        flash=True,
        callback="https://example.org/dlr?x=1",
        conflicting=False,
    )
    assert row.created_at.tzinfo is UTC
    begun = claim(messages, message_id)
    assert begun == Claim(message_id, 1, begun.token, "491725551234", message.content)


def test_ids_grow_and_are_never_given_twice(messages: Messages, database: Database) -> None:
    first = messages.add(new_message(), T0)
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("DROP TRIGGER events_not_deleted")
        connection.execute("DELETE FROM events")
        connection.execute("DELETE FROM messages")
        connection.commit()
    assert messages.add(new_message(), T0) == first + 1


def test_a_claim_is_on_disk_before_it_is_given(messages: Messages, database: Database) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    with closing(sqlite3.connect(database.path)) as other:
        stored = other.execute("SELECT token, owner, outcome FROM attempts").fetchall()
        status = other.execute("SELECT status FROM messages").fetchall()
    assert stored == [(begun.token, OWNER, None)]
    assert status == [("sending",)]


def test_only_what_is_queued_can_be_claimed(messages: Messages) -> None:
    begun = claim(messages, messages.add(new_message(), T0))

    def again() -> Claim | None:
        return messages.claim(begun.message_id, token=new_token(), owner=OWNER, lease_until=at(60), at=at(1))

    assert again() is None
    messages.record(begun, accepted(), at(2))
    assert again() is None


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (accepted(), Status.ACCEPTED),
        (outcome(OutcomeKind.REJECTED), Status.REJECTED),
        (outcome(OutcomeKind.UNAUTHORISED), Status.QUEUED),
        (outcome(OutcomeKind.SLOW_DOWN, retry_after=1.5), Status.QUEUED),
        (outcome(OutcomeKind.NEVER_LEFT), Status.QUEUED),
        (outcome(OutcomeKind.IN_DOUBT), Status.IN_DOUBT),
    ],
)
def test_each_outcome_gives_its_status_and_is_kept(
    messages: Messages, history: History, result: Outcome, status: Status
) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    assert messages.record(begun, result, at(2)) is status
    row = row_of(history, begun.message_id)
    assert (row.status, row.attempts, row.updated_at) == (status, 1, at(2))
    assert row.error == (None if status is Status.ACCEPTED else result.detail)
    assert kinds(history, begun.message_id) == [EventKind.QUEUED, EventKind.CLAIMED, EventKind(result.kind.value)]
    (attempt,) = history.attempts(begun.message_id)
    assert (attempt.outcome, attempt.reason, attempt.detail) == (result.kind, result.reason, result.detail)
    assert (attempt.finished_at, attempt.retry_after) == (at(2), result.retry_after)


def test_an_answer_is_kept_whole(messages: Messages, history: History) -> None:
    result = Outcome(
        kind=OutcomeKind.REJECTED,
        reason="code_8",
        detail="Mitto refused the number.",
        http_status=400,
        response_code=8,
        response_text="<b>\x1b[31minvalid\0receiver</b>",
        mitto_id=None,
        message_parts=0,
        text_length=13,
        provider_time=at(1.5),
        test=True,
        raw='{"responseCode": 8}',
    )
    message_id = sent(messages, result).message_id
    (attempt,) = history.attempts(message_id)
    assert attempt.http_status == 400
    assert attempt.response_code == 8
    assert attempt.response_text == result.response_text
    assert (attempt.message_parts, attempt.text_length) == (0, 13)
    assert attempt.provider_time == at(1.5)
    assert attempt.raw == result.raw
    assert attempt.test is True
    shown = history.timeline(message_id)[-1].event.data
    assert (shown["response_code"], shown["response_text"]) == (8, result.response_text)
    assert attempt.token not in repr(attempt)


def test_numbers_beyond_all_measure_in_an_answer_do_not_lose_it(messages: Messages, history: History) -> None:
    huge = 10**5000
    result = accepted("id-1", message_parts=huge, text_length=-huge)
    result = Outcome(**{**{name: getattr(result, name) for name in result.__slots__}, "response_code": huge})
    message_id = sent(messages, result).message_id
    assert row_of(history, message_id).mitto_id == "id-1"
    (attempt,) = history.attempts(message_id)
    assert (attempt.response_code, attempt.message_parts, attempt.text_length) == (None, None, None)


def test_a_number_that_cannot_be_stored_is_refused_in_words(messages: Messages, history: History) -> None:
    content = Content("MITTO SMS", "Hello", WireType.GSM, validity=2**63)
    with pytest.raises(StoreError, match="too large"):
        messages.add(NewMessage("491725551234", content, None, 1), T0)
    assert history.by_status(None) == {}


def test_a_time_without_a_zone_is_a_mistake(messages: Messages, history: History) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        messages.add(new_message(), datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself
    assert history.by_status(None) == {}


def test_recording_the_same_outcome_again_changes_nothing(messages: Messages, history: History) -> None:
    begun = sent(messages, accepted())
    before = row_of(history, begun.message_id), history.timeline(begun.message_id)
    assert messages.record(begun, accepted(), at(9)) is Status.ACCEPTED
    assert (row_of(history, begun.message_id), history.timeline(begun.message_id)) == before


def test_a_weaker_outcome_never_takes_back_a_stronger(messages: Messages, history: History) -> None:
    begun = sent(messages, accepted("the-id"))
    for late in (outcome(OutcomeKind.IN_DOUBT), outcome(OutcomeKind.NEVER_LEFT)):
        assert messages.record(begun, late, at(3)) is Status.ACCEPTED
    (attempt,) = history.attempts(begun.message_id)
    assert (attempt.outcome, attempt.mitto_id, attempt.finished_at) == (OutcomeKind.ACCEPTED, "the-id", at(2))
    assert len(history.timeline(begun.message_id)) == 5


def test_a_claim_that_was_never_given_cannot_be_recorded(messages: Messages, history: History) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    for wrong in (
        Claim(begun.message_id, 2, begun.token, begun.recipient, begun.content),
        Claim(begun.message_id, 1, new_token(), begun.recipient, begun.content),
    ):
        with pytest.raises(UnknownMessage):
            messages.record(wrong, accepted(), at(2))
    assert row_of(history, begun.message_id).status is Status.SENDING


def test_attempts_go_on_until_somebody_gives_up(messages: Messages, history: History) -> None:
    message_id = messages.add(new_message(), T0)
    for number in (1, 2, 3):
        begun = claim(messages, message_id, number)
        assert begun.attempt == number
        assert messages.record(begun, outcome(OutcomeKind.NEVER_LEFT), at(number)) is Status.QUEUED
    assert messages.give_up(message_id, 2, "too early", at(4)) is Status.QUEUED
    assert messages.give_up(message_id, 3, "Mitto can't be reached.", at(4)) is Status.FAILED
    row = row_of(history, message_id)
    assert (row.status, row.attempts, row.error) == (Status.FAILED, 3, "Mitto can't be reached.")
    tokens = {attempt.token for attempt in history.attempts(message_id)}
    assert len(tokens) == 3


def test_giving_up_changes_nothing_else(messages: Messages, history: History) -> None:
    begun = claim(messages, messages.add(new_message(), T0))
    assert messages.give_up(begun.message_id, 1, "too late", at(2)) is Status.SENDING
    messages.record(begun, accepted(), at(3))
    assert messages.give_up(begun.message_id, 1, "too late", at(4)) is Status.ACCEPTED
    assert EventKind.GAVE_UP not in kinds(history, begun.message_id)


def test_who_has_opted_out_is_skipped(messages: Messages, history: History, database: Database) -> None:
    message_id = messages.add(new_message(to="491725551234"), T0)
    OptOuts(database).add("work", "491725551234", at(1))
    assert messages.claim(message_id, token=new_token(), owner=OWNER, lease_until=at(60), at=at(2)) is None
    row = row_of(history, message_id)
    assert (row.status, row.attempts, row.error) == (Status.SKIPPED, 0, None)
    assert kinds(history, message_id) == [EventKind.QUEUED, EventKind.SKIPPED]
    assert history.attempts(message_id) == []


def test_another_profiles_opt_out_does_not_count(messages: Messages, database: Database) -> None:
    message_id = messages.add(new_message(to="491725551234"), T0)
    OptOuts(database).add("other", "491725551234", at(1))
    assert claim(messages, message_id)


def test_a_profile_never_touches_anothers_messages(messages: Messages, database: Database, history: History) -> None:
    message_id = messages.add(new_message(), T0)
    other = Messages(database, "other")
    for call in (
        lambda: other.claim(message_id, token=new_token(), owner=OWNER, lease_until=at(60), at=at(1)),
        lambda: other.cancel(message_id, at(1)),
        lambda: other.send_again(message_id, at(1)),
        lambda: other.assume_sent(message_id, at(1)),
        lambda: other.give_up(message_id, 0, "", at(1)),
        lambda: messages.cancel(message_id + 1, at(1)),
        lambda: messages.cancel(2**70, at(1)),
    ):
        with pytest.raises(UnknownMessage):
            call()
    assert kinds(history, message_id) == [EventKind.QUEUED]


def test_an_error_shows_nothing_of_what_was_to_be_stored(messages: Messages, database: Database) -> None:
    token, owner = new_token(), new_token()
    message_id = messages.add(new_message("confidential"), T0)
    with database.write() as connection:  # an attempt that the message's row knows nothing of
        connection.exec_driver_sql(
            "INSERT INTO attempts (message_id, number, profile, token, owner, lease_until, claimed_at) "
            f"VALUES ({message_id}, 1, 'work', '', '', 0, 0)"
        )
    with pytest.raises(StoreError) as caught:
        messages.claim(message_id, token=token, owner=owner, lease_until=at(60), at=at(1))
    shown = "".join(traceback.format_exception(caught.value))
    assert "UNIQUE constraint failed" in shown
    assert not any(word in shown for word in (token, "confidential", "491725551234", owner))


def test_events_can_only_be_appended(messages: Messages, database: Database) -> None:
    messages.add(new_message(), T0)
    with closing(sqlite3.connect(database.path)) as anybody:
        for statement in (
            "UPDATE events SET at = 0",
            "DELETE FROM events",
            "INSERT OR REPLACE INTO events SELECT * FROM events",
            "REPLACE INTO events (id, message_id, kind, at, data) VALUES (1, 1, 'accepted', 0, '{}')",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only ever appended"):
                anybody.execute(statement)
    with pytest.raises(StoreError), database.write() as connection:
        connection.exec_driver_sql("DELETE FROM messages")  # what events refer to stays, too


def test_a_campaign_has_a_recipient_once(messages: Messages, database: Database) -> None:
    first, second = messages.add(new_message(), T0), messages.add(new_message(), T0)  # alone: as often as one likes
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO campaigns (id, profile, name, state, content_hash, created_at, updated_at) "
            "VALUES (1, 'work', 'Spring', 'open', 'hash', 0, 0)"
        )
        connection.exec_driver_sql(f"UPDATE messages SET campaign = 1 WHERE id = {first}")
    with pytest.raises(StoreError, match="UNIQUE"), database.write() as connection:
        connection.exec_driver_sql(f"UPDATE messages SET campaign = 1 WHERE id = {second}")
