"""Claiming a campaign's queued messages, many at a time, in the list's order. It runs inside a write transaction."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mitto_tui.sms.campaign import ClaimedRequest
from mitto_tui.sms.reference import new_token
from mitto_tui.sms.status import Event, EventKind
from mitto_tui.sms.submission import Content, WireType
from mitto_tui.storage.ledger import append, events_of
from mitto_tui.storage.types import AnyRow, from_stored, to_microseconds, to_stored

_SKIPPED_AT_ONCE: Final = 5_000
"""Messages that are skipped in one transaction, at most, so that other writers get their turn."""

# Cross joins: the order in which they are written is the order in which SQLite is to read.
_QUEUE: Final = """
SELECT m.id, m.recipient, m.attempts, o.recipient IS NOT NULL,
    m.sender, m.text, m.type, m.reference, m.validity, m.pid, m.udh, m.flash, m.callback, m.test
FROM messages AS m LEFT JOIN opt_outs AS o ON o.profile = m.profile AND o.recipient = m.recipient
WHERE m.campaign = ? AND m.status = 'queued' AND m.id > ? AND m.id <= ?
ORDER BY m.id LIMIT ?
"""
_CONTENT: Final = 4
"""The column of ``_QUEUE`` where the content begins."""
_CLAIMED: Final = "campaign = ? AND status = 'queued' AND id BETWEEN ? AND ?"
_EVENTS: Final = (
    "INSERT INTO events (message_id, kind, at, attempt, data) "
    f"SELECT id, 'claimed', ?, attempts + 1, ? FROM messages WHERE {_CLAIMED} ORDER BY id"
)
_ATTEMPT: Final = (
    "INSERT INTO attempts (message_id, number, profile, token, owner, lease_until, claimed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_MESSAGES: Final = (
    f"UPDATE messages SET status = 'sending', attempts = attempts + 1, error = NULL, updated_at = ? WHERE {_CLAIMED}"
)
_SKIP_EVENT: Final = "INSERT INTO events (message_id, kind, at, data) VALUES (?, 'skipped', ?, ?)"
_SKIP: Final = "UPDATE messages SET status = 'skipped', error = NULL, updated_at = ? WHERE id = ?"
_OPTED_OUT: Final = {"reason": "opted_out"}


def claim(
    connection: Connection,
    campaign: int,
    profile: str,
    sizes: Sequence[int],
    until: int,
    *,
    owner: str,
    lease_until: datetime,
    at: datetime,
) -> tuple[list[ClaimedRequest], int]:
    """Begin an attempt each at the next queued messages up to the id ``until``: requests, and how many were skipped.

    A request has at most as many messages as its one of ``sizes`` says, and all of the same content.
    """
    queue = _Queue(connection, campaign, until)
    taken: list[list[AnyRow]] = []
    for size in sizes:
        if run := queue.run(size):
            taken.append(run)
    _skip(connection, queue.skipped, at)
    if not taken:
        return [], len(queue.skipped)
    contents: dict[tuple[object, ...], Content] = {}
    requests = [_request(run, contents) for run in taken]
    moment, lease = to_microseconds(at), to_microseconds(lease_until)
    of_profile, by = to_stored(profile), to_stored(owner)
    attempts = [
        (message_id, number, of_profile, request.token, by, lease, moment)
        for request in requests
        for message_id, number in zip(request.message_ids, request.attempts, strict=True)
    ]
    # What was skipped isn't queued any more, so what is, from the first to the last, is exactly what was taken.
    which = (campaign, attempts[0][0], attempts[-1][0])
    data = to_stored(json.dumps({"owner": owner}, ensure_ascii=False, separators=(",", ":")))
    connection.exec_driver_sql(_ATTEMPT, attempts)
    connection.exec_driver_sql(_EVENTS, (moment, data, *which))
    changed = connection.exec_driver_sql(_MESSAGES, (moment, *which)).rowcount
    assert changed == len(attempts), "a message was claimed without an attempt"
    return requests, len(queue.skipped)


class _Queue:
    """The queued messages in order, read as they are needed. ``skipped`` are those whose recipients opted out."""

    def __init__(self, connection: Connection, campaign: int, until: int) -> None:
        self.skipped: list[AnyRow] = []
        self._connection = connection
        self._campaign = campaign
        self._until = until
        self._after = 0
        self._rows: deque[AnyRow] = deque()

    def run(self, size: int) -> list[AnyRow]:
        """Up to ``size`` of the next messages, while their content is the same."""
        found: list[AnyRow] = []
        while len(found) < size:
            if not self._rows and not self._read(size - len(found)):
                break
            row = self._rows[0]
            if row[3]:
                self.skipped.append(self._rows.popleft())
            elif found and row[_CONTENT:] != found[0][_CONTENT:]:
                break
            else:
                found.append(self._rows.popleft())
        return found

    def _read(self, wanted: int) -> bool:
        if len(self.skipped) >= _SKIPPED_AT_ONCE:
            return False
        known = (self._campaign, self._after, self._until, max(wanted, 100))
        self._rows.extend(self._connection.exec_driver_sql(_QUEUE, known).all())
        if self._rows:
            self._after = self._rows[-1][0]
        return bool(self._rows)


def _request(run: Sequence[AnyRow], contents: dict[tuple[object, ...], Content]) -> ClaimedRequest:
    key = tuple(run[0][_CONTENT:])
    content = contents.get(key)
    if content is None:
        content = contents[key] = _content(run[0])
    return ClaimedRequest(
        token=new_token(),
        content=content,
        message_ids=[row[0] for row in run],
        recipients=[row[1] for row in run],
        attempts=[row[2] + 1 for row in run],
    )


def _content(row: AnyRow) -> Content:
    _, _, _, _, sender, text, kind, reference, validity, pid, udh, flash, callback, test = row
    return Content(
        sender=from_stored(sender),
        text=from_stored(text),
        type=WireType(kind),
        reference=from_stored(reference),
        validity=validity,
        pid=pid,
        udh=from_stored(udh),
        flash=bool(flash),
        callback=from_stored(callback),
        test=bool(test),
    )


def _skip(connection: Connection, rows: Sequence[AnyRow], at: datetime) -> None:
    moment, data = to_microseconds(at), json.dumps(_OPTED_OUT, separators=(",", ":"))
    fresh = [row[0] for row in rows if not row[2]]
    if fresh:
        connection.exec_driver_sql(_SKIP_EVENT, [(message_id, moment, data) for message_id in fresh])
        connection.exec_driver_sql(_SKIP, [(moment, message_id) for message_id in fresh])
    for row in rows:
        if row[2]:  # what became of earlier attempts counts, too
            event = Event(EventKind.SKIPPED, at, data=_OPTED_OUT)
            append(connection, row[0], events_of(connection, row[0]), event)
