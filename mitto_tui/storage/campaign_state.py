"""Where a campaign stands, read and changed inside a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from mitto_tui.sms.campaign import CampaignState, PauseReason
from mitto_tui.sms.status import Status
from mitto_tui.storage.errors import UnknownCampaign
from mitto_tui.storage.types import LARGEST, from_stored, to_microseconds, to_stored, within

_STATE: Final = "SELECT state, profile FROM campaigns WHERE id = ?"
_ANY: Final = "SELECT EXISTS (SELECT 1 FROM messages WHERE campaign = ? AND status = ? AND id <= ?)"
_FIRST: Final = "SELECT id FROM messages WHERE campaign = ? ORDER BY id LIMIT 1 OFFSET ?"
_PAUSE: Final = "UPDATE campaigns SET state = 'paused', reason = ?, detail = ?, updated_at = ? WHERE id = ?"
_FINISH: Final = (
    "UPDATE campaigns SET state = 'finished', reason = NULL, detail = '', updated_at = ?, finished_at = ? WHERE id = ?"
)


def state_of(connection: Connection, campaign: int, profile: str | None = None) -> CampaignState:
    """A campaign's state. Raises UnknownCampaign where there is none, or where it isn't ``profile``'s."""
    row = connection.exec_driver_sql(_STATE, (within(campaign),)).one_or_none()
    if row is None or row[0] == CampaignState.SAVING.value:
        raise UnknownCampaign(campaign)
    owner = from_stored(row[1])
    if profile is not None and owner != profile:
        raise UnknownCampaign(campaign, owner)
    return CampaignState(row[0])


def has(connection: Connection, campaign: int, status: Status, until: int = LARGEST) -> bool:
    """Whether any message of the campaign is in ``status``, up to the id ``until``."""
    return bool(connection.exec_driver_sql(_ANY, (campaign, status.value, until)).scalar_one())


def is_over(connection: Connection, campaign: int) -> bool:
    """Whether nothing of it is queued and nothing under way."""
    return not has(connection, campaign, Status.QUEUED) and not has(connection, campaign, Status.SENDING)


def last_of_first(connection: Connection, campaign: int, first: int | None) -> int:
    """The id of the last of the campaign's ``first`` so many messages; beyond any id where that is all of them."""
    if first is None:
        return LARGEST
    if first <= 0:
        return 0
    row = connection.exec_driver_sql(_FIRST, (campaign, within(first - 1))).one_or_none()
    return LARGEST if row is None else int(row[0])


def set_paused(connection: Connection, campaign: int, at: datetime, reason: PauseReason, detail: str) -> None:
    """Pause a campaign that is running. ``detail`` is a sentence."""
    connection.exec_driver_sql(_PAUSE, (reason.value, to_stored(detail), to_microseconds(at), campaign))


def finish(connection: Connection, campaign: int, at: datetime) -> None:
    """Finish a campaign of which nothing is queued and nothing under way."""
    moment = to_microseconds(at)
    connection.exec_driver_sql(_FINISH, (moment, moment, campaign))
