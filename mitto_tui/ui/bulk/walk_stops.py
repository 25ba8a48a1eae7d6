"""Which rows of a list are walked through: its first ones, and those that a whole pass found remarkable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.ui.widgets.row_walk import Stop
from mitto_tui.workspace.list_check import EMPTY_VALUE

if TYPE_CHECKING:
    from mitto_tui.workspace.list_check import Sums
    from mitto_tui.workspace.lists import OpenedList


def stops_of(opened: OpenedList | None, phone_column: int | None, sums: Sums | None) -> tuple[Stop, ...]:
    """The rows in the list's order: before the first sums its first ones, whatever becomes of them."""
    if opened is None:
        return ()
    if sums is None:
        return tuple(
            Stop(row, "", cells[phone_column] if phone_column is not None else "", tuple(cells))
            for row, cells in opened.rows
        )
    stops = [Stop(one.row, one.to, "", one.cells, longest=one.longest, forces=one.forces) for one in sums.samples]
    # Rows that a blank leaves out are no samples, and just what somebody wants to see who adds a fallback.
    stops += [
        Stop(row.row, row.to, row.written, tuple(row.cells), left_out=row.sentence)
        for row in sums.totals.examples.get((RowStatus.INVALID, EMPTY_VALUE), ())
    ]
    return tuple(sorted(stops, key=lambda stop: stop.row))
