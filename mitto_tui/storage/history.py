"""Reading what has been sent: pages, single messages, their timelines, and sums. Changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, select, union_all

from mitto_tui.sms.status import Status
from mitto_tui.storage import decode, finding
from mitto_tui.storage.database import Database
from mitto_tui.storage.rows import AttemptRow, HistoryFilter, MessageRow, ReportRow, TimelineEntry
from mitto_tui.storage.schema import attempts, events, messages, raw_reports
from mitto_tui.storage.types import LARGEST, within

__all__ = ["History", "HistoryFilter", "MessageRow", "TimelineEntry"]

_RECENT: Final = 1000
"""How many of the newest messages are looked through for recent senders and recipients."""

_COLUMNS: Final = [column for column in messages.c if column.name != "search"]


class History:
    """What the store knows about messages of all profiles. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        filter: HistoryFilter,  # noqa: A002 - the word for it
        *,
        before: int | None = None,
        skip: int = 0,
        limit: int = 100,
    ) -> list[MessageRow]:
        """Up to ``limit`` messages, newest first, after ``skip`` others, all of them older than message ``before``.

        To go on, pass the last one's id as ``before``: what comes in on top then moves nothing.
        """
        with self._database.read() as connection:
            query = _found_query(connection, filter, before, skip, limit)
            if query is None:
                query = page_query(filter, before, skip, limit)
            return [decode.message(row) for row in connection.execute(query)]

    def get(self, message_id: int) -> MessageRow | None:
        """One message, or None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_COLUMNS).where(messages.c.id == within(message_id)),
            ).one_or_none()
            return None if row is None else decode.message(row)

    def count(self, filter: HistoryFilter, *, newer_than: int | None = None) -> int:  # noqa: A002
        """How many messages meet ``filter``, or how many of them are newer than the message ``newer_than``."""
        newer = [] if newer_than is None else [messages.c.id > within(newer_than)]
        with self._database.read() as connection:
            query = select(func.count()).select_from(messages).where(*_all(filter), *newer)
            if (found := _found(connection, filter, None, LARGEST, newer)) is not None:
                query = select(func.count()).select_from(found.subquery())
            return int(connection.execute(query).scalar_one())

    def by_status(self, profile: str | None) -> dict[Status, int]:
        """How many messages are in each status that any message is in."""
        query = select(messages.c.status, func.count()).group_by(messages.c.status)
        if profile is not None:
            query = query.where(messages.c.profile == profile)
        with self._database.read() as connection:
            return {Status(status): int(count) for status, count in connection.execute(query)}

    def attempts(self, message_id: int) -> list[AttemptRow]:
        """Every attempt at a message, first to last."""
        query = select(attempts).where(attempts.c.message_id == within(message_id)).order_by(attempts.c.number)
        with self._database.read() as connection:
            return [decode.attempt(row) for row in connection.execute(query)]

    def reports(self, message_id: int) -> list[ReportRow]:
        """Every delivery report on a message, as they came."""
        return self._reports(raw_reports.c.message_id == within(message_id), LARGEST)

    def unmatched_reports(self, profile: str, limit: int = 100) -> list[ReportRow]:
        """The first ``limit`` reports that nobody knows the message of, as they came."""
        return self._reports(and_(raw_reports.c.message_id.is_(None), raw_reports.c.profile == profile), limit)

    def timeline(self, message_id: int) -> list[TimelineEntry]:
        """Everything that happened to a message, in the order it was stored, with its attempts' answers and reports."""
        happened = select(events).where(events.c.message_id == within(message_id)).order_by(events.c.id)
        with self._database.read() as connection:
            rows = connection.execute(happened).all()
        tried = {attempt.number: attempt for attempt in self.attempts(message_id)}
        reports = {report.id: report for report in self.reports(message_id)}
        return [TimelineEntry(decode.event(row), tried.get(row.attempt), reports.get(row.report_id)) for row in rows]

    def recent_senders(self, profile: str | None, limit: int) -> list[str]:
        """Senders of the newest single messages, last used first."""
        return self._recent(messages.c.sender, profile, limit)

    def recent_recipients(self, profile: str | None, limit: int) -> list[str]:
        """Recipients (digits only) of the newest single messages, last used first."""
        return self._recent(messages.c.recipient, profile, limit)

    def _recent(self, column: ColumnElement[str], profile: str | None, limit: int) -> list[str]:
        query = select(column).where(messages.c.campaign.is_(None)).order_by(messages.c.id.desc()).limit(_RECENT)
        if profile is not None:
            query = query.where(messages.c.profile == profile)
        with self._database.read() as connection:
            return list(dict.fromkeys(connection.scalars(query)))[: max(limit, 0)]

    def _reports(self, condition: ColumnElement[bool], limit: int) -> list[ReportRow]:
        with self._database.read() as connection:
            rows = connection.execute(
                select(raw_reports).where(condition).order_by(raw_reports.c.id).limit(max(within(limit), 0))
            )
            return [decode.report(row) for row in rows]


def page_query(filter: HistoryFilter, before: int | None, skip: int, limit: int) -> Select[*tuple[Any, ...]]:  # noqa: A002
    """The rows of a page. Its ids are found first, in an index where there is one, and in order.

    A branch for each status, so that each reads its part of the index in order and stops when it has enough.
    """
    conditions = _all(filter, statuses=False)
    if before is not None:
        conditions.append(messages.c.id < within(before))
    skip, limit = within(max(skip, 0)), within(max(limit, 0))

    def branch(*more: ColumnElement[bool]) -> Select[int]:
        return select(messages.c.id).where(*conditions, *more).order_by(messages.c.id.desc())

    wanted = [] if filter.statuses is None else sorted(set(filter.statuses))
    if filter.statuses is None:
        newest = branch().offset(skip).limit(limit)
    elif not wanted:
        newest = branch(false()).limit(0)
    elif len(wanted) == 1:
        newest = branch(messages.c.status == wanted[0].value).offset(skip).limit(limit)
    else:
        enough = min(skip + limit, LARGEST)
        each = (branch(messages.c.status == status.value).limit(enough).subquery() for status in wanted)
        either = union_all(*(select(ids.c.id) for ids in each)).subquery()
        newest = select(either.c.id).order_by(either.c.id.desc()).offset(skip).limit(limit)
    return select(*_COLUMNS).where(messages.c.id.in_(newest)).order_by(messages.c.id.desc())


def _found_query(
    connection: Connection,
    filter: HistoryFilter,  # noqa: A002
    before: int | None,
    skip: int,
    limit: int,
) -> Select[*tuple[Any, ...]] | None:
    """``page_query`` by the index for searching, or None where it can't help."""
    skip, limit = within(max(skip, 0)), within(max(limit, 0))
    found = _found(connection, filter, before, min(skip + limit, LARGEST), [])
    if found is None:
        return None
    ids = found.subquery()
    wanted = select(ids.c.id).order_by(ids.c.id.desc()).offset(skip).limit(limit)
    return select(*_COLUMNS).where(messages.c.id.in_(wanted)).order_by(messages.c.id.desc())


def _found(
    connection: Connection,
    filter: HistoryFilter,  # noqa: A002
    before: int | None,
    enough: int,
    more: list[ColumnElement[bool]],
) -> Select[tuple[int]] | None:
    if not filter.search.strip():
        return None
    conditions = _all(replace(filter, search="")) + more
    if finding.is_narrow(connection, filter, conditions):
        return None
    return finding.newest(filter.search, filter.profile, conditions, before, enough)


def _all(filter: HistoryFilter, *, statuses: bool = True) -> list[ColumnElement[bool]]:  # noqa: A002
    found: list[ColumnElement[bool]] = []
    if filter.profile is not None:
        found.append(messages.c.profile == filter.profile)
    if statuses and filter.statuses is not None:
        found.append(messages.c.status.in_(sorted(filter.statuses)))
    if filter.to is not None:
        found.append(messages.c.recipient == re.sub("[^0-9]", "", filter.to))
    if filter.campaign is not None:
        found.append(messages.c.campaign == within(filter.campaign))
    if filter.since is not None:
        found.append(messages.c.created_at >= filter.since)
    if filter.until is not None:
        found.append(messages.c.created_at < filter.until)
    if filter.search.strip():
        found.append(finding.matches(filter.search, filter.profile))
    return found
