"""Any page of a campaign's rows, through any filter, without walking over the rows before it.

Rows lie in the order of their places, in blocks of ``BLOCK``. How many rows of a kind a block has is known from its
saving (``campaign_blocks``), so a page is found by adding up blocks, and at most a block is walked over to reach it. A
status is a set of kinds. That is exact, costs storing a list nothing that can be measured, and needs no cache.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.storage.campaign_writing import BLOCK, PLACES
from mitto_tui.storage.schema import campaign_blocks
from mitto_tui.storage.types import AnyRow, within

# As text: a page of rows that are far apart takes a query for each, and making each anew would take most of its time.
_COLUMNS: Final = "id, row, kind, recipient, written, text, detail, repeats, cells"
_WITHIN: Final = " FROM campaign_rows WHERE id >= ? AND id < ?"
_PAGE: Final = " ORDER BY id LIMIT ? OFFSET ?"


@dataclass(frozen=True, slots=True)
class Selection:
    """Some of a campaign's kinds, by number. ``left_out`` are their statuses where none of them is ok, else empty."""

    kinds: Collection[int]
    left_out: Collection[RowStatus] = frozenset()


def rows_of_page(
    connection: Connection, campaign: int, chosen: Selection | None, after: int, skip: int, limit: int
) -> list[AnyRow]:
    """Up to ``limit`` of the ``chosen`` rows (None: of all) behind the place ``after``, without the first ``skip``.

    Their texts are as they are stored: see ``types.from_stored``.
    """
    begin = campaign * PLACES
    start, skip, limit = max(after, -1) + 1, max(skip, 0), max(limit, 0)
    if chosen is None:
        return _fetch(connection, "", begin + start + skip, begin + PLACES, 0, limit)
    found: list[AnyRow] = []
    condition = _condition(chosen)
    with closing(_blocks(connection, campaign, chosen.kinds, start // BLOCK)) as blocks:
        for block, rows in blocks:
            first, end = begin + max(block * BLOCK, start), begin + (block + 1) * BLOCK
            if skip and start > block * BLOCK:
                rows = _count(connection, condition, first, end)
            if skip >= rows:
                skip -= rows
                continue
            found += _fetch(connection, condition, first, end, skip, limit - len(found))
            skip = 0
            if len(found) >= limit:
                break
    return found


def rows_before(connection: Connection, campaign: int, chosen: Selection, before: int) -> int:
    """How many of the ``chosen`` rows have a place below ``before``."""
    begin, before = campaign * PLACES, min(max(before, 0), PLACES)
    whole = before // BLOCK
    c = campaign_blocks.c
    which = (c.campaign == within(campaign), c.block < whole, c.kind.in_(chosen.kinds))
    in_blocks = connection.execute(select(func.sum(c.rows)).where(*which)).scalar() or 0
    return int(in_blocks) + _count(connection, _condition(chosen), begin + whole * BLOCK, begin + before)


def _blocks(
    connection: Connection, campaign: int, kinds: Collection[int], first: int
) -> Generator[tuple[int, int], None, None]:
    """The blocks from ``first`` on that have any such row, and how many. Read as they are asked for."""
    c = campaign_blocks.c
    which = (c.campaign == within(campaign), c.block >= within(first), c.kind.in_(kinds))
    query = select(c.block, func.sum(c.rows)).where(*which).group_by(c.block).order_by(c.block)
    with connection.execute(query) as found:
        yield from found


def _condition(chosen: Selection) -> str:
    condition = f" AND kind IN ({', '.join(str(int(kind)) for kind in chosen.kinds)})"
    if chosen.left_out:  # there is an index of these
        condition += f" AND left_out IN ({', '.join(repr(status.value) for status in chosen.left_out)})"
    return condition


def _fetch(connection: Connection, condition: str, first: int, end: int, skip: int, limit: int) -> list[AnyRow]:
    values: tuple[Any, ...] = (within(first), within(end), within(limit), skip)
    return list(connection.exec_driver_sql(f"SELECT {_COLUMNS}{_WITHIN}{condition}{_PAGE}", values))


def _count(connection: Connection, condition: str, first: int, end: int) -> int:
    query = f"SELECT count(*){_WITHIN}{condition}"
    return int(connection.exec_driver_sql(query, (within(first), within(end))).scalar_one())
