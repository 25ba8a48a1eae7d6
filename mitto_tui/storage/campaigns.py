"""Campaigns: a message for a list of recipients. Drafts are checked lists, of which nothing is a message yet."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from mitto_tui.sms.campaign import CampaignLimits, CampaignState, PauseReason
from mitto_tui.sms.checked_row import CheckedBatch, CheckedRow, RowKind, RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.storage.campaign_paging import Selection, rows_before, rows_of_page
from mitto_tui.storage.campaign_writing import PLACES, RowsWriter
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.schema import campaign_blocks, campaign_kinds, campaign_rows, campaigns, insert_row
from mitto_tui.storage.types import AnyRow, from_stored, within

__all__ = ["Campaign", "CampaignState", "Campaigns", "NewCampaign", "StoredRow", "of_row"]

_IN_ONE_TRANSACTION: Final = 10_000
"""Rows: other writers get their turn after each."""
_ABANDONED: Final = timedelta(hours=1)
"""A list that nobody has gone on saving for so long was left behind by a program that was killed."""
_PAGE: Final = 2_000
_BLOCKS: Final = "INSERT INTO campaign_blocks (campaign, block, kind, rows) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to be. ``text`` is the text itself where the template has no fields, else None.

    ``options`` (what the messages ask for) and ``source`` (how the list was read) are JSON's own types.
    """

    profile: str
    name: str
    sender: str
    template: str
    text: str | None
    options: Mapping[str, object]
    source: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A stored campaign. ``content_hash`` is the same for the same messages to the same numbers in the same order.

    ``totals`` are the sums over its list as they were when it was saved. ``limits`` are those of its approval.
    ``reason`` and ``detail``, a sentence, say why it is paused. Times are aware, UTC; ``finished_at`` is also when a
    cancelled one had nothing queued any more.
    """

    id: int
    profile: str
    name: str
    state: CampaignState
    content_hash: str
    sender: str
    template: str
    text: str | None
    options: Mapping[str, object]
    source: Mapping[str, object]
    totals: Mapping[str, object]
    created_at: datetime
    updated_at: datetime
    limits: CampaignLimits | None = None
    reason: PauseReason | None = None
    detail: str = ""
    approved_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a campaign's list. ``place`` counts the list's rows from 0. ``row.cells`` is empty for ok rows."""

    place: int
    row: CheckedRow


class Campaigns:
    """Campaigns of all profiles. Every method raises the errors of ``storage.errors``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        new: NewCampaign,
        batches: Iterable[CheckedBatch],
        totals: Callable[[], Mapping[str, object]],
        now: Callable[[], datetime],
    ) -> Campaign:
        """Store a checked list as a draft. ``totals`` is asked when all ``batches`` have come.

        The rows are written in several transactions, so that nobody waits for a whole list, and are seen by nobody
        before the last. Whatever ends it early, an exception of ``batches`` included, leaves nothing behind; what a
        killed program leaves, or a full disk, is removed by a ``save`` an hour later.
        """
        self.sweep(now())
        begun = now()
        values = {
            "profile": new.profile,
            "name": new.name,
            "state": CampaignState.SAVING.value,
            "content_hash": "",
            "created_at": begun,
            "updated_at": begun,
            "sender": new.sender,
            "template": new.template,
            "text": new.text,
            "options": new.options,
            "source": new.source,
            "totals": {},
            "detail": "",
        }
        with self._database.write() as connection:
            campaign = insert_row(connection, campaigns, values)
        try:
            writer = RowsWriter(campaign, texts=new.text is None)
            for batch in batches:
                writer.add(batch)
                if writer.waiting >= _IN_ONE_TRANSACTION:
                    self._write(campaign, writer, now(), {})
            options = json.dumps(dict(new.options), sort_keys=True)
            finished: dict[str, object] = {
                "state": CampaignState.DRAFT.value,
                "content_hash": writer.content_hash(new.sender, new.text or "", options),
                "totals": totals(),
            }
            self._write(campaign, writer, now(), finished)
        except BaseException:
            # What ended it is what people are told; what can't be removed now is left to ``sweep``.
            with suppress(StoreError):
                self.discard(campaign)
            raise
        found = self.get(campaign)
        assert found is not None
        return found

    def get(self, campaign: int) -> Campaign | None:
        """One campaign that is not just being saved, or None."""
        query = _VISIBLE.where(campaigns.c.id == within(campaign))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else of_row(row)

    def list(self, profile: str | None = None, limit: int = 200) -> builtins.list[Campaign]:
        """A profile's campaigns, or all, newest first, at most ``limit``."""
        query = _VISIBLE if profile is None else _VISIBLE.where(campaigns.c.profile == profile)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(campaigns.c.id.desc()).limit(within(max(limit, 0))))
            return [of_row(row) for row in found]

    def kinds(self, campaign: int) -> builtins.list[tuple[int, RowKind, int]]:
        """The kinds of a campaign's rows: number, kind, and how many rows are of it."""
        with self._database.read() as connection:
            return [(number, kind, rows) for number, (kind, rows) in _kinds(connection, campaign).items()]

    def page(
        self,
        campaign: int,
        *,
        statuses: Collection[RowStatus] | None = None,
        kinds: Collection[int] | None = None,
        after: int = -1,
        skip: int = 0,
        limit: int = 100,
    ) -> builtins.list[StoredRow]:
        """Up to ``limit`` rows in the list's order, from the one after the place ``after``, leaving out ``skip``.

        Only those of ``statuses`` and of ``kinds`` (numbers as in ``kinds``), where given. To go on, pass the last
        one's place; to jump, a ``skip`` of any size: it is added up from blocks and not walked over.
        """
        with self._database.read() as connection:
            known = _kinds(connection, campaign)
            wanted = _wanted(known, statuses, kinds)
            if not wanted:
                return []
            which = _selection(known, wanted)
            rows = rows_of_page(connection, campaign, which, after, skip, limit)
        begin = campaign * PLACES
        return [_stored(row, begin, known[row.kind][0]) for row in rows]

    def count(
        self,
        campaign: int,
        *,
        statuses: Collection[RowStatus] | None = None,
        kinds: Collection[int] | None = None,
        before: int | None = None,
    ) -> int:
        """How many rows are of ``statuses`` and of ``kinds``, where given, and of those, how many come before a place.

        So the row at the place ``before`` is the one that ``page`` gives with this as its ``skip``.
        """
        with self._database.read() as connection:
            known = _kinds(connection, campaign)
            wanted = _wanted(known, statuses, kinds)
            every = sum(known[number][1] for number in wanted)
            if before is None or not every:
                return every
            which = _selection(known, wanted)
            return min(max(before, 0), every) if which is None else rows_before(connection, campaign, which, before)

    def rows(
        self, campaign: int, *, statuses: Collection[RowStatus] | None = None, kinds: Collection[int] | None = None
    ) -> Iterator[StoredRow]:
        """All of them, page by page: for an export."""
        after = -1
        while page := self.page(campaign, statuses=statuses, kinds=kinds, after=after, limit=_PAGE):
            yield from page
            after = page[-1].place

    def delete(self, campaign: int) -> bool:
        """Delete a draft with its list; whether there was one. Nothing but a draft is ever deleted."""
        statement = (
            update(campaigns)
            .where(campaigns.c.id == within(campaign), campaigns.c.state == CampaignState.DRAFT.value)
            .values(state=CampaignState.SAVING.value)
        )
        with self._database.write() as connection:
            if not connection.execute(statement).rowcount:
                return False
        self.discard(campaign)
        return True

    def sweep(self, at: datetime) -> int:
        """Remove what programs that were killed left half saved; how many there were."""
        query = select(campaigns.c.id).where(
            campaigns.c.state == CampaignState.SAVING.value, campaigns.c.updated_at < at - _ABANDONED
        )
        with self._database.read() as connection:
            left = connection.scalars(query).all()
        for campaign in left:
            self.discard(campaign)
        return len(left)

    def _write(self, campaign: int, writer: RowsWriter, at: datetime, values: dict[str, object]) -> None:
        still = (campaigns.c.id == campaign, campaigns.c.state == CampaignState.SAVING.value)
        with self._database.write() as connection:
            if not connection.execute(update(campaigns).where(*still).values(updated_at=at, **values)).rowcount:
                what = "The list was given up while it was being saved: nothing had come of it for an hour"
                raise StoreError(f"{what}.", "Nothing of it was stored. Save it again.", self._database.path)
            writer.flush(connection)
            if values:
                rows = [_kind_values(campaign, *kind) for kind in writer.kinds()]
                if rows:
                    connection.execute(insert(campaign_kinds), rows)
                    connection.exec_driver_sql(_BLOCKS, [(campaign, *block) for block in writer.blocks()])

    def discard(self, campaign: int) -> None:
        """Remove what is half saved, or was given up, with its list. Nobody sees it any more."""
        begin = campaign * PLACES
        last = begin + PLACES - 1
        some = select(campaign_rows.c.id).where(campaign_rows.c.id.between(begin, last)).limit(_IN_ONE_TRANSACTION)
        gone = _IN_ONE_TRANSACTION
        while gone == _IN_ONE_TRANSACTION:
            with self._database.write() as connection:
                gone = connection.execute(delete(campaign_rows).where(campaign_rows.c.id.in_(some))).rowcount
        with self._database.write() as connection:
            for table in (campaign_kinds, campaign_blocks):
                connection.execute(delete(table).where(table.c.campaign == campaign))
            connection.execute(delete(campaigns).where(campaigns.c.id == campaign))


_VISIBLE: Final = select(campaigns).where(campaigns.c.state != CampaignState.SAVING.value)


def _kinds(connection: Connection, campaign: int) -> dict[int, tuple[RowKind, int]]:
    """By their numbers, in the order of these: the kinds of a campaign's rows, and how many rows are of each."""
    query = select(campaign_kinds).where(campaign_kinds.c.campaign == within(campaign))
    found = connection.execute(query.order_by(campaign_kinds.c.kind))
    return {row.kind: (_kind(row), row.rows) for row in found}


def _wanted(
    known: Mapping[int, tuple[RowKind, int]],
    statuses: Collection[RowStatus] | None,
    kinds: Collection[int] | None,
) -> builtins.list[int]:
    """The numbers of the kinds that a filter lets through."""
    return [
        number
        for number, (kind, _) in known.items()
        if (statuses is None or kind.status in statuses) and (kinds is None or number in kinds)
    ]


def _selection(known: Mapping[int, tuple[RowKind, int]], wanted: Collection[int]) -> Selection | None:
    """None where it is all kinds."""
    if len(wanted) == len(known):
        return None
    statuses = {known[number][0].status for number in wanted}
    return Selection(wanted, frozenset() if RowStatus.OK in statuses else frozenset(statuses))


def of_row(row: AnyRow) -> Campaign:
    """A row of ``campaigns`` as a record. Raises ValueError for what no version of this program writes."""
    return Campaign(
        id=row.id,
        profile=row.profile,
        name=row.name,
        state=CampaignState(row.state),
        content_hash=row.content_hash,
        sender=row.sender,
        template=row.template,
        text=row.text,
        options=row.options,
        source=row.source,
        totals=row.totals,
        created_at=row.created_at,
        updated_at=row.updated_at,
        limits=None if row.limits is None else CampaignLimits.of_json(row.limits),
        reason=None if row.reason is None else PauseReason(row.reason),
        detail=row.detail,
        approved_at=row.approved_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _kind(row: AnyRow) -> RowKind:
    return RowKind(
        status=RowStatus(row.status),
        reason=row.reason,
        sentence=row.sentence,
        changes=row.changes,
        change=row.change,
        region=row.region,
        line=row.line,
        encoding=None if row.encoding is None else Encoding(row.encoding),
        segments=row.segments,
    )


def _kind_values(campaign: int, number: int, kind: RowKind, rows: int) -> dict[str, object]:
    return {
        "campaign": campaign,
        "kind": number,
        "status": kind.status.value,
        "reason": kind.reason,
        "sentence": kind.sentence,
        "changes": kind.changes,
        "change": kind.change,
        "region": kind.region,
        "line": kind.line,
        "encoding": None if kind.encoding is None else kind.encoding.value,
        "segments": kind.segments,
        "rows": rows,
    }


def _stored(row: AnyRow, begin: int, kind: RowKind) -> StoredRow:
    to, written, text, detail = map(from_stored, (row.recipient, row.written, row.text, row.detail or ""))
    cells = [] if row.cells is None else json.loads(from_stored(row.cells))
    return StoredRow(row.id - begin, CheckedRow(row.row, kind, to, written, text, cells, detail, row.repeats or 0))
