"""Which attempt a delivery report speaks of. Everything here runs inside a write transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select, update

from mitto_tui.sms.report import DeliveryReport, normal_id
from mitto_tui.sms.status import Event, EventKind, ReportStatus
from mitto_tui.storage.ledger import append_only
from mitto_tui.storage.schema import attempts, events, raw_reports
from mitto_tui.storage.types import AnyRow

_ATTEMPT: Final = select(
    attempts.c.id,
    attempts.c.message_id,
    attempts.c.number,
    attempts.c.profile,
    attempts.c.token,
    attempts.c.mitto_key,
)
_AT: Final = _ATTEMPT.where(
    attempts.c.message_id == bindparam("message"), attempts.c.number == bindparam("attempt_number")
)
_BY_TOKEN: Final = _ATTEMPT.where(attempts.c.token == bindparam("attempt_token"))
_BY_KEY: Final = (
    _ATTEMPT.where(attempts.c.profile == bindparam("of_profile"), attempts.c.mitto_key == bindparam("key"))
    .order_by(attempts.c.id.desc())
    .limit(1)
)
_WITH_TOKEN: Final = raw_reports.c.token == bindparam("attempt_token")
_WITH_KEY: Final = and_(raw_reports.c.profile == bindparam("of_profile"), raw_reports.c.mitto_key == bindparam("key"))
_UNMATCHED: Final = select(raw_reports).where(raw_reports.c.message_id.is_(None)).order_by(raw_reports.c.id)
_UNMATCHED_BY_TOKEN: Final = _UNMATCHED.where(_WITH_TOKEN)
_UNMATCHED_BY_EITHER: Final = _UNMATCHED.where(or_(_WITH_TOKEN, _WITH_KEY))


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """An attempt by everything that a report may know it by. ``mitto_key`` is None until Mitto's id is known."""

    id: int
    message_id: int
    number: int
    profile: str
    token: str
    mitto_key: str | None


def mitto_key(mitto_id: str | None) -> str | None:
    """``mitto_id`` as ids compare, or None where there is nothing to compare."""
    return normal_id(mitto_id) or None if mitto_id else None


def attempt_at(connection: Connection, message_id: int, number: int) -> AttemptKey | None:
    """The ``number``-th attempt at a message."""
    return _one(connection, _AT, message=message_id, attempt_number=number)


def attempt_of(connection: Connection, profile: str, report: DeliveryReport) -> AttemptKey | None:
    """The attempt that ``report`` speaks of.

    Its token says so whatever the profile, being unguessable; else Mitto's id among the profile's own attempts, the
    newest where a simulator has given an id twice.
    """
    found = None
    if report.token:
        found = _one(connection, _BY_TOKEN, attempt_token=report.token)
    key = mitto_key(report.mitto_id)
    if found is None and key:
        found = _one(connection, _BY_KEY, of_profile=profile, key=key)
    return found


def learn_mitto_id(connection: Connection, attempt: AttemptKey, mitto_id: str, *, certain: bool) -> AttemptKey:
    """Remember Mitto's id for ``attempt``: ``certain`` from its own answer, else only where none is known yet."""
    key = mitto_key(mitto_id)
    if key is None or (attempt.mitto_key and not certain):
        return attempt
    connection.execute(
        update(attempts).where(attempts.c.id == attempt.id).values(mitto_id=mitto_id, mitto_key=key),
    )
    return AttemptKey(attempt.id, attempt.message_id, attempt.number, attempt.profile, attempt.token, key)


def claim_unmatched(connection: Connection, attempt: AttemptKey, at: datetime) -> list[Event]:
    """Give ``attempt`` the reports that came before anybody knew whose they were; the events stored for them."""
    query = _UNMATCHED_BY_EITHER if attempt.mitto_key else _UNMATCHED_BY_TOKEN
    known = {"attempt_token": attempt.token, "of_profile": attempt.profile, "key": attempt.mitto_key}
    rows = connection.execute(query, known).all()
    found: list[Event] = []
    for row in rows:
        connection.execute(
            update(raw_reports)
            .where(raw_reports.c.id == row.id)
            .values(message_id=attempt.message_id, attempt=attempt.number)
        )
        event = report_event(_report(row), attempt.number, at)
        append_only(connection, attempt.message_id, event, row.id)
        found.append(event)
    return found


def report_event(report: DeliveryReport, attempt: int, at: datetime) -> Event:
    """What a report adds to its message's events."""
    said = {
        "status_text": report.status_text,
        "error_code": report.error_code,
        "mccmnc": report.mccmnc,
        "mitto_id": report.mitto_id,
    }
    data = {key: value for key, value in said.items() if value}
    return Event(EventKind.REPORT, at, attempt, report.status, report.provider_time, data)


def is_repeated(connection: Connection, message_id: int, event: Event) -> bool:
    """Whether a report's ``event`` says nothing that is not stored already: such a one changes no status."""
    assert event.report is not None
    same = exists().where(
        events.c.message_id == message_id,
        events.c.kind == event.kind.value,
        events.c.attempt == event.attempt,
        events.c.report == event.report.value,
        events.c.provider_time.is_not_distinct_from(event.provider_time),
        events.c.data == event.data,
    )
    return bool(connection.execute(select(same)).scalar_one())


def _one(connection: Connection, query: Select[*tuple[Any, ...]], **values: object) -> AttemptKey | None:
    row = connection.execute(query, values).one_or_none()
    return None if row is None else AttemptKey(*row)


def _report(row: AnyRow) -> DeliveryReport:
    return DeliveryReport(
        status=ReportStatus(row.status),
        status_text=row.status_text,
        mitto_id=row.mitto_id,
        token=row.token,
        reference=row.reference,
        receiver=row.receiver,
        error_code=row.error_code,
        mccmnc=row.mccmnc,
        provider_time=row.provider_time,
    )
