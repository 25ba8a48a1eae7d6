"""Delivery reports: every one kept as it came, and added to the message it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import Status
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import NotAllowed
from mitto_tui.storage.ledger import append_only, events_of, status_of, write_projection
from mitto_tui.storage.matching import (
    AttemptKey,
    attempt_of,
    claim_unmatched,
    is_repeated,
    learn_mitto_id,
    mitto_key,
    newest_attempt,
    report_event,
    take_report,
)
from mitto_tui.storage.rows import AppliedReport
from mitto_tui.storage.schema import insert_row, raw_reports

__all__ = ["AppliedReport", "Reports"]


class Reports:
    """Where delivery reports go. Every method raises the errors of ``storage.errors``; nothing is then kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(
        self, profile: str, report: DeliveryReport, raw: str, source: str, received_at: datetime
    ) -> AppliedReport:
        """Keep one report, on disk when it returns; see ``receive_many``."""
        return self.receive_many(profile, [(report, raw)], source, received_at)[0]

    def receive_many(
        self, profile: str, reports: Iterable[tuple[DeliveryReport, str]], source: str, received_at: datetime
    ) -> list[AppliedReport]:
        """Keep reports, each with its ``raw`` form, in one transaction: all of them or none.

        Any str is kept exactly in ``raw``, so octets that are no UTF-8 may be decoded with ``surrogateescape``. A
        report is matched by its token to an attempt of any profile, else by Mitto's id to one of ``profile``; what
        matches nothing is kept until an attempt learns that id. Order and repetition make no difference to any status.
        """
        with self._database.write() as connection:
            return [_receive(connection, profile, report, raw, source, received_at) for report, raw in reports]

    def take(self, report_id: int, message_id: int, at: datetime) -> AppliedReport:
        """A person's word: a report that nobody knew the message of speaks of the newest attempt at this one.

        Raises NotAllowed where the message isn't in doubt any more, or the report has found its message meanwhile.
        """
        with self._database.write() as connection:
            before = status_of(connection, message_id)
            unmatched = raw_reports.c.message_id.is_(None)
            row = connection.execute(select(raw_reports).where(raw_reports.c.id == report_id, unmatched)).one_or_none()
            attempt = newest_attempt(connection, message_id)
            if before is not Status.IN_DOUBT or row is None or attempt is None or attempt.profile != row.profile:
                raise NotAllowed(message_id, before, "given this report")
            take_report(connection, row, attempt, at)
            if row.mitto_id:
                learnt = learn_mitto_id(connection, attempt, row.mitto_id, certain=False)
                claim_unmatched(connection, learnt, at)
            after = write_projection(connection, message_id, events_of(connection, message_id)).status
            return AppliedReport(report_id, message_id, after, changed=after is not before)


def _receive(
    connection: Connection, profile: str, report: DeliveryReport, raw: str, source: str, received_at: datetime
) -> AppliedReport:
    attempt = attempt_of(connection, profile, report)
    values = {
        "profile": profile,
        "source": source,
        "received_at": received_at,
        "status": report.status.value,
        "status_text": report.status_text,
        "mitto_id": report.mitto_id,
        "mitto_key": mitto_key(report.mitto_id),
        "token": report.token,
        "reference": report.reference,
        "receiver": report.receiver,
        "error_code": report.error_code,
        "mccmnc": report.mccmnc,
        "provider_time": report.provider_time,
        "message_id": attempt.message_id if attempt else None,
        "attempt": attempt.number if attempt else None,
        "raw": raw,
    }
    report_id = insert_row(connection, raw_reports, values)
    if attempt is None:
        return AppliedReport(report_id, None, None, changed=False)
    return _apply(connection, attempt, report, report_id, received_at)


def _apply(
    connection: Connection, attempt: AttemptKey, report: DeliveryReport, report_id: int, received_at: datetime
) -> AppliedReport:
    message_id = attempt.message_id
    before = status_of(connection, message_id)
    event = report_event(report, attempt.number, received_at)
    if is_repeated(connection, message_id, event):
        append_only(connection, message_id, event, report_id)
        return AppliedReport(report_id, message_id, before, changed=False)
    append_only(connection, message_id, event, report_id)
    if report.mitto_id:
        learnt = learn_mitto_id(connection, attempt, report.mitto_id, certain=False)
        if learnt is not attempt:
            claim_unmatched(connection, learnt, received_at)
    after = write_projection(connection, message_id, events_of(connection, message_id)).status
    return AppliedReport(report_id, message_id, after, changed=after is not before)
