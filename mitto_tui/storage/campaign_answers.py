"""Storing how a campaign's requests ended, many messages at a time. It runs inside a write transaction.

Nearly every answer is the first word on a message that nothing else is known of. Those are written side by side, column
by column; what is special in any way goes the way of single messages (``recording``), to the same effect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring  # as json.dumps writes a text that stays as it is
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from mitto_tui.sms.campaign import Answered
from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.sms.submission import Outcome, OutcomeKind
from mitto_tui.storage import columns
from mitto_tui.storage.errors import UnknownMessage
from mitto_tui.storage.ledger import append, events_of, status_of, write_projection
from mitto_tui.storage.matching import attempt_at, claim_unmatched, digits, mitto_key
from mitto_tui.storage.projection import project
from mitto_tui.storage.recording import record
from mitto_tui.storage.types import AnyRow, storable, to_microseconds, to_stored

# The last column: whether nothing of any weight was known before the newest attempt, so that its answer alone counts.
_KNOWN: Final = """
SELECT m.id, m.campaign, m.status, m.attempts, a.id, a.token, a.outcome IS NULL AND m.mitto_id IS NULL AND (
    m.attempts = 1 OR NOT EXISTS (
        SELECT 1 FROM events AS e WHERE e.message_id = m.id
        AND e.kind NOT IN ('queued', 'claimed', 'never_left', 'unauthorised', 'slow_down')
    )
)
FROM json_each(?) AS wanted CROSS JOIN messages AS m ON m.id = wanted.value
CROSS JOIN attempts AS a ON a.message_id = m.id AND a.number = m.attempts
"""
_EVENT: Final = "INSERT INTO events (message_id, kind, at, attempt, data) VALUES (?, ?, ?, ?, ?)"
_ATTEMPT: Final = """
UPDATE attempts SET finished_at = ?, outcome = ?, reason = ?, detail = ?, http_status = ?, response_code = ?,
    response_text = ?, mitto_id = ?, mitto_key = ?, message_parts = ?, text_length = ?, provider_time = ?,
    retry_after = ?, test = ?, raw = ?
WHERE id = ?
"""
_MESSAGE: Final = "UPDATE messages SET status = ?, mitto_id = ?, error = ?, updated_at = ? WHERE id = ?"
_ANY_UNMATCHED: Final = "SELECT EXISTS (SELECT 1 FROM raw_reports WHERE message_id IS NULL)"
_UNMATCHED_KEYS: Final = """
SELECT DISTINCT r.mitto_key FROM json_each(?) AS wanted
CROSS JOIN raw_reports AS r ON r.profile = ? AND r.mitto_key = wanted.value WHERE r.message_id IS NULL
"""
_UNMATCHED_TOKENS: Final = """
SELECT DISTINCT r.token, r.receiver FROM json_each(?) AS wanted
CROSS JOIN raw_reports AS r ON r.token = wanted.value WHERE r.message_id IS NULL
"""
_NOT_TAKEN: Final = frozenset({OutcomeKind.NEVER_LEFT, OutcomeKind.UNAUTHORISED, OutcomeKind.SLOW_DOWN})


class _One(NamedTuple):
    """One message's part in an answer, and where it stands among the statuses."""

    message_id: int
    number: int
    token: str
    recipient: str
    alone: bool
    outcome: Outcome
    place: tuple[int, int]


def store_answers(
    connection: Connection,
    campaign: int,
    profile: str,
    answered: Sequence[Answered],
    at: datetime,
    *,
    cancelled: bool,
) -> list[list[Status]]:
    """Store how requests ended; the messages' statuses after it, side by side with ``answered``.

    Storing the same again changes nothing. With ``cancelled`` nothing goes back into the queue. Raises UnknownMessage
    for what is no attempt at a message of ``campaign``.
    """
    known = _known(connection, campaign, answered)
    statuses = [[Status.QUEUED] * len(one.request) for one in answered]
    writer, special, seen = _Writer(at), list[_One](), set[int]()
    for one in _every(answered):
        row = known[one.message_id]
        if one.message_id not in seen and _is_plain(row, one):
            seen.add(one.message_id)
            statuses[one.place[0]][one.place[1]] = writer.add(row[4], one)
        else:
            special.append(one)
    writer.write(connection)
    for one in special:
        status = record(connection, one.message_id, one.number, one.token, one.outcome, at)
        statuses[one.place[0]][one.place[1]] = status
    for one in _with_reports(connection, profile, writer.stored):
        statuses[one.place[0]][one.place[1]] = _give_reports(connection, one, at)
    for index, one_answer in enumerate(answered):
        for place, status in enumerate(statuses[index]):
            if status is Status.QUEUED:
                message_id, number = one_answer.request.message_ids[place], one_answer.request.attempts[place]
                given_up = message_id in one_answer.given_up
                if given_up or cancelled:
                    detail = one_answer.outcomes[place].detail if given_up else None
                    statuses[index][place] = _end(connection, message_id, number, detail, at)
    return statuses


def _known(connection: Connection, campaign: int, answered: Sequence[Answered]) -> Mapping[int, AnyRow]:
    ids = [message_id for one in answered for message_id in one.request.message_ids]
    if not ids:
        return {}
    rows = connection.exec_driver_sql(_KNOWN, (json.dumps(ids),)).all()
    known = {row[0]: row for row in rows if row[1] == campaign}
    for message_id in ids:
        if message_id not in known:
            raise UnknownMessage(message_id)
    return known


def _every(answered: Sequence[Answered]) -> list[_One]:
    return [
        _One(message_id, number, one.request.token, recipient, len(one.request) == 1, outcome, (index, place))
        for index, one in enumerate(answered)
        for place, (message_id, number, recipient, outcome) in enumerate(
            zip(one.request.message_ids, one.request.attempts, one.request.recipients, one.outcomes, strict=True)
        )
    ]


def _is_plain(row: AnyRow, one: _One) -> bool:
    """Whether the answer is all that will be known of the message, so that its row follows from the answer alone."""
    _, _, status, attempts, _, token, nothing_else = row
    mitto_id = one.outcome.mitto_id
    return (
        status == "sending"
        and nothing_else
        and attempts == one.number
        and token == one.token
        and (mitto_id is None or mitto_id.isascii())
    )


class _Writer:
    """Collects what plain answers change, row by row, to be written table by table."""

    def __init__(self, at: datetime) -> None:
        self.stored: list[_One] = []
        self._moment = to_microseconds(at)
        self._at = at
        self._events: list[tuple[Any, ...]] = []
        self._attempts: list[tuple[Any, ...]] = []
        self._messages: list[tuple[Any, ...]] = []
        self._heads: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def add(self, attempt_id: int, one: _One) -> Status:
        outcome, moment = one.outcome, self._moment
        status, error, answer, data = self._head(outcome)
        mitto_id = outcome.mitto_id
        key = mitto_key(mitto_id)
        if mitto_id is not None:
            data = f'{data},"mitto_id":{encode_basestring(mitto_id)}'
        if outcome.retry_after is not None:
            data = f'{data},"retry_after":{json.dumps(outcome.retry_after)}'
        shown = mitto_id if key else None
        time = outcome.provider_time
        self.stored.append(one)
        self._events.append((one.message_id, outcome.kind.value, moment, one.number, to_stored(data + "}")))
        self._attempts.append(
            (
                *(moment, *answer, shown, key),
                *(storable(outcome.message_parts), storable(outcome.text_length)),
                *(None if time is None else to_microseconds(time), outcome.retry_after, outcome.test),
                *(None if outcome.raw is None else to_stored(outcome.raw), attempt_id),
            )
        )
        self._messages.append((status.value, shown, error, moment, one.message_id))
        return status

    def _head(self, outcome: Outcome) -> tuple[Status, Any, tuple[Any, ...], str]:
        """What answers with the same words share: status, error, columns of the attempt, the event's data so far."""
        words = (outcome.kind, outcome.reason, outcome.detail, outcome.http_status, outcome.response_code)
        key = (*words, outcome.response_text)
        found = self._heads.get(key)
        if found is None:
            data = columns.event_data(outcome)
            shown = project([Event(EventKind(outcome.kind.value), self._at, 1, data=data)])
            row = columns.of_answer(outcome, self._at)
            names = ("outcome", "reason", "detail", "http_status", "response_code", "response_text")
            plain = {name: value for name, value in data.items() if name not in ("mitto_id", "retry_after")}
            found = self._heads[key] = (
                shown.status,
                _text(shown.error),
                tuple(_text(row[name]) for name in names),
                json.dumps(plain, ensure_ascii=False, separators=(",", ":"))[:-1],
            )
        return found

    def write(self, connection: Connection) -> None:
        """Everything that was added, within the caller's transaction."""
        if self._events:
            connection.exec_driver_sql(_EVENT, self._events)
            connection.exec_driver_sql(_ATTEMPT, self._attempts)
            connection.exec_driver_sql(_MESSAGE, self._messages)


def _text(value: object) -> object:
    return to_stored(value) if isinstance(value, str) else value


def _with_reports(connection: Connection, profile: str, stored: Sequence[_One]) -> list[_One]:
    """Those of which there are reports already that nobody knew the message of."""
    if not stored or not connection.exec_driver_sql(_ANY_UNMATCHED).scalar_one():
        return []
    keys = json.dumps([key for one in stored if (key := mitto_key(one.outcome.mitto_id))])
    tokens = json.dumps(list(dict.fromkeys(one.token for one in stored)))
    by_key = {row[0] for row in connection.exec_driver_sql(_UNMATCHED_KEYS, (keys, to_stored(profile)))}
    by_token: dict[str, set[str]] = {}
    for token, receiver in connection.exec_driver_sql(_UNMATCHED_TOKENS, (tokens,)):
        by_token.setdefault(token, set()).add(digits(receiver))
    return [
        one
        for one in stored
        if mitto_key(one.outcome.mitto_id) in by_key
        or (one.token in by_token and (one.alone or one.recipient in by_token[one.token]))
    ]


def _give_reports(connection: Connection, one: _One, at: datetime) -> Status:
    attempt = attempt_at(connection, one.message_id, one.number)
    assert attempt is not None
    if not claim_unmatched(connection, attempt, at):
        return status_of(connection, one.message_id)
    return write_projection(connection, one.message_id, events_of(connection, one.message_id)).status


def _end(connection: Connection, message_id: int, number: int, given_up: str | None, at: datetime) -> Status:
    """Take a message that is queued out of the queue, unless somebody has begun another attempt meanwhile."""
    earlier = events_of(connection, message_id)
    shown = project(earlier)
    if shown.status is not Status.QUEUED or shown.attempts != number:
        return shown.status
    if given_up is None:
        event = Event(EventKind.CANCELLED, at)
    else:
        event = Event(EventKind.GAVE_UP, at, number, data={"detail": given_up})
    return append(connection, message_id, earlier, event).status
