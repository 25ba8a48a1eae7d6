"""Appending to a message's events, and keeping its row their projection. All of it runs inside a write transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from mitto_tui.sms.status import Event, Status
from mitto_tui.storage import decode
from mitto_tui.storage.projection import Projection, project
from mitto_tui.storage.schema import events, messages

_SELECT_EVENTS: Final = (
    select(events.c.kind, events.c.at, events.c.attempt, events.c.report, events.c.provider_time, events.c.data)
    .where(events.c.message_id == bindparam("message_id"))
    .order_by(events.c.id)
)
_INSERT_EVENT: Final = insert(events)
_SELECT_STATUS: Final = select(messages.c.status).where(messages.c.id == bindparam("message"))
_UPDATE_MESSAGE: Final = update(messages).where(messages.c.id == bindparam("message"))


def events_of(connection: Connection, message_id: int) -> list[Event]:
    """All events of a message, in the order they were stored."""
    return [decode.event(row) for row in connection.execute(_SELECT_EVENTS, {"message_id": message_id})]


def append_only(connection: Connection, message_id: int, event: Event, report_id: int | None = None) -> None:
    """Store ``event`` and leave the row alone: right only where the row is written otherwise, or can't change."""
    connection.execute(
        _INSERT_EVENT,
        {
            "message_id": message_id,
            "kind": event.kind.value,
            "at": event.at,
            "attempt": event.attempt,
            "report": None if event.report is None else event.report.value,
            "provider_time": event.provider_time,
            "report_id": report_id,
            "data": event.data,
        },
    )


def append(connection: Connection, message_id: int, earlier: Sequence[Event], *new: Event) -> Projection:
    """Store ``new`` after the ``earlier`` events (all there are), and write the row's projection."""
    for event in new:
        append_only(connection, message_id, event)
    return write_projection(connection, message_id, [*earlier, *new])


def write_projection(connection: Connection, message_id: int, all_events: Sequence[Event]) -> Projection:
    """Make the row of ``message_id`` say what ``all_events`` add up to."""
    projection = project(all_events)
    connection.execute(
        _UPDATE_MESSAGE,
        {
            "message": message_id,
            "status": projection.status.value,
            "attempts": projection.attempts,
            "conflicting": projection.conflicting,
            "mitto_id": projection.mitto_id,
            "error": projection.error,
            "updated_at": all_events[-1].at,
        },
    )
    return projection


def status_of(connection: Connection, message_id: int) -> Status:
    """The status that the row of ``message_id`` shows."""
    return Status(connection.execute(_SELECT_STATUS, {"message": message_id}).scalar_one())
