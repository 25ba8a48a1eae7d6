"""What time does to messages: attempts that nobody finishes, and reports that never come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import BigInteger, Connection, and_, func, select, type_coerce, update

from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.ledger import append, events_of
from mitto_tui.storage.projection import ABANDONED
from mitto_tui.storage.schema import attempts, messages
from mitto_tui.storage.types import AnyRow, to_microseconds

DEFAULT_VALIDITY: Final = 2880
"""Minutes that Mitto takes where a message says nothing (Mitto's reference, ``validity``)."""
GRACE: Final = timedelta(hours=24)
"""How long after a message's validity a report may still come."""

_AT_ONCE: Final = 200
"""Messages in one transaction, so that other writers get their turn."""
_PLAIN_AT_ONCE: Final = 5_000
"""The same, of messages whose history is plain."""
_MINUTE: Final = 60_000_000
_WAITING: Final = frozenset({Status.ACCEPTED, Status.BUFFERED, Status.SENT})
_ENDED: Final = "mitto-tui ended before the answer came, so the message may or may not have been sent."
_SILENT: Final = "No answer was stored in good time, so the message may or may not have been sent."

# The last column: whether its one attempt is all there is, so that the row says nothing new but the status. CROSS: or
# SQLite would look through the list for each message there is.
_STILL_WAITING: Final = """
SELECT m.id, m.attempts = 1 AND NOT EXISTS (
    SELECT 1 FROM events AS e
    WHERE e.message_id = m.id AND e.kind NOT IN ('queued', 'claimed', 'in_doubt', 'accepted', 'report')
)
FROM json_each(?) AS due CROSS JOIN messages AS m ON m.id = due.value
WHERE m.status IN ('accepted', 'buffered', 'sent')
"""
_NO_REPORT: Final = "INSERT INTO events (message_id, kind, at, attempt, data) VALUES (?, 'no_report', ?, 1, '{}')"
_SILENT_NOW: Final = "UPDATE messages SET status = 'no_report', error = NULL, updated_at = ? WHERE id = ?"

_T = TypeVar("_T")


def abandoned(database: Database, is_alive: Callable[[str], bool], at: datetime, spare: str | None = None) -> list[int]:
    """See ``Messages.abandoned``."""
    query = select(
        attempts.c.id, attempts.c.message_id, attempts.c.number, attempts.c.owner, attempts.c.lease_until
    ).where(attempts.c.outcome.is_(None))
    with database.read() as connection:
        # Sorted here: asked for in order, SQLite would walk over all attempts there ever were.
        unfinished = sorted(connection.execute(query), key=lambda row: row.id)
    # Asked outside any transaction, since looking for a process may take its time.
    alive = {owner: is_alive(owner) for owner in dict.fromkeys(row.owner for row in unfinished)}
    lost = [row for row in unfinished if row.owner != spare and (row.lease_until <= at or not alive[row.owner])]
    in_doubt: dict[int, None] = {}
    for some in _batched(lost, _AT_ONCE):
        with database.write() as connection:
            for attempt in some:
                if _abandon(connection, attempt, _SILENT if alive[attempt.owner] else _ENDED, at):
                    in_doubt[attempt.message_id] = None
    return list(in_doubt)


def _abandon(connection: Connection, attempt: AnyRow, detail: str, at: datetime) -> bool:
    """Put one attempt in doubt; whether its message is now."""
    changed = connection.execute(
        update(attempts)
        .where(attempts.c.id == attempt.id, attempts.c.outcome.is_(None))  # its owner may just have recorded it
        .values(outcome=OutcomeKind.IN_DOUBT.value, reason=ABANDONED, detail=detail, finished_at=at)
    )
    if not changed.rowcount:
        return False
    event = Event(EventKind.IN_DOUBT, at, attempt.number, data={"reason": ABANDONED, "detail": detail})
    after = append(connection, attempt.message_id, events_of(connection, attempt.message_id), event)
    return after.status is Status.IN_DOUBT


def overdue(database: Database, at: datetime, most: int | None = None) -> list[int]:
    """See ``Messages.overdue``. Test messages are left alone: they never get a report."""
    minutes = func.coalesce(messages.c.validity, DEFAULT_VALIDITY) + GRACE // timedelta(minutes=1)
    deadline = type_coerce(attempts.c.claimed_at, BigInteger) + minutes * _MINUTE
    newest = and_(attempts.c.message_id == messages.c.id, attempts.c.number == messages.c.attempts)
    waiting, real = messages.c.status.in_(sorted(_WAITING)), messages.c.test.is_(False)
    old = messages.c.created_at <= at - GRACE  # spares the look at the attempts of what is new
    due = (
        select(messages.c.id).join(attempts, newest).where(waiting, real, old, deadline <= to_microseconds(at))
    ).limit(most)
    with database.read() as connection:
        found = sorted(connection.scalars(due))
    changed: list[int] = []
    for some in _batched(found, _PLAIN_AT_ONCE):
        with database.write() as connection:
            changed.extend(_stop_waiting(connection, some, at))
    return changed


def _stop_waiting(connection: Connection, ids: Sequence[int], at: datetime) -> list[int]:
    """Put an end to those that still wait: a report may have come in the meantime."""
    still = connection.exec_driver_sql(_STILL_WAITING, (json.dumps(ids),)).all()
    moment = to_microseconds(at)
    plain = [row[0] for row in still if row[1]]
    if plain:
        connection.exec_driver_sql(_NO_REPORT, [(message_id, moment) for message_id in plain])
        connection.exec_driver_sql(_SILENT_NOW, [(moment, message_id) for message_id in plain])
    for message_id, is_plain in still:
        if not is_plain:
            earlier = events_of(connection, message_id)
            newest = max(event.attempt or 0 for event in earlier)
            append(connection, message_id, earlier, Event(EventKind.NO_REPORT, at, newest))
    return [row[0] for row in still]


def _batched(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """``items`` in runs of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
