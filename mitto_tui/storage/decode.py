"""Rows of the database as records. Raises ValueError for a value that no version of this program writes."""

from __future__ import annotations

from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.status import Event, EventKind, ReportStatus, Status
from mitto_tui.sms.submission import Content, OutcomeKind, WireType
from mitto_tui.storage.rows import AttemptRow, MessageRow, ReportRow
from mitto_tui.storage.types import AnyRow


def event(row: AnyRow) -> Event:
    """One event of a message."""
    return Event(
        kind=EventKind(row.kind),
        at=row.at,
        attempt=row.attempt,
        report=None if row.report is None else ReportStatus(row.report),
        provider_time=row.provider_time,
        data=row.data,
    )


def content(row: AnyRow) -> Content:
    """What a message's row asks for; the reference is the person's own."""
    return Content(
        sender=row.sender,
        text=row.text,
        type=WireType(row.type),
        reference=row.reference,
        validity=row.validity,
        pid=row.pid,
        udh=row.udh,
        flash=row.flash,
        callback=row.callback,
        test=row.test,
    )


def message(row: AnyRow) -> MessageRow:
    """A message; its row may have columns beyond those of a MessageRow."""
    return MessageRow(
        id=row.id,
        profile=row.profile,
        campaign=row.campaign,
        to=row.recipient,
        sender=row.sender,
        text=row.text,
        status=Status(row.status),
        mitto_id=row.mitto_id,
        reference=row.reference,
        encoding=None if row.encoding is None else Encoding(row.encoding),
        type=WireType(row.type),
        segments=row.segments,
        attempts=row.attempts,
        test=row.test,
        created_at=row.created_at,
        updated_at=row.updated_at,
        error=row.error,
        validity=row.validity,
        pid=row.pid,
        udh=row.udh,
        flash=row.flash,
        callback=row.callback,
        conflicting=row.conflicting,
    )


def attempt(row: AnyRow) -> AttemptRow:
    """An attempt."""
    return AttemptRow(
        message_id=row.message_id,
        number=row.number,
        token=row.token,
        owner=row.owner,
        lease_until=row.lease_until,
        claimed_at=row.claimed_at,
        finished_at=row.finished_at,
        outcome=None if row.outcome is None else OutcomeKind(row.outcome),
        reason=row.reason,
        detail=row.detail,
        http_status=row.http_status,
        response_code=row.response_code,
        response_text=row.response_text,
        mitto_id=row.mitto_id,
        message_parts=row.message_parts,
        text_length=row.text_length,
        provider_time=row.provider_time,
        retry_after=row.retry_after,
        test=row.test,
        raw=row.raw,
    )


def report(row: AnyRow) -> ReportRow:
    """A raw report."""
    return ReportRow(
        id=row.id,
        profile=row.profile,
        source=row.source,
        received_at=row.received_at,
        status=ReportStatus(row.status),
        status_text=row.status_text,
        mitto_id=row.mitto_id,
        reference=row.reference,
        receiver=row.receiver,
        error_code=row.error_code,
        mccmnc=row.mccmnc,
        provider_time=row.provider_time,
        message_id=row.message_id,
        attempt=row.attempt,
        raw=row.raw,
    )
