"""Forgetting what is old: messages with all that is known of them, and the lists they came from.

Every connection of the store overwrites what it deletes (``secure_delete``), indexes included; the log that SQLite
keeps beside the file is emptied at the end. What has not ended is kept, however old it is: nobody is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaigns import Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.finding import merge_some
from mitto_tui.storage.types import LARGEST, to_microseconds, to_stored

OPEN: Final = (
    Status.QUEUED,
    Status.SENDING,
    Status.IN_DOUBT,
    Status.ACCEPTED,
    Status.BUFFERED,
    Status.SENT,
)
"""What is not forgotten: it is still to be sent, to be decided on, or to be reported on."""

_AT_ONCE: Final = 2_000
"""Messages in one transaction, so that other writers get their turn."""
_OPEN: Final = ", ".join(f"'{status.value}'" for status in OPEN)
# Test messages never get a report, so nothing is waited for once Mitto has them.
_DONE: Final = f"(status NOT IN ({_OPEN}) OR (test AND status = '{Status.ACCEPTED.value}'))"
_STATES: Final = (CampaignState.DRAFT, CampaignState.FINISHED, CampaignState.CANCELLED)
_OVER: Final = ", ".join(f"'{state.value}'" for state in _STATES)
# A report may come before its request's answer, which is then still to be stored; and a campaign is one thing.
_ENDED: Final = f"""({_DONE}
    AND NOT EXISTS (SELECT 1 FROM attempts AS a WHERE a.message_id = messages.id AND a.outcome IS NULL)
    AND NOT EXISTS (SELECT 1 FROM campaigns AS c WHERE c.id = messages.campaign AND c.state NOT IN ({_OVER})))"""
_OLD: Final = "profile = ? AND max(created_at, updated_at) < ?"
"""Nothing has happened to it since, either."""

_COUNT: Final = f"SELECT {_ENDED}, status, count(*) FROM messages WHERE {_OLD} GROUP BY 1, 2"
_COUNT_REPORTS: Final = "SELECT count(*) FROM raw_reports WHERE profile = ? AND message_id IS NULL AND received_at < ?"
_SOME: Final = f"SELECT id FROM messages WHERE {_OLD} AND {_ENDED} AND id > ? ORDER BY id LIMIT ?"
_SOME_REPORTS: Final = (
    "SELECT id FROM raw_reports WHERE profile = ? AND message_id IS NULL AND received_at < ? ORDER BY id LIMIT ?"
)
# In the order in which they point at each other.
_OF_MESSAGES: Final = (
    "DELETE FROM events WHERE message_id = ?",
    "DELETE FROM raw_reports WHERE message_id = ?",
    "DELETE FROM attempts WHERE message_id = ?",
    "DELETE FROM messages WHERE id = ?",
)
_GUARD: Final = "events_not_deleted"
"""The trigger that keeps everybody else from deleting events."""
_REPORT: Final = "DELETE FROM raw_reports WHERE id = ?"
_LISTS: Final = f"""
SELECT id FROM campaigns AS c WHERE profile = ? AND state IN ({_OVER}) AND created_at < ? AND updated_at < ?
AND NOT EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.campaign = c.id AND (max(m.created_at, m.updated_at) >= ? OR NOT {_DONE})
)
"""
_WORKERS: Final = "DELETE FROM campaign_workers WHERE campaign = ?"
_SAVING: Final = f"UPDATE campaigns SET state = 'saving' WHERE id = ? AND state IN ({_OVER})"


@dataclass(frozen=True, slots=True)
class Purge:
    """What goes, or went. ``reports`` are those that belong to no message, ``lists`` are campaigns and kept lists.

    ``kept`` is how many messages of the same age stay, by their status.
    """

    messages: int = 0
    reports: int = 0
    lists: int = 0
    kept: Mapping[Status, int] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing goes."""
        return not (self.messages or self.reports or self.lists)


class Purging:
    """Forgets what is old, of one profile. Opt-outs, drafts, templates and settings stay. Raises ``storage.errors``."""

    def __init__(self, database: Database, profile: str) -> None:
        self._database = database
        self._profile = to_stored(profile)

    def preview(self, before: datetime) -> Purge:
        """What ``purge`` would do now. Changes nothing."""
        moment = to_microseconds(before)
        with self._database.read() as connection:
            found = connection.exec_driver_sql(_COUNT, (self._profile, moment)).all()
            reports = connection.exec_driver_sql(_COUNT_REPORTS, (self._profile, moment)).scalar_one()
            lists = len(self._lists(connection, moment))
        kept: dict[Status, int] = {Status(status): count for ended, status, count in found if not ended}
        return Purge(sum(count for ended, _, count in found if ended), reports, lists, kept)

    def purge(
        self,
        before: datetime,
        progress: Callable[[int], None] = lambda done: None,
        most: int = LARGEST,
        stop: Callable[[], bool] = lambda: False,
    ) -> Purge:
        """Forget what was made and last changed ``before``: ended messages, lists done with, reports on nothing known.

        In short transactions: wherever it is stopped, each message is there with all of it, or gone. ``progress`` is
        told how many messages are gone. Stops after about ``most`` of them, or soon after ``stop`` says so; the rest is
        for the next time, and of what went nothing is left in the file either way.
        """
        moment = to_microseconds(before)
        messages = self._messages(moment, progress, most, stop)
        reports = lists = 0
        if messages < most:
            reports = self._unmatched(moment, stop)
            lists = self._forget_lists(moment, stop)
        if messages:
            self._merge_index()
        if messages or reports or lists:
            with suppress(StoreError):  # whoever reads just now keeps it from being emptied until the next time
                self._database.empty_log()
        return Purge(messages, reports, lists)

    def _messages(self, moment: int, progress: Callable[[int], None], most: int, stop: Callable[[], bool]) -> int:
        done = last = 0
        while done < most and not stop():
            with self._database.write(foreign_keys=False) as connection:
                known = (self._profile, moment, last, _AT_ONCE)
                ids = [(row[0],) for row in connection.exec_driver_sql(_SOME, known)]
                if not ids:
                    break
                with _unguarded(connection):
                    for statement in _OF_MESSAGES:
                        connection.exec_driver_sql(statement, ids)
            last = ids[-1][0]
            done += len(ids)
            progress(done)
        return done

    def _merge_index(self) -> None:
        more = True
        while more:
            with self._database.write() as connection:
                more = merge_some(connection)

    def _unmatched(self, moment: int, stop: Callable[[], bool]) -> int:
        done = 0
        while not stop():
            with self._database.write(foreign_keys=False) as connection:
                known = (self._profile, moment, _AT_ONCE)
                ids = [(row[0],) for row in connection.exec_driver_sql(_SOME_REPORTS, known)]
                if not ids:
                    break
                connection.exec_driver_sql(_REPORT, ids)
            done += len(ids)
        return done

    def _forget_lists(self, moment: int, stop: Callable[[], bool]) -> int:
        campaigns, done = Campaigns(self._database), 0
        with self._database.read() as connection:
            found = () if stop() else self._lists(connection, moment)
        for campaign in found:
            if stop():
                break
            with self._database.write() as connection:
                still = campaign in self._lists(connection, moment)
                if still:
                    connection.exec_driver_sql(_WORKERS, (campaign,))
                    still = bool(connection.exec_driver_sql(_SAVING, (campaign,)).rowcount)
            if still:
                campaigns.discard(campaign)
                done += 1
        return done

    def _lists(self, connection: Connection, moment: int) -> list[int]:
        return [row[0] for row in connection.exec_driver_sql(_LISTS, (self._profile, moment, moment, moment))]


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Let events be deleted within this transaction; nobody else ever sees a store without the guard."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
    guard = connection.exec_driver_sql(query, (_GUARD,)).scalar_one()
    connection.exec_driver_sql(f"DROP TRIGGER {_GUARD}")
    yield
    connection.exec_driver_sql(guard)
