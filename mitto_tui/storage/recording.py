"""Storing how one attempt ended, whatever else is known of its message. It runs inside a write transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, update

from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.sms.submission import Outcome
from mitto_tui.storage import columns
from mitto_tui.storage.errors import UnknownMessage
from mitto_tui.storage.ledger import append_only, events_of, status_of, write_projection
from mitto_tui.storage.matching import attempt_at, claim_unmatched, learn_mitto_id
from mitto_tui.storage.projection import stands
from mitto_tui.storage.schema import attempts

_UPDATE_ATTEMPT: Final = update(attempts).where(attempts.c.id == bindparam("attempt"))


def record(connection: Connection, message_id: int, number: int, token: str, outcome: Outcome, at: datetime) -> Status:
    """Store how an attempt ended, and give it the reports that came before its id was known; the status after it.

    Recording the same outcome again changes nothing, and a weaker one never takes back a
    stronger. Raises UnknownMessage where there is no such attempt.
    """
    attempt = attempt_at(connection, message_id, number)
    if attempt is None or attempt.token != token:
        raise UnknownMessage(message_id)
    earlier = events_of(connection, message_id)
    event = Event(EventKind(outcome.kind.value), at, number, data=columns.event_data(outcome))
    own = [known for known in earlier if known.attempt == number]
    if any(known.kind is event.kind and known.data == event.data for known in own):
        return status_of(connection, message_id)
    append_only(connection, message_id, event)
    if stands(event, own):
        connection.execute(_UPDATE_ATTEMPT, {"attempt": attempt.id, **columns.of_answer(outcome, at)})
    if outcome.mitto_id:
        attempt = learn_mitto_id(connection, attempt, outcome.mitto_id, certain=True)
    reports = claim_unmatched(connection, attempt, at)
    return write_projection(connection, message_id, [*earlier, event, *reports]).status
