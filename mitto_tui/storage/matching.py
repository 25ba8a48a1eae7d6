"""Which attempt a delivery report speaks of. Everything here runs inside a write transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select, update

from mitto_tui.sms.report import DeliveryReport, normal_id
from mitto_tui.sms.status import Event, EventKind, ReportStatus
from mitto_tui.storage.ledger import append_only
from mitto_tui.storage.schema import attempts, events, messages, raw_reports
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
_NEWEST: Final = (
    _ATTEMPT.where(attempts.c.message_id == bindparam("message")).order_by(attempts.c.number.desc()).limit(1)
)
_BY_TOKEN: Final = _ATTEMPT.where(attempts.c.token == bindparam("attempt_token"))
_TWO_BY_TOKEN: Final = _BY_TOKEN.limit(2)
# Of all attempts of a request, the one at a receiver: found by the campaign of any of them, however many there are.
_BESIDE: Final = messages.alias()
_BY_TOKEN_AND_RECEIVER: Final = (
    _BY_TOKEN.join(messages, messages.c.id == attempts.c.message_id)
    .join(_BESIDE, _BESIDE.c.campaign == messages.c.campaign)
    .where(_BESIDE.c.id == bindparam("message"), messages.c.recipient == bindparam("to"))
)
_RECIPIENT: Final = select(messages.c.recipient).where(messages.c.id == bindparam("message"))
_BY_KEY: Final = _ATTEMPT.where(
    attempts.c.profile == bindparam("of_profile"), attempts.c.mitto_key == bindparam("key")
).order_by(attempts.c.id.desc())
_NEWEST_BY_KEY: Final = _BY_KEY.limit(1)
_WITH_TOKEN: Final = raw_reports.c.token == bindparam("attempt_token")
_WITH_TOKEN_AND_RECEIVER: Final = and_(_WITH_TOKEN, raw_reports.c.receiver == bindparam("to"))
# An id may have been given twice: what brings the token of another attempt is not ours, whatever its id.
_WITH_KEY: Final = and_(
    raw_reports.c.profile == bindparam("of_profile"),
    raw_reports.c.mitto_key == bindparam("key"),
    or_(
        raw_reports.c.token.is_(None),
        _WITH_TOKEN,
        ~exists().where(attempts.c.token == raw_reports.c.token),
    ),
)
_UNMATCHED: Final = select(raw_reports).where(raw_reports.c.message_id.is_(None)).order_by(raw_reports.c.id)
_UNMATCHED_BY_TOKEN: Final = _UNMATCHED.where(_WITH_TOKEN)
_UNMATCHED_BY_EITHER: Final = _UNMATCHED.where(or_(_WITH_TOKEN, _WITH_KEY))
_UNMATCHED_OF_SHARED: Final = _UNMATCHED.where(_WITH_TOKEN_AND_RECEIVER)
_UNMATCHED_OF_SHARED_BY_EITHER: Final = _UNMATCHED.where(or_(_WITH_TOKEN_AND_RECEIVER, _WITH_KEY))
_REPEATED: Final = select(
    exists().where(
        events.c.message_id == bindparam("message"),
        events.c.kind == EventKind.REPORT.value,
        events.c.attempt == bindparam("attempt_number"),
        events.c.report == bindparam("said"),
        events.c.provider_time.is_not_distinct_from(bindparam("at_time", type_=events.c.provider_time.type)),
        events.c.data == bindparam("with_data", type_=events.c.data.type),
    )
)
_OTHER_THAN_DIGITS: Final = re.compile(r"[^0-9]+")


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
    return _first(connection, _AT, message=message_id, attempt_number=number)


def digits(receiver: str | None) -> str:
    """A report's receiver as recipients are stored."""
    return _OTHER_THAN_DIGITS.sub("", receiver or "")


def attempt_of(connection: Connection, profile: str, report: DeliveryReport) -> AttemptKey | None:
    """The attempt that ``report`` speaks of.

    Its token says so whatever the profile, being unguessable; where a request went to many, its token and the receiver,
    or else Mitto's id among the request's own attempts. Without a token that is known: Mitto's id among the profile's
    attempts, the newest where a simulator has given an id twice.
    """
    key = mitto_key(report.mitto_id)
    if report.token:
        of_token = [AttemptKey(*row) for row in connection.execute(_TWO_BY_TOKEN, {"attempt_token": report.token})]
        if len(of_token) == 1:
            return of_token[0]
        if of_token:
            return _of_shared(connection, of_token[0], digits(report.receiver), key)
    return None if key is None else _first(connection, _NEWEST_BY_KEY, of_profile=profile, key=key)


def _of_shared(connection: Connection, attempt: AttemptKey, receiver: str, key: str | None) -> AttemptKey | None:
    """Of the attempts that share the token of ``attempt``, the one at ``receiver``, else the one with the id."""
    found = None
    if receiver:
        known = {"attempt_token": attempt.token, "message": attempt.message_id, "to": receiver}
        found = _first(connection, _BY_TOKEN_AND_RECEIVER, **known)
    if found is None and key is not None:
        rows = connection.execute(_BY_KEY, {"of_profile": attempt.profile, "key": key})
        same = (AttemptKey(*row) for row in rows.all())
        found = next((other for other in same if other.token == attempt.token), None)
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
    """Give ``attempt`` the reports that came before anybody knew whose they were; the events stored for them.

    They are known by its token (and the receiver, where other attempts share it), or by Mitto's id.
    """
    known: dict[str, object] = {"attempt_token": attempt.token, "of_profile": attempt.profile, "key": attempt.mitto_key}
    if len(connection.execute(_TWO_BY_TOKEN, {"attempt_token": attempt.token}).all()) == 1:
        query = _UNMATCHED_BY_EITHER if attempt.mitto_key else _UNMATCHED_BY_TOKEN
    else:
        query = _UNMATCHED_OF_SHARED_BY_EITHER if attempt.mitto_key else _UNMATCHED_OF_SHARED
        known["to"] = connection.execute(_RECIPIENT, {"message": attempt.message_id}).scalar_one()
    rows = connection.execute(query, known).all()
    return [take_report(connection, row, attempt, at) for row in rows]


def take_report(connection: Connection, row: AnyRow, attempt: AttemptKey, at: datetime) -> Event:
    """Give ``attempt`` a report's row that was nobody's; the event stored for it."""
    connection.execute(
        update(raw_reports)
        .where(raw_reports.c.id == row.id)
        .values(message_id=attempt.message_id, attempt=attempt.number)
    )
    event = report_event(_report(row), attempt.number, at)
    append_only(connection, attempt.message_id, event, row.id)
    return event


def newest_attempt(connection: Connection, message_id: int) -> AttemptKey | None:
    """The last attempt at a message, or None where there was none."""
    return _first(connection, _NEWEST, message=message_id)


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
    known = {
        "message": message_id,
        "attempt_number": event.attempt,
        "said": event.report.value,
        "at_time": event.provider_time,
        "with_data": event.data,
    }
    return bool(connection.execute(_REPEATED, known).scalar_one())


def _first(connection: Connection, query: Select[*tuple[Any, ...]], **values: object) -> AttemptKey | None:
    row = connection.execute(query, values).first()
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
