"""Campaigns to try the store with, from a checked list to messages on their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mitto_tui.sms.campaign import Answered, CampaignLimits, ClaimedRequest, Turn
from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowKind, RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.submission import Content, Outcome, OutcomeKind, WireType
from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.campaign_sending import CampaignSending
from mitto_tui.storage.campaigns import Campaign, Campaigns, NewCampaign
from mitto_tui.storage.database import Database

from .builders import OWNER, T0, accepted, at, outcome

GSM = RowKind(RowStatus.OK, encoding=Encoding.GSM, segments=1)
UNICODE = RowKind(RowStatus.OK, encoding=Encoding.UNICODE, segments=2)
BROKEN = RowKind(RowStatus.INVALID, "letters", "There are letters in this number.")
TEXT = "Dear customer, your order is ready."
CONTENT = Content("MITTO SMS", "", WireType.GSM, reference="Spring", validity=60)
LIMITS = CampaignLimits()


def number(index: int) -> str:
    """The recipient of a list's row, from 0."""
    return f"49172{5_000_000 + index}"


def rows_of(count: int, *, texts: Sequence[str] | None = None, left_out: int = 0) -> list[CheckedRow]:
    """``count`` rows that are ok and, spread among them, ``left_out`` that are not."""
    rows: list[CheckedRow] = []
    for index in range(count):
        text = TEXT if texts is None else texts[index]
        kind = GSM if text.isascii() else UNICODE
        rows.append(CheckedRow(len(rows) + 2, kind, number(index), number(index), text, []))
        if index < left_out:
            rows.append(CheckedRow(len(rows) + 2, BROKEN, "", "x", "", ["x"]))
    return rows


def batch(rows: Sequence[CheckedRow]) -> CheckedBatch:
    """Rows as the list's check hands them on."""
    ok = [(place, row) for place, row in enumerate(rows) if row.status is RowStatus.OK]
    return CheckedBatch(
        [place for place, _ in ok],
        [row.row for _, row in ok],
        [row.kind for _, row in ok],
        [row.to for _, row in ok],
        [row.written for _, row in ok],
        [row.text for _, row in ok],
        [row.cells for _, row in ok],
        {place: row for place, row in enumerate(rows) if row.status is not RowStatus.OK},
        {},
    )


def draft(
    database: Database,
    count: int,
    *,
    texts: Sequence[str] | None = None,
    left_out: int = 0,
    profile: str = "work",
    text: str = TEXT,
) -> Campaign:
    """A saved list of ``count`` that can be sent to. With ``texts`` each has a text of its own."""
    new = NewCampaign(profile, "Spring", "MITTO SMS", "Dear {name}", text if texts is None else None, {}, {})
    rows = rows_of(count, texts=texts, left_out=left_out)
    batches = (batch(rows[begin : begin + 2_000]) for begin in range(0, len(rows), 2_000))
    return Campaigns(database).save(new, batches, dict, lambda: T0)


def ready(database: Database, count: int, content: Content = CONTENT, **how: Any) -> int:
    """The id of a campaign that is approved."""
    campaign = draft(database, count, **how).id
    Approvals(database).approve(campaign, content, LIMITS, lambda: T0)
    return campaign


def running(database: Database, count: int, content: Content = CONTENT, **how: Any) -> int:
    """The id of a campaign that ``OWNER`` sends."""
    campaign = ready(database, count, content, **how)
    CampaignSending(database, how.get("profile", "work")).begin_work(campaign, owner=OWNER, at=at(1))
    return campaign


def turn(
    sending: CampaignSending,
    campaign: int,
    sizes: Sequence[int] = (),
    answered: Sequence[Answered] = (),
    *,
    owner: str = OWNER,
    seconds: float = 2,
    first: int | None = None,
) -> Turn:
    """One turn, with leases of a minute."""
    return sending.turn(
        campaign, answered, sizes, owner=owner, lease_until=at(seconds + 60), at=at(seconds), first=first
    )


def all_accepted(request: ClaimedRequest) -> Answered:
    """Mitto took all of it."""
    outcomes = [accepted(f"id-{request.token}-{message_id}") for message_id in request.message_ids]
    return Answered(request, outcomes)


def all_of(request: ClaimedRequest, kind: OutcomeKind, **fields: Any) -> Answered:
    """The same became of all of it."""
    return Answered(request, [outcome(kind, **fields)] * len(request))


def with_outcomes(request: ClaimedRequest, *outcomes: Outcome) -> Answered:
    """What became of each."""
    return Answered(request, outcomes)
