"""Messages on their way out: stored, claimed, answered, decided on. Implements the sending engine's ``Store``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.message import Claim, NewMessage
from mitto_tui.sms.status import Event, EventKind, Status
from mitto_tui.sms.submission import Outcome
from mitto_tui.storage import columns, decode, sweeps
from mitto_tui.storage.campaign_state import state_of
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import NotAllowed, Outdated, UnknownMessage
from mitto_tui.storage.ledger import append, append_only, events_of
from mitto_tui.storage.recording import record
from mitto_tui.storage.schema import attempts, insert_row, messages, opt_outs
from mitto_tui.storage.types import AnyRow, within

CAN_BE_SENT_AGAIN: Final = frozenset(
    {Status.IN_DOUBT, Status.FAILED, Status.REJECTED, Status.UNDELIVERED, Status.EXPIRED, Status.NO_REPORT}
)
"""Statuses in which a person may say "send again"."""

_SELECT_MESSAGE: Final = select(messages).where(
    messages.c.id == bindparam("message"), messages.c.profile == bindparam("of_profile")
)
_SELECT_OPT_OUT: Final = select(opt_outs.c.recipient).where(
    opt_outs.c.profile == bindparam("of_profile"), opt_outs.c.recipient == bindparam("to")
)


class Messages:
    """The messages of one profile. Each call is one transaction, on disk when it returns.

    Every method that takes a message's id raises UnknownMessage where this profile has no such message, so that nothing
    is ever sent with another account's key; all raise the errors of ``storage.errors``.
    """

    def __init__(self, database: Database, profile: str) -> None:
        self._database = database
        self.profile = profile

    def add(self, message: NewMessage, at: datetime) -> int:
        """Store ``message`` as queued; its id, which grows and is never given twice."""
        with self._database.write() as connection:
            message_id = insert_row(connection, messages, columns.of_message(self.profile, message, at))
            append_only(connection, message_id, Event(EventKind.QUEUED, at))
        return message_id

    def claim(self, message_id: int, *, token: str, owner: str, lease_until: datetime, at: datetime) -> Claim | None:
        """Begin an attempt; committed before it returns, so that after a crash the attempt is known to have begun.

        ``owner`` names the process, for ``abandoned``. The claim's ``content.reference`` is the person's own, without
        the token. None where the message isn't queued any more, its recipient has opted out (it is then skipped), or
        its campaign is being approved or sent, so that it is claimed by ``CampaignSending.turn``. Of any number of
        processes that try at once, one gets the claim.
        """
        with self._database.write() as connection:
            row = self._message(connection, message_id)
            if Status(row.status) is not Status.QUEUED or _is_others_to_send(connection, row.campaign):
                return None
            earlier = events_of(connection, message_id)
            if _has_opted_out(connection, self.profile, row.recipient):
                append(connection, message_id, earlier, Event(EventKind.SKIPPED, at, data={"reason": "opted_out"}))
                return None
            number = row.attempts + 1
            attempt = {
                "message_id": message_id,
                "number": number,
                "profile": self.profile,
                "token": token,
                "owner": owner,
                "lease_until": lease_until,
                "claimed_at": at,
            }
            insert_row(connection, attempts, attempt)
            append(connection, message_id, earlier, Event(EventKind.CLAIMED, at, number, data={"owner": owner}))
        return Claim(message_id, number, token, row.recipient, decode.content(row))

    def status(self, message_id: int) -> Status:
        """The message's status now."""
        with self._database.read() as connection:
            return Status(self._message(connection, message_id).status)

    def record(self, claim: Claim, outcome: Outcome, at: datetime) -> Status:
        """Store how an attempt ended, and give it the reports that came before its id was known; the status after it.

        Recording the same outcome again changes nothing, and a weaker one never takes back a stronger.
        """
        with self._database.write() as connection:
            self._message(connection, claim.message_id)
            return record(connection, claim.message_id, claim.attempt, claim.token, outcome, at)

    def give_up(self, message_id: int, attempt: int, detail: str, at: datetime) -> Status:
        """Stop trying a message after ``attempt`` attempts that never left this machine; the status after it.

        Changes nothing where the message isn't queued any more, or somebody has begun another attempt.
        """
        with self._database.write() as connection:
            row = self._message(connection, message_id)
            status = Status(row.status)
            if status is not Status.QUEUED or row.attempts != attempt:
                return status
            event = Event(EventKind.GAVE_UP, at, attempt or None, data={"detail": detail})
            return append(connection, message_id, events_of(connection, message_id), event).status

    def assume_sent(self, message_id: int, at: datetime) -> Status:
        """A person takes a message in doubt as sent. Raises NotAllowed in any other status."""
        with self._database.write() as connection:
            row = self._require(connection, message_id, {Status.IN_DOUBT}, "assumed sent")
            event = Event(EventKind.ASSUMED_SENT, at, row.attempts)
            return append(connection, message_id, events_of(connection, message_id), event).status

    def send_again(self, message_id: int, at: datetime, *, seen: int | None = None) -> Status:
        """A person wants a new attempt at a message of ``CAN_BE_SENT_AGAIN``: queued. Raises NotAllowed otherwise.

        A person's word is for what they have seen: where ``seen`` is given and is not the number of attempts, somebody
        else has sent the message again meanwhile, which raises Outdated.
        """
        with self._database.write() as connection:
            row = self._require(connection, message_id, CAN_BE_SENT_AGAIN, "sent again")
            if seen is not None and row.attempts != seen:
                raise Outdated(message_id)
            event = Event(EventKind.SEND_AGAIN, at, row.attempts or None)
            return append(connection, message_id, events_of(connection, message_id), event).status

    def converted(self, message_id: int, at: datetime) -> None:
        """Remember that Mitto was told that the message led where it was meant to lead."""
        with self._database.write() as connection:
            row = self._message(connection, message_id)
            append_only(connection, message_id, Event(EventKind.CONVERTED, at, row.attempts or None))

    def cancel(self, message_id: int, at: datetime) -> Status:
        """Take a queued message out of the queue. Raises NotAllowed in any other status.

        The status after it is cancelled, or what it was before a person said "send again".
        """
        with self._database.write() as connection:
            self._require(connection, message_id, {Status.QUEUED}, "cancelled")
            event = Event(EventKind.CANCELLED, at)
            return append(connection, message_id, events_of(connection, message_id), event).status

    def abandoned(self, is_alive: Callable[[str], bool], at: datetime, spare: str | None = None) -> list[int]:
        """Put in doubt every attempt, of any profile, that nobody will finish; the ids of the messages now in doubt.

        That is an attempt without an outcome whose owner is dead (``is_alive`` is asked once an owner) or whose lease
        has run out at ``at``. If its owner lives after all, what it records later still counts,
        unless it is that nothing had left: then the doubt stays. So who still waits to store what it knows names itself
        as ``spare``.
        """
        return sweeps.abandoned(self._database, is_alive, at, spare)

    def overdue(self, at: datetime, most: int | None = None) -> list[int]:
        """Stop waiting, in any profile, for reports on messages whose validity ended a day before ``at``; their ids.

        ``most`` is of how many at a time.
        """
        return sweeps.overdue(self._database, at, most)

    def _message(self, connection: Connection, message_id: int) -> AnyRow:
        known = {"message": within(message_id), "of_profile": self.profile}
        row = connection.execute(_SELECT_MESSAGE, known).one_or_none()
        if row is None:
            raise UnknownMessage(message_id)
        return row

    def _require(
        self, connection: Connection, message_id: int, allowed: frozenset[Status] | set[Status], wanted: str
    ) -> AnyRow:
        row = self._message(connection, message_id)
        status = Status(row.status)
        if status not in allowed:
            raise NotAllowed(message_id, status, wanted)
        return row


def _is_others_to_send(connection: Connection, campaign: int | None) -> bool:
    if campaign is None:
        return False
    return state_of(connection, campaign) in (CampaignState.APPROVING, CampaignState.RUNNING)


def _has_opted_out(connection: Connection, profile: str, recipient: str) -> bool:
    return connection.execute(_SELECT_OPT_OUT, {"of_profile": profile, "to": recipient}).one_or_none() is not None
