"""A person's word on all of a campaign's messages that are in doubt.

In short transactions, so that nobody waits for many. A word is for what a person has seen: what comes to be in doubt
after the first of them is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.storage.campaign_state import state_of
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import CampaignNotAllowed, OutdatedCampaign
from mitto_tui.storage.ledger import append, events_of
from mitto_tui.storage.types import AnyRow, to_microseconds

_AT_ONCE: Final = 2_000
"""Messages in one transaction."""
_SPECIAL: Final = 20
"""How many times as long a message with a history of its own takes."""

_IN_DOUBT: Final = "SELECT id, attempts FROM messages WHERE campaign = ? AND status = 'in_doubt' ORDER BY id"
# The last column: whether the one attempt's doubt is all that is known.
_STILL: Final = """
SELECT m.id, m.attempts, m.attempts = 1 AND NOT EXISTS (
    SELECT 1 FROM events AS e WHERE e.message_id = m.id AND e.kind NOT IN ('queued', 'claimed', 'in_doubt')
)
FROM messages AS m WHERE m.campaign = ? AND m.status = 'in_doubt' AND m.id BETWEEN ? AND ?
"""
_EVENT: Final = "INSERT INTO events (message_id, kind, at, attempt, data) VALUES (?, ?, ?, 1, '{}')"
_MESSAGE: Final = "UPDATE messages SET status = ?, error = NULL, updated_at = ? WHERE id = ?"
_AFTER: Final = {EventKind.ASSUMED_SENT: Status.ASSUMED_SENT, EventKind.SEND_AGAIN: Status.QUEUED}


class Resolving:
    """What people decide on campaigns' messages in doubt. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def assume_sent(
        self,
        campaign: int,
        now: Callable[[], datetime],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> int:
        """Take all of its messages in doubt as sent; how many. ``progress`` is told how many are done, and of how many.

        Raises UnknownCampaign where there is none.
        """
        return self._decide(campaign, EventKind.ASSUMED_SENT, None, now, progress)

    def send_again(
        self,
        campaign: int,
        seen: int,
        now: Callable[[], datetime],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> int:
        """Queue all of its messages in doubt for another attempt; how many. They go out when it is sent.

        Raises OutdatedCampaign, with nothing changed, where ``seen`` is not how many are in doubt, and
        CampaignNotAllowed for a campaign that has been cancelled.
        """
        return self._decide(campaign, EventKind.SEND_AGAIN, seen, now, progress)

    def _decide(
        self,
        campaign: int,
        kind: EventKind,
        seen: int | None,
        now: Callable[[], datetime],
        progress: Callable[[int, int], None],
    ) -> int:
        done = 0
        doubtful: Sequence[AnyRow] | None = None
        while doubtful is None or doubtful:
            with self._database.write() as connection:
                if doubtful is None:
                    doubtful = _seen(connection, campaign, kind, seen)
                    total = len(doubtful)
                elif kind is EventKind.SEND_AGAIN and state_of(connection, campaign) is CampaignState.CANCELLED:
                    return done  # nobody would send them any more
                taken, changed = _decide_some(connection, campaign, kind, doubtful, now())
            doubtful = doubtful[taken:]
            done += changed
            progress(total - len(doubtful), total)
        return done


def _seen(connection: Connection, campaign: int, kind: EventKind, seen: int | None) -> Sequence[AnyRow]:
    state = state_of(connection, campaign)
    if kind is EventKind.SEND_AGAIN and state is CampaignState.CANCELLED:
        problem = "has been cancelled, so nothing of it can be sent again with it"
        raise CampaignNotAllowed(campaign, state, problem, "Its messages can be sent again one by one.")
    doubtful = connection.exec_driver_sql(_IN_DOUBT, (campaign,)).all()
    if seen is not None and seen != len(doubtful):
        raise OutdatedCampaign(campaign, seen, len(doubtful))
    return doubtful


def _decide_some(
    connection: Connection, campaign: int, kind: EventKind, doubtful: Sequence[AnyRow], at: datetime
) -> tuple[int, int]:
    """Decide on the first of them: how many, and how many of those were still in doubt, over the same attempt."""
    some = doubtful[:_AT_ONCE]
    if not some:
        return 0, 0
    rows = connection.exec_driver_sql(_STILL, (campaign, some[0][0], some[-1][0])).all()
    still = {(row[0], row[1]): bool(row[2]) for row in rows}
    moment, status = to_microseconds(at), _AFTER[kind].value
    plain: list[int] = []
    effort = taken = changed = 0
    for message_id, attempts in some:
        if effort >= _AT_ONCE:
            break
        taken += 1
        known = still.get((message_id, attempts))
        if known is None:
            continue
        changed += 1
        effort += 1 if known else _SPECIAL
        if known:
            plain.append(message_id)
        else:
            append(connection, message_id, events_of(connection, message_id), Event(kind, at, attempts or None))
    if plain:
        connection.exec_driver_sql(_EVENT, [(message_id, kind.value, moment) for message_id in plain])
        connection.exec_driver_sql(_MESSAGE, [(status, moment, message_id) for message_id in plain])
    return taken, changed
