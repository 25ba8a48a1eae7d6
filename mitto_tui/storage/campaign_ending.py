"""Ending campaigns: by a person's word, and after programs that are gone."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mitto_tui.sms.campaign import CampaignState, PauseReason
from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.storage.campaign_state import finish, has, is_over, set_paused, state_of
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import CampaignNotAllowed
from mitto_tui.storage.ledger import append, events_of
from mitto_tui.storage.types import from_stored, to_microseconds, to_stored

CLOSED: Final = "mitto-tui ended while it was being sent."
"""Why a campaign is paused that nobody sends any more."""

_AT_ONCE: Final = 10_000
_SPECIAL_AT_ONCE: Final = 500
"""Messages in one transaction that have a history of their own: each takes many times as long."""
# One that was finished has messages queued since: its end is yet to come.
_END: Final = (
    "UPDATE campaigns SET state = 'cancelled', reason = NULL, detail = '', finished_at = NULL, updated_at = ? "
    "WHERE id = ?"
)
_IS_ENDING: Final = "SELECT finished_at IS NULL FROM campaigns WHERE id = ?"
_ENDED: Final = "UPDATE campaigns SET finished_at = ?, updated_at = ? WHERE id = ? AND finished_at IS NULL"
_QUEUED: Final = "SELECT count(*) FROM messages WHERE campaign = ? AND status = 'queued'"
# The last column: whether any attempt may have happened, or somebody has decided something.
_SOME: Final = """
SELECT m.id, EXISTS (
    SELECT 1 FROM events AS e WHERE e.message_id = m.id
    AND e.kind NOT IN ('queued', 'claimed', 'never_left', 'unauthorised', 'slow_down')
)
FROM messages AS m WHERE m.campaign = ? AND m.status = 'queued' ORDER BY m.id LIMIT ?
"""
_EVENT: Final = "INSERT INTO events (message_id, kind, at, data) VALUES (?, 'cancelled', ?, '{}')"
_MESSAGE: Final = "UPDATE messages SET status = 'cancelled', error = NULL, updated_at = ? WHERE id = ?"
_HALF_CANCELLED: Final = "SELECT id FROM campaigns WHERE state = 'cancelled' AND finished_at IS NULL ORDER BY id"
_RUNNING: Final = "SELECT id FROM campaigns WHERE state = 'running' ORDER BY id"
_WORKERS: Final = "SELECT campaign, owner FROM campaign_workers"
_FORGET: Final = "DELETE FROM campaign_workers WHERE campaign = ? AND owner = ?"
_ANYBODY: Final = "SELECT EXISTS (SELECT 1 FROM campaign_workers WHERE campaign = ?)"


def cancel(database: Database, campaign: int, now: Callable[[], datetime], progress: Callable[[int, int], None]) -> int:
    """See ``Approvals.cancel``."""
    with database.write() as connection:
        state = state_of(connection, campaign)
        _check_can_end(connection, campaign, state)
        total = connection.exec_driver_sql(_QUEUED, (campaign,)).scalar_one()
        if state is not CampaignState.CANCELLED:
            connection.exec_driver_sql(_END, (to_microseconds(now()), campaign))
    progress(0, total)
    return _go_on(database, campaign, now, lambda done: progress(done, total))


def _go_on(
    database: Database,
    campaign: int,
    now: Callable[[], datetime],
    progress: Callable[[int], None],
    most: float = math.inf,
) -> int:
    """Cancel what is queued, and not many more than ``most``; how many. It has ended where nothing is left."""
    done = 0
    while done < most:
        with database.write() as connection:
            at = now()
            moment = to_microseconds(at)
            if not connection.exec_driver_sql(_IS_ENDING, (campaign,)).scalar_one():
                return done  # another program has done the rest
            ended = _end_some(connection, campaign, at)
            if not ended:
                connection.exec_driver_sql(_ENDED, (moment, moment, campaign))
                return done
        done += ended
        progress(done)
    return done


def _end_some(connection: Connection, campaign: int, at: datetime) -> int:
    rows = connection.exec_driver_sql(_SOME, (campaign, _AT_ONCE)).all()
    moment = to_microseconds(at)
    plain = [message_id for message_id, special in rows if not special]
    special = [message_id for message_id, special in rows if special][:_SPECIAL_AT_ONCE]
    if plain:
        connection.exec_driver_sql(_EVENT, [(message_id, moment) for message_id in plain])
        connection.exec_driver_sql(_MESSAGE, [(moment, message_id) for message_id in plain])
    for message_id in special:
        append(connection, message_id, events_of(connection, message_id), Event(EventKind.CANCELLED, at))
    return len(plain) + len(special)


def _check_can_end(connection: Connection, campaign: int, state: CampaignState) -> None:
    if state is CampaignState.DRAFT:
        raise CampaignNotAllowed(campaign, state, "is a draft, so nothing of it is to be sent", "Delete it instead.")
    if state is CampaignState.FINISHED and not has(connection, campaign, Status.QUEUED):
        raise CampaignNotAllowed(campaign, state, "is finished: nothing of it is left to be cancelled")


def settle(database: Database, is_alive: Callable[[str], bool], at: datetime, most: float = math.inf) -> list[int]:
    """See ``Approvals.settle``."""
    with database.read() as connection:
        workers = [(row[0], from_stored(row[1])) for row in connection.exec_driver_sql(_WORKERS)]
        running = [row[0] for row in connection.exec_driver_sql(_RUNNING)]
        half = [row[0] for row in connection.exec_driver_sql(_HALF_CANCELLED)]
    # Asked outside any transaction, since looking for a process may take its time.
    alive = {owner: is_alive(owner) for owner in dict.fromkeys(owner for _, owner in workers)}
    dead = [(campaign, owner) for campaign, owner in workers if not alive[owner]]
    manned = {campaign for campaign, owner in workers if alive[owner]}
    changed: list[int] = []
    if dead or set(running) - manned:
        with database.write() as connection:
            for campaign, owner in dead:
                connection.exec_driver_sql(_FORGET, (campaign, to_stored(owner)))
            changed = [campaign for campaign in running if _settle(connection, campaign, at)]
    for campaign in half:
        _go_on(database, campaign, lambda: at, lambda done: None, most)
        changed.append(campaign)
    return changed


def _settle(connection: Connection, campaign: int, at: datetime) -> bool:
    if state_of(connection, campaign) is not CampaignState.RUNNING:
        return False
    if connection.exec_driver_sql(_ANYBODY, (campaign,)).scalar_one():
        return False  # somebody else sends it, or has begun to meanwhile
    if is_over(connection, campaign):
        finish(connection, campaign, at)
    else:
        set_paused(connection, campaign, at, PauseReason.CLOSED, CLOSED)
    return True
