"""Approving a campaign, which makes messages of its list; and ending one for good.

Both take many short transactions, so that nobody waits for a whole list. Each of them leaves the campaign in a state
from which any program can go on, so it does no harm to be killed between two, or to do it in several programs at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.submission import Content, WireType
from mitto_tui.storage import sqlite
from mitto_tui.storage.campaign_ending import cancel, settle
from mitto_tui.storage.campaign_state import state_of
from mitto_tui.storage.campaign_writing import PLACES
from mitto_tui.storage.campaigns import Campaign, of_row
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import CampaignNotAllowed, UnknownCampaign
from mitto_tui.storage.schema import campaigns
from mitto_tui.storage.search import searchable
from mitto_tui.storage.types import AnyRow, from_stored, to_microseconds, to_stored, within

_AT_ONCE: Final = 10_000
"""Rows of the list in one transaction."""
_SEARCHABLE: Final = "mitto_tui_searchable"
"""What SQL calls ``search.searchable`` of a row's text."""

_TO_BE_MADE: Final = f"SELECT sum(rows) FROM campaign_kinds WHERE campaign = ? AND status = '{RowStatus.OK.value}'"
_MADE: Final = "SELECT count(*) FROM messages WHERE campaign = ?"
_PLACES: Final = "SELECT max(id) FROM campaign_rows WHERE id >= ? AND id < ?"
_COLUMNS: Final = (
    "profile, campaign, recipient, sender, type, encoding, segments, reference, validity, pid, udh, flash, callback, "
    "test, created_at, status, attempts, conflicting, updated_at, text, search"
)
_WIRE: Final = {
    Encoding.GSM: WireType.GSM,
    Encoding.UNICODE: WireType.UNICODE,
    Encoding.BINARY: WireType.BINARY,
}
_CASES: Final = " ".join(f"WHEN '{encoding.value}' THEN '{kind.value}'" for encoding, kind in _WIRE.items())
_OF_KIND: Final = f"CASE k.encoding {_CASES} END, k.encoding"
_AUTO: Final = f"'{WireType.AUTO.value}', NULL"
_MAKE: Final = (
    "INSERT INTO messages ({columns}) SELECT :profile, :campaign, r.recipient, :sender, {type}, k.segments, "
    ":reference, :validity, :pid, :udh, :flash, :callback, :test, :at, 'queued', 0, 0, :at, {text}, {search} "
    "FROM campaign_rows AS r JOIN campaign_kinds AS k ON k.campaign = :campaign AND k.kind = r.kind "
    "WHERE r.id >= :first AND r.id < :end AND r.left_out IS NULL ORDER BY r.id"
)


class Approvals:
    """Campaigns of all profiles, approved and ended. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approve(
        self,
        campaign: int,
        content: Content,
        limits: CampaignLimits,
        now: Callable[[], datetime],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Make a queued message of every row of a draft that is ok, in the list's order; the campaign is ready then.

        ``content`` is all messages', but for its text; where its type isn't ``auto``, each has the type of its own row.
        Goes on where an approval stopped. None of the messages can be claimed before all are there. ``progress`` is
        told how many are made, and of how many. Raises CampaignNotAllowed for what is no draft and not being approved,
        for a list without anybody to send to, and where somebody cancels it meanwhile.
        """
        made, total = self._begin(campaign, limits, now())
        progress(made, total)
        while (more := self._go_on(campaign, content, now())) is not None:
            made += more
            progress(made, total)

    def cancel(
        self,
        campaign: int,
        now: Callable[[], datetime],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> int:
        """End a campaign: nothing more of it can be claimed, and what is queued is cancelled; how many that were.

        A message that was to be repeated is again what it was before. Goes on where a cancellation stopped; of one that
        is done already nothing changes. ``progress`` is told how many are done, and of how many. Raises
        CampaignNotAllowed for a draft, and for a campaign that is finished with nothing queued.
        """
        return cancel(self._database, campaign, now, progress)

    def settle(self, is_alive: Callable[[str], bool], at: datetime, most: float = math.inf) -> list[int]:
        """Put in order what programs left that have ended; the campaigns whose state changed.

        One that is running with nobody alive to send it (``is_alive`` is asked once an owner) is paused, or finished
        where nothing of it is left. A cancellation that stopped half way goes on, with not many more than ``most``
        messages at a time. Call it after ``Messages.abandoned``, which decides what became of the messages under way.
        """
        return settle(self._database, is_alive, at, most)

    def same_content(self, campaign: int) -> list[Campaign]:
        """Others of its profile with the same messages to the same numbers that were approved, newest first."""
        c = campaigns.c
        own = select(c.profile, c.content_hash).where(c.id == within(campaign))
        with self._database.read() as connection:
            found = connection.execute(own).one_or_none()
            if found is None:
                raise UnknownCampaign(campaign)
            same = (c.profile == found.profile, c.content_hash == found.content_hash, c.id != campaign)
            query = select(campaigns).where(*same, c.approved_at.is_not(None)).order_by(c.id.desc())
            return [of_row(row) for row in connection.execute(query)]

    def _begin(self, campaign: int, limits: CampaignLimits, at: datetime) -> tuple[int, int]:
        """Take the draft, or the approval that stopped: messages that are there, and that will be."""
        with self._database.write() as connection:
            state = state_of(connection, campaign)
            total = connection.exec_driver_sql(_TO_BE_MADE, (campaign,)).scalar_one() or 0
            if state not in (CampaignState.DRAFT, CampaignState.APPROVING):
                raise _not_to_be_approved(campaign, state)
            if not total:
                raise CampaignNotAllowed(campaign, state, "has nobody on its list to send to", "Check its list.")
            values: dict[str, Any] = {"limits": limits.as_json(), "updated_at": at}
            if state is CampaignState.DRAFT:
                values |= {"state": CampaignState.APPROVING.value, "approved_at": at, "approved_through": 0}
            connection.execute(update(campaigns).where(campaigns.c.id == campaign).values(values))
            return connection.exec_driver_sql(_MADE, (campaign,)).scalar_one(), total

    def _go_on(self, campaign: int, content: Content, at: datetime) -> int | None:
        """Make the messages of the next stretch of the list; how many, or None where the whole list is done."""
        begin = campaign * PLACES
        with self._database.write() as connection:
            state = state_of(connection, campaign)
            if state in (CampaignState.DRAFT, CampaignState.CANCELLED):
                raise _not_to_be_approved(campaign, state)
            if state is not CampaignState.APPROVING:
                return None  # another program has done the rest
            row = connection.execute(select(campaigns).where(campaigns.c.id == campaign)).one()
            last = connection.exec_driver_sql(_PLACES, (begin, begin + PLACES)).scalar_one()
            first, end = begin + row.approved_through, begin + row.approved_through + _AT_ONCE
            made = _make(connection, row, content, first, end, at)
            values: dict[str, Any] = {"approved_through": end - begin, "updated_at": at}
            if end > last:
                values["state"] = CampaignState.READY.value
            connection.execute(update(campaigns).where(campaigns.c.id == campaign).values(values))
            return made


def _make(connection: Connection, campaign: AnyRow, content: Content, first: int, end: int, at: datetime) -> int:
    sender, reference = content.sender, content.reference
    values: dict[str, Any] = {
        "profile": campaign.profile,
        "campaign": campaign.id,
        "sender": sender,
        "reference": reference,
        "validity": content.validity,
        "pid": content.pid,
        "udh": content.udh,
        "flash": content.flash,
        "callback": content.callback,
        "test": content.test,
        "at": to_microseconds(at),
        "first": first,
        "end": end,
    }
    if campaign.text is None:
        text, search = "r.text", f"{_SEARCHABLE}(r.text)"
        sqlite.add_function(
            connection, _SEARCHABLE, lambda value: to_stored(searchable(from_stored(value), sender, reference))
        )
    else:
        text, search = ":text", ":search"
        values |= {"text": campaign.text, "search": searchable(campaign.text, sender, reference)}
    statement = _MAKE.format(
        columns=_COLUMNS, type=_AUTO if content.type is WireType.AUTO else _OF_KIND, text=text, search=search
    )
    stored = {name: to_stored(value) if isinstance(value, str) else value for name, value in values.items()}
    return connection.exec_driver_sql(statement, stored).rowcount


def _not_to_be_approved(campaign: int, state: CampaignState) -> CampaignNotAllowed:
    what = "was cancelled" if state is CampaignState.CANCELLED else f"is {state.value}, and no draft"
    return CampaignNotAllowed(campaign, state, f"{what}, so it can't be approved")
