"""What time does to messages: attempts that nobody finishes, and reports that never come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import BigInteger, Connection, and_, func, select, type_coerce, update

from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.ledger import append, events_of, status_of
from mitto_tui.storage.projection import ABANDONED
from mitto_tui.storage.schema import attempts, messages
from mitto_tui.storage.types import AnyRow, to_microseconds

DEFAULT_VALIDITY: Final = 2880
"""Minutes that Mitto takes where a message says nothing (Mitto's reference, ``validity``)."""
GRACE: Final = timedelta(hours=24)
"""How long after a message's validity a report may still come."""

_AT_ONCE: Final = 200
"""Messages in one transaction, so that other writers get their turn."""
_MINUTE: Final = 60_000_000
_WAITING: Final = frozenset({Status.ACCEPTED, Status.BUFFERED, Status.SENT})
_ENDED: Final = "mitto-tui ended before the answer came, so the message may or may not have been sent."
_SILENT: Final = "No answer was stored in good time, so the message may or may not have been sent."

_T = TypeVar("_T")


def abandoned(database: Database, is_alive: Callable[[str], bool], at: datetime) -> list[int]:
    """See ``Messages.abandoned``."""
    query = select(
        attempts.c.id, attempts.c.message_id, attempts.c.number, attempts.c.owner, attempts.c.lease_until
    ).where(attempts.c.outcome.is_(None))
    with database.read() as connection:
        # Sorted here: asked for in order, SQLite would walk over all attempts there ever were.
        unfinished = sorted(connection.execute(query), key=lambda row: row.id)
    # Asked outside any transaction, since looking for a process may take its time.
    alive = {owner: is_alive(owner) for owner in dict.fromkeys(row.owner for row in unfinished)}
    lost = [row for row in unfinished if row.lease_until <= at or not alive[row.owner]]
    in_doubt: dict[int, None] = {}
    for some in _batches(lost):
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


def overdue(database: Database, at: datetime) -> list[int]:
    """See ``Messages.overdue``. Test messages are left alone: they never get a report."""
    minutes = func.coalesce(messages.c.validity, DEFAULT_VALIDITY) + GRACE // timedelta(minutes=1)
    deadline = type_coerce(attempts.c.claimed_at, BigInteger) + minutes * _MINUTE
    newest = and_(attempts.c.message_id == messages.c.id, attempts.c.number == messages.c.attempts)
    due = (
        select(messages.c.id)
        .join(attempts, newest)
        .where(messages.c.status.in_(sorted(_WAITING)), messages.c.test.is_(False), deadline <= to_microseconds(at))
        .order_by(messages.c.id)
    )
    with database.read() as connection:
        found = list(connection.scalars(due))
    changed: list[int] = []
    for some in _batches(found):
        with database.write() as connection:
            changed.extend(message_id for message_id in some if _stop_waiting(connection, message_id, at))
    return changed


def _stop_waiting(connection: Connection, message_id: int, at: datetime) -> bool:
    if status_of(connection, message_id) not in _WAITING:  # a report has come in the meantime
        return False
    earlier = events_of(connection, message_id)
    newest = max(event.attempt or 0 for event in earlier)
    append(connection, message_id, earlier, Event(EventKind.NO_REPORT, at, newest))
    return True


def _batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
