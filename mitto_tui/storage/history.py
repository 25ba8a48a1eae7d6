"""Reading what has been sent: pages, single messages, their timelines, and sums. Changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
)

from mitto_tui.sms.report import normal_id
from mitto_tui.sms.status import Status
from mitto_tui.storage import decode, finding
from mitto_tui.storage.database import Database
from mitto_tui.storage.rows import AttemptRow, HistoryFilter, MessageRow, ReportRow, TimelineEntry
from mitto_tui.storage.schema import attempts, events, messages, raw_reports
from mitto_tui.storage.types import LARGEST, Moment, within

__all__ = ["History", "HistoryFilter", "MessageRow", "TimelineEntry"]

_RECENT: Final = 1000
"""How many of the newest messages are looked through for recent senders and recipients."""

_COLUMNS: Final = [column for column in messages.c if column.name != "search"]

_MADE: Final = type_coerce(literal_column("+messages.created_at"), Moment)
"""When a message was made, for a page: with the plus no index is used for it, which would have all of them sorted."""


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
        oldest_first: bool = False,
    ) -> list[MessageRow]:
        """Up to ``limit`` messages, newest first, after ``skip`` others, all of them older than message ``before``.

        To go on, pass the last one's id as ``before``: what comes in on top then moves nothing. With ``oldest_first``
        it is the other way round, and ``before`` is the message that all are newer than.
        """
        part = Part(before, within(max(skip, 0)), within(max(limit, 0)), oldest_first)
        with self._database.read() as connection:
            query = _found_query(connection, filter, part)
            if query is None:
                query = page_query(filter, part)
            return [decode.message(row) for row in connection.execute(query)]

    def get(self, message_id: int) -> MessageRow | None:
        """One message, or None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_COLUMNS).where(messages.c.id == within(message_id)),
            ).one_or_none()
            return None if row is None else decode.message(row)

    def count(
        self,
        filter: HistoryFilter,  # noqa: A002
        *,
        newer_than: int | None = None,
        older_than: int | None = None,
    ) -> int:
        """How many messages meet ``filter``, or how many of them are newer or older than a message."""
        newer = [] if newer_than is None else [messages.c.id > within(newer_than)]
        if older_than is not None:
            newer.append(messages.c.id < within(older_than))
        with self._database.read() as connection:
            query = select(func.count()).select_from(messages).where(*_all(filter), *newer)
            if (found := _found(connection, filter, Part(None, 0, LARGEST), newer)) is not None:
                query = select(func.count()).select_from(found.subquery())
            return int(connection.execute(query).scalar_one())

    def by_status(self, profile: str | None) -> dict[Status, int]:
        """How many messages are in each status that any message is in."""
        return self.statuses_of(HistoryFilter(profile=profile))

    def statuses_of(self, filter: HistoryFilter) -> dict[Status, int]:  # noqa: A002
        """How many of the messages that meet ``filter`` are in each status that any of them is in."""
        query = select(messages.c.status, func.count()).where(*_all(filter)).group_by(messages.c.status)
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

    def by_mitto_id(self, profile: str, mitto_id: str) -> int | None:
        """The newest message of which Mitto has given this id (dashes and case aside), or None."""
        key = normal_id(mitto_id)
        query = (
            select(attempts.c.message_id)
            .where(attempts.c.profile == profile, attempts.c.mitto_key == key)
            .order_by(attempts.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            found = connection.execute(query).scalar_one_or_none() if key else None
            return None if found is None else int(found)

    def possible_reports(self, message: MessageRow, limit: int = 5) -> list[ReportRow]:
        """Reports that may be about a message in doubt, and that nothing proves to be: a person must say so.

        They name its number, have come since its first attempt, and are nobody else's. Newest first.
        """
        if message.status is not Status.IN_DOUBT:
            return []
        receiver: ColumnElement[Any] = raw_reports.c.receiver
        for char in "+ -./()":
            receiver = func.replace(receiver, char, "")
        first = select(func.min(attempts.c.claimed_at)).where(attempts.c.message_id == message.id).scalar_subquery()
        query = (
            select(raw_reports)
            .where(
                raw_reports.c.message_id.is_(None),
                raw_reports.c.profile == message.profile,
                raw_reports.c.token.is_(None),
                raw_reports.c.received_at >= first,
                receiver.in_((message.to, f"00{message.to}")),
            )
            .order_by(raw_reports.c.id.desc())
            .limit(max(within(limit), 0))
        )
        with self._database.read() as connection:
            return [decode.report(row) for row in connection.execute(query)]

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


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a list: after ``skip`` of those beyond the message ``beyond``, the next ``limit``."""

    beyond: int | None
    skip: int
    limit: int
    oldest_first: bool = False

    @property
    def enough(self) -> int:
        """How many rows must be found for these to be among them."""
        return min(self.skip + self.limit, LARGEST)

    def order(self, column: ColumnElement[int]) -> ColumnElement[int]:
        """``column`` in the list's order."""
        return column.asc() if self.oldest_first else column.desc()

    def of(self, ids: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
        """Of the rows with these ids, those that are meant."""
        wanted = select(ids).order_by(self.order(ids)).offset(self.skip).limit(self.limit)
        return self.rows(wanted)

    def rows(self, ids: Select[int]) -> Select[*tuple[Any, ...]]:
        """The rows with these ids, in the list's order."""
        return select(*_COLUMNS).where(messages.c.id.in_(ids)).order_by(self.order(messages.c.id))

    def conditions(self) -> list[ColumnElement[bool]]:
        """What keeps out the rows that are not beyond ``beyond``."""
        if self.beyond is None:
            return []
        beyond = within(self.beyond)
        return [messages.c.id > beyond if self.oldest_first else messages.c.id < beyond]


def page_query(filter: HistoryFilter, part: Part) -> Select[*tuple[Any, ...]]:  # noqa: A002
    """The rows of a page: a branch for each status, each of which reads its part of the index and stops in time."""
    conditions = [*_all(filter, statuses=False, made=_MADE), *_nearby(filter, part), *part.conditions()]

    def branch(*more: ColumnElement[bool]) -> Select[int]:
        return select(messages.c.id).where(*conditions, *more).order_by(part.order(messages.c.id))

    wanted = [] if filter.statuses is None else sorted(set(filter.statuses))
    if filter.statuses is None:
        return part.rows(branch().offset(part.skip).limit(part.limit))
    if not wanted:
        return part.rows(branch(false()).limit(0))
    if len(wanted) == 1:
        return part.rows(branch(messages.c.status == wanted[0].value).offset(part.skip).limit(part.limit))
    each = (branch(messages.c.status == status.value).limit(part.enough).subquery() for status in wanted)
    return part.of(union_all(*(select(ids.c.id) for ids in each)).subquery().c.id)


def _found_query(connection: Connection, filter: HistoryFilter, part: Part) -> Select[*tuple[Any, ...]] | None:  # noqa: A002
    """``page_query`` by the index for searching, or None where it can't help."""
    found = _found(connection, filter, part, [])
    return None if found is None else part.of(found.subquery().c.id)


def _found(
    connection: Connection,
    filter: HistoryFilter,  # noqa: A002
    part: Part,
    more: list[ColumnElement[bool]],
) -> Select[tuple[int]] | None:
    if not filter.search.strip() and not filter.sender:
        return None
    conditions = _all(replace(filter, search="")) + more
    if finding.is_narrow(connection, filter, conditions):
        return None
    conditions += part.conditions()
    return finding.some(filter, conditions, part.enough, oldest_first=part.oldest_first)


def _nearby(filter: HistoryFilter, part: Part) -> list[ColumnElement[bool]]:  # noqa: A002
    """Where in the list to begin, for a filter by time: the rows before it are not even looked at."""
    far = filter.since if part.oldest_first else filter.until
    if far is None or filter.profile is None:
        return []
    made = messages.alias()
    of_time = [made.c.profile == filter.profile]
    if part.oldest_first:
        return [
            messages.c.id >= select(func.min(made.c.id)).where(*of_time, made.c.created_at >= far).scalar_subquery()
        ]
    return [messages.c.id <= select(func.max(made.c.id)).where(*of_time, made.c.created_at < far).scalar_subquery()]


def _all(
    filter: HistoryFilter,  # noqa: A002
    *,
    statuses: bool = True,
    made: ColumnElement[datetime] = messages.c.created_at,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filter.profile is not None:
        found.append(messages.c.profile == filter.profile)
    if statuses and filter.statuses is not None:
        found.append(messages.c.status.in_(sorted(filter.statuses)))
    if filter.to is not None:
        found.append(messages.c.recipient == re.sub("[^0-9]", "", filter.to))
    if filter.sender is not None:
        found.append(messages.c.sender == filter.sender)
    if filter.campaign is not None:
        found.append(messages.c.campaign == within(filter.campaign))
    if filter.since is not None:
        found.append(made >= filter.since)
    if filter.until is not None:
        found.append(made < filter.until)
    if filter.search.strip():
        found.append(finding.matches(filter.search, filter.profile))
    return found
