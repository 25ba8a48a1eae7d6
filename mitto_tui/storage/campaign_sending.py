"""Campaigns while they are sent. Implements the sending engine's ``CampaignStore``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mitto_tui.sms.campaign import Answered, CampaignState, ClaimedRequest, PauseReason, Turn
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaign_answers import store_answers
from mitto_tui.storage.campaign_claims import claim
from mitto_tui.storage.campaign_state import finish, has, is_over, last_of_first, set_paused, state_of
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import CampaignNotAllowed
from mitto_tui.storage.types import from_stored, to_microseconds, to_stored

_BEGIN: Final = """
UPDATE campaigns SET state = 'running', reason = NULL, detail = '', updated_at = ?,
    started_at = coalesce(started_at, ?), finished_at = NULL
WHERE id = ?
"""
_CANARY_PASSED: Final = "UPDATE campaigns SET limits = json_remove(limits, '$.canary') WHERE id = ?"
_JOIN: Final = "INSERT OR IGNORE INTO campaign_workers (campaign, owner, since) VALUES (?, ?, ?)"
_LEAVE: Final = "DELETE FROM campaign_workers WHERE campaign = ? AND owner = ?"
_WORKERS: Final = "SELECT owner FROM campaign_workers WHERE campaign = ?"
_SENDERS: Final = """
SELECT DISTINCT w.owner FROM campaign_workers AS w JOIN campaigns AS c ON c.id = w.campaign
WHERE c.profile = ? AND c.state = 'running'
"""
_COUNTS: Final = "SELECT status, count(*) FROM messages WHERE campaign = ? GROUP BY status"
# By the index that is in their order: the other one would be read to its end.
_OF_FIRST: Final = (
    "SELECT status, count(*) FROM messages INDEXED BY messages_of_campaign WHERE campaign = ? AND id <= ? "
    "GROUP BY status"
)


class CampaignSending:
    """The campaigns of one profile on their way out. Each call is one transaction, on disk when it returns.

    Every method raises UnknownCampaign where this profile has no such campaign, so that nothing is ever sent with
    another account's key, and the errors of ``storage.errors``. ``is_alive`` tells whether an owner still runs.
    """

    def __init__(
        self, database: Database, profile: str, is_alive: Callable[[str], bool] = lambda owner: bool(owner)
    ) -> None:
        self._database = database
        self._is_alive = is_alive
        self.profile = profile

    def turn(
        self,
        campaign: int,
        answered: Sequence[Answered],
        sizes: Sequence[int],
        *,
        owner: str,
        lease_until: datetime,
        at: datetime,
        first: int | None = None,
    ) -> Turn:
        """Store how requests ended and claim new ones, all of it or nothing.

        ``sizes`` are how many messages each new request may have at most. Fewer come back where fewer are queued, where
        contents differ within a request, or where very many had to be skipped; none unless the campaign is running.
        They are claimed in the list's order, and with ``first``, only among the campaign's first so many, of which
        ``more`` of the answer speaks then, too. Of any number of programs that claim at once, each gets others.

        Storing the same answer again changes nothing. What would go back into the queue of a cancelled campaign is
        cancelled. Raises UnknownMessage for an answer on what is no attempt at a message of this campaign.
        """
        with self._database.write() as connection:
            state = state_of(connection, campaign, self.profile)
            cancelled = state is CampaignState.CANCELLED
            statuses = store_answers(connection, campaign, self.profile, answered, at, cancelled=cancelled)
            until = last_of_first(connection, campaign, first)
            claimed: Sequence[ClaimedRequest] = ()
            skipped = 0
            if sizes and state is CampaignState.RUNNING:
                claimed, skipped = claim(
                    connection, campaign, self.profile, sizes, until, owner=owner, lease_until=lease_until, at=at
                )
            more = has(connection, campaign, Status.QUEUED, until)
            senders = connection.exec_driver_sql(_SENDERS, (to_stored(self.profile),)).scalars().all()
        # Asked outside the transaction, since looking for a process may take its time.
        others = (other for other in map(from_stored, senders) if other != owner)
        return Turn(state, claimed, statuses, skipped, more, programs=1 + sum(map(self._is_alive, others)))

    def begin_work(self, campaign: int, *, owner: str, at: datetime) -> CampaignState:
        """Say that ``owner`` sends this campaign from now on: it is running then. The state after it.

        Raises CampaignNotAllowed where it isn't approved or has been cancelled, or is finished with nothing queued.
        """
        moment = to_microseconds(at)
        with self._database.write() as connection:
            state = state_of(connection, campaign, self.profile)
            _check_can_begin(connection, campaign, state)
            if state is not CampaignState.RUNNING:
                connection.exec_driver_sql(_BEGIN, (moment, moment, campaign))
            connection.exec_driver_sql(_JOIN, (campaign, to_stored(owner), moment))
        return CampaignState.RUNNING

    def end_work(
        self, campaign: int, *, owner: str, at: datetime, pause: PauseReason | None = None, detail: str = ""
    ) -> CampaignState:
        """Say that ``owner`` sends it no more; the state after it.

        A running or paused campaign with nothing queued and nothing under way, whoever claimed it, is finished. With
        ``pause``, a running one that isn't is paused, with that reason and a sentence on it, unless ``pause`` is CLOSED
        and another living owner still works on it.
        """
        living = self._others_living(campaign, owner) if pause is PauseReason.CLOSED else frozenset()
        with self._database.write() as connection:
            state = state_of(connection, campaign, self.profile)
            connection.exec_driver_sql(_LEAVE, (campaign, to_stored(owner)))
            if state not in (CampaignState.RUNNING, CampaignState.PAUSED):
                return state
            if is_over(connection, campaign):
                finish(connection, campaign, at)
                return CampaignState.FINISHED
            if state is CampaignState.PAUSED or pause is None or not living.isdisjoint(_workers(connection, campaign)):
                return state
            set_paused(connection, campaign, at, pause, detail)
        return CampaignState.PAUSED

    def pause(self, campaign: int, *, at: datetime, reason: PauseReason, detail: str) -> CampaignState:
        """Pause it for everybody, unless it is not running; the state after it."""
        with self._database.write() as connection:
            state = state_of(connection, campaign, self.profile)
            if state is not CampaignState.RUNNING:
                return state
            set_paused(connection, campaign, at, reason, detail)
        return CampaignState.PAUSED

    def canary_passed(self, campaign: int) -> None:
        """Forget the canary among its limits: the rest may be sent, also by whoever resumes it."""
        with self._database.write() as connection:
            state_of(connection, campaign, self.profile)
            connection.exec_driver_sql(_CANARY_PASSED, (campaign,))

    def counts(self, campaign: int, *, first: int | None = None) -> dict[Status, int]:
        """How many of its messages (with ``first``: of its first so many) are in each status that any is in."""
        with self._database.read() as connection:
            state_of(connection, campaign, self.profile)
            if first is None:
                rows = connection.exec_driver_sql(_COUNTS, (campaign,))
            else:
                until = last_of_first(connection, campaign, first)
                rows = connection.exec_driver_sql(_OF_FIRST, (campaign, until))
            return {Status(status): count for status, count in rows}

    def _others_living(self, campaign: int, owner: str) -> frozenset[str]:
        # Asked outside any write transaction, since looking for a process may take its time.
        with self._database.read() as connection:
            others = _workers(connection, campaign) - {owner}
        return frozenset(other for other in others if self._is_alive(other))


def _workers(connection: Connection, campaign: int) -> frozenset[str]:
    return frozenset(from_stored(owner) for (owner,) in connection.exec_driver_sql(_WORKERS, (campaign,)))


def _check_can_begin(connection: Connection, campaign: int, state: CampaignState) -> None:
    problem: tuple[str, str] | None = None
    match state:
        case CampaignState.DRAFT:
            problem = ("is a draft, so none of it can be sent yet", "Approve it first.")
        case CampaignState.APPROVING:
            problem = ("is being approved, and not all of its messages are there yet", "Finish its approval first.")
        case CampaignState.CANCELLED:
            problem = ("has been cancelled, so it can't be sent any more", "Save its list anew to send it.")
        case CampaignState.FINISHED if not has(connection, campaign, Status.QUEUED):
            problem = ("is finished: nothing of it is left to send", "")
    if problem is not None:
        raise CampaignNotAllowed(campaign, state, *problem)
