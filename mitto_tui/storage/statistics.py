"""Sums over the history: by time, by the numbers' first digits, by campaign; and how long deliveries took.

Test messages are left out: nobody got them. Nothing here is stored: each sum is made of the messages as they are now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from mitto_tui.sms.status import EventKind, ReportStatus, Status
from mitto_tui.storage.database import Database
from mitto_tui.storage.types import LARGEST, to_microseconds, to_stored

QUARTER: Final = timedelta(minutes=15)
"""What times are summed over: every time zone's days begin at one of these."""
KNOWN_DIGITS: Final = 7
"""So many first digits of a number tell its country, but for few."""
SAMPLE: Final = 10_000
"""The newest deliveries, of which the time is told."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_OF: Final = "FROM messages WHERE profile = :profile AND created_at >= :since AND created_at < :until AND NOT test"
_BY_TIME: Final = f"SELECT created_at / {QUARTER // _MICROSECOND}, status, count(*), sum(segments) {_OF} GROUP BY 1, 2"
_BY_NUMBER: Final = f"""
SELECT substr(recipient, 1, {KNOWN_DIGITS}), length(recipient), min(recipient), status, count(*), sum(segments) {_OF}
GROUP BY 1, 2, status
"""
_BY_CAMPAIGN: Final = f"""
SELECT sums.campaign, campaigns.name, sums.status, sums.messages, sums.segments
FROM (SELECT campaign, status, count(*) AS messages, sum(segments) AS segments {_OF} GROUP BY campaign, status) AS sums
LEFT JOIN campaigns ON campaigns.id = sums.campaign
"""
_DELIVERED: Final = f"""
SELECT id, attempts FROM messages
WHERE profile = :profile AND status = '{Status.DELIVERED.value}'
AND created_at >= :since AND created_at < :until AND NOT test
ORDER BY id DESC LIMIT {SAMPLE}
"""
# The phone's own time where Mitto tells it: a report may come late. It knows whole seconds, so it may seem to be first.
_TIMES: Final = f"""
SELECT (
    SELECT min(CASE WHEN e.provider_time >= a.claimed_at THEN e.provider_time ELSE e.at END) FROM events AS e
    WHERE e.message_id = m.id AND e.kind = '{EventKind.REPORT.value}' AND e.report = '{ReportStatus.DELIVERED.value}'
    AND e.attempt = a.number
) - a.claimed_at AS taken
FROM ({_DELIVERED}) AS m JOIN attempts AS a ON a.message_id = m.id AND a.number = m.attempts
ORDER BY taken
"""


@dataclass(frozen=True, slots=True)
class Period:
    """Messages made at ``since`` or later and before ``until`` (aware). None: from the beginning, or to the end."""

    since: datetime | None = None
    until: datetime | None = None


class Tally(Counter[Status]):
    """Messages by status; ``parts`` are their segments, by the same."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: Counter[Status] = Counter()

    def count(self, status: Status, messages: int, parts: int) -> None:
        """Count ``messages`` of a status."""
        self[status] += messages
        self.parts[status] += parts

    def add(self, other: Tally) -> None:
        """Count all that ``other`` counts."""
        self.update(other)
        self.parts.update(other.parts)


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """Numbers of ``length`` digits that begin with ``known``; ``example`` is one of them."""

    known: str
    length: int
    example: str


class Statistics:
    """Sums over one profile's messages. Every method may take seconds, and raises the errors of ``storage.errors``."""

    def __init__(self, database: Database, profile: str) -> None:
        self._database = database
        self._profile = profile

    def by_time(self, period: Period) -> dict[datetime, Tally]:
        """By the quarter of an hour (UTC) in which they were made."""
        sums: dict[datetime, Tally] = {}
        with self._database.read() as connection:
            for quarter, status, messages, segments in self._rows(connection, _BY_TIME, period):
                tally = sums.setdefault(_EPOCH + quarter * QUARTER, Tally())
                tally.count(Status(status), messages, segments)
        return sums

    def by_number(self, period: Period) -> dict[NumberBlock, Tally]:
        """By the first digits of their recipients."""
        sums: dict[tuple[str, int], tuple[NumberBlock, Tally]] = {}
        with self._database.read() as connection:
            for known, length, example, status, messages, segments in self._rows(connection, _BY_NUMBER, period):
                _, tally = sums.setdefault((known, length), (NumberBlock(known, length, example), Tally()))
                tally.count(Status(status), messages, segments)
        return dict(sums.values())

    def by_campaign(self, period: Period) -> dict[tuple[int, str] | None, Tally]:
        """By campaign, its id and name; None are the single messages."""
        sums: dict[tuple[int, str] | None, Tally] = {}
        with self._database.read() as connection:
            for campaign, name, status, messages, segments in self._rows(connection, _BY_CAMPAIGN, period):
                tally = sums.setdefault(None if campaign is None else (campaign, name), Tally())
                tally.count(Status(status), messages, segments)
        return sums

    def delivery_times(self, period: Period) -> list[float]:
        """Seconds from the attempt to the phone, shortest first, of the newest ``SAMPLE`` messages delivered."""
        with self._database.read() as connection:
            return [row[0] / 1e6 for row in self._rows(connection, _TIMES, period) if row[0] is not None]

    def _rows(self, connection: Connection, query: str, period: Period) -> Any:
        known = {
            "profile": to_stored(self._profile),
            "since": -LARGEST if period.since is None else to_microseconds(period.since),
            "until": LARGEST if period.until is None else to_microseconds(period.until),
        }
        return connection.exec_driver_sql(query, known)
